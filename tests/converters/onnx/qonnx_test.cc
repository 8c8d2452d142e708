// SPDX-License-Identifier: Apache-2.0
// The quantisers of QONNX.
#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;
constexpr const char* kQonnx = "qonnx.custom_op.general";

struct QuantForTest {
  float scale = 1, zero_point = 0, bits = 2;
  std::int64_t is_signed = 1, narrow = 0;
  std::string rounding = "ROUND";
};

// Quant of "x" as "y", or of the constant "c" as "w" where there is one.
ModelBuilder Quant(std::int64_t features, const QuantForTest& quant,
                   const std::vector<float>& constant = {}) {
  ModelBuilder model({features});
  model.Floats("s", {}, {quant.scale}).Floats("z", {}, {quant.zero_point});
  model.Floats("b", {}, {quant.bits});
  if (!constant.empty()) {
    model.Floats("c", {1, static_cast<std::int64_t>(constant.size())}, constant);
  }
  const char* from = constant.empty() ? "x" : "c";
  model.Node(
      "Quant", {from, "s", "z", "b"}, constant.empty() ? "y" : "w",
      {{"signed", quant.is_signed}, {"narrow", quant.narrow}, {"rounding_mode", quant.rounding}});
  model.Domain(kQonnx);
  if (!constant.empty()) {
    model.Node("MatMul", {"x", "w"}, "y");
  }
  return model;
}

TEST(QonnxQuantTest, ActivationBecomesAffineRoundClipAffine) {
  const Network network = ImportOrFail(Quant(1, {.scale = 0.25, .zero_point = 1, .bits = 4}));
  ASSERT_EQ(network.nodes.size(), 4u);
  EXPECT_EQ(std::get<AffineNode>(network.nodes[0].operation).scale[0], 4.0);
  EXPECT_EQ(std::get<AffineNode>(network.nodes[0].operation).offset[0], 1.0);
  EXPECT_EQ(std::get<RoundNode>(network.nodes[1].operation).rounding, Rounding::kHalfEven);
  EXPECT_EQ(std::get<ClipNode>(network.nodes[2].operation).low, -8);
  EXPECT_EQ(std::get<ClipNode>(network.nodes[2].operation).high, 7);
  EXPECT_EQ(std::get<AffineNode>(network.nodes[3].operation).scale[0], 0.25);
  EXPECT_EQ(std::get<AffineNode>(network.nodes[3].operation).offset[0], -0.25);
}

TEST(QonnxQuantTest, RangesOfSignedUnsignedAndNarrow) {
  const auto ends = [](const QuantForTest& quant) { return RunModel(Quant(2, quant), {-99, 99}); };
  EXPECT_THAT(ends({.bits = 3, .is_signed = 1, .narrow = 0}), ElementsAre(-4, 3));
  EXPECT_THAT(ends({.bits = 3, .is_signed = 1, .narrow = 1}), ElementsAre(-3, 3));
  EXPECT_THAT(ends({.bits = 3, .is_signed = 0, .narrow = 0}), ElementsAre(0, 7));
  EXPECT_THAT(ends({.bits = 3, .is_signed = 0, .narrow = 1}), ElementsAre(0, 6));
  EXPECT_THAT(ends({.bits = 1, .is_signed = 0, .narrow = 0}), ElementsAre(0, 1));
}

TEST(QonnxQuantTest, ZeroPointIsAddedBeforeRounding) {
  // 0.5 + 1 = 1.5 rounds to 2, 2 - 1 = 1; without the zero point it would round to 0.
  EXPECT_THAT(RunModel(Quant(1, {.zero_point = 1, .bits = 4}), {0.5}), ElementsAre(1));
}

TEST(QonnxQuantTest, RoundingModesInEitherCase) {
  const auto run = [](const char* mode) {
    return RunModel(Quant(3, {.bits = 4, .rounding = mode}), {-1.5, 0.5, 1.75});
  };
  EXPECT_THAT(run("ROUND"), ElementsAre(-2, 0, 2));
  EXPECT_THAT(run("CEIL"), ElementsAre(-1, 1, 2));
  EXPECT_THAT(run("floor"), ElementsAre(-2, 0, 1));
  EXPECT_THAT(run("ROUND_TO_ZERO"), ElementsAre(-1, 0, 1));
  ExpectRefused(Quant(1, {.rounding = "HALF_UP"}), kUnimplemented,
                {"node \"n0\" (op qonnx.custom_op.general.Quant)", "\"HALF_UP\"", "ROUND_TO_ZERO"});
}

