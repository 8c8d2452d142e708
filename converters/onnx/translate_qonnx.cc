// SPDX-License-Identifier: Apache-2.0
// The quantisers of QONNX: Quant (IntQuant), BipolarQuant, Trunc (version 1), MultiThreshold; on
// weights computed, on activations the nodes that they are made of. Scales and zero points
// broadcast as NumPy does. Source: qonnx docs/qonnx-custom-ops, and its Python reference.
#include <algorithm>
#include <cctype>
#include <cmath>

#include "converters/onnx/attributes.h"
#include "converters/onnx/channel_constants.h"
#include "converters/onnx/fold_elements.h"
#include "converters/onnx/quantizer.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

constexpr double kBitsMax = 32;

absl::StatusOr<Rounding> ReadRounding(const NodeCall& call, const char* otherwise) {
  SPIKEMESH_ASSIGN_OR_RETURN(std::string mode,
                             StringAttribute(call.node, "rounding_mode", otherwise));
  std::transform(mode.begin(), mode.end(), mode.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  if (mode == "ROUND" || mode == "HALF_EVEN") {
    return Rounding::kHalfEven;
  }
  if (mode == "CEIL") {
    return Rounding::kCeil;
  }
  if (mode == "FLOOR") {
    return Rounding::kFloor;
  }
  if (mode == "ROUND_TO_ZERO" || mode == "DOWN") {
    return Rounding::kTowardZero;
  }
  return NotSupported(Concat("rounding_mode \"", mode, "\""), "ROUND, CEIL, FLOOR, ROUND_TO_ZERO");
}

absl::StatusOr<double> ReadBits(const NodeCall& call, std::size_t index) {
  SPIKEMESH_ASSIGN_OR_RETURN(const double bits, NumberInput(call, index, "bit width"));
  if (!(bits >= 1 && bits <= kBitsMax && bits == std::floor(bits))) {
    return absl::InvalidArgumentError(
        Concat("bit width ", bits, "; allowed: whole numbers 1..", kBitsMax));
  }
  return bits;
}

// What the attributes and the bit width of a Quant say.
struct QuantRule {
  bool is_bipolar = false;  // signed, one bit: the reference takes the sign
  ClipNode range;           // whole numbers
  Rounding rounding = Rounding::kHalfEven;
};

absl::StatusOr<QuantRule> ReadQuantRule(const NodeCall& call) {
  QuantRule rule;
  SPIKEMESH_ASSIGN_OR_RETURN(const double bits, ReadBits(call, 3));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t is_signed, IntAttribute(call.node, "signed", 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t narrow, IntAttribute(call.node, "narrow", 0));
  SPIKEMESH_ASSIGN_OR_RETURN(rule.rounding, ReadRounding(call, "ROUND"));
  rule.is_bipolar = is_signed != 0 && bits == 1;
  const double less = narrow != 0 ? 1 : 0;
  rule.range = is_signed != 0 ? ClipNode{less - std::exp2(bits - 1), std::exp2(bits - 1) - 1}
                              : ClipNode{0, std::exp2(bits) - 1 - less};
  if (!rule.is_bipolar && !(rule.range.low < rule.range.high)) {
    return absl::InvalidArgumentError(
        Concat("bit width ", bits, ", narrow: one value; allowed: two or more"));
  }
  return rule;
}

// Scale and zero point of a node whose inputs 1 and 2 hold them, per channel of `input`.
struct ScaleAndZero {
  std::vector<double> scale, zero_point;
};

absl::StatusOr<ScaleAndZero> ReadScaleAndZero(const NodeCall& call, const Activation& input,
                                              NetworkBuilder& builder) {
  ScaleAndZero result;
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* scale, ConstantInput(call, 1));
  SPIKEMESH_ASSIGN_OR_RETURN(result.scale, PerChannel(*scale, input, builder));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* zero_point, ConstantInput(call, 2));
  SPIKEMESH_ASSIGN_OR_RETURN(result.zero_point, PerChannel(*zero_point, input, builder));
  return result;
}

// (q - zero point) * scale.
AffineNode Back(const ScaleAndZero& numbers) {
  AffineNode back{numbers.scale, {}};
  for (std::size_t c = 0; c < numbers.scale.size(); ++c) {
    back.offset.push_back(-numbers.zero_point[c] * numbers.scale[c]);
  }
  return back;
}

