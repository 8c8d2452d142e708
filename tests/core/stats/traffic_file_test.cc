// SPDX-License-Identifier: Apache-2.0
#include "core/stats/traffic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

TEST(TrafficFileTest, WhatIsWrittenIsReadAgain) {
  const std::vector<NeuronSpikes> traffic = {{0, 3, 12}, {0, 255, 0}, {7, 0, 1234567890123}};
  const std::string text = FormatTraffic(traffic);
  EXPECT_EQ(text, "rng_stream,neuron,spikes\n0,3,12\n0,255,0\n7,0,1234567890123\n");
  EXPECT_EQ(ParseTraffic(text).value(), traffic);
  EXPECT_TRUE(ParseTraffic("rng_stream,neuron,spikes\n").value().empty());
}

TEST(TrafficFileTest, WhatIsNotAllowedIsNamed) {
  const auto expect = [](const char* rows, absl::StatusCode code, const char* part) {
    const std::string text = std::string("rng_stream,neuron,spikes\n") + rows;
    const absl::Status status = ParseTraffic(text).status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  };
  expect("1,256,0\n", absl::StatusCode::kOutOfRange, "line 2: neuron: found 256, allowed: 0..255");
  expect("0,0,1\n4294967296,0,1\n", absl::StatusCode::kOutOfRange, "line 3: rng_stream");
  expect("1,0,-1\n", absl::StatusCode::kOutOfRange, "spikes: found -1");
  expect("1,0,1\n0,0,1\n", absl::StatusCode::kInvalidArgument, "line 3");
  expect("1,0,1\n1,0,1\n", absl::StatusCode::kInvalidArgument, "each once");
  expect("1,0\n", absl::StatusCode::kInvalidArgument, "line 2");
  EXPECT_EQ(ParseTraffic("core,spikes\n").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spikemesh
