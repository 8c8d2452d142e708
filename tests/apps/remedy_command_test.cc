// SPDX-License-Identifier: Apache-2.0
// What the command advises is done here, and works: each test sees a refusal of `spikemesh`,
// follows its message, and the command succeeds.
#include "core/base/random.h"
#include "tests/apps/command_fixture.h"
#include "tests/converters/onnx/model_builder.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using Ints = std::vector<std::int64_t>;

class RemedyCommandTest : public CommandTest {
 protected:
  // Exit status 1 and a message that has `words`.
  void ExpectAdvice(const std::string& arguments, const std::string& words) const {
    const CommandResult run = Run(arguments);
    EXPECT_EQ(run.status, 1) << arguments;
    EXPECT_THAT(run.err, HasSubstr(words)) << arguments;
  }
  void ExpectSuccess(const std::string& arguments) const {
    const CommandResult run = Run(arguments);
    EXPECT_EQ(run.status, 0) << arguments << ": " << run.err;
  }
  void WriteModel(const std::string& name, const ModelBuilder& model) const {
    Write(name, model.Bytes());
  }
};

// Random weights: of two values and 0, whole numbers of -20..20, or all different.
enum class Values { kTernary, kWhole, kReal };

std::vector<float> Weights(std::size_t count, Values values) {
  RandomSequence random(7, 0);
  std::vector<float> weights(count);
  for (float& weight : weights) {
    const auto whole = [&random](std::uint32_t greatest) {
      return static_cast<float>(random.NextBelow(2 * greatest + 1)) - static_cast<float>(greatest);
    };
    weight = values == Values::kTernary ? whole(1)
             : values == Values::kWhole ? whole(20)
                                        : static_cast<float>(random.NextUnit()) - 0.5F;
  }
  return weights;
}

void AddStep(ModelBuilder& model, const std::string& from, const std::string& to) {
  model.Node("GreaterOrEqual", {from, "half"}, to + "_b");
  model.Node("Cast", {to + "_b"}, to, {{"to", std::int64_t{1}}});
}

