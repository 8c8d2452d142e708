// SPDX-License-Identifier: Apache-2.0
// What a conversion loses is told, stops it, and is mended by what the message says.
#include <algorithm>
#include <regex>
#include <sstream>

#include "networks/data/dataset.h"
#include "tests/apps/command_fixture.h"
#include "tests/converters/onnx/model_builder.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kPixels = 784;

// The nearest mean of the built-in digits, as a dense layer behind a ReLU of the pixels.
ModelBuilder NearestMean(bool scrambled = false) {
  const absl::StatusOr<DatasetSpec> spec = ParseDatasetSpec("digits");
  const absl::StatusOr<Dataset> digits = LoadDataset(*spec, DatasetSplit::kTrain, 500, 1);
  SPIKEMESH_CHECK(digits.ok());
  std::vector<float> means(10 * kPixels, 0.0F);
  std::vector<float> bias(10, 0.0F);
  std::vector<int> images(10, 0);
  for (std::int64_t i = 0; i < digits->size(); ++i) {
    const int label = (digits->labels[i] + (scrambled ? static_cast<int>(i) : 0)) % 10;
    ++images[label];
    for (std::int64_t p = 0; p < kPixels; ++p) {
      means[label * kPixels + p] += static_cast<float>(digits->image(i)[p]) / 255.0F;
    }
  }
  for (std::int64_t c = 0; c < 10; ++c) {
    for (std::int64_t p = 0; p < kPixels; ++p) {
      means[c * kPixels + p] /= static_cast<float>(std::max(images[c], 1));
      bias[c] -= means[c * kPixels + p] * means[c * kPixels + p] / 2.0F;
    }
  }
  ModelBuilder model({1, 28, 28});
  model.Floats("k", {1, 1, 1, 1}, {1.0F}).Node("Conv", {"x", "k"}, "c").Node("Relu", {"c"}, "r");
  model.Floats("w", {10, kPixels}, means).Floats("b", {10}, bias).Node("Flatten", {"r"}, "f");
  return model.Node("Gemm", {"f", "w", "b"}, "y", {{"transB", std::int64_t{1}}});
}

class LossCommandTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    Write("means.onnx", NearestMean().Bytes());
  }
};

TEST_F(LossCommandTest, TooGreatALossWritesNothingAndItsRemedyWorks) {
  const std::string convert = "convert means.onnx -o means.snn --calibrate digits ";
  const CommandResult refused = Run(convert + "--ticks 1");
  EXPECT_EQ(refused.status, 1);
  EXPECT_FALSE(Exists("means.snn"));
  EXPECT_THAT(refused.err, HasSubstr("means.onnx: the conversion loses "));
  EXPECT_THAT(refused.err, HasSubstr("at most 10.00 points are allowed"));
  EXPECT_THAT(refused.err, HasSubstr("allow it with --max-loss POINTS"));
  std::smatch ticks;
  ASSERT_TRUE(std::regex_search(refused.err, ticks, std::regex("--ticks [0-9]+"))) << refused.err;
  const CommandResult mended = Run(convert + ticks.str());
  EXPECT_EQ(mended.status, 0) << mended.err;
  EXPECT_TRUE(Exists("means.snn"));
}

TEST_F(LossCommandTest, AllowedLossIsAWarningThatNamesTheLayer) {
  const CommandResult run = Run(
      "convert means.onnx -o means.snn --calibrate digits --ticks 1 --max-loss 100 --json r.json");
  ASSERT_EQ(run.status, 0) << run.err;
  const Json report = ReadJson("r.json");
  const Json& calibration = report["calibration"];
  EXPECT_NEAR(
      calibration["loss"].get<double>(),
      calibration["float_accuracy"].get<double>() - calibration["spiking_accuracy"].get<double>(),
      1e-12);
  EXPECT_GT(calibration["loss"].get<double>(), 0.1);
  EXPECT_FALSE(report["worst_layer"].is_null());
  EXPECT_THAT(run.out, HasSubstr("warning   the conversion loses "));
  EXPECT_THAT(run.out,
              HasSubstr("most in layer " + report["worst_layer"]["name"].get<std::string>()));
  EXPECT_GT(report["sufficient_ticks"]["ticks"].get<int>(), 1);
  EXPECT_GT(report["sufficient_ticks"]["accuracy"].get<double>(),
            report["sufficient_ticks"]["accuracy_now"].get<double>());
}

TEST_F(LossCommandTest, GoodConversionIsSilent) {
  const CommandResult run =
      Run("convert " SPIKEMESH_SOURCE_DIR
          "/networks/models/mnist-small.onnx -o small.snn --calibrate digits");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("calibration images"));
  EXPECT_THAT(run.out, Not(HasSubstr("warning")));
}

// The number of answers that differ is that of the two lists of answers.
TEST_F(LossCommandTest, VerifyWithTheModelComparesAnswersOfTheWholeWay) {
  ASSERT_EQ(Run("convert means.onnx -o means.chip --calibrate digits --ticks 4 --max-loss 100 "
                "--lossy-split")
                .status,
            0);
  const CommandResult run = Run(
      "run means.chip --dataset digits --images 60 --verify --model means.onnx --predictions c.csv "
      "--json r.json");
  ASSERT_EQ(run.status, 0) << run.err;
  ASSERT_EQ(
      Run("run means.onnx --dataset digits --images 60 --predictions f.csv --json f.json").status,
      0);
  std::istringstream chip(Read("c.csv"));
  std::istringstream trained(Read("f.csv"));
  int differing = 0;
  for (std::string a, b; std::getline(chip, a) && std::getline(trained, b);) {
    differing += a == b ? 0 : 1;
  }
  const Json report = ReadJson("r.json");
  EXPECT_EQ(report["answers"]["images"], 60);
  EXPECT_EQ(report["answers"]["differing"], differing);
  EXPECT_EQ(report["answers"]["float_accuracy"], ReadJson("f.json")["accuracy"]);
  EXPECT_EQ(report["verify"]["mismatched_spikes"], 0);
  EXPECT_THAT(run.out, HasSubstr("answers   " + std::to_string(differing) + " of 60 differ"));
  const CommandResult alone = Run("run means.chip --dataset digits --images 10 --verify");
  EXPECT_THAT(alone.out, HasSubstr("the step from spiking network to chip alone"));
}

// A network that is right as often as a guess has hardly seen what it was trained for.
TEST_F(LossCommandTest, HardlyMoreThanChanceDoubtsThePreprocessing) {
  Write("guess.onnx", NearestMean(true).Bytes());
  const std::string words = "hardly more than chance";
  const CommandResult convert =
      Run("convert guess.onnx -o guess.snn --calibrate digits --ticks 4 --max-loss 100");
  ASSERT_EQ(convert.status, 0) << convert.err;
  EXPECT_THAT(convert.out, HasSubstr(words));
  EXPECT_LT(convert.out.find(words), convert.out.find("mode      "));
  EXPECT_THAT(convert.out, HasSubstr("--mean, --std, --input-range"));
  EXPECT_THAT(Run("run guess.onnx --dataset digits --images 100").out, HasSubstr(words));
  EXPECT_THAT(Run("run means.onnx --dataset digits --images 100").out, Not(HasSubstr(words)));
}

}  // namespace
}  // namespace spikemesh
