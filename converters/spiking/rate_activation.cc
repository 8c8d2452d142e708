// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/rate_activation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <variant>

#include "converters/spiking/check_network.h"
#include "converters/spiking/node_kinds.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Relative difference of stairs that count as equal.
constexpr double kStairTolerance = 1e-4;

// value = slope z + offset, cut to low..high.
struct Line {
  double slope = 1.0;
  double offset = 0.0;
  double low = -kInfinity;
  double high = kInfinity;
  bool quantised = false;

  void Apply(double scale, double shift) {
    slope *= scale;
    offset = offset * scale + shift;
    low = low * scale + shift;
    high = high * scale + shift;
    if (scale < 0) {
      std::swap(low, high);
    }
  }
  void Cut(double from, double to) {
    low = std::clamp(low, from, to);
    high = std::clamp(high, from, to);
  }
};

template <typename... Values>
absl::Status Refuse(const NetworkNode& node, const Values&... values) {
  return absl::UnimplementedError(Concat(NodeText(node), values...));
}

void ApplyAffineNode(const ElementFunction& function, std::int64_t flat, Line& line) {
  const auto channel = static_cast<std::size_t>((flat + function.flat_offset) / function.plane);
  if (const auto* affine = std::get_if<AffineNode>(&function.node->operation)) {
    line.Apply(affine->scale[channel], affine->offset[channel]);
    return;
  }
  const auto& norm = std::get<BatchNormNode>(function.node->operation);
  const double scale =
      double{norm.gamma[channel]} / std::sqrt(double{norm.variance[channel]} + norm.epsilon);
  line.Apply(scale, double{norm.beta[channel]} - scale * double{norm.mean[channel]});
}

// The middle of the stairs of a rounding, for values of 0 and more.
void ApplyRounding(const RoundNode& node, Line& line) {
  const bool down = node.rounding == Rounding::kFloor || node.rounding == Rounding::kTowardZero;
  const double shift = down ? -0.5 : node.rounding == Rounding::kCeil ? 0.5 : 0.0;
  line.offset += shift;
  line.low = std::floor(line.low);
  line.high = std::floor(line.high);
  line.quantised = true;
}

absl::Status ApplyCounting(const ElementFunction& function, std::int64_t flat, Line& line) {
  const auto& node = std::get<MultiThresholdNode>(function.node->operation);
  const auto channel = static_cast<std::size_t>((flat + function.flat_offset) / function.plane);
  const double* thresholds = &node.thresholds[channel * node.levels];
  const double first = thresholds[0];
  const double step =
      node.levels == 1 ? 0.0 : (thresholds[node.levels - 1] - first) / (node.levels - 1);
  for (std::int32_t k = 0; k < node.levels; ++k) {
    if (!(step > 0) || std::abs(thresholds[k] - first - k * step) > kStairTolerance * step) {
      return WithRemedy(Refuse(*function.node, ": channel ", channel,
                               " has thresholds at unequal distances; a rate stands for equal "
                               "stairs; train with a uniform quantizer"),
                        {RemedyKind::kPipelinedMode, "where a step encodes the image"});
    }
  }
  line.Apply(1.0 / step, 0.5 - first / step);
  line.Cut(0.0, node.levels);
  line.Apply(node.scale, node.offset);
  line.quantised = true;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RateActivation> ReadRateActivation(const std::vector<ElementFunction>& functions,
                                                  std::int64_t flat) {
  Line line;
  for (const ElementFunction& function : functions) {
    const NetworkNode& node = *function.node;
    if (const auto* clip = std::get_if<ClipNode>(&node.operation)) {
      line.Cut(clip->low, clip->high);
    } else if (const auto* round = std::get_if<RoundNode>(&node.operation)) {
      ApplyRounding(*round, line);
    } else if (std::holds_alternative<MultiThresholdNode>(node.operation)) {
      SPIKEMESH_RETURN_IF_ERROR(ApplyCounting(function, flat, line));
    } else if (IsAnyOf<StepNode, SignNode>(node)) {
      return WithRemedy(
          Refuse(node, " is a step, a rate stands for ReLU; train with ReLU in its place"),
          {RemedyKind::kPipelinedMode, "which networks of steps run in"});
    } else {
      ApplyAffineNode(function, flat, line);
    }
  }
  if (line.low != 0.0 || !(line.high > 0.0)) {
    return Refuse(*functions.back().node, ": the activation takes values from ", line.low, " to ",
                  line.high, "; a rate stands for 0 and more: use ReLU, or clip at 0");
  }
  return RateActivation{line.slope, line.offset, line.high, line.quantised};
}

RateActivation ReadAffine(const std::vector<ElementFunction>& functions, std::int64_t flat) {
  Line line;
  for (const ElementFunction& function : functions) {
    ApplyAffineNode(function, flat, line);
  }
  return RateActivation{line.slope, line.offset, kInfinity, false};
}

}  // namespace spikemesh
