// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear and DequantizeLinear, with and without a Clip between, on activations and on
// constants.
#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;
constexpr int kUint8 = onnx::TensorProto::UINT8;
constexpr int kInt8 = onnx::TensorProto::INT8;
constexpr int kInt32 = onnx::TensorProto::INT32;

// Scale 0.5 and `zero_point` of `type`, as "s" and "z".
ModelBuilder WithScale(std::int64_t features, int type, int zero_point) {
  ModelBuilder model({features});
  return model.Floats("s", {}, {0.5}).Integers("z", type, {}, {zero_point});
}

TEST(OnnxQuantizeTest, PairBecomesAffineRoundClipAffine) {
  ModelBuilder model = WithScale(1, kInt8, 3);
  model.Node("QuantizeLinear", {"x", "s", "z"}, "q");
  model.Node("DequantizeLinear", {"q", "s", "z"}, "y");
  const Network network = ImportOrFail(model);
  ASSERT_EQ(network.nodes.size(), 4u);
  EXPECT_EQ(std::get<AffineNode>(network.nodes[0].operation).scale[0], 2.0);
  EXPECT_EQ(std::get<RoundNode>(network.nodes[1].operation).rounding, Rounding::kHalfEven);
  EXPECT_EQ(std::get<ClipNode>(network.nodes[2].operation).low, -128 - 3);
  EXPECT_EQ(std::get<ClipNode>(network.nodes[2].operation).high, 127 - 3);
  EXPECT_EQ(std::get<AffineNode>(network.nodes[3].operation).scale[0], 0.5);
}

TEST(OnnxQuantizeTest, RoundsHalvesToEvenBeforeTheZeroPoint) {
  // x / 0.5 is -1.5, 0.5, 1.5, 2.5: rounded -2, 0, 2, 2, whatever the zero point.
  for (const int zero_point : {0, 1}) {
    ModelBuilder model = WithScale(4, kInt8, zero_point);
    model.Node("QuantizeLinear", {"x", "s", "z"}, "q");
    model.Node("DequantizeLinear", {"q", "s", "z"}, "y");
    EXPECT_THAT(RunModel(model, {-0.75, 0.25, 0.75, 1.25}), ElementsAre(-1, 0, 1, 1));
  }
}

TEST(OnnxQuantizeTest, TypeOfTheZeroPointSetsTheRange) {
  const auto run = [](int type, int zero_point) {
    ModelBuilder model = WithScale(2, type, zero_point);
    model.Node("QuantizeLinear", {"x", "s", "z"}, "q");
    model.Node("DequantizeLinear", {"q", "s", "z"}, "y");
    return RunModel(model, {-1000, 1000});
  };
  EXPECT_THAT(run(kUint8, 0), ElementsAre(0, 127.5));
  EXPECT_THAT(run(kUint8, 128), ElementsAre(-64, 63.5));
  EXPECT_THAT(run(kInt8, 0), ElementsAre(-64, 63.5));
}

// Opset 21: the type of the result as an attribute, and four bits.
TEST(OnnxQuantizeTest, OutputTypeSetsTheRangeWithoutAZeroPoint) {
  const auto run = [](std::int64_t type) {
    ModelBuilder model({2});
    model.Opset(21).Floats("s", {}, {0.5F});
    model.Node("QuantizeLinear", {"x", "s"}, "q",
               {{"output_dtype", type}, {"saturate", std::int64_t{1}}});
    model.Node("DequantizeLinear", {"q", "s"}, "y", {{"block_size", std::int64_t{0}}});
    return RunModel(model, {-1000, 1000});
  };
  EXPECT_THAT(run(kInt8), ElementsAre(-64, 63.5));
  EXPECT_THAT(run(21), ElementsAre(0, 7.5));   // uint4
  EXPECT_THAT(run(22), ElementsAre(-4, 3.5));  // int4
}

TEST(OnnxQuantizeTest, OutputTypeBesideAZeroPointOfAnotherIsRefused) {
  ModelBuilder model = WithScale(1, kInt8, 0);
  model.Node("QuantizeLinear", {"x", "s", "z"}, "q", {{"output_dtype", std::int64_t{kUint8}}});
  model.Node("DequantizeLinear", {"q", "s", "z"}, "y");
  ExpectRefused(model, absl::StatusCode::kInvalidArgument, {"node \"n0\"", "output_dtype 2"});
}

