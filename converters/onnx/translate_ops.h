// SPDX-License-Identifier: Apache-2.0
// One function per ONNX operator (or family that differs in a constant): from a node with its
// inputs to the value of its first output. Errors of all of them: InvalidArgument (malformed:
// found, allowed), Unimplemented (a form that is not supported), ResourceExhausted;
// translate_graph.cc puts the node's name in front. Source: onnx operator schemas
// (docs/Operators.md, docs/Changelog.md), opsets 9..21.
#ifndef SPIKEMESH_CONVERTERS_ONNX_TRANSLATE_OPS_H_
#define SPIKEMESH_CONVERTERS_ONNX_TRANSLATE_OPS_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "converters/onnx/network_builder.h"
#include "converters/onnx/node_call.h"
#include "core/base/status.h"

namespace spikemesh {

using TranslateOperator = absl::StatusOr<OnnxValue>(const NodeCall&, NetworkBuilder&);

// translate_conv.cc
TranslateOperator TranslateConv;

// translate_pool.cc
TranslateOperator TranslateMaxPool;
TranslateOperator TranslateAveragePool;
TranslateOperator TranslateGlobalMaxPool;
TranslateOperator TranslateGlobalAveragePool;

// translate_reduce.cc
TranslateOperator TranslateReduceMean;
TranslateOperator TranslateReduceSum;
TranslateOperator TranslateReduceMax;

// translate_pad.cc
TranslateOperator TranslatePad;

// translate_dense.cc
TranslateOperator TranslateGemm;
TranslateOperator TranslateMatMul;

// translate_channels.cc: what acts on each channel alone.
TranslateOperator TranslateBatchNormalization;
TranslateOperator TranslateAdd;
TranslateOperator TranslateSub;
TranslateOperator TranslateMul;
TranslateOperator TranslateNeg;
TranslateOperator TranslateDiv;

// translate_join.cc: several activations.
TranslateOperator AddActivations;
TranslateOperator ConcatActivations;
bool JoinsActivations(const NodeCall& call);  // inputs 0 and 1 are activations

// translate_clip.cc: what acts on each value alone.
TranslateOperator TranslateRelu;
TranslateOperator TranslateClip;
TranslateOperator TranslateMax;
TranslateOperator TranslateMin;
TranslateOperator TranslateFloor;
TranslateOperator TranslateCeil;
TranslateOperator TranslateRound;

// The ends of a Clip. Errors: InvalidArgument (crossed or equal), those of ConstantInput.
absl::StatusOr<ClipNode> ReadClipEnds(const NodeCall& call);

// translate_quantize.cc
TranslateOperator TranslateQuantizeLinear;
TranslateOperator TranslateDequantizeLinear;
TranslateOperator FoldQuantizeLinear;
TranslateOperator FoldDequantizeLinear;

// translate_qonnx.cc
TranslateOperator TranslateQuant;
TranslateOperator FoldQuant;
TranslateOperator TranslateBipolarQuant;
TranslateOperator FoldBipolarQuant;
TranslateOperator TranslateTrunc;
TranslateOperator TranslateMultiThreshold;

// translate_transpose.cc
TranslateOperator TranslateTranspose;

// The axes of attribute perm, for `rank` extents; reversed where it is absent. Errors:
// InvalidArgument (another number of axes, one named twice).
absl::StatusOr<std::vector<std::int64_t>> ReadPermutation(const OnnxNode& node, std::size_t rank);

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
TranslateOperator SqueezeActivation;
TranslateOperator UnsqueezeActivation;

// `input` with `dims` per image, as many values. Errors: Unimplemented (the order of values with
// channels last does not survive).
absl::StatusOr<OnnxValue> ReshapeTo(const NodeCall& call, const Activation& input,
                                    std::vector<std::int64_t> dims, NetworkBuilder& builder);

// translate_pick.cc: parts of activations, or their channels in another order.
TranslateOperator SliceActivation;
TranslateOperator TranslateSplit;
TranslateOperator GatherActivations;

// translate_shuffle.cc

// `input` seen as `dims`, where those split its channels into groups.
std::optional<ChannelGroups> GroupChannels(const Activation& input,
                                           const std::vector<std::int64_t>& dims);

// Groups after a Transpose by `perm`. Errors: Unimplemented (another one than their exchange).
absl::StatusOr<OnnxValue> TransposeGroups(const ChannelGroups& groups,
                                          const std::vector<std::int64_t>& perm);

// `groups` reshaped to `dims`: an image again. Errors: Unimplemented (another shape).
absl::StatusOr<OnnxValue> UngroupChannels(const NodeCall& call, const ChannelGroups& groups,
                                          std::vector<std::int64_t> dims, NetworkBuilder& builder);

// [groups, channels / groups, height * width], reshaped from an image, with the first two axes
// exchanged; nothing where `input` is something else.
absl::StatusOr<std::optional<Activation>> ShuffleRows(const NodeCall& call, const Activation& input,
                                                      NetworkBuilder& builder);

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
TranslateOperator TranslateRising;
TranslateOperator TranslateArgMax;

// The one number of attribute "value" of ConstantOfShape, a scalar; 0 where it is absent.
absl::StatusOr<OnnxConstant> FillValue(const NodeCall& call, NetworkBuilder& builder);

// What Add, Sub, Mul or Div make of two single extents (x.size(1) * x.size(2), (x.size(1) + 1) /
// 2); NotUnderstood where the inputs are no such shapes.
OnnxValue ShapeArithmetic(const NodeCall& call);

// The entries of input `index` as a shape: a ShapeList, or a constant of integers of rank 0 or 1.
absl::StatusOr<ShapeList> ShapeInput(const NodeCall& call, std::size_t index);

// The integers of attribute `name` (how older opsets say it) or of input `index`; nothing where
// both are absent.
absl::StatusOr<std::optional<std::vector<std::int64_t>>> IntegersOf(const NodeCall& call,
                                                                    std::string_view name,
                                                                    std::size_t index);

// fold_constants.cc: nodes whose inputs are all constants.
TranslateOperator FoldConstant;  // op Constant
TranslateOperator FoldElementwise;
TranslateOperator FoldClip;

// fold_shapes.cc: likewise, cut, joined, in another shape or order.
TranslateOperator FoldTranspose;
TranslateOperator FoldReshape;
TranslateOperator FoldUnsqueeze;
TranslateOperator FoldSqueeze;
TranslateOperator FoldShape;
TranslateOperator FoldConstantOfShape;
TranslateOperator FoldGather;
TranslateOperator FoldSlice;
TranslateOperator FoldConcat;

// fold_reduce.cc
TranslateOperator FoldReduceMean;
TranslateOperator FoldReduceSum;
TranslateOperator FoldReduceMax;

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_TRANSLATE_OPS_H_
