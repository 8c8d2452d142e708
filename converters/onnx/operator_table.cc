// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/operator_table.h"

#include <algorithm>
#include <span>

#include "converters/onnx/node_call.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr Layout kFirst = Layout::kChannelsFirst;
constexpr Layout kAny = Layout::kAny;

constexpr auto kStandard = std::to_array<OperatorRule>({
    {"Abs", nullptr, FoldElementwise, kFirst, {}},
    {"Add", TranslateAdd, FoldElementwise, kAny, {}},
    {"ArgMax", TranslateArgMax, nullptr, kFirst, {"axis", "keepdims", "select_last_index"}},
    {"AveragePool",
     TranslateAveragePool,
     nullptr,
     kFirst,
     {"auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads",
      "strides"}},
    {"BatchNormalization",
     TranslateBatchNormalization,
     nullptr,
     kAny,
     {"epsilon", "momentum", "training_mode"}},
    {"Cast", TranslateCast, FoldElementwise, kAny, {"saturate", "to"}},
    {"Ceil", TranslateCeil, FoldElementwise, kAny, {}},
    {"Clip", TranslateClip, FoldClip, kAny, {"max", "min"}},
    {"Concat", TranslateConcat, FoldConcat, kAny, {"axis"}},
    {"Constant",
     FoldConstant,
     nullptr,
     kFirst,
     {"value", "value_float", "value_floats", "value_int", "value_ints"}},
    {"ConstantOfShape", TranslateConstantOfShape, FoldConstantOfShape, kFirst, {"value"}},
    {"Conv",
     TranslateConv,
     nullptr,
     kFirst,
     {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"}},
    {"DequantizeLinear",
     TranslateDequantizeLinear,
     FoldDequantizeLinear,
     kAny,
     {"axis", "block_size"}},
    {"Div", TranslateDiv, FoldElementwise, kAny, {}},
    {"Dropout", TranslateDropout, nullptr, kAny, {"ratio", "seed"}},
    {"Exp", TranslateRising, nullptr, kFirst, {}},
    {"Flatten", TranslateFlatten, nullptr, kAny, {"axis"}},
    {"Floor", TranslateFloor, FoldElementwise, kAny, {}},
    {"Gather", TranslateGather, FoldGather, kFirst, {"axis"}},
    {"Gemm", TranslateGemm, nullptr, kAny, {"alpha", "beta", "transA", "transB"}},
    {"GlobalAveragePool", TranslateGlobalAveragePool, nullptr, kFirst, {}},
    {"GlobalMaxPool", TranslateGlobalMaxPool, nullptr, kFirst, {}},
    {"Greater", TranslateGreater, FoldElementwise, kAny, {}},
    {"GreaterOrEqual", TranslateGreaterOrEqual, FoldElementwise, kAny, {}},
    {"Identity", TranslateIdentity, TranslateIdentity, kAny, {}},
    {"Less", TranslateLess, FoldElementwise, kAny, {}},
    {"LessOrEqual", TranslateLessOrEqual, FoldElementwise, kAny, {}},
    {"LogSoftmax", TranslateSoftmax, nullptr, kFirst, {"axis"}},
    {"MatMul", TranslateMatMul, nullptr, kAny, {}},
    {"Max", TranslateMax, FoldElementwise, kAny, {}},
    {"MaxPool",
     TranslateMaxPool,
     nullptr,
     kFirst,
     {"auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"}},
    {"Min", TranslateMin, FoldElementwise, kAny, {}},
    {"Mul", TranslateMul, FoldElementwise, kAny, {}},
    {"Neg", TranslateNeg, FoldElementwise, kAny, {}},
    {"Not", TranslateNot, FoldElementwise, kAny, {}},
    {"Pad", TranslatePad, nullptr, kFirst, {"mode", "pads", "value"}},
    {"QuantizeLinear",
     TranslateQuantizeLinear,
     FoldQuantizeLinear,
     kAny,
     {"axis", "block_size", "output_dtype", "saturate"}},
    {"ReduceMax",
     TranslateReduceMax,
     FoldReduceMax,
     kAny,
     {"axes", "keepdims", "noop_with_empty_axes"}},
    {"ReduceMean",
     TranslateReduceMean,
     FoldReduceMean,
     kAny,
     {"axes", "keepdims", "noop_with_empty_axes"}},
    {"ReduceSum",
     TranslateReduceSum,
     FoldReduceSum,
     kAny,
     {"axes", "keepdims", "noop_with_empty_axes"}},
    {"Relu", TranslateRelu, FoldElementwise, kAny, {}},
    {"Reshape", TranslateReshape, FoldReshape, kAny, {"allowzero"}},
    {"Round", TranslateRound, FoldElementwise, kAny, {}},
    {"Shape", TranslateShape, FoldShape, kAny, {"start", "end"}},
    {"Sigmoid", TranslateRising, nullptr, kFirst, {}},
    {"Sign", TranslateSign, FoldElementwise, kAny, {}},
    {"Slice", TranslateSlice, FoldSlice, kFirst, {"starts", "ends", "axes"}},
    {"Softmax", TranslateSoftmax, nullptr, kFirst, {"axis"}},
    {"Split", TranslateSplit, nullptr, kFirst, {"axis", "num_outputs", "split"}},
    {"Sqrt", nullptr, FoldElementwise, kFirst, {}},
    {"Squeeze", TranslateSqueeze, FoldSqueeze, kAny, {"axes"}},
    {"Sub", TranslateSub, FoldElementwise, kAny, {}},
    {"Tanh", TranslateRising, nullptr, kFirst, {}},
    {"Transpose", TranslateTranspose, FoldTranspose, kAny, {"perm"}},
    {"Unsqueeze", TranslateUnsqueeze, FoldUnsqueeze, kAny, {"axes"}},
    {"Where", TranslateWhere, FoldElementwise, kAny, {}},
});

constexpr auto kQonnx = std::to_array<OperatorRule>({
    {"BipolarQuant", TranslateBipolarQuant, FoldBipolarQuant, kAny, {}},
    {"IntQuant", TranslateQuant, FoldQuant, kAny, {"signed", "narrow", "rounding_mode"}},
    {"MultiThreshold",
     TranslateMultiThreshold,
     nullptr,
     kAny,
     {"out_dtype", "out_scale", "out_bias", "data_layout"}},
    {"Quant", TranslateQuant, FoldQuant, kAny, {"signed", "narrow", "rounding_mode"}},
    {"Trunc", TranslateTrunc, nullptr, kAny, {"rounding_mode"}},
});

constexpr auto kQonnxDomains = std::to_array<std::string_view>(
    {"qonnx.custom_op.general", "finn.custom_op.general", "onnx.brevitas"});

bool IsQonnx(const OnnxNode& node) {
  return std::find(kQonnxDomains.begin(), kQonnxDomains.end(), node.domain) != kQonnxDomains.end();
}

// An operator that users bring and that is refused: why, and what to do about it.
struct Refusal {
  std::string_view op_type;
  std::string_view reason;
  std::string_view remedy;
};

constexpr std::string_view kCurved = "a curved activation, which spikes cannot count exactly";
constexpr std::string_view kUseRelu = "Relu, Clip, or steps; train with one of these";
constexpr std::string_view kSlope = "an activation that lets values below 0 through";
constexpr std::string_view kIntegerForm = "an integer operator (QLinear form)";
constexpr std::string_view kUseQdq =
    "float operators with QuantizeLinear and DequantizeLinear around them; export in QDQ form";
constexpr std::string_view kStateful = "a recurrent layer";
constexpr std::string_view kFeedForward = "feed-forward networks";
constexpr std::string_view kDataNorm = "a normalization by statistics of the image itself";
constexpr std::string_view kUseBatchNorm = "BatchNormalization; train with it";

constexpr auto kRefused = std::to_array<Refusal>({
    {"Celu", kCurved, kUseRelu},
    {"Elu", kCurved, kUseRelu},
    {"Erf", kCurved, kUseRelu},
    {"Gelu", kCurved, kUseRelu},
    {"HardSigmoid", "a slope that is not 1", "Clip(scale x + offset) as Mul, Add and Clip"},
    {"HardSwish", kCurved, kUseRelu},
    {"LeakyRelu", kSlope, kUseRelu},
    {"Mish", kCurved, kUseRelu},
    {"PRelu", kSlope, kUseRelu},
    {"Selu", kCurved, kUseRelu},
    {"Softplus", kCurved, kUseRelu},
    {"Softsign", kCurved, kUseRelu},
    {"ThresholdedRelu", "a jump at its threshold", kUseRelu},
    {"DynamicQuantizeLinear", "a scale that depends on the image",
     "QuantizeLinear with a constant scale; export with static quantization"},
    {"ConvInteger", kIntegerForm, kUseQdq},
    {"MatMulInteger", kIntegerForm, kUseQdq},
    {"QLinearConv", kIntegerForm, kUseQdq},
    {"QLinearMatMul", kIntegerForm, kUseQdq},
    {"QLinearAdd", kIntegerForm, kUseQdq},
    {"QLinearGlobalAveragePool", kIntegerForm, kUseQdq},
    {"GRU", kStateful, kFeedForward},
    {"LSTM", kStateful, kFeedForward},
    {"RNN", kStateful, kFeedForward},
    {"GroupNormalization", kDataNorm, kUseBatchNorm},
    {"InstanceNormalization", kDataNorm, kUseBatchNorm},
    {"LayerNormalization", kDataNorm, kUseBatchNorm},
    {"LpNormalization", kDataNorm, kUseBatchNorm},
    {"LRN", kDataNorm, kUseBatchNorm},
    {"ConvTranspose", "a transposed convolution", "Conv"},
    {"Resize", "a change of image size inside the network", "Conv and pools with strides"},
    {"Upsample", "a change of image size inside the network", "Conv and pools with strides"},
    {"FloatQuant", "a quantizer to small floats", "Quant (whole numbers) or BipolarQuant"},
    {"Im2Col", "a convolution that FINN has lowered", "Conv; export before that step"},
    {"MaxPoolNHWC", "a pool with channels last that FINN has lowered",
     "MaxPool; export before that step"},
    {"QuantAvgPool2d", "a sum of integers that is then truncated",
     "AveragePool, then Quant; train with these"},
    {"XnorPopcountMatMul", "a product of bits that FINN has lowered",
     "MatMul of -1 and +1; export before that step"},
});

// The operators that act on activations, as a user thinks of them.
constexpr std::string_view kAllowed =
    "Conv, Gemm, MatMul, BatchNormalization, Relu, Clip, Sign, Floor, Round, comparisons with Cast "
    "or Where, MaxPool, AveragePool, global pools, Add and Concat of activations, Add, Sub, Mul "
    "and Div by constants, Pad with zeros, Slice, Split, Gather of channels, Flatten, Reshape, "
    "Transpose to channels first, "
    "QuantizeLinear with DequantizeLinear, QONNX's Quant, BipolarQuant, Trunc and MultiThreshold, "
    "and Softmax, LogSoftmax, Sigmoid, Tanh, Exp or ArgMax at the end";

}  // namespace

const OperatorRule* FindOperator(const OnnxNode& node) {
  std::span<const OperatorRule> rules;
  if (node.domain.empty()) {
    rules = kStandard;
  } else if (IsQonnx(node)) {
    rules = kQonnx;
  }
  for (const OperatorRule& rule : rules) {
    if (rule.op_type == node.op_type) {
      return &rule;
    }
  }
  return nullptr;
}

absl::Status RefuseOperator(const OnnxNode& node) {
  for (const Refusal& refusal : kRefused) {
    if (refusal.op_type == node.op_type) {
      return NotSupported(refusal.reason, refusal.remedy);
    }
  }
  if (!node.domain.empty() && !IsQonnx(node)) {
    return NotSupported(
        "a function of the file, or an operator of one runtime",
        Concat("standard operators and those of QONNX; from PyTorch, ", kExportFromTorch));
  }
  return NotSupported("not supported", kAllowed);
}

absl::Status RefuseOnActivations() {
  return NotSupported("not supported on activations", kAllowed);
}

}  // namespace spikemesh
