// SPDX-License-Identifier: Apache-2.0
// Gemm and MatMul.
#include <cmath>
#include <limits>

#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

// x [2] times a 2 x 3 matrix.
ModelBuilder Gemm(const std::vector<AttributeForTest>& attributes) {
  ModelBuilder model({2});
  model.Floats("w", {2, 3}, {1, 2, 3, 4, 5, 6}).Floats("c", {3}, {10, 20, 30});
  model.Node("Gemm", {"x", "w", "c"}, "y", attributes);
  return model;
}

TEST(OnnxGemmTest, MultipliesByTheMatrixAndAddsC) {
  EXPECT_THAT(RunModel(Gemm({}), {1, 10}), ElementsAre(1 + 40 + 10, 2 + 50 + 20, 3 + 60 + 30));
}

TEST(OnnxGemmTest, TransBReadsTheMatrixByOutput) {
  ModelBuilder model({2});
  model.Floats("w", {3, 2}, {1, 4, 2, 5, 3, 6});
  model.Node("Gemm", {"x", "w"}, "y", {{"transB", std::int64_t{1}}});
  EXPECT_THAT(RunModel(model, {1, 10}), ElementsAre(41, 52, 63));
}

TEST(OnnxGemmTest, AlphaAndBetaScaleProductAndC) {
  const ModelBuilder model = Gemm({{"alpha", 0.5F}, {"beta", 3.0F}});
  EXPECT_THAT(RunModel(model, {1, 10}), ElementsAre(0.5 * 41 + 30, 0.5 * 52 + 60, 0.5 * 63 + 90));
}

TEST(OnnxGemmTest, AlphaLeavesTheWeightsOfTheFile) {
  const Network network = ImportOrFail(Gemm({{"alpha", 0.1F}}));
  ASSERT_EQ(network.nodes.size(), 2u);
  EXPECT_THAT(std::get<ConvolutionNode>(network.nodes[0].operation).weights,
              ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_EQ(network.nodes[1].name, "n0:alpha_beta");
}

TEST(OnnxGemmTest, ScalarCIsAddedToEveryOutput) {
  ModelBuilder model({1});
  model.Floats("w", {1, 2}, {1, 2}).Floats("c", {}, {7});
  model.Node("Gemm", {"x", "w", "c"}, "y");
  EXPECT_THAT(RunModel(model, {1}), ElementsAre(8, 9));
}

TEST(OnnxGemmTest, TransAIsNotSupported) {
  ExpectRefused(Gemm({{"transA", std::int64_t{1}}}), kUnimplemented, {"node \"n0\"", "transA 1"});
}

TEST(OnnxGemmTest, CThatVariesByBatchIsRefused) {
  ModelBuilder model({2});
  model.Floats("w", {2, 2}, {1, 0, 0, 1}).Floats("c", {2, 1}, {1, 2});
  model.Node("Gemm", {"x", "w", "c"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "C of shape [2, 1]"});
}

TEST(OnnxGemmTest, NanAlphaIsRefused) {
  ExpectRefused(Gemm({{"alpha", std::nanf("")}}), kInvalid, {"node \"n0\"", "alpha nan"});
}

TEST(OnnxGemmTest, WeightsForOtherFeaturesAreRefused) {
  ModelBuilder model({4});
  model.Floats("w", {2, 3}, {1, 2, 3, 4, 5, 6}).Node("Gemm", {"x", "w"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "[2, 3]", "4 features"});
}

TEST(OnnxGemmTest, ImageInputIsRefusedWithTheRemedy) {
  ModelBuilder model({1, 2, 1});
  model.Floats("w", {2, 1}, {1, 2}).Node("Gemm", {"x", "w"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "[1, 2, 1]", "Flatten"});
}

TEST(OnnxMatMulTest, MatMulThenAddIsADenseLayer) {
  ModelBuilder model({2});
  model.Floats("w", {2, 2}, {1, 2, 3, 4}).Floats("b", {2}, {0.5, -0.5});
  model.Node("MatMul", {"x", "w"}, "h").Node("Add", {"h", "b"}, "y");
  EXPECT_THAT(RunModel(model, {1, 10}), ElementsAre(31.5, 41.5));
}

TEST(OnnxMatMulTest, ConstantOnTheLeftIsNotSupported) {
  ModelBuilder model({2});
  model.Floats("w", {2, 2}, {1, 2, 3, 4}).Node("MatMul", {"w", "x"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\"", "input 0 \"w\" is a constant"});
}

TEST(OnnxMatMulTest, VectorOfWeightsIsRefused) {
  ModelBuilder model({2});
  model.Floats("w", {2}, {1, 2}).Node("MatMul", {"x", "w"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "weights of shape [2]"});
}

TEST(OnnxMatMulTest, TwoActivationsAreNotSupported) {
  ModelBuilder model({2});
  model.Node("MatMul", {"x", "x"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op MatMul)", "a constant"});
}

}  // namespace
}  // namespace spikemesh
