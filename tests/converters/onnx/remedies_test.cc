// SPDX-License-Identifier: Apache-2.0
// What the importer advises is done here, and works: each test sees a refusal, follows its message
// and has a network that computes what was meant.
#include <functional>

#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using Ints = std::vector<std::int64_t>;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

// y of one operator of domain `domain` on four values.
ModelBuilder One(const std::string& op, const std::vector<AttributeForTest>& attributes = {},
                 const std::string& domain = "") {
  ModelBuilder model({4});
  return model.Node(op, {"x"}, "y", attributes).Domain(domain);
}

const std::vector<double> kFour = {-2, -0.25, 0.5, 3};

TEST(OnnxRemedyTest, CurvedActivationsGiveWayToRelu) {
  for (const char* op : {"LeakyRelu", "Elu", "Gelu", "HardSwish", "Mish", "PRelu", "Selu",
                         "Sigmoid", "Softplus", "Tanh"}) {
    ModelBuilder inner({4});
    inner.Node(op, {"x"}, "a").Node("Floor", {"a"}, "y");  // in the middle of the network
    ExpectRefused(inner, kUnimplemented, {op, "Relu, Clip, or steps; train with one of these"});
  }
  EXPECT_THAT(RunModel(One("Relu"), kFour), ElementsAre(0, 0, 0.5, 3));
  ModelBuilder clip({4});
  clip.Floats("low", {}, {0}).Floats("high", {}, {1}).Node("Clip", {"x", "low", "high"}, "y");
  EXPECT_THAT(RunModel(clip, kFour), ElementsAre(0, 0, 0.5, 1));
  ModelBuilder step({4});
  step.Floats("t", {}, {0}).Node("Greater", {"x", "t"}, "b");
  step.Node("Cast", {"b"}, "y", {{"to", std::int64_t{1}}});
  EXPECT_THAT(RunModel(step, kFour), ElementsAre(0, 0, 1, 1));
}

// max(0, min(1, 0.25 x + 0.5)).
TEST(OnnxRemedyTest, HardSigmoidIsMulAddAndClip) {
  ExpectRefused(One("HardSigmoid", {{"alpha", 0.25F}}), kUnimplemented,
                {"Clip(scale x + offset) as Mul, Add and Clip"});
  ModelBuilder model({4});
  model.Floats("a", {}, {0.25F})
      .Floats("b", {}, {0.5F})
      .Floats("low", {}, {0})
      .Floats("high", {}, {1});
  model.Node("Mul", {"x", "a"}, "m").Node("Add", {"m", "b"}, "s");
  model.Node("Clip", {"s", "low", "high"}, "y");
  EXPECT_THAT(RunModel(model, kFour), ElementsAre(0, 0.4375, 0.625, 1));
}

// A product of integers, and the same as floats between quantizers.
TEST(OnnxRemedyTest, IntegerOperatorsGiveWayToTheQdqForm) {
  for (const char* op : {"QLinearMatMul", "MatMulInteger", "QLinearConv", "ConvInteger"}) {
    ExpectRefused(One(op), kUnimplemented, {op, "export in QDQ form"});
  }
  ExpectRefused(One("DynamicQuantizeLinear"), kUnimplemented,
                {"QuantizeLinear with a constant scale"});
  ModelBuilder model({4});
  constexpr int kInt8 = 3;
  model.Floats("s", {}, {0.25F}).Integers("z", kInt8, {}, {0});
  model.Node("QuantizeLinear", {"x", "s", "z"}, "q").Node("DequantizeLinear", {"q", "s", "z"}, "d");
  model.Integers("c", kInt8, {4, 1}, {1, 2, 3, 4}).Node("DequantizeLinear", {"c", "s", "z"}, "w");
  model.Node("MatMul", {"d", "w"}, "y");
  EXPECT_THAT(RunModel(model, kFour), ElementsAre(-0.5 - 0.125 + 0.375 + 3));
}

