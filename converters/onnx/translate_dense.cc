// SPDX-License-Identifier: Apache-2.0
// Dense layers: 1x1 convolutions of a {features, 1, 1} input.
#include <cmath>

#include "converters/onnx/attributes.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// What a dense layer multiplies by: [inputs, outputs], or the other way round where `transposed`.
struct DenseWeights {
  const OnnxConstant* matrix = nullptr;
  bool transposed = false;

  std::int64_t inputs() const { return matrix->dims[transposed ? 1 : 0]; }
  std::int64_t outputs() const { return matrix->dims[transposed ? 0 : 1]; }
};

absl::Status CheckShapes(const Activation& input, const DenseWeights& weights) {
  if (input.dims.size() != 1) {
    return absl::InvalidArgumentError(Concat("input of shape ", PrintDims(input.dims),
                                             " per image; allowed: [features]; put a Flatten "
                                             "(axis 1) or Reshape to [batch, features] before it"));
  }
  if (weights.inputs() != input.dims[0]) {
    return absl::InvalidArgumentError(Concat("weights of shape ", PrintDims(weights.matrix->dims),
                                             " for an input of ", input.dims[0],
                                             " features; allowed: as many"));
  }
  return absl::OkStatus();
}

// The weights as [outputs, inputs], inputs in the Network's order: the graph may have flattened
// `input` with channels last.
absl::StatusOr<std::vector<float>> ByOutput(const Activation& input, const DenseWeights& weights) {
  SPIKEMESH_ASSIGN_OR_RETURN(std::vector<float> stored, FiniteFloats(*weights.matrix, "weights"));
  if (weights.transposed && !input.channels_last.has_value()) {
    return stored;
  }
  std::vector<float> by_output(stored.size());
  for (std::int64_t i = 0; i < weights.inputs(); ++i) {
    const std::int64_t to =
        input.channels_last.has_value() ? StoredIndex(*input.channels_last, i) : i;
    for (std::int64_t o = 0; o < weights.outputs(); ++o) {
      by_output[o * weights.inputs() + to] =
          weights.transposed ? stored[o * weights.inputs() + i] : stored[i * weights.outputs() + o];
    }
  }
  return by_output;
}

absl::StatusOr<Activation> AppendDense(const NodeCall& call, const Activation& input,
                                       const DenseWeights& weights, std::vector<float> bias,
                                       NetworkBuilder& builder) {
  SPIKEMESH_RETURN_IF_ERROR(CheckShapes(input, weights));
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(weights.matrix->count(), 2 * sizeof(float)));
  ConvolutionNode node;
  SPIKEMESH_ASSIGN_OR_RETURN(node.weights, ByOutput(input, weights));
  node.bias = std::move(bias);
  node.bias.resize(weights.outputs(), 0.0F);
  return builder.Append(call, input, std::move(node), {weights.outputs()});
}

// Input 2 of a Gemm, spread over the outputs; empty where it is left out.
absl::StatusOr<std::vector<float>> ReadGemmBias(const NodeCall& call, std::int64_t outputs) {
  if (!call.has_input(2)) {
    return std::vector<float>();
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* bias, ConstantInput(call, 2));
  const bool is_row = bias->dims.empty() || bias->dims.size() == 1 ||
                      (bias->dims.size() == 2 && bias->dims[0] == 1);
  if (!is_row || (bias->count() != 1 && bias->count() != outputs)) {
    return absl::InvalidArgumentError(
        Concat("C of shape ", PrintDims(bias->dims), "; allowed: one number, or [", outputs, "]"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(std::vector<float> values, FiniteFloats(*bias, "C"));
  if (values.size() == 1) {
    values.assign(outputs, values[0]);
  }
  return values;
}

absl::Status CheckMatrix(const OnnxConstant& matrix) {
  if (matrix.dims.size() != 2) {
    return absl::InvalidArgumentError(
        Concat("weights of shape ", PrintDims(matrix.dims), "; allowed: a matrix of two extents"));
  }
  return absl::OkStatus();
}

}  // namespace

// Y = alpha A B + beta C. Where alpha or beta are not 1, they become an AffineNode of their own, so
// that the weights stay the floats of the file.
absl::StatusOr<OnnxValue> TranslateGemm(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* matrix, ConstantInput(call, 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const float alpha, FloatAttribute(call.node, "alpha", 1.0F));
  SPIKEMESH_ASSIGN_OR_RETURN(const float beta, FloatAttribute(call.node, "beta", 1.0F));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t trans_a, IntAttribute(call.node, "transA", 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t trans_b, IntAttribute(call.node, "transB", 0));
  if (trans_a != 0) {
    return NotSupported(Concat("transA ", trans_a), "0");
  }
  if (!std::isfinite(alpha) || !std::isfinite(beta)) {
    return absl::InvalidArgumentError(
        Concat("alpha ", alpha, ", beta ", beta, "; allowed: finite numbers"));
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckMatrix(*matrix));
  const DenseWeights weights{matrix, trans_b != 0};
  SPIKEMESH_ASSIGN_OR_RETURN(std::vector<float> bias, ReadGemmBias(call, weights.outputs()));
  if (alpha == 1.0F && beta == 1.0F) {
    return AppendDense(call, input, weights, std::move(bias), builder);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation product,
                             AppendDense(call, input, weights, {}, builder));
  AffineNode affine;
  affine.scale.assign(weights.outputs(), alpha);
  affine.offset.resize(weights.outputs(), 0.0);
  for (std::size_t o = 0; o < bias.size(); ++o) {
    affine.offset[o] = double{beta} * double{bias[o]};
  }
  return builder.AppendLike(call, product, std::move(affine), ":alpha_beta");
}

absl::StatusOr<OnnxValue> TranslateMatMul(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* matrix, ConstantInput(call, 1));
  SPIKEMESH_RETURN_IF_ERROR(CheckMatrix(*matrix));
  return AppendDense(call, input, {matrix, false}, {}, builder);
}

}  // namespace spikemesh
