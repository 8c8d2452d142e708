// SPDX-License-Identifier: Apache-2.0
// The first two oracles must agree bit by bit: a trained network evaluated in double precision, and
// what FoldNetwork makes of it in integers.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "converters/spiking/fold_network.h"
#include "core/base/random.h"
#include "networks/ir/run_network.h"
#include "networks/ir/run_spiking.h"
#include "tests/testing/random_network.h"

namespace spikemesh {
namespace {

// The nodes of the steps behind convolutions, in order: layer i of the folded network is step i.
std::vector<std::size_t> StepNodes(const Network& network) {
  std::vector<std::size_t> steps;
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    if (std::holds_alternative<StepNode>(network.nodes[i].operation)) {
      steps.push_back(i);
    }
  }
  return {steps.begin() + 1, steps.end()};  // the first one is the encoder
}

std::vector<std::uint8_t> BitsOf(const Network& network, std::size_t step,
                                 const std::vector<std::vector<double>>& values) {
  const auto& operation = std::get<StepNode>(network.nodes[step].operation);
  std::vector<std::uint8_t> bits;
  for (const double value : values[step]) {
    bits.push_back(value == operation.high ? 1 : 0);
  }
  return bits;
}

struct BitCount {
  std::int64_t high = 0;
  std::int64_t low = 0;
};

void CountBits(const std::vector<std::uint8_t>& bits, BitCount& count) {
  for (const std::uint8_t bit : bits) {
    ++(bit == 1 ? count.high : count.low);
  }
}

// Folds `network` and compares all bits and the class on `images` random images.
void ExpectEqualBits(const Network& network, const Preprocessing& preprocessing, int images,
                     RandomSequence& random, BitCount& count) {
  const auto spiking = FoldNetwork(network, preprocessing);
  ASSERT_TRUE(spiking.ok()) << spiking.status();
  const std::vector<std::size_t> steps = StepNodes(network);
  ASSERT_EQ(spiking->network.layers.size(), steps.size());
  NetworkRunner floats(network);
  SpikingRunner integers(spiking->network);
  for (int image = 0; image < images; ++image) {
    const auto bytes = DrawImage(random, network.input_shape.size());
    const auto& values = floats.Run(Preprocess(spiking->network.input, bytes));
    const auto& spikes = integers.Run(ActiveLines(spiking->network.input, bytes));
    for (std::size_t layer = 0; layer < steps.size(); ++layer) {
      ASSERT_EQ(spikes[layer], BitsOf(network, steps[layer], values)) << "layer " << layer;
      CountBits(spikes[layer], count);
    }
    ASSERT_EQ(integers.predicted_class(), floats.predicted_class());
  }
}

TEST(NetworkVsSpikingTest, EveryBitOfRandomTrainedNetworksIsEqual) {
  RandomSequence random(3, 0);
  BitCount count;
  for (int i = 0; i < 600; ++i) {
    SCOPED_TRACE(::testing::Message() << "network " << i);
    const Network network = DrawTrainedNetwork(random, {});
    const Preprocessing preprocessing = {
        .range_max = 1.0, .mean = {0.1 * random.NextUnit()}, .scale = {0.5 + random.NextUnit()}};
    ExpectEqualBits(network, preprocessing, 4, random, count);
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_GT(count.high, 10000);  // the claim is empty if all networks are constant
  EXPECT_GT(count.low, 10000);
}

TEST(NetworkVsSpikingTest, EveryNeuronIsAClassWhereNoDenseLayerFollows) {
  RandomSequence random(4, 0);
  BitCount count;
  for (int i = 0; i < 100; ++i) {
    SCOPED_TRACE(::testing::Message() << "network " << i);
    const Network network = DrawTrainedNetwork(random, {.vote = false});
    ExpectEqualBits(network, {.range_max = 1.0, .mean = {}, .scale = {}}, 4, random, count);
    ASSERT_FALSE(HasFatalFailure());
  }
}

}  // namespace
}  // namespace spikemesh
