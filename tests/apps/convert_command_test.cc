// SPDX-License-Identifier: Apache-2.0
// `spikemesh convert` on the bundled models, and what follows from it.
#include <filesystem>

#include "core/base/sha256.h"
#include "tests/apps/command_fixture.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

// The smallest bundled model of MNIST digits, or nothing.
std::string BundledModel() {
  std::string best;
  std::uintmax_t best_bytes = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(SPIKEMESH_SOURCE_DIR "/networks/models")) {
    const bool onnx = entry.path().extension() == ".onnx";
    if (onnx && entry.path().filename().string().starts_with("mnist") &&
        (best.empty() || entry.file_size() < best_bytes)) {
      best = entry.path().string();
      best_bytes = entry.file_size();
    }
  }
  return best;
}

class ConvertCommandTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    const std::string model = BundledModel();
    ASSERT_FALSE(model.empty());
    std::filesystem::copy_file(model, Path("net.onnx"));
  }
};

TEST_F(ConvertCommandTest, ChipAnswersAsTheFloatNetworkAndVerifies) {
  const CommandResult convert = Run("convert net.onnx -o net.chip --json c.json");
  ASSERT_EQ(convert.status, 0) << convert.err;
  const CommandResult chip =
      Run("run net.chip --dataset digits --images 30 --verify --json r.json --predictions a.csv");
  ASSERT_EQ(chip.status, 0) << chip.err;
  EXPECT_EQ(ReadJson("r.json")["verify"]["mismatched_spikes"], 0);
  ASSERT_EQ(Run("run net.onnx --dataset digits --images 30 --predictions b.csv").status, 0);
  EXPECT_EQ(Read("a.csv"), Read("b.csv"));
}

TEST_F(ConvertCommandTest, ReportAgreesWithTheChipAndTheText) {
  const CommandResult convert = Run("convert net.onnx -o net.chip --json c.json");
  ASSERT_EQ(convert.status, 0) << convert.err;
  const Json report = ReadJson("c.json");
  EXPECT_EQ(report["schema"], "spikemesh.convert/1");
  EXPECT_EQ(report["sha256"], Sha256Hex(Read("net.onnx")));
  std::int64_t cores = 0;
  for (const Json& layer : report["layers"]) {
    cores += layer["cores"].get<std::int64_t>() + layer["splitters"].get<std::int64_t>() +
             layer["relays"].get<std::int64_t>();
    EXPECT_THAT(convert.out, HasSubstr(layer["name"].get<std::string>()));
  }
  EXPECT_EQ(report["totals"]["cores"], cores);
  ASSERT_EQ(Run("inspect net.chip --json i.json").status, 0);
  const Json inspection = ReadJson("i.json");
  for (const char* key : {"cores", "neurons", "axons", "synapses", "latency_ticks"}) {
    EXPECT_EQ(inspection[key], report["totals"][key]) << key;
  }
  EXPECT_EQ(inspection["onnx_sha256"], report["sha256"]);
}

TEST_F(ConvertCommandTest, SameFlagsGiveTheSameBytes) {
  ASSERT_EQ(Run("convert net.onnx -o a.chip").status, 0);
  ASSERT_EQ(Run("convert net.onnx -o b.chip").status, 0);
  EXPECT_EQ(Read("a.chip"), Read("b.chip"));
}

TEST_F(ConvertCommandTest, SnnHasTheLayersAndAnswersAlike) {
  ASSERT_EQ(Run("convert net.onnx -o net.snn --json s.json").status, 0);
  ASSERT_EQ(Run("convert net.onnx -o net.chip --json c.json").status, 0);
  EXPECT_EQ(ReadJson("s.json")["layers"].size(), ReadJson("c.json")["layers"].size());
  EXPECT_TRUE(ReadJson("s.json")["totals"]["cores"].is_null());
  ASSERT_EQ(Run("run net.snn --dataset digits --images 30 --predictions a.csv").status, 0);
  ASSERT_EQ(Run("run net.chip --dataset digits --images 30 --predictions b.csv").status, 0);
  EXPECT_EQ(Read("a.csv"), Read("b.csv"));
}

// The black pixels of digits are zeros, which a sign tells from what is positive.
TEST_F(ConvertCommandTest, SignIsThatOfOnnxUnlessAskedToBePlusAtZero) {
  const std::string model = SPIKEMESH_SOURCE_DIR "/tests/converters/onnx/models/sign_mlp_784.onnx";
  const std::string images = " --dataset digits --images 40 --predictions ";
  for (const std::string flags : {"", " --sign-zero plus"}) {
    const CommandResult convert = Run("convert " + model + " -o net.snn" + flags);
    ASSERT_EQ(convert.status, 0) << convert.err;
    EXPECT_EQ(convert.out.find("Sign(0) is taken as +1") == std::string::npos, flags.empty());
    ASSERT_EQ(Run("run " + model + images + "float.csv" + flags).status, 0);
    ASSERT_EQ(Run("run net.snn" + images + "spiking.csv").status, 0);
    EXPECT_EQ(Read("float.csv"), Read("spiking.csv")) << flags;
  }
  Run("run " + model + images + "zero.csv");
  EXPECT_NE(Read("zero.csv"), Read("float.csv"));
  const CommandResult late = Run("run net.snn --sign-zero plus" + images + "late.csv");
  EXPECT_EQ(late.status, 1);
  EXPECT_THAT(late.err, HasSubstr("--sign-zero"));
}

TEST_F(ConvertCommandTest, TooSmallHardwareIsRefusedWithBothCounts) {
  Write("spec.json", R"({"schema": "spikemesh.chipspec/1", "cores_x": 1, "cores_y": 1})");
  const CommandResult convert = Run("convert net.onnx -o net.chip --chip spec.json --max-chips 1");
  EXPECT_EQ(convert.status, 1);
  EXPECT_THAT(convert.err, HasSubstr("cores"));
  EXPECT_FALSE(Exists("net.chip"));
}

TEST_F(ConvertCommandTest, ShapeOfTheImagesMustBeTheModels) {
  ASSERT_EQ(Run("convert net.onnx -o net.chip").status, 0);
  // A CIFAR-10 batch of one black image.
  std::filesystem::create_directory(Path("cifar"));
  Write("cifar/test_batch.bin", std::string(3073, '\0'));
  for (const char* model : {"net.chip", "net.onnx"}) {
    const CommandResult run =
        Run(std::string("run ") + model + " --dataset cifar10:cifar --images 1");
    EXPECT_EQ(run.status, 1);
    EXPECT_THAT(run.err, HasSubstr("images are 3x32x32, the model takes 1x28x28")) << run.err;
  }
}

TEST_F(ConvertCommandTest, InspectSaysThatItFitsAndHowLarge) {
  const CommandResult inspect = Run("inspect net.onnx --json i.json");
  ASSERT_EQ(inspect.status, 0) << inspect.err;
  const Json inspection = ReadJson("i.json");
  EXPECT_EQ(inspection["fits"], true);
  EXPECT_THAT(inspect.out, HasSubstr(inspection["verdict"].get<std::string>()));
  for (const Json& node : inspection["nodes"]) {
    EXPECT_EQ(node["obstacle"], "");
  }
}

}  // namespace
}  // namespace spikemesh