TEST(QonnxQuantTest, OneSignedBitIsTheSign) {
  const ModelBuilder model = Quant(3, {.scale = 0.5, .bits = 1});
  EXPECT_THAT(RunModel(model, {-0.1, 0, 3}), ElementsAre(-0.5, 0.5, 0.5));
  EXPECT_TRUE(std::holds_alternative<StepNode>(ImportOrFail(model).nodes[0].operation));
  EXPECT_THAT(RunModel(Quant(1, {.scale = 0.5, .bits = 1}, {-2, 0}), {1}), ElementsAre(-0.5, 0.5));
  ExpectRefused(Quant(1, {.zero_point = 1, .bits = 1}), kUnimplemented, {"BipolarQuant"});
}

TEST(QonnxQuantTest, TernaryWeights) {
  const QuantForTest ternary = {.scale = 0.5, .bits = 2, .is_signed = 1, .narrow = 1};
  EXPECT_THAT(RunModel(Quant(1, ternary, {-3, -0.3F, -0.2F, 0.25, 0.26F, 9}), {1}),
              ElementsAre(-0.5, -0.5, 0, 0, 0.5, 0.5));
}

TEST(QonnxQuantTest, ScalePerChannelOfAnActivationAndOfWeights) {
  ModelBuilder model({2, 1, 1});
  model.Floats("s", {1, 2, 1, 1}, {1, 0.5}).Floats("z", {}, {0}).Floats("b", {}, {8});
  model.Node("IntQuant", {"x", "s", "z", "b"}, "a").Domain("onnx.brevitas");
  model.Floats("c", {1, 2, 1, 1}, {1.3F, 1.3F});
  model.Node("Quant", {"c", "s", "z", "b"}, "w").Domain("finn.custom_op.general");
  model.Node("Conv", {"a", "w"}, "y");
  EXPECT_THAT(RunModel(model, {2.4, 2.4}), ElementsAre(2 * 1 + 2.5 * 1.5));
}

TEST(QonnxQuantTest, BadBitWidthsAndScalesAreRefused) {
  for (const float bits : {0.0F, 2.5F, 33.0F}) {
    ExpectRefused(Quant(1, {.bits = bits}), kInvalid, {"node \"n0\"", "bit width"});
  }
  ExpectRefused(Quant(1, {.bits = 1, .is_signed = 0, .narrow = 1}), kInvalid, {"one value"});
  ExpectRefused(Quant(1, {.scale = 0}), kInvalid, {"scale 0", "positive"});
}

TEST(QonnxQuantTest, QuantIsNoStandardOperator) {
  ModelBuilder model = Quant(1, {});
  model.Domain("");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op Quant): not supported"});
}

TEST(QonnxBipolarTest, StepWithItsScale) {
  ModelBuilder model({3});
  model.Floats("s", {}, {0.5}).Node("BipolarQuant", {"x", "s"}, "y").Domain(kQonnx);
  const Network network = ImportOrFail(model);
  ASSERT_EQ(network.nodes.size(), 1u);
  EXPECT_TRUE(network.warnings.empty());
  EXPECT_THAT(RunModel(model, {-1, 0, 1}), ElementsAre(-0.5, 0.5, 0.5));
}

TEST(QonnxBipolarTest, ScalePerChannelIsAnAffineNodeAfterTheStep) {
  ModelBuilder model({2});
  model.Floats("s", {2}, {0.5, 2}).Node("BipolarQuant", {"x", "s"}, "y").Domain(kQonnx);
  EXPECT_EQ(ImportOrFail(model).nodes.size(), 2u);
  EXPECT_THAT(RunModel(model, {-1, 3}), ElementsAre(-0.5, 2));
}

TEST(QonnxBipolarTest, WeightsOfZeroBecomePlusOne) {
  ModelBuilder model({1});
  model.Floats("c", {1, 3}, {-0.1F, 0, 2}).Floats("s", {}, {1});
  model.Node("BipolarQuant", {"c", "s"}, "w").Domain(kQonnx).Node("MatMul", {"x", "w"}, "y");
  EXPECT_THAT(RunModel(model, {3}), ElementsAre(-3, 3, 3));
}

