// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear and DequantizeLinear (QDQ, QCDQ). On activations a pair becomes four nodes: an
// affine node by 1/scale, rounding, a clip to the range of the type, and an affine node back. On
// constants they are computed.
// ONNX: q = saturate(round_half_even(x / scale) + zero_point), y = (q - zero_point) * scale.
#include <algorithm>
#include <cmath>
#include <optional>

#include "converters/onnx/attributes.h"
#include "converters/onnx/channel_constants.h"
#include "converters/onnx/fold_elements.h"
#include "converters/onnx/quantizer.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// The whole numbers that an element type holds.
struct IntegerRange {
  double low = 0.0, high = 0.0;
};

absl::StatusOr<IntegerRange> RangeOf(OnnxElementType type) {
  switch (type) {
    case OnnxElementType::kUint4:
      return IntegerRange{0, 15};
    case OnnxElementType::kInt4:
      return IntegerRange{-8, 7};
    case OnnxElementType::kUint8:
      return IntegerRange{0, 255};
    case OnnxElementType::kInt8:
      return IntegerRange{-128, 127};
    case OnnxElementType::kUint16:
      return IntegerRange{0, 65535};
    case OnnxElementType::kInt16:
      return IntegerRange{-32768, 32767};
    default:
      return NotSupported(Concat("a zero point of element type ", static_cast<int>(type)),
                          "uint8 (2), int8 (3), uint16 (4), int16 (5), uint4 (21), int4 (22)");
  }
}

// What QuantizeLinear makes: the type of its zero point, or that of attribute output_dtype.
absl::StatusOr<OnnxElementType> QuantizedType(const NodeCall& call) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t named, IntAttribute(call.node, "output_dtype", 0));
  const OnnxConstant* zero_point = FindConstant(call, 2);
  if (zero_point == nullptr) {
    return named == 0 ? OnnxElementType::kUint8 : static_cast<OnnxElementType>(named);
  }
  if (named != 0 && static_cast<OnnxElementType>(named) != zero_point->type) {
    return absl::InvalidArgumentError(Concat("output_dtype ", named,
                                             "; allowed: that of the zero point, ",
                                             static_cast<int>(zero_point->type)));
  }
  return zero_point->type;
}

// Scales for blocks of an axis are refused.
absl::Status CheckBlocks(const NodeCall& call) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t block, IntAttribute(call.node, "block_size", 0));
  return block == 0 ? absl::OkStatus()
                    : NotSupported(Concat("block_size ", block),
                                   "0: one scale for all, or one per channel");
}

// Input `index` for each channel of `input`: one number, or a vector along attribute axis.
absl::StatusOr<std::vector<double>> PerAxis(const NodeCall& call, std::size_t index,
                                            const Activation& input, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, index));
  SPIKEMESH_ASSIGN_OR_RETURN(std::int64_t axis, IntAttribute(call.node, "axis", 1));
  const auto rank = static_cast<std::int64_t>(input.dims.size()) + 1;
  axis += axis < 0 ? rank : 0;
  if (constant->count() == 1) {
    return PerChannel({{}, constant->type, constant->elements}, input, builder);
  }
  if (constant->dims.size() != 1 || axis != static_cast<std::int64_t>(input.channel_axis()) + 1 ||
      !input.has_channels()) {
    return NotSupported(
        Concat("a scale or zero point of shape ", PrintDims(constant->dims), " along axis ", axis),
        "one number, or one per channel");
  }
  std::vector<std::int64_t> dims(input.dims.size(), 1);
  dims[axis - 1] = constant->count();
  return PerChannel({std::move(dims), constant->type, constant->elements}, input, builder);
}

// The one zero point in input 2; 0 where it is left out.
absl::StatusOr<double> ZeroPoint(const NodeCall& call) {
  if (!call.has_input(2)) {
    return 0.0;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, 2));
  for (std::int64_t i = 1; i < constant->count(); ++i) {
    if (constant->at(i) != constant->at(0)) {
      return NotSupported("zero points that differ by channel, on an activation",
                          "one zero point, best 0 (symmetric quantization)");
    }
  }
  return FiniteAt(*constant, 0, "zero point");
}

