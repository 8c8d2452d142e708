// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/linear_map.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>

#include "core/base/strings.h"
#include "networks/ir/run_network.h"
#include "networks/ir/spiking_network.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

std::int64_t TapsOf(const WindowGeometry& window) {
  return std::int64_t{window.kernel_y} * window.kernel_x;
}

std::int64_t InGroup(const LinearMap& map) { return map.input.channels / map.groups; }
std::int64_t OutGroup(const LinearMap& map) { return map.output.channels / map.groups; }

absl::Status TooLarge(const char* what, std::int64_t found, std::int64_t allowed) {
  return absl::ResourceExhaustedError(
      Concat("as one layer they take ", found, " ", what, ", ", allowed, " allowed"));
}

// How two windows become one along an axis: tap k of the one behind and tap t of the one ahead are
// tap k * behind_steps + t * ahead_steps.
struct ComposedAxis {
  WindowAxis axis;
  std::int64_t behind_steps = 0;
  std::int64_t ahead_steps = 0;
};

ComposedAxis ComposeAxis(const WindowAxis& behind, const WindowAxis& ahead, std::int64_t extent,
                         std::int64_t outputs) {
  const std::int64_t behind_distance = behind.kernel > 1 ? behind.dilation * ahead.stride : 0;
  const std::int64_t ahead_distance = ahead.kernel > 1 ? ahead.dilation : 0;
  ComposedAxis composed;
  WindowAxis& axis = composed.axis;
  axis.dilation = std::max<std::int64_t>(1, std::gcd(behind_distance, ahead_distance));
  composed.behind_steps = behind_distance / axis.dilation;
  composed.ahead_steps = ahead_distance / axis.dilation;
  axis.kernel =
      (behind.kernel - 1) * composed.behind_steps + (ahead.kernel - 1) * composed.ahead_steps + 1;
  axis.stride = behind.stride * ahead.stride;
  axis.pad_begin = ahead.pad_begin + behind.pad_begin * ahead.stride;
  const std::int64_t reach = (outputs - 1) * axis.stride + axis.dilation * (axis.kernel - 1) + 1;
  axis.pad_end = std::max<std::int64_t>(0, reach - extent - axis.pad_begin);
  return composed;
}

// Whether the window ahead, at output `output` that does not exist, would see some of the input.
bool SeesInput(const WindowAxis& ahead, std::int64_t output, std::int64_t extent) {
  const TapRange taps = TapsInside(ahead, output, extent);
  return taps.begin < taps.end;
}

// Whether padding of the window behind stands for values that the one ahead would give as zeros.
// middle: outputs of the one ahead.
bool PadsZeros(const WindowAxis& behind, const WindowAxis& ahead, std::int64_t extent,
               std::int64_t middle, std::int64_t outputs) {
  for (std::int64_t output = 0; output < outputs; ++output) {
    const TapRange inside = TapsInside(behind, output, middle);
    const std::int64_t first = output * behind.stride - behind.pad_begin;
    for (std::int64_t tap = 0; tap < behind.kernel; ++tap) {
      if (tap == inside.begin) {
        tap = inside.end;  // those between exist
      }
      if (tap < behind.kernel && SeesInput(ahead, first + tap * behind.dilation, extent)) {
        return false;
      }
    }
  }
  return true;
}

absl::Status CheckPadding(const LinearMap& behind, const LinearMap& ahead) {
  const bool zeros = PadsZeros(AxisY(behind.window), AxisY(ahead.window), ahead.input.height,
                               ahead.output.height, behind.output.height) &&
                     PadsZeros(AxisX(behind.window), AxisX(ahead.window), ahead.input.width,
                               ahead.output.width, behind.output.width);
  if (!zeros) {
    return absl::UnimplementedError(
        "at the border the second pads where the first would still see its input, which is no one "
        "layer");
  }
  return absl::OkStatus();
}

