// SPDX-License-Identifier: Apache-2.0
// Whole networks of every accepted kind, against what PyTorch computed (models/make_models.py
// wrote both).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "converters/onnx/import_onnx.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

constexpr std::size_t kImages = 6;
constexpr std::size_t kClasses = 10;

std::vector<float> ReadFloats(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  std::vector<float> floats(bytes.size() / sizeof(float));
  std::memcpy(floats.data(), bytes.data(), floats.size() * sizeof(float));
  return floats;
}

struct ModelCase {
  const char* name;
  FeatureShape input;
  std::size_t warnings;  // of channels last, nodes left out at the end
};

class ModelTest : public ::testing::TestWithParam<ModelCase> {};

// Within 1e-4 of the greatest output, and the same class.
TEST_P(ModelTest, RunNetworkComputesWhatPyTorchDid) {
  const ModelCase& expected = GetParam();
  const std::string base = std::string(SPIKEMESH_ONNX_MODELS) + "/" + expected.name;
  const auto imported = ImportOnnxFile(base + ".onnx");
  ASSERT_TRUE(imported.ok()) << imported.status().message();
  ASSERT_EQ(imported->network.input_shape, expected.input);
  EXPECT_EQ(imported->network.warnings.size(), expected.warnings);
  const std::vector<float> numbers = ReadFloats(base + ".f32");
  const auto inputs = static_cast<std::size_t>(expected.input.size());
  ASSERT_EQ(numbers.size(), kImages * (inputs + kClasses));
  NetworkRunner runner(imported->network);
  for (auto at = numbers.begin(); at != numbers.end(); at += inputs + kClasses) {
    const std::vector<double> image(at, at + inputs);
    const std::vector<double> scores(at + inputs, at + inputs + kClasses);
    const std::vector<double>& output = runner.Run(image).back();
    ASSERT_EQ(output.size(), kClasses);
    const auto best = std::max_element(scores.begin(), scores.end());
    EXPECT_EQ(runner.predicted_class(), best - scores.begin());
    for (std::size_t i = 0; i < kClasses; ++i) {
      EXPECT_NEAR(output[i], scores[i], 1e-4 * std::max(1.0, std::abs(*best))) << "output " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    PyTorch, ModelTest,
    ::testing::Values(ModelCase{"relu_average_pool", {1, 12, 12}, 0},
                      ModelCase{"relu_average_pool_kept_opset9", {1, 12, 12}, 0},
                      ModelCase{"max_pool", {3, 12, 12}, 1},
                      ModelCase{"max_pool_kept_opset9", {3, 12, 12}, 1},
                      ModelCase{"max_pool_kept_opset17", {3, 12, 12}, 1},
                      ModelCase{"sign_mlp_256", {1, 16, 16}, 0},
                      ModelCase{"residual", {3, 8, 8}, 0}, ModelCase{"depthwise", {1, 12, 12}, 0},
                      ModelCase{"grouped_sign", {2, 8, 8}, 0}, ModelCase{"dilated", {1, 10, 10}, 2},
                      ModelCase{"concat", {2, 8, 8}, 1}, ModelCase{"qcfs", {1, 8, 8}, 0}),
    [](const auto& param) { return std::string(param.param.name); });

INSTANTIATE_TEST_SUITE_P(Written, ModelTest,
                         ::testing::Values(ModelCase{"sign_mlp_784", {1, 28, 28}, 0},
                                           ModelCase{"qcdq", {1, 8, 8}, 0},
                                           ModelCase{"qonnx", {2, 5, 5}, 0},
                                           ModelCase{"multi_threshold", {1, 8, 8}, 0},
                                           ModelCase{"keras", {3, 12, 12}, 2}),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace spikemesh
