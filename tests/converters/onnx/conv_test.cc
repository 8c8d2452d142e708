// SPDX-License-Identifier: Apache-2.0
// Conv: every attribute, and what is refused.
#include <limits>

#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using Ints = std::vector<std::int64_t>;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

// One Conv over an image of {1, height, width} with a kernel of ones.
ModelBuilder OnesConv(Ints image, Ints kernel, const std::vector<AttributeForTest>& attributes) {
  ModelBuilder model({1, image[0], image[1]});
  model.Floats("w", {1, 1, kernel[0], kernel[1]},
               std::vector<float>(static_cast<std::size_t>(kernel[0] * kernel[1]), 1.0F));
  model.Node("Conv", {"x", "w"}, "y", attributes);
  return model;
}

const ConvolutionNode& OnlyConv(const Network& network) {
  return std::get<ConvolutionNode>(network.nodes.at(0).operation);
}

TEST(OnnxConvTest, SumsTheWindowAndAddsTheBias) {
  ModelBuilder model({1, 2, 2});
  model.Floats("w", {2, 1, 2, 2}, {1, 2, 3, 4, -1, 0, 0, 1}).Floats("b", {2}, {0.5, -1});
  model.Node("Conv", {"x", "w", "b"}, "y");
  EXPECT_THAT(RunModel(model, {1, 10, 100, 1000}),
              ElementsAre(1 + 20 + 300 + 4000 + 0.5, -1 + 1000 - 1));
}

TEST(OnnxConvTest, NodeKeepsItsOnnxName) {
  const Network network = ImportOrFail(OnesConv({2, 2}, {1, 1}, {}));
  EXPECT_EQ(network.nodes[0].name, "n0");
}

TEST(OnnxConvTest, NamelessNodeIsCalledByOperatorAndPosition) {
  ModelBuilder model = OnesConv({2, 2}, {1, 1}, {});
  model.graph().mutable_node(0)->clear_name();
  EXPECT_EQ(ImportOrFail(model).nodes[0].name, "Conv#0");
}

TEST(OnnxConvTest, PadsAreAllBeginningsThenAllEnds) {
  const Network network = ImportOrFail(OnesConv({5, 5}, {3, 3}, {{"pads", Ints{1, 2, 3, 4}}}));
  const WindowGeometry& window = OnlyConv(network).window;
  EXPECT_EQ(window.pad_top, 1);
  EXPECT_EQ(window.pad_left, 2);
  EXPECT_EQ(window.pad_bottom, 3);
  EXPECT_EQ(window.pad_right, 4);
  EXPECT_EQ(network.nodes[0].shape, (FeatureShape{1, 5 + 1 + 3 - 2, 5 + 2 + 4 - 2}));
}

TEST(OnnxConvTest, StridesAndDilationsAreHeightThenWidth) {
  const Network network =
      ImportOrFail(OnesConv({9, 9}, {2, 2}, {{"strides", Ints{1, 2}}, {"dilations", Ints{3, 4}}}));
  const WindowGeometry& window = OnlyConv(network).window;
  EXPECT_EQ(window.stride_y, 1);
  EXPECT_EQ(window.stride_x, 2);
  EXPECT_EQ(window.dilation_y, 3);
  EXPECT_EQ(window.dilation_x, 4);
  // Reaches of 4 and 5: (9 - 4) / 1 + 1 and (9 - 5) / 2 + 1.
  EXPECT_EQ(network.nodes[0].shape, (FeatureShape{1, 6, 3}));
}

// Four inputs, kernel 2: one pad in all. Upper puts it at the end, lower at the beginning.
TEST(OnnxConvTest, SameUpperPadsTheEndAndSameLowerTheBeginning) {
  EXPECT_THAT(RunModel(OnesConv({1, 4}, {1, 2}, {{"auto_pad", "SAME_UPPER"}}), {1, 10, 100, 1000}),
              ElementsAre(11, 110, 1100, 1000));
  EXPECT_THAT(RunModel(OnesConv({1, 4}, {1, 2}, {{"auto_pad", "SAME_LOWER"}}), {1, 10, 100, 1000}),
              ElementsAre(1, 11, 110, 1100));
}

TEST(OnnxConvTest, SameGivesTheCeilingOfInputOverStride) {
  const Network network =
      ImportOrFail(OnesConv({7, 5}, {3, 3}, {{"auto_pad", "SAME_UPPER"}, {"strides", Ints{2, 3}}}));
  EXPECT_EQ(network.nodes[0].shape, (FeatureShape{1, 4, 2}));
}

TEST(OnnxConvTest, ValidPadsNothing) {
  const Network network = ImportOrFail(OnesConv({4, 4}, {3, 3}, {{"auto_pad", "VALID"}}));
  EXPECT_EQ(network.nodes[0].shape, (FeatureShape{1, 2, 2}));
}

TEST(OnnxConvTest, GroupsReadTheirOwnChannels) {
  ModelBuilder model({2, 1, 1});
  model.Floats("w", {2, 1, 1, 1}, {3, 5});
  model.Node("Conv", {"x", "w"}, "y", {{"group", std::int64_t{2}}});
  EXPECT_THAT(RunModel(model, {1, 10}), ElementsAre(3, 50));
}

struct BadAttribute {
  const char* name;
  AttributeForTest attribute;
  const char* message;
};

class OnnxConvAttributeTest : public ::testing::TestWithParam<BadAttribute> {};