TEST(OnnxQuantizeTest, ScalesOfBlocksAreNotSupported) {
  ModelBuilder model({2});
  model.Opset(21).Floats("s", {1, 1}, {0.5F});
  model.Integers("c", kInt8, {2, 1}, {3, 4});
  model.Node("DequantizeLinear", {"c", "s"}, "w",
             {{"block_size", std::int64_t{2}}, {"axis", std::int64_t{0}}});
  model.Node("MatMul", {"x", "w"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\"", "block_size 2", "one per channel"});
  // One scale for all, as the message says.
  ModelBuilder whole({2});
  whole.Opset(21).Floats("s", {}, {0.5F}).Integers("c", kInt8, {2, 1}, {3, 4});
  whole.Node("DequantizeLinear", {"c", "s"}, "w").Node("MatMul", {"x", "w"}, "y");
  EXPECT_THAT(RunModel(whole, {1, 2}), ElementsAre(5.5));
}

TEST(OnnxQuantizeTest, ZeroPointLeftOutIsUint8) {
  ModelBuilder model({2});
  model.Floats("s", {}, {2}).Node("QuantizeLinear", {"x", "s"}, "q");
  model.Node("DequantizeLinear", {"q", "s"}, "y");
  EXPECT_THAT(RunModel(model, {-5, 9}), ElementsAre(0, 8));
}

TEST(OnnxQuantizeTest, ClipBetweenNarrowsTheRange) {
  ModelBuilder model = WithScale(3, kInt8, 0);
  model.Integers("low", kInt8, {}, {-8}).Integers("high", kInt8, {}, {7});
  model.Node("QuantizeLinear", {"x", "s", "z"}, "q").Node("Clip", {"q", "low", "high"}, "c");
  model.Node("DequantizeLinear", {"c", "s", "z"}, "y");
  EXPECT_EQ(ImportOrFail(model).nodes.size(), 4u);
  EXPECT_THAT(RunModel(model, {-100, 1, 100}), ElementsAre(-4, 1, 3.5));
}

TEST(OnnxQuantizeTest, EmptyRangeIsRefused) {
  ModelBuilder model = WithScale(1, kUint8, 0);
  model.Integers("low", kInt32, {}, {-8}).Integers("high", kInt32, {}, {-1});
  model.Node("QuantizeLinear", {"x", "s", "z"}, "q").Node("Clip", {"q", "low", "high"}, "c");
  model.Node("DequantizeLinear", {"c", "s", "z"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n1\" (op Clip)", "0..255"});
}

TEST(OnnxQuantizeTest, ScalePerChannelOfAnActivation) {
  ModelBuilder model({2, 1, 1});
  model.Floats("s", {2}, {0.5, 2}).Integers("z", kInt8, {2}, {0, 0});
  model.Node("QuantizeLinear", {"x", "s", "z"}, "q", {{"axis", std::int64_t{1}}});
  model.Node("DequantizeLinear", {"q", "s", "z"}, "y", {{"axis", std::int64_t{-3}}});
  EXPECT_THAT(RunModel(model, {0.7, 2.9}), ElementsAre(0.5, 2));
}

TEST(OnnxQuantizeTest, ScaleAlongAnotherAxisIsNotSupported) {
  ModelBuilder model({1, 2, 1});
  model.Floats("s", {2}, {0.5, 2}).Integers("z", kInt8, {2}, {0, 0});
  model.Node("QuantizeLinear", {"x", "s", "z"}, "q", {{"axis", std::int64_t{2}}});
  model.Node("DequantizeLinear", {"q", "s", "z"}, "y", {{"axis", std::int64_t{2}}});
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op QuantizeLinear)", "along axis 2"});
}

TEST(OnnxQuantizeTest, ZeroPointsThatDifferAreNotSupportedOnActivations) {
  ModelBuilder model({2});
  model.Floats("s", {2}, {0.5, 2}).Integers("z", kInt8, {2}, {0, 1});
  model.Node("QuantizeLinear", {"x", "s", "z"}, "q");
  model.Node("DequantizeLinear", {"q", "s", "z"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\"", "zero points that differ", "symmetric"});
}

TEST(OnnxQuantizeTest, ScaleThatIsNotPositiveIsRefused) {
  for (const float scale : {0.0F, -1.0F}) {
    ModelBuilder model({1});
    model.Floats("s", {}, {scale}).Node("QuantizeLinear", {"x", "s"}, "q");
    model.Node("DequantizeLinear", {"q", "s"}, "y");
    ExpectRefused(model, kInvalid, {"node \"n0\"", "scale", "positive"});
  }
}

