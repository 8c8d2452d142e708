// SPDX-License-Identifier: Apache-2.0
// Relu, Clip and their kin, and rounding: what acts on each value alone.
#include <algorithm>
#include <cmath>
#include <limits>

#include "converters/onnx/attributes.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kBoundsAreInputsSince = 11;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// One end of a Clip: attribute `name` of older opsets, input `index` of newer ones. The greatest
// float, which the attributes default to, bounds nothing.
absl::StatusOr<double> ReadBound(const NodeCall& call, std::size_t index, const char* name,
                                 double otherwise) {
  double bound = otherwise;
  if (call.opset < kBoundsAreInputsSince) {
    SPIKEMESH_ASSIGN_OR_RETURN(bound,
                               FloatAttribute(call.node, name, static_cast<float>(otherwise)));
  } else if (call.has_input(index)) {
    SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, index));
    if (constant->count() != 1) {
      return absl::InvalidArgumentError(
          Concat(name, " of shape ", PrintDims(constant->dims), "; allowed: one number"));
    }
    bound = constant->at(0);
  }
  const bool is_open = std::abs(bound) >= double{std::numeric_limits<float>::max()};
  return is_open ? std::copysign(kInfinity, bound) : bound;
}

absl::StatusOr<OnnxValue> AppendClip(const NodeCall& call, const ClipNode& ends,
                                     NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  if (ends.low == -kInfinity && ends.high == kInfinity) {
    return input;
  }
  return builder.AppendLike(call, input, ends);
}

absl::StatusOr<OnnxValue> AppendRound(const NodeCall& call, Rounding rounding,
                                      NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  return builder.AppendLike(call, input, RoundNode{rounding});
}

// Max or Min of an activation and one number: a clip with one end.
absl::StatusOr<OnnxValue> ClipByNumber(const NodeCall& call, bool is_max, NetworkBuilder& builder) {
  if (call.inputs.size() != 2) {
    return NotSupported(Concat(call.inputs.size(), " inputs"), "an activation and one number");
  }
  const std::size_t activation_at = FindConstant(call, 0) != nullptr ? 1 : 0;
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, activation_at));
  SPIKEMESH_ASSIGN_OR_RETURN(const double bound,
                             NumberInput(call, 1 - activation_at, "the constant"));
  if (FindConstant(call, 1 - activation_at)->dims.size() > input.dims.size() + 1) {
    return absl::InvalidArgumentError("the constant has more extents than the activation");
  }
  const ClipNode ends = is_max ? ClipNode{bound, kInfinity} : ClipNode{-kInfinity, bound};
  return builder.AppendLike(call, input, ends);
}

}  // namespace

absl::StatusOr<ClipNode> ReadClipEnds(const NodeCall& call) {
  ClipNode ends;
  SPIKEMESH_ASSIGN_OR_RETURN(ends.low, ReadBound(call, 1, "min", -kInfinity));
  SPIKEMESH_ASSIGN_OR_RETURN(ends.high, ReadBound(call, 2, "max", kInfinity));
  if (!(ends.low < ends.high)) {
    return absl::InvalidArgumentError(
        Concat("min ", ends.low, ", max ", ends.high, "; allowed: the first below the second"));
  }
  return ends;
}

absl::StatusOr<OnnxValue> TranslateRelu(const NodeCall& call, NetworkBuilder& builder) {
  return AppendClip(call, ClipNode{0.0, kInfinity}, builder);
}

// Between QuantizeLinear and DequantizeLinear a Clip narrows the range of whole numbers: how
// Brevitas says fewer than eight bits.
absl::StatusOr<OnnxValue> TranslateClip(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const ClipNode ends, ReadClipEnds(call));
  const auto* quantized = FindInput<Quantized>(call, 0);
  if (quantized == nullptr) {
    return AppendClip(call, ends, builder);
  }
  Quantized narrowed = *quantized;
  narrowed.low = std::max(narrowed.low, ends.low);
  narrowed.high = std::min(narrowed.high, ends.high);
  if (!(narrowed.low < narrowed.high)) {
    return absl::InvalidArgumentError(Concat("min ", ends.low, ", max ", ends.high,
                                             " of whole numbers in ", quantized->low, "..",
                                             quantized->high, "; allowed: two of them or more"));
  }
  return narrowed;
}

absl::StatusOr<OnnxValue> TranslateMax(const NodeCall& call, NetworkBuilder& builder) {
  return ClipByNumber(call, true, builder);
}

absl::StatusOr<OnnxValue> TranslateMin(const NodeCall& call, NetworkBuilder& builder) {
  return ClipByNumber(call, false, builder);
}

absl::StatusOr<OnnxValue> TranslateFloor(const NodeCall& call, NetworkBuilder& builder) {
  return AppendRound(call, Rounding::kFloor, builder);
}

absl::StatusOr<OnnxValue> TranslateCeil(const NodeCall& call, NetworkBuilder& builder) {
  return AppendRound(call, Rounding::kCeil, builder);
}

absl::StatusOr<OnnxValue> TranslateRound(const NodeCall& call, NetworkBuilder& builder) {
  return AppendRound(call, Rounding::kHalfEven, builder);
}

}  // namespace spikemesh
