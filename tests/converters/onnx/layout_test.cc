// SPDX-License-Identifier: Apache-2.0
// Graphs that hold images with channels last, and Transposes.
#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Ints = std::vector<std::int64_t>;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;
const AttributeForTest kToFirst = {"perm", Ints{0, 3, 1, 2}};
const AttributeForTest kToLast = {"perm", Ints{0, 2, 3, 1}};

// Weights [1, 6]: 1, 10, 100, ... tell where each value went.
ModelBuilder& DenseOfPowers(ModelBuilder& model, const char* input) {
  model.Floats("powers", {6, 1}, {1, 10, 100, 1e3, 1e4, 1e5});
  return model.Node("MatMul", {input, "powers"}, "y");
}

TEST(OnnxLayoutTest, TransposeOfTheInputMakesItChannelsFirst) {
  ModelBuilder model({4, 5, 2});
  model.Node("Transpose", {"x"}, "a", {kToFirst}).Node("GlobalMaxPool", {"a"}, "y");
  const Network network = ImportOrFail(model);
  EXPECT_EQ(network.input_shape, (FeatureShape{2, 4, 5}));
  EXPECT_EQ(network.nodes.size(), 1u);
  EXPECT_THAT(network.warnings, ElementsAre(HasSubstr("input \"x\" has its channels last")));
}

TEST(OnnxLayoutTest, PreprocessingBeforeTheTransposeActsOnChannelsLast) {
  ModelBuilder model({1, 2, 2});  // one row, two columns, two channels
  model.Floats("mean", {2}, {1, 10}).Node("Sub", {"x", "mean"}, "a");
  model.Node("Transpose", {"a"}, "b", {kToFirst}).Node("Relu", {"b"}, "y");
  EXPECT_EQ(ImportOrFail(model).input_shape, (FeatureShape{2, 1, 2}));
  EXPECT_THAT(RunModel(model, {3, 4, 30, 40}), ElementsAre(2, 3, 20, 30));
}

TEST(OnnxLayoutTest, TransposesThatCancelLeaveNoNode) {
  ModelBuilder model({3, 1, 2});
  model.Node("Transpose", {"x"}, "a", {kToLast}).Node("Relu", {"a"}, "b");
  model.Node("Transpose", {"b"}, "y", {kToFirst});
  const Network network = ImportOrFail(model);
  EXPECT_EQ(network.nodes.size(), 1u);
  EXPECT_EQ(network.input_shape, (FeatureShape{3, 1, 2}));
  EXPECT_TRUE(network.warnings.empty());
}

TEST(OnnxLayoutTest, DenseLayerAfterFlatteningChannelsLast) {
  // Stored [c0: 1 2 3, c1: 4 5 6]; the graph's vector is 1 4 2 5 3 6.
  ModelBuilder model({2, 1, 3});
  model.Node("Transpose", {"x"}, "a", {kToLast});
  model.Ints("shape", {2}, {-1, 6}).Node("Reshape", {"a", "shape"}, "b");
  EXPECT_THAT(RunModel(DenseOfPowers(model, "b"), {1, 2, 3, 4, 5, 6}), ElementsAre(635241));
}

TEST(OnnxLayoutTest, GemmBothWaysRoundAfterFlatteningChannelsLast) {
  for (const std::int64_t trans_b : {0, 1}) {
    ModelBuilder model({2, 1, 3});
    model.Node("Transpose", {"x"}, "a", {kToLast}).Node("Flatten", {"a"}, "b");
    model.Floats("w", trans_b == 0 ? Ints{6, 1} : Ints{1, 6}, {1, 10, 100, 1e3, 1e4, 1e5});
    model.Node("Gemm", {"b", "w"}, "y", {{"transB", trans_b}});
    EXPECT_THAT(RunModel(model, {1, 2, 3, 4, 5, 6}), ElementsAre(635241));
  }
}

TEST(OnnxLayoutTest, ConstantsBetweenFlattenAndDenseFollowTheGraph) {
  ModelBuilder model({2, 1, 3});
  model.Node("Transpose", {"x"}, "a", {kToLast}).Node("Flatten", {"a"}, "b");
  model.Floats("c", {6}, {1, 0, 0, 2, 0, 0}).Node("Add", {"b", "c"}, "d");
  // 1 4 2 5 3 6 plus 1 0 0 2 0 0.
  EXPECT_THAT(RunModel(DenseOfPowers(model, "d"), {1, 2, 3, 4, 5, 6}), ElementsAre(637242));
}

TEST(OnnxLayoutTest, FlattenedAndBackToAnImage) {
  ModelBuilder model({2, 1, 3});
  model.Node("Transpose", {"x"}, "a", {kToLast}).Node("Flatten", {"a"}, "b");
  model.Ints("shape", {4}, {-1, 1, 3, 2}).Node("Reshape", {"b", "shape"}, "c");
  model.Node("Transpose", {"c"}, "d", {kToFirst}).Node("GlobalMaxPool", {"d"}, "y");
  EXPECT_THAT(RunModel(model, {1, 2, 3, 4, 5, 6}), ElementsAre(3, 6));
}

TEST(OnnxLayoutTest, JoinsAndMeansWithChannelsLast) {
  ModelBuilder model({2, 1, 2});
  model.Node("Transpose", {"x"}, "a", {kToLast}).Node("Neg", {"a"}, "b");
  model.Node("Concat", {"a", "b"}, "c", {{"axis", std::int64_t{3}}}).Node("Add", {"c", "c"}, "d");
  model.Node("ReduceMean", {"d"}, "y", {{"axes", Ints{1, 2}}, {"keepdims", std::int64_t{0}}});
  EXPECT_THAT(RunModel(model, {1, 3, 5, 7}), ElementsAre(4, 12, -4, -12));
}