TEST(OnnxRemedyTest, NormalizationsGiveWayToBatchNormalization) {
  for (const char* op :
       {"GroupNormalization", "InstanceNormalization", "LayerNormalization", "LRN"}) {
    ExpectRefused(One(op), kUnimplemented, {op, "BatchNormalization; train with it"});
  }
  const auto norm = [](std::int64_t training) {
    ModelBuilder model({4});
    for (const char* name : {"g", "b", "m", "v"}) {
      model.Floats(name, {4},
                   std::vector<float>(4, name[0] == 'b'   ? 0.5F
                                         : name[0] == 'm' ? 0
                                                          : 1));
    }
    return model.Node("BatchNormalization", {"x", "g", "b", "m", "v"}, "y",
                      {{"epsilon", 0.0F}, {"training_mode", training}});
  };
  ExpectRefused(norm(1), kUnimplemented,
                {"training_mode 1", "export the model in evaluation mode"});
  EXPECT_THAT(RunModel(norm(0), kFour), ElementsAre(-1.5, 0.25, 1, 3.5));
}

TEST(OnnxRemedyTest, LoweredOperatorsOfFinnGiveWayToWhatTheyWereLoweredFrom) {
  constexpr const char* kFinn = "finn.custom_op.general";
  ExpectRefused(One("XnorPopcountMatMul", {}, kFinn), kUnimplemented, {"MatMul of -1 and +1"});
  ModelBuilder product({4});
  product.Node("Sign", {"x"}, "s").Floats("w", {4, 1}, {1, -1, -1, 1});
  EXPECT_THAT(RunModel(product.Node("MatMul", {"s", "w"}, "y"), kFour),
              ElementsAre(-1 + 1 - 1 + 1));
  ExpectRefused(One("MaxPoolNHWC", {}, kFinn), kUnimplemented, {"MaxPool; export before"});
  ExpectRefused(One("Im2Col", {}, kFinn), kUnimplemented, {"Conv; export before"});
  ExpectRefused(One("Resize"), kUnimplemented, {"Conv and pools with strides"});
  ExpectRefused(One("ConvTranspose"), kUnimplemented, {"allowed: Conv"});
  ModelBuilder conv({1, 2, 4});
  conv.Floats("w", {1, 1, 1, 2}, {1, 10}).Node("Conv", {"x", "w"}, "a", {{"strides", Ints{1, 2}}});
  conv.Node("MaxPool", {"a"}, "y", {{"kernel_shape", Ints{2, 1}}});
  EXPECT_THAT(RunModel(conv, {1, 2, 3, 4, 5, 6, 7, 8}), ElementsAre(65, 87));
  ExpectRefused(One("QuantAvgPool2d", {}, "qonnx.custom_op.general"), kUnimplemented,
                {"AveragePool, then Quant; train with these"});
  ExpectRefused(One("FloatQuant", {}, "qonnx.custom_op.general"), kUnimplemented,
                {"Quant (whole numbers) or BipolarQuant"});
  ModelBuilder quant({1, 2, 2});
  quant.Node("AveragePool", {"x"}, "a", {{"kernel_shape", Ints{2, 2}}});
  quant.Floats("s", {}, {0.5F}).Floats("z", {}, {0}).Floats("bits", {}, {4});
  quant.Node("Quant", {"a", "s", "z", "bits"}, "y",
             {{"signed", std::int64_t{1}},
              {"narrow", std::int64_t{0}},
              {"rounding_mode", std::string("ROUND")}});
  quant.Domain("qonnx.custom_op.general");
  EXPECT_THAT(RunModel(quant, {1, 2, 3, 3.5}), ElementsAre(2.5));
}

