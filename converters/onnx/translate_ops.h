// SPDX-License-Identifier: Apache-2.0
// One function per ONNX operator (or family that differs in a constant): from a node with its
// inputs to the value of its first output. Errors of all of them: InvalidArgument (malformed:
// found, allowed), Unimplemented (a form that is not supported), ResourceExhausted;
// translate_graph.cc puts the node's name in front. Source: onnx operator schemas
// (docs/Operators.md, docs/Changelog.md), opsets 9..17.
#ifndef SPIKEMESH_CONVERTERS_ONNX_TRANSLATE_OPS_H_
#define SPIKEMESH_CONVERTERS_ONNX_TRANSLATE_OPS_H_

#include "converters/onnx/network_builder.h"
#include "converters/onnx/node_call.h"
#include "core/base/status.h"

namespace spikemesh {

using TranslateOperator = absl::StatusOr<OnnxValue>(const NodeCall&, NetworkBuilder&);

// translate_conv.cc
TranslateOperator TranslateConv;

// translate_dense.cc
TranslateOperator TranslateGemm;
TranslateOperator TranslateMatMul;

// translate_channels.cc: what acts on each channel alone.
TranslateOperator TranslateBatchNormalization;
TranslateOperator TranslateAdd;
TranslateOperator TranslateSub;
TranslateOperator TranslateMul;
TranslateOperator TranslateDiv;

// translate_step.cc
TranslateOperator TranslateSign;
TranslateOperator TranslateGreater;
TranslateOperator TranslateGreaterOrEqual;
TranslateOperator TranslateLess;
TranslateOperator TranslateLessOrEqual;
TranslateOperator TranslateNot;
TranslateOperator TranslateWhere;
TranslateOperator TranslateCast;

// translate_reshape.cc
TranslateOperator TranslateFlatten;
TranslateOperator TranslateReshape;

// translate_shape.cc: arithmetic on shapes, as tracing exporters write x.view(x.size(0), -1).
TranslateOperator TranslateShape;
TranslateOperator TranslateGather;
TranslateOperator TranslateUnsqueeze;
TranslateOperator TranslateSqueeze;
TranslateOperator TranslateConcat;
TranslateOperator TranslateSlice;
TranslateOperator TranslateConstantOfShape;

// translate_passing.cc: what changes no value.
TranslateOperator TranslateIdentity;
TranslateOperator TranslateDropout;
TranslateOperator TranslateSoftmax;

// The product of two scalars of shapes (x.size(1) * x.size(2)); NotUnderstood where the inputs are
// no shapes.
OnnxValue MultiplyShapes(const NodeCall& call);

// The entries of input `index` as a shape: a ShapeList, or a constant of integers of rank 0 or 1.
absl::StatusOr<ShapeList> ShapeInput(const NodeCall& call, std::size_t index);

// fold_constants.cc: nodes whose inputs are all constants.
TranslateOperator FoldConstant;  // op Constant
TranslateOperator FoldElementwise;
TranslateOperator FoldTranspose;

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_TRANSLATE_OPS_H_