// Images of `side` x `side`: a 5 x 5 convolution of 4 channels, ReLU, a pool if named, a dense
// layer.
ModelBuilder ReluModel(const std::string& pool = "MaxPool", std::int64_t side = 28) {
  ModelBuilder model({1, side, side});
  model.Floats("w", {4, 1, 5, 5}, Weights(100, Values::kReal));
  model.Node("Conv", {"x", "w"}, "c", {{"strides", Ints{4, 4}}}).Node("Relu", {"c"}, "r");
  model.Node(pool, {"r"}, "p", {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  const std::int64_t features = 4 * ((side - 1) / 4 / 2) * ((side - 1) / 4 / 2);
  model.Floats("d", {features, 10}, Weights(features * 10, Values::kReal))
      .Node("Flatten", {"p"}, "f");
  return model.Node("MatMul", {"f", "d"}, "y");
}

// Steps: 16 channels, then a convolution of `groups` with 5 x 5 x 16 / groups inputs, then classes.
ModelBuilder StepModel(std::int64_t groups, Values values, std::int64_t side = 28) {
  ModelBuilder model({1, side, side});
  model.Floats("half", {}, {0.5F}).Floats("w", {16, 1, 5, 5}, Weights(400, values));
  AddStep(model, "x", "a");
  model.Node("Conv", {"a", "w"}, "c", {{"strides", Ints{4, 4}}});
  AddStep(model, "c", "b");
  model.Floats("v", {16, 16 / groups, 5, 5}, Weights(16 * 16 / groups * 25, values));
  model.Node("Conv", {"b", "v"}, "e", {{"group", groups}});
  AddStep(model, "e", "g");
  const std::int64_t left = (side - 1) / 4 - 4;
  const std::int64_t features = 16 * left * left;
  model.Floats("d", {features, 10}, Weights(features * 10, values)).Node("Flatten", {"g"}, "f");
  return model.Node("MatMul", {"f", "d"}, "y");
}

TEST_F(RemedyCommandTest, CalibrateMeasuresWhatRateModeNeeds) {
  WriteModel("relu.onnx", ReluModel());
  ExpectAdvice("convert relu.onnx -o relu.chip", "give --calibrate DATASET");
  ExpectSuccess("convert relu.onnx -o relu.chip --calibrate digits");
  ExpectAdvice("convert relu.onnx -o relu.chip --mode pipelined",
               "use ReLU in all layers, which rate mode");
  ExpectSuccess("convert relu.onnx -o relu.chip --mode rate --calibrate digits");
}

TEST_F(RemedyCommandTest, WeightsTakeAForm) {
  WriteModel("real.onnx", StepModel(4, Values::kReal));
  ExpectAdvice("convert real.onnx -o real.chip", "--weights binary, ternary, int4 or codebook");
  for (const char* form : {"binary", "ternary", "int4", "codebook"}) {
    ExpectSuccess(std::string("convert real.onnx -o real.snn --weights ") + form);
  }
  ExpectSuccess("convert real.onnx -o real.chip --weights ternary");
  WriteModel("relu.onnx", ReluModel());
  ExpectAdvice("convert relu.onnx -o relu.chip --calibrate digits --weights keep",
               "--weights ternary, int4 or codebook");
  for (const char* form : {"ternary", "int4", "codebook"}) {
    ExpectSuccess(std::string("convert relu.onnx -o relu.snn --calibrate digits --weights ") +
                  form);
  }
}

TEST_F(RemedyCommandTest, ManyWholeWeightsTakeFewer) {
  WriteModel("whole.onnx", StepModel(4, Values::kWhole));
  ExpectAdvice("convert whole.onnx -o whole.chip", "--weights codebook or --weights int4");
  ExpectSuccess("convert whole.onnx -o whole.chip --weights codebook");
  ExpectSuccess("convert whole.onnx -o whole.chip --weights int4");
}

// Two convolutions of different scales, added ahead of one step.
TEST_F(RemedyCommandTest, BranchesOfTwoScalesTakeWeightsThatHaveOne) {
  ModelBuilder model({1, 28, 28});
  model.Floats("half", {}, {0.5F}).Floats("odd", {}, {0.7123456F});
  AddStep(model, "x", "a");
  model.Floats("v", {4, 1, 5, 5}, Weights(100, Values::kTernary));
  model.Floats("w", {4, 1, 5, 5}, Weights(100, Values::kTernary))
      .Node("Mul", {"w", "odd"}, "scaled");
  model.Node("Conv", {"a", "v"}, "c", {{"strides", Ints{4, 4}}});
  model.Node("Conv", {"a", "scaled"}, "e", {{"strides", Ints{4, 4}}}).Node("Add", {"c", "e"}, "s");
  AddStep(model, "s", "g");
  model.Node("MaxPool", {"g"}, "p", {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  model.Floats("d", {36, 10}, Weights(360, Values::kTernary)).Node("Flatten", {"p"}, "f");
  WriteModel("scales.onnx", model.Node("MatMul", {"f", "d"}, "y"));
  ExpectAdvice("convert scales.onnx -o scales.chip --weights keep",
               "--weights ternary, int4 or codebook");
  for (const char* form : {"ternary", "int4", "codebook"}) {
    ExpectSuccess(std::string("convert scales.onnx -o scales.chip --calibrate digits --weights ") +
                  form);
  }
  ExpectAdvice("convert scales.onnx -o scales.chip", "give --calibrate DATASET");
  ExpectSuccess("convert scales.onnx -o scales.chip --calibrate digits");
}

// A network of steps whose first layer reads bytes as numbers: the host computes that one, and what
// it takes is reported.
TEST_F(RemedyCommandTest, TheHostComputesAFirstLayerOfRealNumbers) {
  ModelBuilder model({1, 28, 28});
  model.Floats("half", {}, {0.5F}).Floats("w", {6, 1, 5, 5}, Weights(150, Values::kReal));
  model.Node("Conv", {"x", "w"}, "c", {{"strides", Ints{4, 4}}});
  AddStep(model, "c", "a");
  model.Floats("d", {216, 10}, Weights(2160, Values::kTernary)).Node("Flatten", {"a"}, "f");
  WriteModel("first.onnx", model.Node("MatMul", {"f", "d"}, "y"));
  ExpectAdvice("convert first.onnx -o first.chip", "with --first-layer host");
  ExpectSuccess("convert first.onnx -o first.chip --first-layer host --json c.json");
  EXPECT_EQ(ReadJson("c.json")["host_macs_per_image"], 150 * 36);
  ExpectSuccess(
      "run first.chip --dataset digits --images 50 --verify --model first.onnx --json r.json");
  const Json report = ReadJson("r.json");
  EXPECT_EQ(report["host_macs"], 50 * 150 * 36);
  EXPECT_EQ(report["verify"]["mismatched_spikes"], 0);
  EXPECT_EQ(report["answers"]["differing"], 0);
  const CommandResult run = Run("run first.chip --dataset digits --images 2");
  EXPECT_THAT(run.out, HasSubstr("5,400 multiply-adds an image, 10,800 in all, which are not in"));
  EXPECT_THAT(Run("inspect first.chip").out, HasSubstr("by the host, 5,400 multiply-adds"));
  WriteModel("relu.onnx", ReluModel());
  ExpectAdvice("convert relu.onnx -o relu.chip --calibrate digits --first-layer host",
               "in rate mode cores compute the first layer");
  ExpectSuccess("convert relu.onnx -o relu.chip --calibrate digits");
}

// What no core holds is said by a sketch of the network, before anything is measured; what images
// must tell is not known, and no verdict.
TEST_F(RemedyCommandTest, InspectTellsNotKnownFromDoesNotFit) {
  WriteModel("relu.onnx", ReluModel());
  EXPECT_THAT(Run("inspect relu.onnx --json -").out, HasSubstr("\"fits\": null"));
  EXPECT_THAT(Run("inspect relu.onnx").out, HasSubstr("not known: rate mode needs images"));
  ExpectSuccess("inspect relu.onnx --calibrate digits --json i.json");
  EXPECT_EQ(ReadJson("i.json")["fits"], true);
  ModelBuilder wide({1, 28, 28});
  wide.Floats("d", {784, 40}, Weights(784 * 40, Values::kReal)).Node("Flatten", {"x"}, "f");
  wide.Node("MatMul", {"f", "d"}, "h").Node("Relu", {"h"}, "r");
  wide.Floats("e", {40, 10}, Weights(400, Values::kReal)).Node("MatMul", {"r", "e"}, "y");
  WriteModel("wide.onnx", wide);
  ExpectSuccess("inspect wide.onnx --calibrate digits --json w.json");
  const Json report = ReadJson("w.json");
  EXPECT_EQ(report["fits"], false);
  EXPECT_EQ(report["mode"], "rate");
  EXPECT_EQ(report["layers"][0]["fits"], false);
  ExpectAdvice("convert wide.onnx -o wide.chip --calibrate digits", "--lossy-split");
  ExpectAdvice("inspect wide.onnx --calibrate digits:no/such", "no/such");
  ExpectAdvice("inspect relu.onnx --calibrate digits --mean 1,2", "mean");
}

TEST_F(RemedyCommandTest, ModesNameTheOther) {
  WriteModel("steps.onnx", StepModel(4, Values::kTernary));
  ExpectAdvice("convert steps.onnx -o steps.chip --mode rate --calibrate digits",
               "use --mode pipelined");
  ExpectSuccess("convert steps.onnx -o steps.chip --mode pipelined");
}

TEST_F(RemedyCommandTest, MaxPoolsCanBeAveraged) {
  WriteModel("relu.onnx", ReluModel());
  ExpectAdvice("convert relu.onnx -o relu.chip --calibrate digits --pool refuse",
               "with --pool average");
  ExpectSuccess("convert relu.onnx -o relu.chip --calibrate digits --pool average");
}

TEST_F(RemedyCommandTest, WideLayersAreSplitOrGrouped) {
  WriteModel("wide.onnx", StepModel(1, Values::kTernary));
  ExpectAdvice("convert wide.onnx -o wide.chip", "split it with --lossy-split");
  ExpectAdvice("convert wide.onnx -o wide.chip", "use groups of at most");
  ExpectSuccess("convert wide.onnx -o wide.chip --lossy-split --calibrate digits");
  WriteModel("groups.onnx", StepModel(4, Values::kTernary));
  ExpectSuccess("convert groups.onnx -o groups.chip");
}

TEST_F(RemedyCommandTest, ChipsWithoutAnEncoderTakeSpikes) {
  ExpectAdvice("run pacemaker.chip --dataset digits --images 1", "give it spikes with --input");
  Write("spikes.csv", "tick,core_x,core_y,axon\n3,1,0,1\n");
  ExpectSuccess("run pacemaker.chip --input spikes.csv --ticks 10");
}

TEST_F(RemedyCommandTest, DigitsThatAreNotThereAreDrawn) {
  ExpectAdvice("run digits.chip --dataset digits:drawn --images 5", "`spikemesh data make digits`");
  ExpectSuccess("data make digits --count 10 --seed 1 -o drawn");
  ExpectSuccess("run digits.chip --dataset digits:drawn --images 5");
}

TEST_F(RemedyCommandTest, LateSpikesGetLongerTicksOrAreDelivered) {
  Write("short.json", R"({"cycles_per_tick": 2})");
  Write("long.json", R"({"cycles_per_tick": 100000})");
  const std::string run =
      "run digits.chip --dataset digits --images 3 --router cycle --router-config ";
  ExpectAdvice(run + "short.json --late fail", "cycles_per_tick in --router-config");
  ExpectSuccess(run + "long.json --late fail");
  ExpectSuccess(run + "short.json --late deliver");
}

TEST_F(RemedyCommandTest, BytesAreGivenAsTheyAre) {
  ModelBuilder model = ReluModel();
  model.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::UINT8);
  model.graph().mutable_input(0)->set_name("bytes");
  model.Floats("range", {}, {255}).Node("Cast", {"bytes"}, "float", {{"to", std::int64_t{1}}});
  model.Node("Div", {"float", "range"}, "x");
  WriteModel("bytes.onnx", model);
  WriteModel("floats.onnx", ReluModel());
  const std::string images = " --dataset digits --images 20 --predictions ";
  ExpectAdvice("run bytes.onnx" + images + "b.csv", "give --input-range 0..255");
  ExpectSuccess("run bytes.onnx --input-range 0..255" + images + "b.csv");
  ExpectSuccess("run floats.onnx" + images + "f.csv");
  EXPECT_EQ(Read("b.csv"), Read("f.csv"));
  ExpectAdvice("convert bytes.onnx -o b.chip --calibrate digits", "give --input-range 0..255");
  ExpectSuccess("convert bytes.onnx -o b.chip --calibrate digits --input-range 0..255");
  ExpectSuccess("run b.chip --dataset digits --images 10 --verify --diagnose 5 --model bytes.onnx");
}

// A network of 32 x 32 on digits of 28 x 28.
TEST_F(RemedyCommandTest, SmallImagesArePadded) {
  WriteModel("large.onnx", ReluModel("AveragePool", 32));
  ExpectAdvice("run large.onnx --dataset digits --images 10", "--pad 2,2,2,2");
  ExpectSuccess("run large.onnx --dataset digits --images 10 --pad 2,2,2,2");
  const std::string convert = "convert large.onnx --calibrate digits -o large";
  ExpectAdvice(convert + ".chip", "pad images with --pad 2,2,2,2");
  ExpectSuccess(convert + ".chip --pad 2,2,2,2 --json convert.json");
  EXPECT_EQ(ReadJson("convert.json")["preprocessing"]["pad"], Json({2, 2, 2, 2}));
  ExpectSuccess("run large.chip --dataset digits --images 10 --verify --json run.json");
  EXPECT_EQ(ReadJson("run.json")["verify"]["mismatched_spikes"], 0);
  EXPECT_EQ(ReadJson("run.json")["dataset"]["pad"], Json({2, 2, 2, 2}));
  EXPECT_THAT(Run("inspect large.chip").out, HasSubstr("padded by 2,2,2,2"));
  ExpectSuccess("run large.chip --dataset digits --images 5 --diagnose 5 --model large.onnx");
  ExpectSuccess("profile large.chip --dataset digits --images 2");
  ExpectAdvice("run large.chip --dataset digits --pad 2,2,2,2", "holds its own preprocessing");
  // The spiking network before mapping.
  ExpectSuccess(convert + ".snn --pad 2,2,2,2");
  ExpectSuccess("run large.snn --dataset digits --images 5");
}

// Converted for images of 32 x 32, and then shown smaller ones.
TEST_F(RemedyCommandTest, WhatWasConvertedWithoutPadsIsConvertedAgain) {
  WriteModel("steps.onnx", StepModel(4, Values::kTernary, 32));
  ExpectSuccess("convert steps.onnx -o steps.snn");
  ExpectAdvice("run steps.snn --dataset digits --images 5",
               "convert the model again with --pad 2,2,2,2");
  ExpectSuccess("convert steps.onnx -o steps.snn --pad 2,2,2,2");
  ExpectSuccess("run steps.snn --dataset digits --images 5");
}

TEST_F(RemedyCommandTest, PadsThatMissTheShapeNameThoseThatFit) {
  WriteModel("large.onnx", ReluModel("AveragePool", 32));
  ExpectAdvice("run large.onnx --dataset digits --images 5 --pad 1,1,2,2", "--pad 2,2,2,2");
  ExpectAdvice("run large.onnx --dataset digits --images 5 --pad 20,20,2,2", "20 and 20 rows");
}

TEST_F(RemedyCommandTest, NetworksOfRancNeedTheirConfiguration) {
  WriteRancNetwork();
  ExpectAdvice("convert in.json -o ranc.chip", "with --ranc-config CONFIG.json");
  ExpectSuccess("convert in.json -o ranc.chip --ranc-config c.json");
}

}  // namespace
}  // namespace spikemesh