// A 1-D convolution and a 1-D pool, then both with an extent of 1.
TEST(OnnxRemedyTest, OneDimensionalWindowsGetAnExtentOfOne) {
  ModelBuilder line({1, 4});
  line.Floats("w", {1, 1, 2}, {1, 10}).Node("Conv", {"x", "w"}, "y");
  ExpectRefused(line, kUnimplemented, {"(op Conv)", "give a 1-D convolution an extent of 1"});
  ModelBuilder pool({1, 1, 4});
  pool.Node("MaxPool", {"x"}, "y", {{"kernel_shape", Ints{2}}});
  ExpectRefused(pool, kUnimplemented, {"a 1-D window", "add an extent of 1 to the image"});
  ModelBuilder plane({1, 4, 1});
  plane.Floats("w", {1, 1, 2, 1}, {1, 10}).Node("Conv", {"x", "w"}, "a");
  plane.Node("MaxPool", {"a"}, "y", {{"kernel_shape", Ints{2, 1}}});
  EXPECT_THAT(RunModel(plane, {1, 2, 3, 4}), ElementsAre(32, 43));
}

// Images with channels last: an operator that reads them as such, and one at the output.
TEST(OnnxRemedyTest, ATransposePutsChannelsFirst) {
  const auto pool = [](bool transposes) {
    ModelBuilder model({2, 8, 8});
    model.Node("Relu", {"x"}, "a").Node("Transpose", {"a"}, "b", {{"perm", Ints{0, 2, 3, 1}}});
    if (transposes) {
      model.Node("Transpose", {"b"}, "c", {{"perm", Ints{0, 3, 1, 2}}});
    }
    return model.Node("GlobalMaxPool", {transposes ? "c" : "b"}, "y");
  };
  std::vector<double> image(2 * 8 * 8);
  for (std::size_t i = 0; i < image.size(); ++i) {
    image[i] = static_cast<double>(i);
  }
  ExpectRefused(pool(false), kUnimplemented,
                {"\"b\" has its channels last", "put a Transpose before it"});
  EXPECT_THAT(RunModel(pool(true), image), ElementsAre(63, 127));

  const auto output = [](bool transposes) {
    ModelBuilder model({2, 1, 2});
    model.Node("Relu", {"x"}, "a").Node("Transpose", {"a"}, "b", {{"perm", Ints{0, 2, 3, 1}}});
    if (transposes) {
      model.Node("Transpose", {"b"}, "c", {{"perm", Ints{0, 3, 1, 2}}});
    }
    return model.Node("Flatten", {transposes ? "c" : "b"}, "y");
  };
  ExpectRefused(
      output(false), kUnimplemented,
      {"output \"y\" is flattened with its channels last", "put a Transpose before the Flatten"});
  EXPECT_THAT(RunModel(output(true), {1, 2, 3, 4}), ElementsAre(1, 2, 3, 4));
}

// Keras: Flatten of channels last, then a norm of every feature, in the order of the Flatten.
TEST(OnnxRemedyTest, NormsOfFlattenedChannelsLastNeedNone) {
  ModelBuilder model({2, 1, 2});
  model.Node("Relu", {"x"}, "a").Node("Transpose", {"a"}, "b", {{"perm", Ints{0, 2, 3, 1}}});
  model.Node("Flatten", {"b"}, "f");  // x00 x10 x01 x11
  model.Floats("g", {4}, {1, 10, 100, 1000})
      .Floats("zero", {4}, {0, 0, 0, 0})
      .Floats("one", {4}, {1, 1, 1, 1});
  model.Node("BatchNormalization", {"f", "g", "zero", "zero", "one"}, "n", {{"epsilon", 0.0F}});
  model.Floats("w", {4, 1}, {1, 1, 1, 1}).Node("MatMul", {"n", "w"}, "y");
  EXPECT_THAT(RunModel(model, {1, 2, 3, 4}), ElementsAre(DoubleNear(1 + 30 + 200 + 4000, 1e-9)));
}