absl::StatusOr<WindowGeometry> ToWindow(const WindowAxis& y, const WindowAxis& x) {
  const std::int64_t greatest = std::max({y.kernel, y.stride, y.pad_begin, y.pad_end, y.dilation,
                                          x.kernel, x.stride, x.pad_begin, x.pad_end, x.dilation});
  if (greatest > kSpikingWindowMax) {
    return TooLarge("as extent of their window", greatest, kSpikingWindowMax);
  }
  const auto narrow = [](std::int64_t value) { return static_cast<std::int32_t>(value); };
  return WindowGeometry{narrow(y.kernel),  narrow(x.kernel),    narrow(y.stride),
                        narrow(x.stride),  narrow(y.pad_begin), narrow(x.pad_begin),
                        narrow(y.pad_end), narrow(x.pad_end),   narrow(y.dilation),
                        narrow(x.dilation)};
}

// Where products of two windows' taps go, [behind tap][ahead tap].
std::vector<std::int64_t> TapTargets(const LinearMap& behind, const LinearMap& ahead,
                                     const ComposedAxis& y, const ComposedAxis& x) {
  std::vector<std::int64_t> targets;
  for (std::int64_t k = 0; k < TapsOf(behind.window); ++k) {
    for (std::int64_t t = 0; t < TapsOf(ahead.window); ++t) {
      const std::int64_t row =
          k / behind.window.kernel_x * y.behind_steps + t / ahead.window.kernel_x * y.ahead_steps;
      const std::int64_t column =
          k % behind.window.kernel_x * x.behind_steps + t % ahead.window.kernel_x * x.ahead_steps;
      targets.push_back(row * x.axis.kernel + column);
    }
  }
  return targets;
}

// Adds what output channel `out` of `behind` takes through the middle channel `middle`.
void AddProducts(const LinearMap& behind, const LinearMap& ahead, std::int64_t out,
                 std::int64_t middle, std::span<const std::int64_t> targets, LinearMap& composed) {
  const std::int64_t behind_taps = TapsOf(behind.window);
  const std::int64_t ahead_taps = TapsOf(ahead.window);
  const std::int64_t taps = TapsOf(composed.window);
  const std::int64_t in_ahead = InGroup(ahead);
  const std::int64_t first_input = middle / OutGroup(ahead) * in_ahead;
  const std::int64_t group_input = out / OutGroup(composed) * InGroup(composed);
  const double* const from =
      &behind.weights[(out * InGroup(behind) + middle % InGroup(behind)) * behind_taps];
  double* const to =
      &composed.weights[(out * InGroup(composed) + first_input - group_input) * taps];
  const double* const weights = &ahead.weights[middle * in_ahead * ahead_taps];
  for (std::int64_t k = 0; k < behind_taps; ++k) {
    if (from[k] == 0.0) {
      continue;
    }
    const std::int64_t* const target = &targets[k * ahead_taps];
    for (std::int64_t in = 0; in < in_ahead; ++in) {
      for (std::int64_t t = 0; t < ahead_taps; ++t) {
        to[in * taps + target[t]] += from[k] * weights[in * ahead_taps + t];
      }
    }
  }
}

// The same function in one group.
LinearMap Ungrouped(const LinearMap& map) {
  LinearMap one = map;
  one.groups = 1;
  const std::int64_t taps = TapsOf(map.window);
  one.weights.assign(std::size_t(map.output.channels) * map.input.channels * taps, 0.0);
  for (std::int64_t out = 0; out < map.output.channels; ++out) {
    const std::int64_t first = out / OutGroup(map) * InGroup(map);
    std::copy_n(&map.weights[out * InGroup(map) * taps], InGroup(map) * taps,
                &one.weights[(out * map.input.channels + first) * taps]);
  }
  return one;
}

absl::Status CheckUngrouped(const LinearMap& map, std::int64_t inputs, const LinearBudget& budget) {
  const std::int64_t weights = map.output.channels * inputs * TapsOf(map.window);
  return weights > budget.weights_max ? TooLarge("weights", weights, budget.weights_max)
                                      : absl::OkStatus();
}

}  // namespace

