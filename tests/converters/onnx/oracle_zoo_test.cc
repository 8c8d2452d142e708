// SPDX-License-Identifier: Apache-2.0
// Models of today's exporters against the classes that PyTorch gave the first MNIST test images,
// where SPIKEMESH_ORACLE and SPIKEMESH_DATA name the folders that hold both.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "converters/onnx/import_onnx.h"
#include "networks/data/dataset.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

// Two scores that a 32-bit sum may put in either order.
constexpr double kTie = 1e-4;

std::vector<int> ReadClasses(const std::string& path) {
  std::vector<int> classes;
  std::ifstream file(path);
  for (int label = 0; file >> label;) {
    classes.push_back(label);
  }
  return classes;
}

class OracleZooTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::getenv("SPIKEMESH_ORACLE") == nullptr || std::getenv("SPIKEMESH_DATA") == nullptr) {
      GTEST_SKIP() << "SPIKEMESH_ORACLE and SPIKEMESH_DATA name no folders";
    }
  }
};

TEST_P(OracleZooTest, AnswersAreThoseOfPyTorch) {
  const std::string base =
      std::string(std::getenv("SPIKEMESH_ORACLE")) + "/conversion/" + GetParam();
  const auto imported = ImportOnnxFile(base + ".onnx");
  ASSERT_TRUE(imported.ok()) << imported.status();
  const std::vector<int> expected = ReadClasses(base + ".pred.txt");
  ASSERT_EQ(expected.size(), 300u);
  const auto spec = ParseDatasetSpec("mnist");
  ASSERT_TRUE(spec.ok());
  const auto images =
      LoadDataset(*spec, DatasetSplit::kTest, static_cast<std::int64_t>(expected.size()), 1);
  ASSERT_TRUE(images.ok()) << images.status();
  NetworkRunner runner(imported->network);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    std::vector<double> pixels;
    for (const std::uint8_t byte : images->image(static_cast<std::int64_t>(i))) {
      pixels.push_back(static_cast<double>(static_cast<float>(byte) / 255.0F));
    }
    const std::vector<double>& scores = runner.Run(pixels).back();
    const double lead = scores[runner.predicted_class()] - scores[expected[i]];
    EXPECT_LE(lead, kTie) << "image " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, OracleZooTest,
                         ::testing::Values("avgpool_asym_ceil", "densenet_meanmean",
                                           "dynamo_down17", "reducemean_13", "reducemean_18"),
                         [](const auto& param) { return std::string(param.param); });

}  // namespace
}  // namespace spikemesh