// A step at 0 to -scale and +scale, where all channels have one scale; else to -1 and +1,
// and an affine node.
absl::StatusOr<OnnxValue> AppendBipolar(const NodeCall& call, const Activation& input,
                                        std::vector<double> scale, NetworkBuilder& builder) {
  for (const double value : scale) {
    if (!(value > 0)) {
      return absl::InvalidArgumentError(Concat("scale ", value, "; allowed: positive"));
    }
  }
  if (std::all_of(scale.begin(), scale.end(), [&](double x) { return x == scale[0]; })) {
    return builder.AppendLike(call, input, StepNode{0.0, false, -scale[0], scale[0]});
  }
  SPIKEMESH_ASSIGN_OR_RETURN(
      const Activation signs,
      builder.AppendLike(call, input, StepNode{0.0, false, -1.0, 1.0}, ":sign"));
  const std::vector<double> offset(scale.size(), 0.0);
  return builder.AppendLike(call, signs, AffineNode{std::move(scale), offset});
}

// Inputs 0..count-1, all constants.
absl::StatusOr<std::vector<const OnnxConstant*>> Constants(const NodeCall& call,
                                                           std::size_t count) {
  std::vector<const OnnxConstant*> constants;
  for (std::size_t i = 0; i < count; ++i) {
    SPIKEMESH_ASSIGN_OR_RETURN(constants.emplace_back(), ConstantInput(call, i));
  }
  return constants;
}

// The reference computes with floats.
double AsFloat(double x) { return double{static_cast<float>(x)}; }

// Row `row` of [1 or channels, levels], ascending: the order of thresholds does not change a count.
std::vector<double> SortedRow(const OnnxConstant& matrix, std::int64_t row) {
  const std::int64_t levels = matrix.dims[1];
  std::vector<double> values;
  for (std::int64_t i = 0; i < levels; ++i) {
    values.push_back(matrix.at(row * levels + i));
  }
  std::sort(values.begin(), values.end());
  return values;
}

// Whether attribute data_layout says that channels come last.
absl::StatusOr<bool> SaysChannelsLast(const OnnxNode& node) {
  const absl::StatusOr<std::string> layout = StringAttribute(node, "data_layout", "NCHW");
  if (!layout.ok() || *layout == "NCHW" || *layout == "NC") {
    return layout.ok() ? absl::StatusOr<bool>(false) : layout.status();
  }
  if (*layout != "NHWC") {
    return absl::InvalidArgumentError(
        Concat("data_layout \"", *layout, "\"; allowed: NCHW, NHWC, NC"));
  }
  return true;
}

// The attribute data_layout must be how the graph sees the values.
absl::Status CheckLayout(const NodeCall& call, const Activation& input) {
  SPIKEMESH_ASSIGN_OR_RETURN(const bool is_last, SaysChannelsLast(call.node));
  const bool is_vector = input.dims.size() == 1 && !input.channels_last.has_value();
  const bool fits =
      is_vector || (input.dims.size() == 3 && is_last == input.channels_last.has_value());
  if (!fits) {
    return NotSupported(Concat("data_layout ", is_last ? "NHWC" : "NCHW", " of values of shape ",
                               PrintDims(input.dims), " per image"),
                        "the layout that the graph has there");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OnnxValue> TranslateQuant(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const QuantRule rule, ReadQuantRule(call));
  SPIKEMESH_ASSIGN_OR_RETURN(const ScaleAndZero numbers, ReadScaleAndZero(call, input, builder));
  if (rule.is_bipolar) {
    const auto& zeros = numbers.zero_point;
    if (!std::all_of(zeros.begin(), zeros.end(), [](double x) { return x == 0; })) {
      return NotSupported("one signed bit with a zero point", "a zero point of 0, or BipolarQuant");
    }
    return AppendBipolar(call, input, numbers.scale, builder);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(
      const Activation rounded,
      AppendRounded(call, input, {numbers.scale, numbers.zero_point, rule.rounding}, builder));
  return AppendClippedAffine(call, rounded, rule.range, Back(numbers), builder);
}

absl::StatusOr<OnnxValue> FoldQuant(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const QuantRule rule, ReadQuantRule(call));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto inputs, Constants(call, 3));
  const auto quantize = [rule](double x, double scale, double zero_point) {
    const double scaled = AsFloat(AsFloat(x / scale) + zero_point);
    const double bipolar = scaled >= 0 ? 1.0 : -1.0;
    const double whole =
        rule.is_bipolar ? bipolar : ApplyClip(rule.range, ApplyRound({rule.rounding}, scaled));
    return AsFloat(whole - zero_point) * scale;
  };
  return FoldElements(inputs, inputs[0]->type, quantize, builder);
}

