// SPDX-License-Identifier: Apache-2.0
// What the importer's tests share: import from bytes, run one image, look at errors.
#ifndef SPIKEMESH_TESTS_CONVERTERS_ONNX_IMPORT_HELPERS_H_
#define SPIKEMESH_TESTS_CONVERTERS_ONNX_IMPORT_HELPERS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "converters/onnx/import_onnx.h"
#include "networks/ir/run_network.h"
#include "tests/converters/onnx/model_builder.h"

namespace spikemesh {

// The network of `model`; fails the test where there is none.
inline Network ImportOrFail(const ModelBuilder& model) {
  auto imported = ImportOnnx(model.Bytes(), "");
  EXPECT_TRUE(imported.ok()) << imported.status().message();
  return imported.ok() ? std::move(imported->network) : Network{};
}

// What the network of `model` makes of one image; empty where the import fails.
inline std::vector<double> RunModel(const ModelBuilder& model, const std::vector<double>& image) {
  const Network network = ImportOrFail(model);
  if (network.nodes.empty()) {
    return {};
  }
  NetworkRunner runner(network);
  return runner.Run(image).back();
}

// Expects the import to end with `code` and a message that has all of `parts`.
inline void ExpectRefused(const std::string& bytes, absl::StatusCode code,
                          const std::vector<std::string>& parts, const std::string& folder = "") {
  const auto imported = ImportOnnx(bytes, folder);
  ASSERT_FALSE(imported.ok());
  const std::string message(imported.status().message());
  EXPECT_EQ(imported.status().code(), code) << message;
  for (const std::string& part : parts) {
    EXPECT_THAT(message, ::testing::HasSubstr(part));
  }
}

inline void ExpectRefused(const ModelBuilder& model, absl::StatusCode code,
                          const std::vector<std::string>& parts) {
  ExpectRefused(model.Bytes(), code, parts);
}

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_CONVERTERS_ONNX_IMPORT_HELPERS_H_
