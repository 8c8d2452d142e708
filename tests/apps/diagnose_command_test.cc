// SPDX-License-Identifier: Apache-2.0
// `spikemesh run --diagnose` on a bundled model.
#include <filesystem>

#include "core/base/sha256.h"
#include "core/chip/chip_file.h"
#include "tests/apps/command_fixture.h"
#include "tests/testing/xml_fault.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

class DiagnoseCommandTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    const std::string models = SPIKEMESH_SOURCE_DIR "/networks/models/";
    std::filesystem::copy_file(models + "mnist-small.onnx", Path("net.onnx"));
    std::filesystem::copy_file(models + "mnist-medium.onnx", Path("other.onnx"));
    if (chip_.empty()) {
      ASSERT_EQ(Run("convert net.onnx -o net.chip").status, 0);
      chip_ = Read("net.chip");
    }
    Write("net.chip", chip_);
  }

  void ExpectFailure(const std::string& arguments, int status, const std::string& message) {
    const CommandResult run = Run("run " + arguments);
    EXPECT_EQ(run.status, status) << arguments;
    EXPECT_THAT(run.err, HasSubstr(message)) << arguments;
  }

 private:
  static inline std::string chip_;  // converted once for all tests
};

// mnist-small has steps and votes, so its conversion is exact.
TEST_F(DiagnoseCommandTest, ExactModelAgreesInEveryLayer) {
  const CommandResult run =
      Run("run net.chip --dataset digits --diagnose 12 --model net.onnx --json r.json --picture "
          "p.svg");
  ASSERT_EQ(run.status, 0) << run.err;
  const Json report = ReadJson("r.json");
  EXPECT_EQ(report["dataset"]["images"], 12) << "as many as are diagnosed, without --images";
  const Json& diagnosis = report["diagnosis"];
  EXPECT_EQ(diagnosis["images"], 12);
  EXPECT_EQ(diagnosis["accuracy_chip"], report["accuracy"]);
  EXPECT_EQ(diagnosis["accuracy_float"], diagnosis["accuracy_chip"]);
  EXPECT_TRUE(diagnosis["first_loss"].is_null());
  EXPECT_TRUE(diagnosis["first_difference"].is_null());
  ASSERT_GT(diagnosis["layers"].size(), 1u);
  for (const Json& layer : diagnosis["layers"]) {
    EXPECT_EQ(layer["equal_bits"], 1.0) << layer;
    EXPECT_EQ(layer["chip_equal"], 1.0) << layer;
    EXPECT_NEAR(layer["correlation"].get<double>(), 1.0, 1e-12) << layer;
    EXPECT_GT(layer["spike_rate"].get<double>(), 0.0) << layer;
    EXPECT_EQ(layer["accuracy"], diagnosis["accuracy_float"]) << layer;
    EXPECT_THAT(run.out, HasSubstr(layer["name"].get<std::string>()));
    EXPECT_THAT(Read("p.svg"), HasSubstr(layer["name"].get<std::string>()));
  }
  EXPECT_THAT(run.out, HasSubstr("diagnosis of 12 images"));
  EXPECT_EQ(XmlFault(Read("p.svg")), "");
}

TEST_F(DiagnoseCommandTest, RunItselfIsThatWithoutTheDiagnosis) {
  const std::string base = "run net.chip --dataset digits --images 20 --threads 2 ";
  ASSERT_EQ(Run(base + "--json a.json --predictions a.csv").status, 0);
  ASSERT_EQ(Run(base + "--diagnose 5 --model net.onnx --json b.json --predictions b.csv").status,
            0);
  EXPECT_EQ(Read("a.csv"), Read("b.csv"));
  EXPECT_EQ(ReadJson("a.json")["counts"], ReadJson("b.json")["counts"]);
  EXPECT_TRUE(ReadJson("a.json")["diagnosis"].is_null());
  EXPECT_EQ(ReadJson("b.json")["diagnosis"]["images"], 5);
}

TEST_F(DiagnoseCommandTest, WhatDoesNotGoTogetherIsRefused) {
  const std::string chip = "net.chip --dataset digits ";
  ExpectFailure(chip + "--diagnose 5", 2, "--model");
  ExpectFailure(chip + "--model net.onnx", 1, "--model: is what --verify and --diagnose");
  ExpectFailure(chip + "--picture p.svg", 2, "--diagnose");
  ExpectFailure("net.chip --ticks 5 --diagnose 5 --model net.onnx", 2, "--dataset");
  ExpectFailure(chip + "--diagnose 0 --model net.onnx", 2, "--diagnose");
  ExpectFailure(chip + "--images 4 --diagnose 5 --model net.onnx", 1,
                "--diagnose: 5 images, allowed: 1..4");
  ExpectFailure(chip + "--diagnose 20000 --model net.onnx", 1, "20000");
  ExpectFailure("net.onnx --dataset digits --diagnose 5 --model net.onnx", 1,
                "--diagnose: net.onnx is no chip");
  ExpectFailure("digits.chip --dataset digits --diagnose 5 --model net.onnx", 1,
                "--model: the chip does not say which ONNX file it was made from");
  ExpectFailure(chip + "--diagnose 5 --model missing.onnx", 1, "missing.onnx");
  ExpectFailure(chip + "--diagnose 5 --model net.onnx --picture net.onnx", 1, "--picture");
}

TEST_F(DiagnoseCommandTest, AnotherModelIsRefusedWithBothDigests) {
  const CommandResult run = Run("run net.chip --dataset digits --diagnose 5 --model other.onnx");
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr(Sha256Hex(Read("net.onnx"))));
  EXPECT_THAT(run.err, HasSubstr(Sha256Hex(Read("other.onnx"))));
}

TEST_F(DiagnoseCommandTest, ChipThatDoesNotNameItsNeuronsIsRefused) {
  absl::StatusOr<ChipModel> chip = ReadChipFile(Path("net.chip"));
  ASSERT_TRUE(chip.ok()) << chip.status();
  chip->provenance.neuron_sources.clear();
  ASSERT_TRUE(WriteChipFile(*chip, Path("old.chip")).ok());
  ExpectFailure("old.chip --dataset digits --diagnose 5 --model net.onnx", 1, "convert it again");
}

}  // namespace
}  // namespace spikemesh
