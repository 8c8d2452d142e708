// SPDX-License-Identifier: Apache-2.0
// BatchNormalization and arithmetic with constants.
#include <cmath>
#include <limits>

#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

// y = 2 (x - 3) / sqrt(4) + 0.5 in channel 0, y = -(x - 0) / sqrt(1) in channel 1; epsilon 0.
ModelBuilder BatchNorm(const std::vector<std::int64_t>& image,
                       std::vector<AttributeForTest> attributes) {
  ModelBuilder model(image);
  model.Floats("gamma", {2}, {2, -1}).Floats("beta", {2}, {0.5, 0});
  model.Floats("mean", {2}, {3, 0}).Floats("var", {2}, {4, 1});
  attributes.emplace_back("epsilon", 0.0F);
  model.Node("BatchNormalization", {"x", "gamma", "beta", "mean", "var"}, "y", attributes);
  return model;
}

TEST(OnnxBatchNormTest, ActsOnEachChannel) {
  EXPECT_THAT(RunModel(BatchNorm({2, 1, 2}, {}), {3, 7, 1, -1}), ElementsAre(0.5, 4.5, -1, 1));
  EXPECT_THAT(RunModel(BatchNorm({2}, {}), {7, 1}), ElementsAre(4.5, -1));
}

TEST(OnnxBatchNormTest, EpsilonIsTheFloatOfTheFile) {
  ModelBuilder model = BatchNorm({2}, {});
  model.graph().mutable_node(0)->clear_attribute();
  const Network network = ImportOrFail(model);
  EXPECT_EQ(std::get<BatchNormNode>(network.nodes[0].operation).epsilon, double{1e-5F});
}

TEST(OnnxBatchNormTest, ParametersMayPassThroughIdentity) {
  ModelBuilder model({2});
  model.Floats("one", {2}, {1, 1}).Floats("zero", {2}, {0, 0});
  model.Node("Identity", {"one"}, "var").Node("Identity", {"zero"}, "mean");
  model.Node("BatchNormalization", {"x", "one", "zero", "mean", "var"}, "y",
             {{"epsilon", 0.0F}, {"momentum", 0.9F}, {"training_mode", std::int64_t{0}}});
  EXPECT_THAT(RunModel(model, {5, -6}), ElementsAre(5, -6));
}

TEST(OnnxBatchNormTest, TrainingModeIsNotSupported) {
  ExpectRefused(BatchNorm({2}, {{"training_mode", std::int64_t{1}}}), kUnimplemented,
                {"node \"n0\"", "training_mode 1", "evaluation mode"});
}

TEST(OnnxBatchNormTest, StatisticsAsOutputsAreTraining) {
  ModelBuilder model = BatchNorm({2}, {});
  model.Opset(9).graph().mutable_node(0)->add_output("running_mean");
  ExpectRefused(model, kUnimplemented, {"node \"n0\"", "more than one output", "evaluation mode"});
}

TEST(OnnxBatchNormTest, ParametersOfAnotherSizeAreRefused) {
  ExpectRefused(BatchNorm({3}, {}), kInvalid, {"node \"n0\"", "scale of shape [2]", "[3]"});
}

TEST(OnnxBatchNormTest, VarianceThatCancelsEpsilonIsRefused) {
  ModelBuilder model = BatchNorm({2}, {});
  model.graph().mutable_initializer(3)->set_float_data(1, 0.0F);
  ExpectRefused(model, kInvalid, {"node \"n0\"", "variance[1] + epsilon is 0"});
}

TEST(OnnxBatchNormTest, NegativeEpsilonIsRefused) {
  ModelBuilder model = BatchNorm({2}, {});
  model.graph().mutable_node(0)->mutable_attribute(0)->set_f(-1.0F);
  ExpectRefused(model, kInvalid, {"node \"n0\"", "epsilon -1"});
}