TEST_P(OnnxConvAttributeTest, IsRefusedWithNodeFoundAndAllowed) {
  ExpectRefused(OnesConv({4, 4}, {2, 2}, {GetParam().attribute}), kInvalid,
                {"node \"n0\" (op Conv)", GetParam().message, "allowed"});
}

INSTANTIATE_TEST_SUITE_P(
    Attributes, OnnxConvAttributeTest,
    ::testing::Values(
        BadAttribute{"StrideZero", {"strides", Ints{0, 1}}, "\"strides\": 0"},
        BadAttribute{"StrideNegative", {"strides", Ints{1, -2}}, "\"strides\": -2"},
        BadAttribute{"StrideHuge",
                     {"strides", Ints{1, std::numeric_limits<std::int64_t>::max()}},
                     "\"strides\": 9223372036854775807"},
        BadAttribute{"StrideForOneAxis", {"strides", Ints{1}}, "has 1 numbers"},
        BadAttribute{"DilationZero", {"dilations", Ints{0, 1}}, "\"dilations\": 0"},
        BadAttribute{"PadNegative", {"pads", Ints{0, -1, 0, 0}}, "pads [0, -1, 0, 0]"},
        BadAttribute{"PadHuge", {"pads", Ints{0, 0, 0, std::int64_t{1} << 40}}, "\"pads\""},
        BadAttribute{"PadsForOneAxis", {"pads", Ints{1, 1}}, "has 2 numbers"},
        BadAttribute{"KernelUnlikeWeights", {"kernel_shape", Ints{3, 3}}, "[2, 2]"},
        BadAttribute{"GroupZero", {"group", std::int64_t{0}}, "group 0"},
        BadAttribute{"GroupNegative", {"group", std::int64_t{-1}}, "group -1"},
        BadAttribute{"GroupNoDivisor", {"group", std::int64_t{3}}, "group 3"},
        BadAttribute{"GroupOfAnotherType", {"group", "two"}, "\"group\" has another type"},
        BadAttribute{"AutoPadUnknown", {"auto_pad", "SAME"}, "auto_pad \"SAME\""},
        BadAttribute{"WindowBeyondInput", {"dilations", Ints{4, 1}}, "5 x 2 of a padded input"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(OnnxConvTest, PadsBesideAutoPadAreRefused) {
  ExpectRefused(OnesConv({4, 4}, {2, 2}, {{"auto_pad", "SAME_UPPER"}, {"pads", Ints{1, 0, 0, 0}}}),
                kInvalid, {"node \"n0\"", "pads beside auto_pad SAME_UPPER"});
}

TEST(OnnxConvTest, WeightsForOtherChannelsAreRefused) {
  ModelBuilder model({3, 4, 4});
  model.Floats("w", {1, 2, 1, 1}, {1, 1}).Node("Conv", {"x", "w"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "3 input channels", "second extent 3"});
}

TEST(OnnxConvTest, BiasOfAnotherSizeIsRefused) {
  ModelBuilder model({1, 2, 2});
  model.Floats("w", {2, 1, 1, 1}, {1, 1}).Floats("b", {3}, {0, 0, 0});
  model.Node("Conv", {"x", "w", "b"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "bias of shape [3]", "[2]"});
}

TEST(OnnxConvTest, FewerElementsThanTheShapeAsksForAreRefused) {
  ModelBuilder model({1, 2, 2});
  model.Floats("w", {2, 1, 1, 1}, {1}).Node("Conv", {"x", "w"}, "y");
  ExpectRefused(model, kInvalid,
                {"node \"n0\"", "tensor \"w\" holds 1 elements", "[2, 1, 1, 1] asks for 2"});
}

TEST(OnnxConvTest, NanAndInfiniteWeightsAreRefused) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    ModelBuilder model({1, 2, 2});
    model.Floats("w", {2, 1, 1, 1}, {1, bad}).Node("Conv", {"x", "w"}, "y");
    ExpectRefused(model, kInvalid, {"node \"n0\"", "weights[1] is ", "finite"});
  }
}

TEST(OnnxConvTest, OneDimensionalConvolutionIsNotSupported) {
  ModelBuilder model({3, 8});
  model.Floats("w", {1, 3, 1}, {1, 1, 1}).Node("Conv", {"x", "w"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op Conv)", "2-D convolution"});
}

TEST(OnnxConvTest, ComputedWeightsAreNotSupported) {
  ModelBuilder model({1, 2, 2});
  model.Node("Conv", {"x", "x"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\"", "input 1 \"x\"", "a constant"});
}

TEST(OnnxConvTest, MissingWeightsAreRefused) {
  ModelBuilder model({1, 2, 2});
  model.Node("Conv", {"x"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "input 1 is missing"});
}

TEST(OnnxConvTest, UnknownAttributeIsNotSupported) {
  ExpectRefused(OnesConv({2, 2}, {1, 1}, {{"fused", std::int64_t{1}}}), kUnimplemented,
                {"node \"n0\"", "attribute \"fused\""});
}

TEST(OnnxConvTest, PaddingBeyondTheLargestActivationIsRefused) {
  ExpectRefused(OnesConv({2, 2}, {1, 1}, {{"pads", Ints{1 << 20, 1 << 20, 0, 0}}}), kInvalid,
                {"node \"n0\"", "at most 16777216 values"});
}

}  // namespace
}  // namespace spikemesh
