// SPDX-License-Identifier: Apache-2.0
// Pools over windows and whole images, and Pad before a Conv or a pool.
#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using Ints = std::vector<std::int64_t>;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

// One pool of an image of one channel.
ModelBuilder Pool(const char* op, const Ints& image, std::vector<AttributeForTest> attributes,
                  const Ints& kernel = {2, 2}) {
  ModelBuilder model({1, image[0], image[1]});
  attributes.emplace_back("kernel_shape", kernel);
  model.Node(op, {"x"}, "y", attributes);
  return model;
}

const std::vector<double> kThreeByThree = {1, 2, 3, 4, 5, 6, 7, 8, 9};

TEST(OnnxPoolTest, MaxAndMeanOfEachWindow) {
  EXPECT_THAT(RunModel(Pool("MaxPool", {3, 3}, {}), kThreeByThree), ElementsAre(5, 6, 8, 9));
  EXPECT_THAT(RunModel(Pool("AveragePool", {3, 3}, {}), kThreeByThree), ElementsAre(3, 4, 6, 7));
}

TEST(OnnxPoolTest, ChannelsStayApart) {
  ModelBuilder model({2, 1, 2});
  model.Node("MaxPool", {"x"}, "y", {{"kernel_shape", Ints{1, 2}}});
  EXPECT_THAT(RunModel(model, {1, 2, -4, -3}), ElementsAre(2, -3));
}

TEST(OnnxPoolTest, StridesAndDilations) {
  const ModelBuilder strided = Pool("MaxPool", {1, 5}, {{"strides", Ints{1, 3}}}, {1, 2});
  EXPECT_THAT(RunModel(strided, {5, 1, 9, 2, 3}), ElementsAre(5, 3));
  const ModelBuilder dilated = Pool("MaxPool", {1, 5}, {{"dilations", Ints{1, 3}}}, {1, 2});
  EXPECT_THAT(RunModel(dilated, {5, 1, 9, 2, 3}), ElementsAre(5, 3));
}

TEST(OnnxPoolTest, PaddingIsNeverTheGreatest) {
  const ModelBuilder model = Pool("MaxPool", {1, 2}, {{"pads", Ints{0, 1, 0, 1}}}, {1, 2});
  EXPECT_THAT(RunModel(model, {-3, -4}), ElementsAre(-3, -3, -4));
}

TEST(OnnxPoolTest, PaddingIsLeftOutOfTheMeanUnlessItCounts) {
  const Ints pads = {0, 1, 0, 1};
  const ModelBuilder out = Pool("AveragePool", {1, 2}, {{"pads", pads}}, {1, 2});
  EXPECT_THAT(RunModel(out, {3, 5}), ElementsAre(3, 4, 5));
  const ModelBuilder in =
      Pool("AveragePool", {1, 2}, {{"pads", pads}, {"count_include_pad", std::int64_t{1}}}, {1, 2});
  EXPECT_THAT(RunModel(in, {3, 5}), ElementsAre(1.5, 4, 2.5));
}

TEST(OnnxPoolTest, AutoPadSameUpper) {
  const ModelBuilder model =
      Pool("AveragePool", {1, 3},
           {{"auto_pad", std::string("SAME_UPPER")}, {"strides", Ints{1, 2}}}, {1, 2});
  EXPECT_THAT(RunModel(model, {2, 4, 9}), ElementsAre(3, 9));
}

TEST(OnnxPoolTest, CeilModeIsAcceptedWhereNothingHangsOver) {
  const AttributeForTest ceil = {"ceil_mode", std::int64_t{1}};
  const ModelBuilder even = Pool("MaxPool", {4, 4}, {{"strides", Ints{2, 2}}, ceil});
  EXPECT_EQ(ImportOrFail(even).nodes[0].shape, (FeatureShape{1, 2, 2}));
  for (const char* op : {"MaxPool", "AveragePool"}) {
    ExpectRefused(Pool(op, {4, 5}, {{"strides", Ints{2, 2}}, ceil}), kUnimplemented,
                  {"node \"n0\"", "ceil_mode 1", "ceil_mode=False"});
  }
}

