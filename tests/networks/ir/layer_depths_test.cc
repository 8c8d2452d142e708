// SPDX-License-Identifier: Apache-2.0
#include "networks/ir/layer_depths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

LayerInput From(std::int32_t source, std::int32_t delay_ticks) {
  LayerInput input;
  input.source = source;
  input.delay_ticks = delay_ticks;
  return input;
}

// b reads a after 3 ticks and the encoder at once; c reads both after one.
TEST(LayerDepthsTest, AreTheLongestWays) {
  SpikingNetwork network;
  network.layers.resize(3);
  network.layers[0].inputs = {From(kEncodedInput, 0)};
  network.layers[1].inputs = {From(0, 3), From(kEncodedInput, 0)};
  network.layers[2].inputs = {From(0, 1), From(1, 1)};
  EXPECT_THAT(LayerDepths(network), ElementsAre(0, 3, 4));
}

}  // namespace
}  // namespace spikemesh