LinearMap IdentityMap(const FeatureShape& shape) {
  return {{},
          shape.channels,
          shape,
          shape,
          std::vector<double>(static_cast<std::size_t>(shape.channels), 1.0)};
}

LinearMap BothSigns(const FeatureShape& shape) {
  LinearMap map = IdentityMap(shape);
  map.output.channels *= 2;
  map.weights.resize(static_cast<std::size_t>(map.output.channels));
  for (std::size_t channel = 0; channel < map.weights.size(); ++channel) {
    map.weights[channel] = channel % 2 == 0 ? 1.0 : -1.0;
  }
  return map;
}

LinearMap MapOf(const ConvolutionNode& node, const FeatureShape& input,
                const FeatureShape& output) {
  LinearMap map{node.window, node.groups, input, output, {}};
  const std::size_t per_output = node.weights.size() / node.bias.size();
  for (std::size_t out = 0; out < node.bias.size(); ++out) {
    const ChannelWeights channel = WeightsOfChannel(node, out);
    for (std::size_t i = 0; i < per_output; ++i) {
      map.weights.push_back(channel.scale * channel.values[i]);
    }
  }
  return map;
}

LinearMap MapOf(const PoolNode& pool, const FeatureShape& input, const FeatureShape& output) {
  const std::int64_t taps = TapsOf(pool.window);
  return {pool.window, input.channels, input, output,
          std::vector<double>(static_cast<std::size_t>(input.channels * taps),
                              1.0 / static_cast<double>(taps))};
}

absl::StatusOr<LinearMap> Compose(const LinearMap& behind, const LinearMap& ahead,
                                  LinearBudget& budget) {
  const ComposedAxis y = ComposeAxis(AxisY(behind.window), AxisY(ahead.window), ahead.input.height,
                                     behind.output.height);
  const ComposedAxis x = ComposeAxis(AxisX(behind.window), AxisX(ahead.window), ahead.input.width,
                                     behind.output.width);
  LinearMap composed;
  SPIKEMESH_ASSIGN_OR_RETURN(composed.window, ToWindow(y.axis, x.axis));
  composed.groups = std::gcd(behind.groups, ahead.groups);
  composed.input = ahead.input;
  composed.output = behind.output;
  const std::int64_t weights =
      composed.output.channels * InGroup(composed) * TapsOf(composed.window);
  if (weights > budget.weights_max) {
    return TooLarge("weights", weights, budget.weights_max);
  }
  const double products = static_cast<double>(behind.weights.size()) *
                          static_cast<double>(InGroup(ahead) * TapsOf(ahead.window));
  if (products > static_cast<double>(budget.products_left)) {
    return TooLarge("products of weights", static_cast<std::int64_t>(products),
                    budget.products_left);
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckPadding(behind, ahead));
  budget.products_left -= static_cast<std::int64_t>(products);
  composed.weights.assign(static_cast<std::size_t>(weights), 0.0);
  const std::vector<std::int64_t> targets = TapTargets(behind, ahead, y, x);
  for (std::int64_t out = 0; out < behind.output.channels; ++out) {
    const std::int64_t first = out / OutGroup(behind) * InGroup(behind);
    for (std::int64_t middle = first; middle < first + InGroup(behind); ++middle) {
      AddProducts(behind, ahead, out, middle, targets, composed);
    }
  }
  return composed;
}

absl::StatusOr<LinearMap> SelectInputs(const LinearMap& map, std::int32_t first, std::int32_t count,
                                       const LinearBudget& budget) {
  SPIKEMESH_RETURN_IF_ERROR(CheckUngrouped(map, count, budget));
  LinearMap part = map;
  part.groups = 1;
  part.input.channels = count;
  const std::int64_t taps = TapsOf(map.window);
  part.weights.assign(std::size_t(map.output.channels) * count * taps, 0.0);
  for (std::int64_t out = 0; out < map.output.channels; ++out) {
    const std::int64_t group = out / OutGroup(map) * InGroup(map);
    for (std::int64_t in = std::max<std::int64_t>(first, group);
         in < std::min<std::int64_t>(first + count, group + InGroup(map)); ++in) {
      std::copy_n(&map.weights[(out * InGroup(map) + in - group) * taps], taps,
                  &part.weights[(out * count + in - first) * taps]);
    }
  }
  return part;
}

