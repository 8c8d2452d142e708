// SPDX-License-Identifier: Apache-2.0
// The command on images of one's own: reports are the same whichever form the pictures have.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "networks/data/digits.h"
#include "networks/data/idx.h"
#include "tests/apps/command_fixture.h"
#include "tests/networks/data/npz_test_util.h"
#include "tests/networks/data/picture_test_util.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kImages = 60;

class OwnImagesCommandTest : public CommandTest {
 protected:
  // The digits, sorted so that classes take turns, as a folder lists them: my-images-idx3-ubyte,
  // my.npz, nameless.npz (without labels) and the folder png.
  void SetUp() override {
    CommandTest::SetUp();
    images_ = MakeDigits(kImages, 1, DatasetSplit::kTest);
    std::vector<std::int64_t> order(kImages);
    for (std::int64_t i = 0; i < kImages; ++i) {
      // Labels come in shuffled tens.
      order[static_cast<std::size_t>(i / 10 * 10 + images_.label(i))] = i;
    }
    Dataset sorted = images_;
    for (std::int64_t i = 0; i < kImages; ++i) {
      const std::int64_t from = order[static_cast<std::size_t>(i)];
      std::ranges::copy(images_.image(from), sorted.pixels.begin() + i * images_.image_bytes());
      sorted.labels[static_cast<std::size_t>(i)] = images_.labels[static_cast<std::size_t>(from)];
    }
    images_ = std::move(sorted);
    ASSERT_TRUE(WriteIdxFiles(images_, DatasetSplit::kTest, Path("idx")).ok());
    const std::string x(images_.pixels.begin(), images_.pixels.end());
    const std::string y(images_.labels.begin(), images_.labels.end());
    const std::string array = Npy("|u1", Concat("(", kImages, ", 28, 28)"), x);
    Write("my.npz", Npz(array, Npy("|u1", Concat("(", kImages, ",)"), y)));
    Write("nameless.npz", Zip({{.name = "x.npy", .content = array, .deflated = true}}));
    for (std::int64_t i = 0; i < kImages; ++i) {
      const auto image = images_.image(i);
      const std::string folder = Concat("png/", images_.label(i));
      std::filesystem::create_directories(Path(folder));
      Write(Concat(folder, "/", i / 10, ".png"),
            WritePng({}, 28, 28, std::vector<std::uint8_t>(image.begin(), image.end())));
    }
  }

  // The report of a run over `spec`, without what tells its name and its time.
  Json ReportOf(const std::string& spec) const {
    const CommandResult run =
        Run("run digits.chip --dataset " + spec + " --json report.json --predictions answers.csv");
    EXPECT_EQ(run.status, 0) << run.err;
    Json report = ReadJson("report.json");
    EXPECT_EQ(report["dataset"]["name"], spec);
    EXPECT_EQ(report["dataset"]["images"], kImages);
    report["dataset"].erase("name");
    report.erase("simulator");
    return report;
  }

  Dataset images_;
};

TEST_F(OwnImagesCommandTest, EveryFormGivesTheSameReportAndAnswers) {
  const Json expected = ReportOf("idx:idx/t10k");
  EXPECT_FALSE(expected["accuracy"].is_null());
  const std::string answers = Read("answers.csv");
  for (const char* spec : {"idx:idx", "npz:my.npz", "images:png", "digits:idx"}) {
    if (std::string(spec).starts_with("digits")) {
      ASSERT_EQ(Run("run digits.chip --dataset digits:idx --predictions answers.csv").status, 0);
    } else {
      EXPECT_EQ(ReportOf(spec), expected) << spec;
    }
    EXPECT_EQ(Read("answers.csv"), answers) << spec;
  }
}

TEST_F(OwnImagesCommandTest, WithoutLabelsThereIsNoAccuracy) {
  const CommandResult text = Run("run digits.chip --dataset npz:nameless.npz --verify");
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, Not(HasSubstr("accuracy")));
  EXPECT_THAT(text.out, HasSubstr("60 images against the spiking network: 0 differ"));
  const Json report = ReportOf("npz:nameless.npz");
  EXPECT_TRUE(report["accuracy"].is_null());
  EXPECT_TRUE(report["per_class"].empty());
  EXPECT_THAT(Read("answers.csv"), HasSubstr("image,label,predicted\n0,,"));
}