TEST(OnnxLayoutTest, QuantizersWithChannelsLast) {
  ModelBuilder model({2, 1, 1});
  model.Node("Transpose", {"x"}, "a", {kToLast}).Floats("t", {2, 1}, {0, 5});
  model.Node("MultiThreshold", {"a", "t"}, "b", {{"data_layout", std::string("NHWC")}});
  model.Domain("qonnx.custom_op.general").Node("Transpose", {"b"}, "y", {kToFirst});
  EXPECT_THAT(RunModel(model, {1, 4}), ElementsAre(1, 0));
}

TEST(OnnxLayoutTest, ImageThatIsOnlyFlattenedIsKnownByItsExtents) {
  const auto shape_of = [](const Ints& dims) {
    ModelBuilder model(dims);
    model.Node("Flatten", {"x"}, "a").Node("Relu", {"a"}, "y");
    const auto imported = ImportOnnx(model.Bytes(), "");
    return imported.ok() ? imported->network.input_shape : FeatureShape{};
  };
  EXPECT_EQ(shape_of({28, 28, 1}), (FeatureShape{1, 28, 28}));
  EXPECT_EQ(shape_of({1, 28, 28}), (FeatureShape{1, 28, 28}));
  EXPECT_EQ(shape_of({7, 8, 1}), (FeatureShape{7, 8, 1}));
  ModelBuilder dense({8, 8, 3});
  std::vector<float> first(192, 0.0F);
  first[1] = 1;  // row 0, column 0, channel 1
  dense.Floats("w", {192, 1}, first).Node("Flatten", {"x"}, "a").Node("MatMul", {"a", "w"}, "y");
  std::vector<double> image(192, 0.0);
  image[64] = 7;
  EXPECT_THAT(RunModel(dense, image), ElementsAre(7));
}

TEST(OnnxLayoutTest, OperatorsOnPlanesRefuseChannelsLast) {
  for (const char* op : {"GlobalAveragePool", "MaxPool", "AveragePool"}) {
    ModelBuilder model({2, 4, 4});
    model.Node("Transpose", {"x"}, "a", {kToLast}).Node(op, {"a"}, "y");
    ExpectRefused(model, kUnimplemented, {"node \"n1\"", "channels last", "Transpose before it"});
  }
}

TEST(OnnxLayoutTest, OutputWithChannelsLastIsNotSupported) {
  ModelBuilder model({2, 4, 4});
  model.Node("Relu", {"x"}, "a").Node("Transpose", {"a"}, "y", {kToLast});
  ExpectRefused(model, kUnimplemented, {"output \"y\" has its channels last"});
}

TEST(OnnxLayoutTest, TransposeThatMovesNothingIsAReshape) {
  ModelBuilder model({1, 2, 3});
  model.Node("Relu", {"x"}, "a").Node("Transpose", {"a"}, "b", {{"perm", Ints{0, 2, 1, 3}}});
  model.Node("Flatten", {"b"}, "y");
  EXPECT_THAT(RunModel(model, {1, 2, 3, 4, 5, 6}), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(OnnxLayoutTest, OtherTransposesAreNotSupported) {
  for (const Ints& perm : {Ints{0, 1, 3, 2}, Ints{0, 3, 1, 2}, Ints{1, 0, 2, 3}}) {
    ModelBuilder model({2, 4, 4});
    model.Node("MaxPool", {"x"}, "a", {{"kernel_shape", Ints{2, 2}}});
    model.Node("Transpose", {"a"}, "b", {{"perm", perm}}).Node("Flatten", {"b"}, "y");
    ExpectRefused(model, kUnimplemented, {"node \"n1\" (op Transpose)", "perm ["});
  }
}

TEST(OnnxLayoutTest, PermThatIsNoneIsRefused) {
  ModelBuilder model({2, 4, 4});
  model.Node("Transpose", {"x"}, "y", {{"perm", Ints{0, 1, 1, 2}}});
  ExpectRefused(model, kInvalid, {"node \"n0\"", "axis 1 twice"});
}

TEST(OnnxLayoutTest, SqueezeAndUnsqueezeOfActivations) {
  ModelBuilder model({2, 1, 1});
  model.Ints("axes", {2}, {2, -1}).Node("Squeeze", {"x", "axes"}, "a");
  model.Floats("w", {2, 2}, {1, 0, 0, 10}).Node("MatMul", {"a", "w"}, "b");
  model.Ints("back", {2}, {2, 3}).Node("Unsqueeze", {"b", "back"}, "c");
  model.Node("GlobalMaxPool", {"c"}, "y");
  EXPECT_THAT(RunModel(model, {3, 4}), ElementsAre(3, 40));
}

TEST(OnnxLayoutTest, SqueezeOfMoreThanOneValueOrOfTheBatchIsRefused) {
  ModelBuilder wide({2, 1, 3});
  wide.Ints("axes", {1}, {3}).Node("Squeeze", {"x", "axes"}, "y");
  ExpectRefused(wide, kInvalid, {"node \"n0\"", "axis 3 has extent 3"});
  ModelBuilder batch({2, 1, 1});
  batch.Ints("axes", {1}, {0}).Node("Squeeze", {"x", "axes"}, "y");
  ExpectRefused(batch, kUnimplemented, {"node \"n0\"", "axis 0"});
  ModelBuilder all({2, 1, 1});
  all.Node("Squeeze", {"x"}, "y");
  ExpectRefused(all, kUnimplemented, {"node \"n0\"", "no axes"});
}

}  // namespace
}  // namespace spikemesh
