// SPDX-License-Identifier: Apache-2.0
// The weights of one output channel as sums of at most four values, one for each axon type.
// Tried are: -a, 0, a as +1 and -1; the bits of a four-bit number times a; the four values that the
// layer's quantisation chose; as few values as a bounded search finds, of the distinct weights,
// their differences and what a weight lacks to a sum of values already chosen; and each distinct
// weight by itself. A core that many neurons share pays for every type of an input that one of them
// uses, so the representation of fewest types is taken; but where a neuron alone would not fit a
// core with it, that of fewest axons for the neuron.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_REPRESENT_CHANNEL_H_
#define SPIKEMESH_CONVERTERS_MAPPING_REPRESENT_CHANNEL_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "converters/mapping/crossbar_layer.h"

namespace spikemesh {

// A distinct weight other than 0, and how many inputs of the channel have it.
struct WeightCount {
  std::int16_t weight = 0;
  std::int32_t count = 0;
};

// weight == unit * ValueOf(values, mask) for all weights of the channel.
struct ChannelRepresentation {
  WeightsKind kind = WeightsKind::kTernary;
  AxonWeights values = {};
  std::int32_t unit = 1;
  AxonTypeMask types_used = 0;
  std::int64_t axons = 0;           // of a neuron that has all inputs
  std::vector<AxonTypeMask> masks;  // [weights]
};

// `weights`: ascending. `codebook`: null, or the values that the layer gives. `whole_units`: values
// may be divided by what they have in common (neurons that compare one sum with a threshold do not
// change by that; those that integrate do). Nothing where there are no such values, or none found.
std::optional<ChannelRepresentation> RepresentChannel(std::span<const WeightCount> weights,
                                                      const AxonWeights* codebook,
                                                      bool whole_units);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_REPRESENT_CHANNEL_H_
