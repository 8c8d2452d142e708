// SPDX-License-Identifier: Apache-2.0
// Operators that users bring and that are refused with a reason and a remedy, and the nodes at the
// end of a network that are left out.
#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

struct RefusedOperator {
  const char* op;
  const char* domain;
  const char* remedy;
};

class OnnxRefusedTest : public ::testing::TestWithParam<RefusedOperator> {};

TEST_P(OnnxRefusedTest, NamesTheNodeAndTheRemedy) {
  ModelBuilder model({1, 4, 4});
  model.Node(GetParam().op, {"x"}, "y").Domain(GetParam().domain);
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op ", GetParam().op, GetParam().remedy});
}

constexpr const char* kQonnx = "qonnx.custom_op.general";

INSTANTIATE_TEST_SUITE_P(
    Operators, OnnxRefusedTest,
    ::testing::Values(RefusedOperator{"LeakyRelu", "", "Relu, Clip, or steps"},
                      RefusedOperator{"PRelu", "", "Relu, Clip, or steps"},
                      RefusedOperator{"Sigmoid", "", "Relu, Clip, or steps"},
                      RefusedOperator{"Tanh", "", "Relu, Clip, or steps"},
                      RefusedOperator{"HardSigmoid", "", "Mul, Add and Clip"},
                      RefusedOperator{"DynamicQuantizeLinear", "", "static quantization"},
                      RefusedOperator{"QLinearConv", "", "export in QDQ form"},
                      RefusedOperator{"QLinearMatMul", "", "export in QDQ form"},
                      RefusedOperator{"ConvInteger", "", "export in QDQ form"},
                      RefusedOperator{"LSTM", "", "feed-forward"},
                      RefusedOperator{"InstanceNormalization", "", "BatchNormalization"},
                      RefusedOperator{"Resize", "", "pools with strides"},
                      RefusedOperator{"FloatQuant", kQonnx, "BipolarQuant"},
                      RefusedOperator{"XnorPopcountMatMul", kQonnx, "MatMul of -1 and +1"},
                      RefusedOperator{"Im2Col", kQonnx, "export before that step"},
                      RefusedOperator{"QuantAvgPool2d", kQonnx, "AveragePool"},
                      RefusedOperator{"MaxPoolNHWC", kQonnx, "MaxPool"}),
    [](const auto& param) { return std::string(param.param.op); });

TEST(OnnxLastNodesTest, SoftmaxThenArgMaxThenCastAreLeftOut) {
  ModelBuilder model({3});
  model.Node("Neg", {"x"}, "a").Node("Softmax", {"a"}, "b", {{"axis", std::int64_t{1}}});
  model.Node("ArgMax", {"b"}, "c", {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{1}}});
  model.Ints("axes", {1}, {1}).Node("Squeeze", {"c", "axes"}, "d");
  model.Node("Cast", {"d"}, "y", {{"to", std::int64_t{6}}});
  const Network network = ImportOrFail(model);
  EXPECT_EQ(network.nodes.size(), 1u);
  EXPECT_THAT(network.warnings, ElementsAre(HasSubstr("(op Softmax)"), HasSubstr("(op ArgMax)")));
  EXPECT_THAT(RunModel(model, {1, 2, 3}), ElementsAre(-1, -2, -3));
}

TEST(OnnxLastNodesTest, ArgMaxInTheMiddleIsNotSupported) {
  ModelBuilder model({3});
  model.Node("ArgMax", {"x"}, "a", {{"axis", std::int64_t{1}}}).Node("Neg", {"a"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op ArgMax)", "the last node"});
}

TEST(OnnxLastNodesTest, CastOfScoresToIntegersIsNotSupported) {
  ModelBuilder model({3});
  model.Node("Neg", {"x"}, "a").Node("Cast", {"a"}, "y", {{"to", std::int64_t{7}}});
  ExpectRefused(model, kUnimplemented, {"node \"n1\" (op Cast)", "element type 7"});
}

TEST(OnnxLastNodesTest, ArgMaxOfImagesIsNotSupported) {
  ModelBuilder model({3, 2, 2});
  model.Node("Neg", {"x"}, "a").Node("ArgMax", {"a"}, "y", {{"axis", std::int64_t{1}}});
  ExpectRefused(model, kUnimplemented, {"node \"n1\" (op ArgMax)", "[3, 2, 2]"});
}

}  // namespace
}  // namespace spikemesh