TEST(OnnxPoolTest, WindowInThePaddingAloneIsRefused) {
  ExpectRefused(Pool("MaxPool", {1, 4}, {{"pads", Ints{0, 2, 0, 0}}}, {1, 2}), kInvalid,
                {"node \"n0\" (op MaxPool)", "padding alone"});
}

TEST(OnnxPoolTest, MissingOrBadKernelShapeIsRefused) {
  ModelBuilder none({1, 4, 4});
  none.Node("MaxPool", {"x"}, "y");
  ExpectRefused(none, kInvalid, {"node \"n0\"", "\"kernel_shape\" is missing"});
  ExpectRefused(Pool("MaxPool", {4, 4}, {}, {0, 2}), kInvalid, {"kernel_shape", "positive"});
  ExpectRefused(Pool("MaxPool", {4, 4}, {}, {5, 2}), kInvalid, {"reaches over 5 x 2"});
  ExpectRefused(Pool("MaxPool", {4, 4}, {}, {2}), kUnimplemented, {"a 1-D window"});
}

TEST(OnnxPoolTest, PoolOfAVectorIsNotSupported) {
  for (const char* op : {"MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"}) {
    ModelBuilder model({4});
    model.Node(op, {"x"}, "y");
    ExpectRefused(model, kUnimplemented, {"node \"n0\"", "[4]"});
  }
}

TEST(OnnxGlobalPoolTest, OneValuePerChannel) {
  const std::vector<double> image = {1, 2, 3, 6, -1, -2, -3, -4};
  const auto run = [&](const char* op) {
    ModelBuilder model({2, 2, 2});
    model.Node(op, {"x"}, "y");
    EXPECT_EQ(ImportOrFail(model).nodes[0].shape, (FeatureShape{2, 1, 1}));
    return RunModel(model, image);
  };
  EXPECT_THAT(run("GlobalAveragePool"), ElementsAre(3, -2.5));
  EXPECT_THAT(run("GlobalMaxPool"), ElementsAre(6, -1));
}

TEST(OnnxGlobalPoolTest, ReduceMeanOverHeightAndWidth) {
  ModelBuilder model({2, 1, 2});
  model.Node("ReduceMean", {"x"}, "a", {{"axes", Ints{-1, 2}}, {"keepdims", std::int64_t{0}}});
  model.Floats("w", {2, 1}, {1, 10}).Node("MatMul", {"a", "w"}, "y");
  EXPECT_THAT(RunModel(model, {1, 3, 5, 7}), ElementsAre(2 + 60));
}

TEST(OnnxGlobalPoolTest, MeanOverOtherAxesIsNotSupported) {
  for (const Ints& axes : {Ints{1}, Ints{2}, Ints{1, 2, 3}, Ints{0, 2, 3}}) {
    ModelBuilder model({2, 2, 2});
    model.Node("ReduceMean", {"x"}, "y", {{"axes", axes}});
    ExpectRefused(model, kUnimplemented, {"node \"n0\" (op ReduceMean)", "height and width"});
  }
  ModelBuilder none({2, 2, 2});
  none.Node("ReduceMean", {"x"}, "y");
  ExpectRefused(none, kUnimplemented, {"a mean without axes"});
  ModelBuilder beyond({2, 2, 2});
  beyond.Node("ReduceMean", {"x"}, "y", {{"axes", Ints{4}}});
  ExpectRefused(beyond, kInvalid, {"axis 4"});
}

// A Pad of one column on the left, in the form of `opset`, then `op`.
ModelBuilder PadThen(const char* op, std::int64_t opset,
                     const std::vector<AttributeForTest>& attributes) {
  ModelBuilder model({1, 1, 3});
  model.Opset(opset);
  const Ints pads = {0, 0, 0, 1, 0, 0, 0, 0};
  if (opset < 11) {
    model.Node("Pad", {"x"}, "p", {{"pads", pads}, {"value", 0.0F}});
  } else {
    model.Ints("pads", {8}, pads).Node("Pad", {"x", "pads"}, "p");
  }
  model.Floats("w", {1, 1, 1, 2}, {1, 10});
  model.Node(op,
             op == std::string("Conv") ? std::vector<std::string>{"p", "w"}
                                       : std::vector<std::string>{"p"},
             "y", attributes);
  return model;
}