absl::StatusOr<OnnxValue> TranslateBipolarQuant(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, 1));
  SPIKEMESH_ASSIGN_OR_RETURN(std::vector<double> scale, PerChannel(*constant, input, builder));
  return AppendBipolar(call, input, std::move(scale), builder);
}

absl::StatusOr<OnnxValue> FoldBipolarQuant(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const auto inputs, Constants(call, 2));
  return FoldElements(
      inputs, inputs[0]->type,
      [](double x, double scale, double) { return x >= 0 ? scale : -scale; }, builder);
}

// Version 1: y = (round_mode(round(x / scale + zero point) / 2^n) - zero point) * scale, where n is
// the number of bits that go.
absl::StatusOr<OnnxValue> TranslateTrunc(const NodeCall& call, NetworkBuilder& builder) {
  constexpr std::size_t kInputs = 5;
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  if (call.inputs.size() != kInputs) {
    return NotSupported(Concat("a Trunc of ", call.inputs.size(), " inputs (version 2)"),
                        "version 1, of 5 inputs; export an activation quantizer (Quant) instead");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const ScaleAndZero numbers, ReadScaleAndZero(call, input, builder));
  SPIKEMESH_ASSIGN_OR_RETURN(const double bits_in, ReadBits(call, 3));
  SPIKEMESH_ASSIGN_OR_RETURN(const double bits_out, ReadBits(call, 4));
  SPIKEMESH_ASSIGN_OR_RETURN(const Rounding rounding, ReadRounding(call, "FLOOR"));
  SPIKEMESH_ASSIGN_OR_RETURN(
      const Activation whole,
      AppendRounded(call, input, {numbers.scale, numbers.zero_point, Rounding::kHalfEven},
                    builder));
  const std::size_t channels = numbers.scale.size();
  AffineNode shift{std::vector<double>(channels, std::exp2(bits_out - bits_in)),
                   std::vector<double>(channels, 0.0)};
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation shifted,
                             builder.AppendLike(call, whole, std::move(shift), ":shift"));
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation cut,
                             builder.AppendLike(call, shifted, RoundNode{rounding}, ":truncate"));
  return builder.AppendLike(call, cut, Back(numbers));
}

absl::StatusOr<OnnxValue> TranslateMultiThreshold(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* thresholds, ConstantInput(call, 1));
  SPIKEMESH_RETURN_IF_ERROR(CheckLayout(call, input));
  const std::int64_t channels = input.dims[input.channel_axis()];
  const bool is_one = thresholds->dims.size() == 2 && thresholds->dims[0] == 1;
  if (thresholds->dims.size() != 2 || (!is_one && thresholds->dims[0] != channels)) {
    return absl::InvalidArgumentError(Concat("thresholds of shape ", PrintDims(thresholds->dims),
                                             "; allowed: [1 or ", channels, ", levels]"));
  }
  MultiThresholdNode node;
  SPIKEMESH_ASSIGN_OR_RETURN(const float scale, FloatAttribute(call.node, "out_scale", 1.0F));
  SPIKEMESH_ASSIGN_OR_RETURN(const float offset, FloatAttribute(call.node, "out_bias", 0.0F));
  if (!std::isfinite(scale) || !std::isfinite(offset) || scale == 0) {
    return absl::InvalidArgumentError(Concat("out_scale ", scale, ", out_bias ", offset,
                                             "; allowed: finite, and a scale other than 0"));
  }
  node.scale = scale;
  node.offset = offset;
  node.levels = static_cast<std::int32_t>(std::min(thresholds->dims[1], kFeaturesMax));
  for (std::int64_t i = 0; i < thresholds->count(); ++i) {
    SPIKEMESH_RETURN_IF_ERROR(FiniteAt(*thresholds, i, "thresholds").status());
  }
  SPIKEMESH_RETURN_IF_ERROR(
      builder.budget().Take(static_cast<std::uint64_t>(channels), node.levels * sizeof(double)));
  for (std::int64_t c = 0; c < channels; ++c) {
    const std::vector<double> row = SortedRow(*thresholds, is_one ? 0 : c);
    node.thresholds.insert(node.thresholds.end(), row.begin(), row.end());
  }
  return builder.AppendLike(call, input, std::move(node));
}

}  // namespace spikemesh