TEST(QonnxBipolarTest, NegativeScaleIsRefused) {
  ModelBuilder model({1});
  model.Floats("s", {}, {-1}).Node("BipolarQuant", {"x", "s"}, "y").Domain(kQonnx);
  ExpectRefused(model, kInvalid, {"node \"n0\"", "scale -1", "positive"});
}

ModelBuilder Trunc(std::int64_t features, const std::vector<AttributeForTest>& attributes) {
  ModelBuilder model({features});
  model.Floats("s", {}, {0.5}).Floats("z", {}, {0}).Floats("in", {}, {8}).Floats("out", {}, {6});
  return model.Node("Trunc", {"x", "s", "z", "in", "out"}, "y", attributes).Domain(kQonnx);
}

TEST(QonnxTruncTest, DropsBitsAndKeepsTheScale) {
  // x / 0.5 = 7, -7 and 6 (of 5.8): / 4 = 1.75, -1.75, 1.5; floor 1, -2, 1; times 0.5.
  EXPECT_THAT(RunModel(Trunc(3, {}), {3.5, -3.5, 2.9}), ElementsAre(0.5, -1, 0.5));
  EXPECT_THAT(RunModel(Trunc(3, {{"rounding_mode", std::string("ROUND")}}), {3.5, -3.5, 2.9}),
              ElementsAre(1, -1, 1));
}

TEST(QonnxTruncTest, VersionTwoIsNotSupported) {
  ModelBuilder model = Trunc(1, {});
  model.graph().mutable_node(0)->add_input("out");
  ExpectRefused(model, kUnimplemented, {"node \"n0\"", "version 2", "version 1"});
}

ModelBuilder Thresholds(const std::vector<std::int64_t>& image,
                        const std::vector<std::int64_t>& dims, const std::vector<float>& values,
                        const std::vector<AttributeForTest>& attributes) {
  ModelBuilder model(image);
  model.Floats("t", dims, values);
  return model.Node("MultiThreshold", {"x", "t"}, "y", attributes).Domain(kQonnx);
}

TEST(QonnxMultiThresholdTest, CountsThresholdsReached) {
  const ModelBuilder model =
      Thresholds({2, 1, 2}, {2, 2}, {0, 1, 5, 6},
                 {{"out_dtype", std::string("UINT2")}, {"data_layout", std::string("NCHW")}});
  EXPECT_THAT(RunModel(model, {0, 1, 4.9, 6}), ElementsAre(1, 2, 0, 2));
}

TEST(QonnxMultiThresholdTest, OneRowForAllChannelsScaleAndBias) {
  const ModelBuilder model =
      Thresholds({3}, {1, 2}, {0, 1}, {{"out_scale", 2.0F}, {"out_bias", -1.0F}});
  EXPECT_THAT(RunModel(model, {-1, 0.5, 1}), ElementsAre(-1, 1, 3));
  const Network network = ImportOrFail(model);
  const auto& node = std::get<MultiThresholdNode>(network.nodes[0].operation);
  EXPECT_THAT(node.thresholds, ElementsAre(0, 1, 0, 1, 0, 1));
}

TEST(QonnxMultiThresholdTest, OrderOfThresholdsDoesNotMatter) {
  EXPECT_THAT(RunModel(Thresholds({1}, {1, 3}, {2, 0, 1}, {}), {1}), ElementsAre(2));
}

TEST(QonnxMultiThresholdTest, ShapesAndLayoutsThatDoNotFit) {
  ExpectRefused(Thresholds({3}, {2, 1}, {0, 1}, {}), kInvalid,
                {"node \"n0\"", "thresholds of shape [2, 1]", "[1 or 3, levels]"});
  ExpectRefused(Thresholds({3}, {3}, {0, 1, 2}, {}), kInvalid, {"thresholds of shape [3]"});
  ExpectRefused(Thresholds({1, 2, 2}, {1, 1}, {0}, {{"data_layout", std::string("NHWC")}}),
                kUnimplemented, {"node \"n0\"", "data_layout NHWC"});
  ExpectRefused(Thresholds({3}, {1, 1}, {0}, {{"data_layout", std::string("CN")}}), kInvalid,
                {"data_layout \"CN\""});
  ExpectRefused(Thresholds({3}, {1, 1}, {0}, {{"out_scale", 0.0F}}), kInvalid, {"out_scale 0"});
}

}  // namespace
}  // namespace spikemesh
