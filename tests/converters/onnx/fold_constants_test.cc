// SPDX-License-Identifier: Apache-2.0
// Nodes that compute with constants: seen through the weights of a Gemm that reads the result.
#include <cmath>

#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using Ints = std::vector<std::int64_t>;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

// The weights of the last Gemm, whose matrix is value "w" (one input feature).
std::vector<float> FoldedWeights(ModelBuilder& model) {
  model.Node("Gemm", {"x", "w"}, "y");
  const Network network = ImportOrFail(model);
  if (network.nodes.empty()) {
    return {};
  }
  return std::get<ConvolutionNode>(network.nodes.back().operation).weights;
}

ModelBuilder WithConstants() {
  ModelBuilder model({1});
  model.Floats("a", {1, 3}, {-2, 0, 3}).Floats("b", {1, 1}, {2});
  return model;
}

TEST(OnnxFoldTest, SignOfAConstantKeepsItsZero) {
  ModelBuilder model = WithConstants();
  model.Node("Sign", {"a"}, "w");
  EXPECT_THAT(FoldedWeights(model), ElementsAre(-1, 0, 1));
}

TEST(OnnxFoldTest, ArithmeticBroadcasts) {
  const std::vector<std::pair<const char*, std::vector<float>>> cases = {
      {"Add", {0, 2, 5}}, {"Sub", {-4, -2, 1}}, {"Mul", {-4, 0, 6}}, {"Div", {-1, 0, 1.5F}}};
  for (const auto& [op, expected] : cases) {
    ModelBuilder model = WithConstants();
    model.Node(op, {"a", "b"}, "w");
    EXPECT_EQ(FoldedWeights(model), expected) << op;
  }
}

TEST(OnnxFoldTest, ResultsAreRoundedToFloat) {
  ModelBuilder model({1});
  model.Floats("a", {1, 1}, {0.1F}).Floats("b", {}, {3}).Node("Mul", {"a", "b"}, "w");
  EXPECT_THAT(FoldedWeights(model), ElementsAre(0.1F * 3.0F));
}

TEST(OnnxFoldTest, NegAndAbs) {
  ModelBuilder model = WithConstants();
  model.Node("Neg", {"a"}, "n").Node("Abs", {"n"}, "m").Node("Sub", {"m", "n"}, "w");
  EXPECT_THAT(FoldedWeights(model), ElementsAre(0, 0, 6));
}

TEST(OnnxFoldTest, ComparisonNotAndWhereBinarizeWeights) {
  ModelBuilder model = WithConstants();
  model.Floats("zero", {}, {0}).Floats("one", {}, {1}).Floats("minus", {}, {-1});
  model.Node("Less", {"a", "zero"}, "l").Node("Not", {"l"}, "g");
  model.Node("Where", {"g", "one", "minus"}, "w");
  EXPECT_THAT(FoldedWeights(model), ElementsAre(-1, 1, 1));
}

TEST(OnnxFoldTest, EachComparison) {
  const std::vector<std::pair<const char*, std::vector<float>>> cases = {
      {"Greater", {0, 0, 1}},
      {"GreaterOrEqual", {0, 1, 1}},
      {"Less", {1, 0, 0}},
      {"LessOrEqual", {1, 1, 0}}};
  for (const auto& [op, expected] : cases) {
    ModelBuilder model = WithConstants();
    model.Floats("zero", {}, {0}).Node(op, {"a", "zero"}, "c");
    model.Node("Cast", {"c"}, "w", {{"to", std::int64_t{1}}});
    EXPECT_EQ(FoldedWeights(model), expected) << op;
  }
}

TEST(OnnxFoldTest, CastTruncatesToIntegersAndIntegersDivideTowardsZero) {
  ModelBuilder model({1});
  model.Floats("a", {1, 2}, {-7.5F, 7.5F}).Ints("two", {}, {2});
  model.Node("Cast", {"a"}, "i", {{"to", std::int64_t{7}}}).Node("Div", {"i", "two"}, "d");
  model.Node("Cast", {"d"}, "w", {{"to", std::int64_t{1}}});
  EXPECT_THAT(FoldedWeights(model), ElementsAre(-3, 3));
}

