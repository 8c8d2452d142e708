// SPDX-License-Identifier: Apache-2.0
// Networks as PyTorch exports them, against what PyTorch computed (export_cases.py wrote both).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <variant>

#include "converters/onnx/import_onnx.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

struct Example {
  std::vector<double> input;
  std::vector<double> output;
};

std::vector<double> ReadNumbers(std::istream& line) {
  std::vector<double> numbers;
  for (double number = 0; line >> number;) {
    numbers.push_back(number);
  }
  return numbers;
}

std::vector<Example> ReadExamples(const std::string& path) {
  std::vector<Example> examples;
  std::ifstream file(path);
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string key;
    line >> key;
    if (key == "input") {
      examples.push_back({ReadNumbers(line), {}});
    } else {
      examples.back().output = ReadNumbers(line);
    }
  }
  return examples;
}

struct ExportedCase {
  const char* name;
  FeatureShape input;
  std::size_t outputs;
  bool exact;  // the outputs are values of steps
  std::size_t warnings;
};

class ExportedCaseTest : public ::testing::TestWithParam<ExportedCase> {};

TEST_P(ExportedCaseTest, RunNetworkComputesWhatPyTorchDid) {
  const ExportedCase& expected = GetParam();
  const std::string base = std::string(SPIKEMESH_ONNX_CASES) + "/" + expected.name;
  const auto imported = ImportOnnxFile(base + ".onnx");
  ASSERT_TRUE(imported.ok()) << imported.status().message();
  EXPECT_EQ(imported->network.input_shape, expected.input);
  EXPECT_EQ(imported->network.warnings.size(), expected.warnings);
  NetworkRunner runner(imported->network);
  const std::vector<Example> examples = ReadExamples(base + ".txt");
  ASSERT_EQ(examples.size(), 4u);
  for (const Example& example : examples) {
    const std::vector<double>& output = runner.Run(example.input).back();
    ASSERT_EQ(output.size(), expected.outputs);
    ASSERT_EQ(example.output.size(), expected.outputs);
    for (std::size_t i = 0; i < output.size(); ++i) {
      const double tolerance =
          expected.exact ? 0.0 : 1e-5 * std::max(1.0, std::abs(example.output[i]));
      EXPECT_NEAR(output[i], example.output[i], tolerance) << "output " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    PyTorch, ExportedCaseTest,
    ::testing::Values(ExportedCase{"sign", {1, 8, 8}, 5, false, 1},
                      ExportedCase{"sign_dynamic_opset9", {1, 8, 8}, 5, false, 1},
                      ExportedCase{"step_folded", {2, 7, 6}, 5, false, 0},
                      ExportedCase{"step_kept_opset9", {2, 7, 6}, 5, false, 0},
                      ExportedCase{"step_kept_opset17", {2, 7, 6}, 5, false, 0},
                      ExportedCase{"ones_like", {3, 2, 2}, 6, true, 0},
                      ExportedCase{"ones_like_dynamic", {3, 2, 2}, 6, true, 0},
                      ExportedCase{"matmul", {3, 2, 2}, 5, false, 0},
                      ExportedCase{"matmul_dynamic", {3, 2, 2}, 5, false, 0},
                      ExportedCase{"rank3", {1, 4, 3}, 7, true, 0},
                      ExportedCase{"pools_ceil_opset10", {2, 14, 12}, 20, false, 0},
                      ExportedCase{"pools_ceil_opset17", {2, 14, 12}, 20, false, 0},
                      ExportedCase{"reductions_opset11", {3, 4, 5}, 92, false, 0},
                      ExportedCase{"reductions_opset13", {3, 4, 5}, 92, false, 0}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace spikemesh