TEST(OnnxPadTest, ConvTakesTheZerosIntoItsWindow) {
  for (const std::int64_t opset : {9, 13}) {
    const ModelBuilder model = PadThen("Conv", opset, {{"pads", Ints{0, 0, 0, 1}}});
    EXPECT_EQ(ImportOrFail(model).nodes.size(), 1u);
    EXPECT_THAT(RunModel(model, {1, 2, 3}), ElementsAre(10, 21, 32, 3));
  }
}

TEST(OnnxPadTest, AutoPadSeesThePaddedImage) {
  const ModelBuilder model =
      PadThen("Conv", 13, {{"auto_pad", std::string("SAME_UPPER")}, {"strides", Ints{1, 2}}});
  EXPECT_THAT(RunModel(model, {1, 2, 3}), ElementsAre(10, 32));  // 0 1 2 3: even, nothing added
}

TEST(OnnxPadTest, ZerosCountInAMean) {
  const ModelBuilder model = PadThen("AveragePool", 13, {{"kernel_shape", Ints{1, 2}}});
  EXPECT_THAT(RunModel(model, {2, 4, 6}), ElementsAre(1, 3, 5));
}

TEST(OnnxPadTest, PadBesideOwnPadsThatDoNotCountIsNotSupported) {
  ExpectRefused(
      PadThen("AveragePool", 13, {{"kernel_shape", Ints{1, 2}}, {"pads", Ints{0, 0, 0, 1}}}),
      kUnimplemented, {"node \"n1\" (op AveragePool)", "count_include_pad 1"});
}

TEST(OnnxPadTest, MaxPoolOfAPaddedImageIsNotSupported) {
  ExpectRefused(PadThen("MaxPool", 13, {{"kernel_shape", Ints{1, 2}}}), kUnimplemented,
                {"node \"n1\" (op MaxPool)", "pads of the MaxPool"});
}

TEST(OnnxPadTest, OtherReadersAreNotSupported) {
  ExpectRefused(PadThen("Relu", 13, {}), kUnimplemented,
                {"node \"n1\" (op Relu)", "padded with zeros"});
}

TEST(OnnxPadTest, PadOfNothingLeavesNoTrace) {
  ModelBuilder model({1, 1, 2});
  model.Ints("pads", {8}, Ints(8, 0)).Node("Pad", {"x", "pads"}, "p").Node("Relu", {"p"}, "y");
  EXPECT_THAT(RunModel(model, {-1, 2}), ElementsAre(0, 2));
}

TEST(OnnxPadTest, OtherModesValuesAndAxesAreNotSupported) {
  const auto model = [](const Ints& pads, float value, const char* mode) {
    ModelBuilder result({1, 2, 2});
    result.Ints("pads", {static_cast<std::int64_t>(pads.size())}, pads).Floats("v", {}, {value});
    result.Floats("w", {1, 1, 1, 1}, {1});
    result.Node("Pad", {"x", "pads", "v"}, "p", {{"mode", std::string(mode)}});
    return result.Node("Conv", {"p", "w"}, "y");
  };
  const Ints around = {0, 0, 1, 1, 0, 0, 1, 1};
  ExpectRefused(model(around, 0, "reflect"), kUnimplemented, {"\"n0\"", "mode \"reflect\""});
  ExpectRefused(model(around, 1, "constant"), kUnimplemented, {"\"n0\"", "padding with 1"});
  ExpectRefused(model({0, 1, 0, 0, 0, 0, 0, 0}, 0, "constant"), kUnimplemented, {"pads [0, 1"});
  ExpectRefused(model({0, 0, -1, 0, 0, 0, 0, 0}, 0, "constant"), kUnimplemented, {"[0, 0, -1"});
  ExpectRefused(model({1, 1}, 0, "constant"), kInvalid, {"2 pads", "allowed: 8"});
}

}  // namespace
}  // namespace spikemesh