TEST(OnnxFoldTest, IntegerDivisionByZeroIsNotComputed) {
  ModelBuilder model({1});
  model.Ints("one", {1, 1}, {1}).Ints("zero", {}, {0}).Node("Div", {"one", "zero"}, "w");
  model.Node("Gemm", {"x", "w"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op Div)", "integer constant inf"});
}

TEST(OnnxFoldTest, TransposeReversesOrPermutes) {
  ModelBuilder model({3});
  model.Floats("a", {2, 3}, {1, 2, 3, 4, 5, 6}).Node("Transpose", {"a"}, "w");
  // Gemm reads w [3, 2]; the network keeps weights by output: [2, 3].
  EXPECT_THAT(FoldedWeights(model), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(OnnxFoldTest, TransposeOfFourAxes) {
  ModelBuilder model({1, 1, 1});
  model.Floats("a", {1, 1, 2, 1}, {1, 2});
  model.Node("Transpose", {"a"}, "w", {{"perm", Ints{2, 0, 1, 3}}});
  model.Node("Conv", {"x", "w"}, "y");
  EXPECT_THAT(RunModel(model, {10}), ElementsAre(10, 20));
}

TEST(OnnxFoldTest, TransposeByAWrongPermutationIsRefused) {
  for (const Ints& perm : {Ints{0, 0}, Ints{0, 2}, Ints{0}}) {
    ModelBuilder model({2});
    model.Floats("a", {2, 2}, {1, 2, 3, 4}).Node("Transpose", {"a"}, "w", {{"perm", perm}});
    model.Node("Gemm", {"x", "w"}, "y");
    ExpectRefused(model, kInvalid, {"node \"n0\" (op Transpose)", "perm"});
  }
}

TEST(OnnxFoldTest, ShapesThatDoNotBroadcastAreRefused) {
  ModelBuilder model({1});
  model.Floats("a", {1, 2}, {1, 2}).Floats("b", {1, 3}, {1, 2, 3}).Node("Add", {"a", "b"}, "w");
  model.Node("Gemm", {"x", "w"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\" (op Add)", "[1, 2] and [1, 3]"});
}

TEST(OnnxFoldTest, ConstantNodesTakeEveryNumericForm) {
  ModelBuilder model({1});
  model.Node("Constant", {}, "f", {{"value_float", 2.0F}});
  model.Node("Constant", {}, "i", {{"value_ints", Ints{0, 1}}});
  model.Node("Mul", {"x", "f"}, "h").Node("Reshape", {"h", "i"}, "y");
  EXPECT_THAT(RunModel(model, {3}), ElementsAre(6));
}

TEST(OnnxFoldTest, ConstantOfStringsIsNotSupported) {
  ModelBuilder model({1});
  model.Node("Constant", {}, "f", {{"value", "text"}}).Node("Mul", {"x", "f"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op Constant)", "value_float"});
}

TEST(OnnxFoldTest, ConstantWithoutValueIsRefused) {
  ModelBuilder model({1});
  model.Node("Constant", {}, "f").Node("Mul", {"x", "f"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\" (op Constant)", "0 attributes"});
}

// ones_like of an activation with an open batch.
TEST(OnnxFoldTest, ConstantOfAnActivationsShapeIsOneNumber) {
  ModelBuilder model({2});
  model.Floats("zero", {}, {0}).Node("Shape", {"x"}, "s").Node("ConstantOfShape", {"s"}, "o");
  auto* value = model.graph().mutable_node(1)->add_attribute();
  value->set_name("value");
  value->set_type(onnx::AttributeProto::TENSOR);
  value->mutable_t()->set_data_type(onnx::TensorProto::FLOAT);
  value->mutable_t()->add_dims(1);
  value->mutable_t()->add_float_data(1.0F);
  model.Node("Neg", {"o"}, "m").Node("GreaterOrEqual", {"x", "zero"}, "g");
  model.Node("Where", {"g", "o", "m"}, "y");
  EXPECT_THAT(RunModel(model, {-2, 2}), ElementsAre(-1, 1));
}

// 4096 x 1 against 1 x 4096, again and again: each result is 16 million elements.
TEST(OnnxFoldTest, BroadcastThatMultipliesMemoryEndsAtTheBudget) {
  ModelBuilder model({1});
  model.Floats("a", {4096, 1}, std::vector<float>(4096, 1))
      .Floats("b", {1, 4096}, std::vector<float>(4096, 1));
  model.Node("Add", {"a", "b"}, "w").Node("Gemm", {"x", "w"}, "y");
  ExpectRefused(model, absl::StatusCode::kResourceExhausted, {"node \"n0\" (op Add)", "16777216"});
}

}  // namespace
}  // namespace spikemesh
