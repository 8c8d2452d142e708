// SPDX-License-Identifier: Apache-2.0
// Networks with linear layers without activations between, composed, against the classes that
// PyTorch gave the first MNIST test images, where SPIKEMESH_ORACLE and SPIKEMESH_DATA name the
// folders that hold both.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "converters/onnx/import_onnx.h"
#include "converters/spiking/compose_linear.h"
#include "networks/data/dataset.h"
#include "networks/ir/network.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

class ComposedOracleTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::getenv("SPIKEMESH_ORACLE") == nullptr || std::getenv("SPIKEMESH_DATA") == nullptr) {
      GTEST_SKIP() << "SPIKEMESH_ORACLE and SPIKEMESH_DATA name no folders";
    }
  }
};

std::vector<std::int32_t> ReadClasses(const std::string& path) {
  std::vector<std::int32_t> classes;
  std::ifstream file(path);
  for (std::int32_t label = 0; file >> label;) {
    classes.push_back(label);
  }
  return classes;
}

TEST_P(ComposedOracleTest, AnswersAreThoseOfPyTorch) {
  const std::string base =
      std::string(std::getenv("SPIKEMESH_ORACLE")) + "/conversion/" + GetParam();
  const auto imported = ImportOnnxFile(base + ".onnx");
  ASSERT_TRUE(imported.ok()) << imported.status();
  const absl::StatusOr<Network> composed = ComposeLinear(imported->network);
  ASSERT_TRUE(composed.ok()) << composed.status();
  const std::vector<std::int32_t> expected = ReadClasses(base + ".pred.txt");
  ASSERT_EQ(expected.size(), 300U);
  const auto spec = ParseDatasetSpec("mnist");
  ASSERT_TRUE(spec.ok());
  const auto images = LoadDataset(*spec, DatasetSplit::kTest, 300, 1);
  ASSERT_TRUE(images.ok()) << images.status();
  NetworkRunner trained(imported->network);
  NetworkRunner runner(*composed);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    std::vector<double> pixels;
    for (const std::uint8_t byte : images->image(static_cast<std::int64_t>(i))) {
      pixels.push_back(static_cast<double>(static_cast<float>(byte) / 255.0F));
    }
    const std::vector<double>& scores = runner.Run(pixels).back();
    const std::vector<double>& reference = trained.Run(pixels).back();
    EXPECT_EQ(runner.predicted_class(), expected[i]) << "image " << i;
    for (std::size_t c = 0; c < scores.size(); ++c) {
      EXPECT_NEAR(scores[c], reference[c], 1e-9 * std::max(1.0, std::abs(reference[c])));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ComposedOracleTest,
                         ::testing::Values("dw_pw_linear", "lif_unrolled_add", "mobilenetv2_small"),
                         [](const auto& param) { return std::string(param.param); });

}  // namespace
}  // namespace spikemesh