// A constant of `rank` extents with the values of input `index` along attribute axis; the default
// of `type` where the input is left out.
absl::StatusOr<OnnxConstant> Broadcastable(const NodeCall& call, std::size_t index,
                                           std::int64_t rank) {
  if (!call.has_input(index)) {
    return OnnxConstant{{}, OnnxElementType::kInt64, std::vector<std::int64_t>{0}};
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, index));
  OnnxConstant result = *constant;
  if (constant->count() == 1) {
    result.dims.clear();
    return result;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(std::int64_t axis, IntAttribute(call.node, "axis", 1));
  axis += axis < 0 ? rank : 0;
  if (constant->dims.size() != 1 || axis < 0 || axis >= rank) {
    return absl::InvalidArgumentError(Concat("a scale or zero point of shape ",
                                             PrintDims(constant->dims), " along axis ", axis,
                                             " of ", rank, "; allowed: a vector, along an axis"));
  }
  result.dims.assign(rank, 1);
  result.dims[axis] = constant->count();
  return result;
}

// Both directions on constants: `apply` takes (element, scale, zero point).
absl::StatusOr<OnnxValue> FoldLinear(const NodeCall& call, OnnxElementType type,
                                     const NumberFunction& apply, NetworkBuilder& builder) {
  SPIKEMESH_RETURN_IF_ERROR(CheckBlocks(call));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, 0));
  const auto rank = static_cast<std::int64_t>(input->dims.size());
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant scale, Broadcastable(call, 1, rank));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant zero_point, Broadcastable(call, 2, rank));
  return FoldElements({input, &scale, &zero_point}, type, apply, builder);
}

}  // namespace

absl::StatusOr<OnnxValue> TranslateQuantizeLinear(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_RETURN_IF_ERROR(CheckBlocks(call));
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<double> scale, PerAxis(call, 1, input, builder));
  Quantized result;
  SPIKEMESH_ASSIGN_OR_RETURN(result.zero_point, ZeroPoint(call));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxElementType type, QuantizedType(call));
  SPIKEMESH_ASSIGN_OR_RETURN(const IntegerRange range, RangeOf(type));
  result.low = range.low;
  result.high = range.high;
  const std::vector<double> offset(scale.size(), 0.0);
  SPIKEMESH_ASSIGN_OR_RETURN(
      result.rounded, AppendRounded(call, input, {scale, offset, Rounding::kHalfEven}, builder));
  return result;
}

absl::StatusOr<OnnxValue> TranslateDequantizeLinear(const NodeCall& call, NetworkBuilder& builder) {
  const auto* quantized = FindInput<Quantized>(call, 0);
  if (quantized == nullptr) {
    return NotSupported("an input that QuantizeLinear did not make",
                        "QuantizeLinear before it, or a constant");
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckBlocks(call));
  const Activation& rounded = quantized->rounded;
  SPIKEMESH_ASSIGN_OR_RETURN(AffineNode back, [&]() -> absl::StatusOr<AffineNode> {
    AffineNode affine;
    SPIKEMESH_ASSIGN_OR_RETURN(affine.scale, PerAxis(call, 1, rounded, builder));
    SPIKEMESH_ASSIGN_OR_RETURN(const double zero_point, ZeroPoint(call));
    for (const double scale : affine.scale) {
      affine.offset.push_back((quantized->zero_point - zero_point) * scale);
    }
    return affine;
  }());
  const ClipNode range{quantized->low - quantized->zero_point,
                       quantized->high - quantized->zero_point};
  return AppendClippedAffine(call, rounded, range, std::move(back), builder);
}

absl::StatusOr<OnnxValue> FoldQuantizeLinear(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxElementType type, QuantizedType(call));
  SPIKEMESH_ASSIGN_OR_RETURN(const IntegerRange range, RangeOf(type));
  return FoldLinear(
      call, type,
      [range](double x, double scale, double zero_point) {
        const auto quotient = static_cast<float>(x / scale);
        return std::clamp(std::nearbyint(double{quotient}) + zero_point, range.low, range.high);
      },
      builder);
}

absl::StatusOr<OnnxValue> FoldDequantizeLinear(const NodeCall& call, NetworkBuilder& builder) {
  return FoldLinear(
      call, OnnxElementType::kFloat,
      [](double q, double scale, double zero_point) { return (q - zero_point) * scale; }, builder);
}

}  // namespace spikemesh
