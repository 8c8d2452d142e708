// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/activations.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "converters/spiking/check_network.h"
#include "core/base/limits.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

bool IsExact(double value) {
  return std::abs(value) <= kWeightMax && 2 * value == std::floor(2 * value);
}

bool AllEqual(const std::vector<double>& values, std::size_t begin, std::size_t end) {
  return std::all_of(values.begin() + begin, values.begin() + end,
                     [&](double x) { return x == values[begin]; });
}

}  // namespace

Activations StepActivations(const StepNode& step, std::int64_t size) {
  const auto count = static_cast<std::size_t>(size);
  return {.inactive = std::vector<double>(count, step.low),
          .active = std::vector<double>(count, step.high)};
}

void ApplyToActivations(const std::vector<const NetworkNode*>& nodes, Activations& activations) {
  for (std::size_t i = 0; i < activations.inactive.size(); ++i) {
    const auto flat = static_cast<std::int64_t>(i);
    activations.inactive[i] = ApplyFunctions(nodes, flat, activations.inactive[i]);
    activations.active[i] = ApplyFunctions(nodes, flat, activations.active[i]);
  }
}

absl::StatusOr<InputValues> ToInputValues(const Activations& activations,
                                          const FeatureShape& input_shape,
                                          const NetworkNode& layer) {
  const std::size_t plane = static_cast<std::size_t>(input_shape.height) * input_shape.width;
  InputValues values;
  values.swing = std::abs(activations.active[0] - activations.inactive[0]);
  for (std::size_t begin = 0; begin < activations.active.size(); begin += plane) {
    const double inactive = activations.inactive[begin];
    const double active = activations.active[begin];
    const std::string found = Concat(NodeText(layer), ": input channel ", begin / plane,
                                     " takes the values ", inactive, " and ", active);
    if (!AllEqual(activations.inactive, begin, begin + plane) ||
        !AllEqual(activations.active, begin, begin + plane)) {
      return absl::UnimplementedError(
          Concat(found, " and others; one pair of values per channel is allowed"));
    }
    if (!IsExact(inactive) || !IsExact(active)) {
      return absl::UnimplementedError(
          Concat(found, "; multiples of 0.5 of magnitude ", kWeightMax,
                 " at most are allowed: move other scales into the weights"));
    }
    if (active == inactive || std::abs(active - inactive) != values.swing) {
      return absl::UnimplementedError(
          Concat(found, "; a difference of ", values.swing, ", as in channel 0, is allowed"));
    }
    values.inactive.push_back(inactive);
    values.sign.push_back(active > inactive ? 1 : -1);
  }
  return values;
}

}  // namespace spikemesh
