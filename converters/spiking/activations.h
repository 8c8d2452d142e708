// SPDX-License-Identifier: Apache-2.0
// The two values that each spike of a layer stands for in the float network, and what they become
// as inputs of the next layer: x = inactive + sign * swing * spike.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_ACTIVATIONS_H_
#define SPIKEMESH_CONVERTERS_SPIKING_ACTIVATIONS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "converters/spiking/stage_graph.h"
#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// Beyond every sum of a layer; functions of it stay finite.
inline constexpr double kFarSum = 1e30;

// Values of the float network without and with a spike, by flat index.
struct Activations {
  std::vector<double> inactive;
  std::vector<double> active;
};

// The values that an activation takes, ascending: of a step two, of a quantised ReLU more. Value k
// + 1 is reached where the activation is at least that; a layer of neurons per k says so.
using LevelValues = std::vector<double>;
inline constexpr std::size_t kActivationLevelsMax = 15;  // values less one

// The values of the activation that `functions` end in, as functions of one value; the same for
// all channels. Errors: Unimplemented, naming the last node: not a step or staircase (as ReLU) or
// more than kActivationLevelsMax + 1 values (both with the remedy kRateMode), values that differ by
// channel.
absl::StatusOr<LevelValues> ValuesOf(const Stage& stage);

// The name of the layer that says whether an activation of stage `stage` has reached its value
// `level`, 1 or more.
std::string LevelName(std::string_view stage, std::size_t level);
// `level` of a name that LevelName gives for `stage`; 0: no such name.
std::size_t LevelInName(std::string_view stage, std::string_view name);

// The values of `values` that are taken where only `levels` (ascending, each 1 .. values.size() -
// 1) have a layer: FoldLayer leaves out levels that say the same as the one below them and, of the
// first ones, those that are always reached.
LevelValues TakenValues(const LevelValues& values, std::span<const std::size_t> levels);

// What layer `level` of the layers of an activation adds to its value: values[0] + the sum over
// levels k with a spike of values[k + 1] - values[k].
Activations LevelActivations(const LevelValues& values, std::size_t level, std::int64_t size);

// The same behind the affine functions `before`. Only level 0 carries their offsets.
void ApplyToActivations(const std::vector<ElementFunction>& before, std::size_t level,
                        Activations& activations);

// The same as inputs of a convolution, by its input channel.
struct InputValues {
  std::vector<double> inactive;    // [input channels]
  std::vector<double> swing;       // [input channels], > 0
  std::vector<std::int16_t> sign;  // [input channels], +1 or -1
  // Whether sums of up to 255-fold values are exact in a double: one swing, and multiples of 1/2.
  bool exact = true;
};

// Requires one pair of values within a channel; equal ones have swing 0. Errors: Unimplemented,
// naming `layer`.
absl::StatusOr<InputValues> ToInputValues(const Activations& activations,
                                          const FeatureShape& input_shape, std::string_view layer);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_ACTIVATIONS_H_