TEST(OnnxQuantizeTest, OtherReadersOfQuantizedValuesAreNotSupported) {
  ModelBuilder model = WithScale(1, kInt8, 0);
  model.Node("QuantizeLinear", {"x", "s", "z"}, "q").Node("Relu", {"q"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n1\" (op Relu)", "DequantizeLinear"});
  ModelBuilder alone = WithScale(1, kInt8, 0);
  alone.Node("DequantizeLinear", {"x", "s", "z"}, "y");
  ExpectRefused(alone, kUnimplemented, {"node \"n0\" (op DequantizeLinear)", "QuantizeLinear"});
}

TEST(OnnxQuantizeTest, ZeroPointOfAnotherTypeIsNotSupported) {
  ModelBuilder model = WithScale(1, kInt32, 0);
  model.Node("QuantizeLinear", {"x", "s", "z"}, "q");
  model.Node("DequantizeLinear", {"q", "s", "z"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\"", "element type 6", "int8 (3)"});
}

// y = w for x = 1, where w is computed from the constant "c" of one row.
std::vector<double> Weights(ModelBuilder& model) {
  model.Node("MatMul", {"x", "w"}, "y");
  return RunModel(model, {1});
}

TEST(OnnxFoldQuantizeTest, DequantizeOfIntegers) {
  ModelBuilder signed8 = WithScale(1, kInt8, 2);
  signed8.Integers("c", kInt8, {1, 3}, {-128, 0, 127});
  signed8.Node("DequantizeLinear", {"c", "s", "z"}, "w");
  EXPECT_THAT(Weights(signed8), ElementsAre(-65, -1, 62.5));
  ModelBuilder unsigned8 = WithScale(1, kUint8, 128);
  unsigned8.Integers("c", kUint8, {1, 2}, {0, 255});
  unsigned8.Node("DequantizeLinear", {"c", "s", "z"}, "w");
  EXPECT_THAT(Weights(unsigned8), ElementsAre(-64, 63.5));
  ModelBuilder signed32({1});
  signed32.Floats("s", {}, {0.25}).Integers("c", kInt32, {1, 1}, {70000});
  signed32.Node("DequantizeLinear", {"c", "s"}, "w");
  EXPECT_THAT(Weights(signed32), ElementsAre(17500));
}

TEST(OnnxFoldQuantizeTest, ScalesAlongAnAxis) {
  ModelBuilder model({1});
  model.Floats("s", {3}, {1, 0.5, 4}).Integers("z", kInt8, {3}, {0, 1, 2});
  model.Integers("c", kInt8, {1, 3}, {7, 7, 7});
  model.Node("DequantizeLinear", {"c", "s", "z"}, "w", {{"axis", std::int64_t{-1}}});
  EXPECT_THAT(Weights(model), ElementsAre(7, 3, 20));
}

TEST(OnnxFoldQuantizeTest, ScalesAlongAMissingAxisAreRefused) {
  ModelBuilder model({1});
  model.Floats("s", {3}, {1, 0.5, 4}).Integers("c", kInt8, {1, 3}, {7, 7, 7});
  model.Node("DequantizeLinear", {"c", "s"}, "w", {{"axis", std::int64_t{2}}});
  model.Node("MatMul", {"x", "w"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "along axis 2"});
}

TEST(OnnxFoldQuantizeTest, WeightsThroughQuantizeClipDequantize) {
  ModelBuilder model = WithScale(1, kInt8, 0);
  model.Floats("c", {1, 4}, {-9, 0.25, 0.75, 9});
  model.Integers("low", kInt8, {}, {-7}).Integers("high", kInt8, {}, {7});
  model.Node("QuantizeLinear", {"c", "s", "z"}, "q").Node("Clip", {"q", "low", "high"}, "n");
  model.Node("DequantizeLinear", {"n", "s", "z"}, "w");
  EXPECT_THAT(Weights(model), ElementsAre(-3.5, 0, 1, 3.5));
}

TEST(OnnxFoldQuantizeTest, SaturatesToTheType) {
  ModelBuilder model = WithScale(1, kUint8, 10);
  model.Floats("c", {1, 2}, {-100, 1000}).Node("QuantizeLinear", {"c", "s", "z"}, "q");
  model.Node("DequantizeLinear", {"q", "s", "z"}, "w");
  EXPECT_THAT(Weights(model), ElementsAre(-5, 122.5));
}

}  // namespace
}  // namespace spikemesh