TEST(OnnxBatchNormTest, InputWithoutChannelsIsNotSupported) {
  ExpectRefused(BatchNorm({2, 3}, {}), kUnimplemented, {"node \"n0\"", "[2, 3]"});
}

struct Arithmetic {
  const char* name;
  const char* op;
  bool constant_first;
  double expected;  // of x = 6 and the constant 4
};

class OnnxArithmeticTest : public ::testing::TestWithParam<Arithmetic> {};

TEST_P(OnnxArithmeticTest, ActsOnSixAndFour) {
  ModelBuilder model({1});
  model.Floats("c", {}, {4});
  const bool first = GetParam().constant_first;
  model.Node(GetParam().op, {first ? "c" : "x", first ? "x" : "c"}, "y");
  EXPECT_THAT(RunModel(model, {6}), ElementsAre(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Operators, OnnxArithmeticTest,
    ::testing::Values(Arithmetic{"Add", "Add", false, 10}, Arithmetic{"AddFirst", "Add", true, 10},
                      Arithmetic{"Sub", "Sub", false, 2}, Arithmetic{"SubFirst", "Sub", true, -2},
                      Arithmetic{"Mul", "Mul", false, 24}, Arithmetic{"MulFirst", "Mul", true, 24},
                      Arithmetic{"Div", "Div", false, 1.5}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(OnnxArithmeticTest, ConstantPerChannelOfAnImageHasTwoTrailingOnes) {
  for (const std::vector<std::int64_t>& dims :
       {std::vector<std::int64_t>{2, 1, 1}, std::vector<std::int64_t>{1, 2, 1, 1}}) {
    ModelBuilder model({2, 1, 2});
    model.Floats("c", dims, {10, 20}).Node("Add", {"x", "c"}, "y");
    EXPECT_THAT(RunModel(model, {1, 2, 3, 4}), ElementsAre(11, 12, 23, 24));
  }
}

TEST(OnnxArithmeticTest, ConstantAlongTheWidthIsNotSupported) {
  ModelBuilder model({2, 1, 2});
  model.Floats("c", {2}, {10, 20}).Node("Add", {"x", "c"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\"", "[2]", "one per channel"});
}

TEST(OnnxArithmeticTest, ConstantThatEnlargesTheValuesIsNotSupported) {
  ModelBuilder model({1});
  model.Floats("c", {1, 3}, {1, 2, 3}).Node("Add", {"x", "c"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\"", "[1, 3]"});
}

TEST(OnnxArithmeticTest, DivisionByZeroIsRefused) {
  ModelBuilder model({2});
  model.Floats("c", {2}, {1, 0}).Node("Div", {"x", "c"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\" (op Div)", "division by 0"});
}

TEST(OnnxArithmeticTest, DivisionByAnActivationIsNotSupported) {
  ModelBuilder model({1});
  model.Floats("c", {}, {4}).Node("Div", {"c", "x"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op Div)"});
}

TEST(OnnxArithmeticTest, InfiniteConstantIsRefused) {
  ModelBuilder model({1});
  model.Floats("c", {}, {std::numeric_limits<float>::infinity()}).Node("Mul", {"x", "c"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\" (op Mul)", "inf", "finite"});
}

TEST(OnnxArithmeticTest, NegChangesTheSign) {
  ModelBuilder model({2});
  model.Node("Neg", {"x"}, "y");
  EXPECT_THAT(RunModel(model, {3, -4}), ElementsAre(-3, 4));
}

TEST(OnnxArithmeticTest, ProductOrDifferenceOfTwoActivationsIsNotSupportedAndNamed) {
  for (const char* op : {"Sub", "Mul", "Div"}) {
    ModelBuilder model({2});
    model.Node("Sign", {"x"}, "a").Node(op, {"x", "a"}, "y");
    ExpectRefused(model, kUnimplemented,
                  {std::string("node \"n1\" (op ") + op + ")", "\"x\" and \"a\" are joined"});
  }
}

}  // namespace
}  // namespace spikemesh