absl::StatusOr<LinearMap> Unflatten(LinearMap map, const FeatureShape& shape,
                                    const LinearBudget& budget) {
  if (map.input == shape) {
    return map;
  }
  const bool is_dense = map.input.height == 1 && map.input.width == 1 && map.output.height == 1 &&
                        map.output.width == 1 && TapsOf(map.window) == 1;
  if (!is_dense) {
    return absl::UnimplementedError("values in one shape are read in another");
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckUngrouped(map, map.input.channels, budget));
  LinearMap flat = Ungrouped(map);
  flat.window = {.kernel_y = shape.height, .kernel_x = shape.width};
  if (std::max(shape.height, shape.width) > kSpikingWindowMax) {
    return TooLarge("as extent of their window", std::max(shape.height, shape.width),
                    kSpikingWindowMax);
  }
  flat.input = shape;
  return flat;
}

void ScaleInputs(std::span<const double> scale, LinearMap& map) {
  const std::int64_t taps = TapsOf(map.window);
  for (std::int64_t out = 0; out < map.output.channels; ++out) {
    const std::int64_t first = out / OutGroup(map) * InGroup(map);
    for (std::int64_t in = 0; in < InGroup(map); ++in) {
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        map.weights[(out * InGroup(map) + in) * taps + tap] *= scale[first + in];
      }
    }
  }
}

LinearMap OfBothSigns(const LinearMap& map) {
  LinearMap both = map;
  both.input.channels *= 2;
  both.weights.clear();
  const std::int64_t taps = TapsOf(map.window);
  for (std::size_t i = 0; i < map.weights.size(); i += taps) {
    for (const double sign : {1.0, -1.0}) {
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        both.weights.push_back(sign * map.weights[i + tap]);
      }
    }
  }
  return both;
}

std::vector<double> OfConstants(const LinearMap& map, std::span<const double> constants) {
  const std::int64_t taps = TapsOf(map.window);
  std::vector<double> values;
  std::vector<double> sums(static_cast<std::size_t>(taps));
  for (std::int64_t out = 0; out < map.output.channels; ++out) {
    const std::int64_t first = out / OutGroup(map) * InGroup(map);
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::int64_t i = 0; i < InGroup(map) * taps; ++i) {
      sums[i % taps] += map.weights[out * InGroup(map) * taps + i] * constants[first + i / taps];
    }
    for (std::int64_t y = 0; y < map.output.height; ++y) {
      const TapRange rows = TapsInside(AxisY(map.window), y, map.input.height);
      for (std::int64_t x = 0; x < map.output.width; ++x) {
        const TapRange columns = TapsInside(AxisX(map.window), x, map.input.width);
        double& value = values.emplace_back(0.0);
        for (std::int64_t ky = rows.begin; ky < rows.end; ++ky) {
          for (std::int64_t kx = columns.begin; kx < columns.end; ++kx) {
            value += sums[ky * map.window.kernel_x + kx];
          }
        }
      }
    }
  }
  return values;
}

bool AddMap(const LinearMap& map, LinearMap& into) {
  const bool same_groups = map.groups == into.groups;
  if (map.window != into.window || map.input != into.input || map.output != into.output ||
      (!same_groups && map.groups != 1 && into.groups != 1)) {
    return false;
  }
  if (!same_groups && into.groups != 1) {
    into = Ungrouped(into);
  }
  const LinearMap other = same_groups || map.groups == 1 ? map : Ungrouped(map);
  for (std::size_t i = 0; i < other.weights.size(); ++i) {
    into.weights[i] += other.weights[i];
  }
  return true;
}

}  // namespace spikemesh
