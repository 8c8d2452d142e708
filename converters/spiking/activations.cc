// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/activations.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <variant>

#include "converters/spiking/check_network.h"
#include "core/base/limits.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

bool IsExact(double value) {
  return std::abs(value) <= kWeightMax && 2 * value == std::floor(2 * value);
}

bool AllEqual(const std::vector<double>& values, std::size_t begin, std::size_t end) {
  return std::all_of(values.begin() + begin, values.begin() + end,
                     [&](double x) { return x == values[begin]; });
}

// The values that the last node which makes few of many gives: everything, where there is none.
// `staircase`: position of that node.
absl::StatusOr<std::vector<double>> RawValues(const Stage& stage, std::size_t& staircase) {
  for (std::size_t i = stage.functions.size(); i-- > 0;) {
    const NetworkNode& node = *stage.functions[i].node;
    staircase = i;
    if (const auto* step = std::get_if<StepNode>(&node.operation)) {
      return std::vector<double>{step->low, step->high};
    }
    if (std::holds_alternative<SignNode>(node.operation)) {
      return std::vector<double>{-1.0, 0.0, 1.0};
    }
    if (const auto* counted = std::get_if<MultiThresholdNode>(&node.operation)) {
      std::vector<double> values;
      for (std::int32_t k = 0; k <= counted->levels; ++k) {
        values.push_back(counted->scale * k + counted->offset);
      }
      return values;
    }
    if (std::holds_alternative<RoundNode>(node.operation)) {
      // Whole numbers between what the farthest sums give and, behind it, the ends of a clip.
      const std::vector<ElementFunction> ahead(stage.functions.begin(),
                                               stage.functions.begin() + i + 1);
      auto [low, high] =
          std::minmax({ApplyFunctions(ahead, 0, -kFarSum), ApplyFunctions(ahead, 0, kFarSum)});
      const auto* clip = i + 1 < stage.functions.size()
                             ? std::get_if<ClipNode>(&stage.functions[i + 1].node->operation)
                             : nullptr;
      low = clip != nullptr ? std::max(low, std::ceil(clip->low)) : low;
      high = clip != nullptr ? std::min(high, std::floor(clip->high)) : high;
      if (!(high - low <= static_cast<double>(kActivationLevelsMax))) {
        return WithRemedy(absl::UnimplementedError(
                              Concat(NodeText(node), " gives ", low, "..", high, ", at most ",
                                     kActivationLevelsMax + 1, " values are allowed")),
                          {RemedyKind::kRateMode});
      }
      std::vector<double> values;
      for (double value = low; value <= high; ++value) {
        values.push_back(value);
      }
      return values;
    }
  }
  return WithRemedy(absl::UnimplementedError(Concat(
                        NodeText(*stage.functions.back().node),
                        " is not a step: a pipelined network needs a step (sign, or x >= 0) or a "
                        "quantised activation after every layer; train with one in its place")),
                    {RemedyKind::kRateMode, "for other activations"});
}

}  // namespace

absl::StatusOr<LevelValues> ValuesOf(const Stage& stage) {
  std::size_t staircase = 0;
  SPIKEMESH_ASSIGN_OR_RETURN(LevelValues values, RawValues(stage, staircase));
  const std::vector<ElementFunction> behind(stage.functions.begin() + staircase + 1,
                                            stage.functions.end());
  const std::int64_t size = stage.shape.size();
  for (double& value : values) {
    const double first = ApplyFunctions(behind, 0, value);
    for (std::int64_t flat = 1; flat < size && !behind.empty(); ++flat) {
      if (ApplyFunctions(behind, flat, value) != first) {
        return absl::UnimplementedError(
            Concat(NodeText(*stage.functions[staircase].node),
                   " is followed by functions that differ by channel and another activation; one "
                   "function for all channels is allowed there"));
      }
    }
    value = first;
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (values.size() < 2 || values.size() > kActivationLevelsMax + 1) {
    return absl::UnimplementedError(Concat(NodeText(*stage.functions.back().node), " takes ",
                                           values.size(), " values, 2..", kActivationLevelsMax + 1,
                                           " allowed in a pipelined network"));
  }
  return values;
}

std::string LevelName(std::string_view stage, std::size_t level) {
  return level == 1 ? std::string(stage) : Concat(stage, " level ", level);
}

std::size_t LevelInName(std::string_view stage, std::string_view name) {
  for (std::size_t level = 1; level <= kActivationLevelsMax; ++level) {
    if (name == LevelName(stage, level)) {
      return level;
    }
  }
  return 0;
}

LevelValues TakenValues(const LevelValues& values, std::span<const std::size_t> levels) {
  SPIKEMESH_CHECK(!levels.empty());
  LevelValues taken = {values[levels.front() - 1]};
  for (std::size_t i = 1; i < levels.size(); ++i) {
    taken.push_back(values[levels[i] - 1]);
  }
  taken.push_back(values.back());
  return taken;
}

Activations LevelActivations(const LevelValues& values, std::size_t level, std::int64_t size) {
  const auto count = static_cast<std::size_t>(size);
  return {.inactive = std::vector<double>(count, values[level]),
          .active = std::vector<double>(count, values[level + 1])};
}

void ApplyToActivations(const std::vector<ElementFunction>& before, std::size_t level,
                        Activations& activations) {
  for (std::size_t i = 0; i < activations.inactive.size(); ++i) {
    const auto flat = static_cast<std::int64_t>(i);
    activations.inactive[i] = ApplyFunctions(before, flat, activations.inactive[i]);
    activations.active[i] = ApplyFunctions(before, flat, activations.active[i]);
    if (level > 0) {
      activations.active[i] -= activations.inactive[i];
      activations.inactive[i] = 0.0;
    }
  }
}

absl::StatusOr<InputValues> ToInputValues(const Activations& activations,
                                          const FeatureShape& input_shape, std::string_view layer) {
  const std::size_t plane = static_cast<std::size_t>(input_shape.height) * input_shape.width;
  InputValues values;
  for (std::size_t begin = 0; begin < activations.active.size(); begin += plane) {
    const double inactive = activations.inactive[begin];
    const double active = activations.active[begin];
    if (!AllEqual(activations.inactive, begin, begin + plane) ||
        !AllEqual(activations.active, begin, begin + plane) || !std::isfinite(active - inactive)) {
      return absl::UnimplementedError(Concat(
          "node \"", layer, "\": input channel ", begin / plane, " takes the values ", inactive,
          " and ", active, " and others; one pair of finite values per channel is allowed"));
    }
    values.inactive.push_back(inactive);
    values.swing.push_back(std::abs(active - inactive));
    values.sign.push_back(active < inactive ? -1 : 1);
    values.exact = values.exact && IsExact(inactive) && IsExact(active) && active != inactive &&
                   values.swing.back() == values.swing.front();
  }
  return values;
}

}  // namespace spikemesh