TEST_F(OwnImagesCommandTest, WhatNeedsLabelsSaysSo) {
  const std::string model = SPIKEMESH_SOURCE_DIR "/networks/models/mnist-tiny.onnx";
  ASSERT_EQ(Run("convert '" + model + "' -o tiny.chip").status, 0);
  const CommandResult diagnose =
      Run("run tiny.chip --dataset npz:nameless.npz --diagnose 5 --model '" + model + "'");
  EXPECT_EQ(diagnose.status, 1);
  EXPECT_THAT(diagnose.err, HasSubstr("--diagnose: npz:nameless.npz has no labels"));
}

// Right is what the float network answers: a loss is the share of answers that differ from those.
TEST_F(OwnImagesCommandTest, CalibrationWithoutLabelsComparesAnswers) {
  const std::string model = SPIKEMESH_SOURCE_DIR "/networks/models/lenet5-mnist.onnx";
  const CommandResult convert =
      Run("convert '" + model +
          "' -o rate.snn --calibrate npz:nameless.npz --weights ternary --ticks 4 --max-loss 100 "
          "--json c.json");
  ASSERT_EQ(convert.status, 0) << convert.err;
  EXPECT_THAT(convert.out, HasSubstr("answers   as trained, of 60 images without labels"));
  const Json calibration = ReadJson("c.json")["calibration"];
  EXPECT_EQ(calibration["labelled"], false);
  EXPECT_EQ(calibration["float_accuracy"], 1.0);
  ASSERT_EQ(Run("run '" + model + "' --dataset npz:nameless.npz --predictions f.csv").status, 0);
  ASSERT_EQ(Run("run rate.snn --dataset npz:nameless.npz --predictions s.csv").status, 0);
  std::istringstream trained(Read("f.csv"));
  std::istringstream spiking(Read("s.csv"));
  double equal = -1.0;  // the heading
  for (std::string one, other; std::getline(trained, one) && std::getline(spiking, other);) {
    equal += one == other ? 1.0 : 0.0;
  }
  EXPECT_NEAR(calibration["spiking_accuracy"].get<double>(), equal / 60.0, 1e-12);
}

TEST_F(OwnImagesCommandTest, CalibrationTakesAsManyAsThereAre) {
  const std::string model = SPIKEMESH_SOURCE_DIR "/networks/models/lenet5-mnist.onnx";
  const CommandResult convert =
      Run("convert '" + model +
          "' -o rate.snn --calibrate images:png --weights ternary --ticks 4 --max-loss "
          "100 --json -");
  ASSERT_EQ(convert.status, 0) << convert.err;
  EXPECT_THAT(convert.out, HasSubstr("images:png"));
}

TEST_F(OwnImagesCommandTest, ANetworkRunsOnThemToo) {
  const std::string model = SPIKEMESH_SOURCE_DIR "/networks/models/mnist-tiny.onnx";
  ASSERT_EQ(Run("run '" + model + "' --dataset images:png --predictions a.csv").status, 0);
  ASSERT_EQ(Run("run '" + model + "' --dataset npz:nameless.npz --predictions b.csv").status, 0);
  EXPECT_THAT(Read("a.csv"), HasSubstr("59,9,"));
  EXPECT_THAT(Read("b.csv"), HasSubstr("59,,"));
}

TEST_F(OwnImagesCommandTest, ErrorsNameFlagFileAndWhatIsAllowed) {
  Write("bad.npz", "PK but no archive");
  const auto error = [this](const std::string& spec) {
    const CommandResult run = Run("run digits.chip --dataset " + spec);
    EXPECT_EQ(run.status, 1);
    return run.err;
  };
  EXPECT_THAT(error("npz:bad.npz"), HasSubstr("--dataset: bad.npz: no zip archive"));
  EXPECT_THAT(error("images:none"), HasSubstr("--dataset: none: no folder"));
  EXPECT_THAT(error("idx:none"), HasSubstr("--dataset: neither none-images-idx3-ubyte nor"));
  EXPECT_THAT(error("cifar:none"), HasSubstr("--dataset: neither none nor none.gz"));
  EXPECT_THAT(error("zip:none"), HasSubstr("known: digits, mnist, fashion-mnist, cifar10, npz:"));
  EXPECT_THAT(error("npz:my.npz --images 61"), HasSubstr("61 images asked for, it has 60"));
  const CommandResult inspect = Run("inspect '" SPIKEMESH_SOURCE_DIR
                                    "/networks/models/lenet5-mnist.onnx' --mode rate "
                                    "--calibrate npz:bad.npz");
  EXPECT_THAT(inspect.err + inspect.out, HasSubstr("bad.npz"));
}

}  // namespace
}  // namespace spikemesh
