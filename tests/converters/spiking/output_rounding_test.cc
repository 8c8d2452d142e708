// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/output_rounding.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "networks/ir/run_network.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

TestNetwork Logits() { return TestNetwork({2, 1, 1}).Clip({}).Dense(3, {1, 0, 0, 1, -1, 1}); }

TEST(OutputRoundingTest, TheQuantiserOfLogitsIsLeftOut) {
  Network network =
      Logits().Affine(4.0, 0.0).Round({}).Clip({.low = -160, .high = 95}).Affine(0.25, 0.0).Build();
  const std::string sentence = LeaveOutOutputRounding(network);
  EXPECT_NE(sentence.find("\"clip4\""), sentence.npos) << sentence;
  ASSERT_EQ(network.nodes.size(), 4U);
  EXPECT_EQ(network.nodes[3].sources, std::vector<std::int32_t>{2});
  EXPECT_EQ(NetworkRunner(network).Run(std::vector<double>{0.25, 0.75}).back(),
            (std::vector<double>{0.25, 0.75, 0.5}));
}

TEST(OutputRoundingTest, WhatMayMoveTheGreatestStays) {
  const ClipNode signed_clip = {.low = -8, .high = 7};
  std::vector<Network> networks = {
      // A scale a class, one that falls, an activation of rates, and none that rounds.
      Logits().Round({}).Clip(signed_clip).Affine({1, 2, 1}, {0, 0, 0}).Build(),
      Logits().Round({}).Clip(signed_clip).Affine(-1.0, 0.0).Build(),
      Logits().Round({}).Clip({.low = 0, .high = 7}).Build(),
      Logits().Clip(signed_clip).Build(),
  };
  for (Network& network : networks) {
    const std::size_t nodes = network.nodes.size();
    EXPECT_EQ(LeaveOutOutputRounding(network), "");
    EXPECT_EQ(network.nodes.size(), nodes);
  }
}

}  // namespace
}  // namespace spikemesh