TEST(OnnxRemedyTest, ADenseLayerBehindAnImageWantsAFlatten) {
  const auto dense = [](bool flattens) {
    ModelBuilder model({1, 2, 2});
    model.Node("Relu", {"x"}, "a");
    if (flattens) {
      model.Node("Flatten", {"a"}, "f");
    }
    return model.Floats("w", {4, 1}, {1, 2, 3, 4}).Node("Gemm", {flattens ? "f" : "a", "w"}, "y");
  };
  ExpectRefused(dense(false), kInvalid, {"put a Flatten"});
  EXPECT_THAT(RunModel(dense(true), {1, 1, 1, 1}), ElementsAre(10));
}

TEST(OnnxRemedyTest, OneOutputIsExportedAlone) {
  ModelBuilder model({4});
  model.Node("Relu", {"x"}, "y").Node("Neg", {"x"}, "z");
  model.graph().add_output()->set_name("z");
  ExpectRefused(model, kUnimplemented, {"\"y\" and \"z\"", "returns that one alone"});
  model.graph().mutable_output()->RemoveLast();
  EXPECT_THAT(RunModel(model, kFour), ElementsAre(0, 0, 0.5, 3));
}

TEST(OnnxRemedyTest, OpenExtentsAreExportedWithAFixedSize) {
  ModelBuilder model = One("Relu");
  auto* dim = model.graph()
                  .mutable_input(0)
                  ->mutable_type()
                  ->mutable_tensor_type()
                  ->mutable_shape()
                  ->mutable_dim(1);
  dim->set_dim_param("s0");
  ExpectRefused(model, kInvalid, {"extent 1 is open", "export with a fixed image size"});
  dim->set_dim_value(4);
  EXPECT_THAT(RunModel(model, kFour), ElementsAre(0, 0, 0.5, 3));
}

TEST(OnnxRemedyTest, DropoutIsExportedInEvaluationMode) {
  const auto drop = [](int training) {
    ModelBuilder model({4});
    constexpr int kBool = 9;
    model.Integers("t", kBool, {}, {training}).Node("Dropout", {"x", "", "t"}, "a");
    return model.Node("Relu", {"a"}, "y");
  };
  ExpectRefused(drop(1), kUnimplemented, {"export the model in evaluation mode"});
  EXPECT_THAT(RunModel(drop(0), kFour), ElementsAre(0, 0, 0.5, 3));
}

TEST(OnnxRemedyTest, OtherPaddingGivesWayToZeros) {
  const auto pad = [](const char* mode) {
    ModelBuilder model({1, 1, 2});
    model.Ints("pads", {8}, {0, 0, 0, 1, 0, 0, 0, 0}).Floats("w", {1, 1, 1, 2}, {1, 10});
    model.Node("Pad", {"x", "pads"}, "p", {{"mode", std::string(mode)}});
    return model.Opset(19).Node("Conv", {"p", "w"}, "y");
  };
  for (const char* mode : {"reflect", "edge", "wrap"}) {
    ExpectRefused(pad(mode), kUnimplemented, {mode, "pad with zeros"});
  }
  EXPECT_THAT(RunModel(pad("constant"), {1, 2}), ElementsAre(10, 21));
}

// Zeros of a Pad could be the greatest; the pool's own pads never are.
TEST(OnnxRemedyTest, MaxPoolsPadThemselves) {
  ModelBuilder zeros({1, 1, 2});
  zeros.Ints("pads", {8}, {0, 0, 0, 1, 0, 0, 0, 0}).Node("Pad", {"x", "pads"}, "p");
  zeros.Node("MaxPool", {"p"}, "y", {{"kernel_shape", Ints{1, 2}}});
  ExpectRefused(zeros, kUnimplemented, {"pads of the MaxPool itself"});
  ModelBuilder own({1, 1, 2});
  own.Node("MaxPool", {"x"}, "y", {{"kernel_shape", Ints{1, 2}}, {"pads", Ints{0, 1, 0, 0}}});
  EXPECT_THAT(RunModel(own, {-1, -2}), ElementsAre(-1, -1));
}

}  // namespace
}  // namespace spikemesh
