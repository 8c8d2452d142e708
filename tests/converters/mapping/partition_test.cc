// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "converters/mapping/plan_network.h"
#include "tests/converters/mapping/small_networks.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

PlannedNetwork Plan(const SpikingNetwork& network, std::int32_t copies_max = kNeuronsPerCore) {
  auto plan = PlanNetwork(network, copies_max);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *std::move(plan);
}

// Two lines -> two neurons -> 600 neurons, weights +1.
SpikingNetwork FanOutToThreeCores() {
  SpikingNetwork network = NetworkOfLines({2, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  AddLayer(network, {.sources = {0}, .channels = 600});
  Finish(network);
  return network;
}

TEST(PartitionTest, EachNeuronHasACopyForEachCoreThatReadsIt) {
  const LogicalNetwork logical = Plan(FanOutToThreeCores()).logical;
  ASSERT_EQ(logical.cores.size(), 4u);  // 1 + ceil(600 / 256)
  const std::vector<LogicalNeuron>& neurons = logical.cores[0].neurons;
  ASSERT_EQ(neurons.size(), 6u);
  for (std::uint32_t n = 0; n < 6; ++n) {
    // Neuron 0 reaches axon 0 of the three cores, neuron 1 axon 1.
    EXPECT_EQ(neurons[n].source, static_cast<std::int32_t>(n / 3));
    EXPECT_EQ(neurons[n].target.axon, AxonIndex(static_cast<std::uint16_t>(n / 3)));
  }
  EXPECT_THAT(logical.input_lines[0], ElementsAre(AxonAddress{CoreId(0), AxonIndex(0)}));
  EXPECT_THAT(logical.input_lines[1], ElementsAre(AxonAddress{CoreId(0), AxonIndex(1)}));
}

TEST(PartitionTest, WithoutCopiesASplitterCoreRepeatsEachNeuron) {
  const LogicalNetwork logical = Plan(FanOutToThreeCores(), 1).logical;
  ASSERT_EQ(logical.cores.size(), 5u);
  EXPECT_EQ(logical.cores[0].neurons.size(), 2u);
  const LogicalCore& splitter = logical.cores[1];
  EXPECT_TRUE(splitter.is_splitter);
  EXPECT_THAT(splitter.axons, ElementsAre(LogicalAxon{0, 0}, LogicalAxon{1, 0}));
  ASSERT_EQ(splitter.neurons.size(), 6u);
  EXPECT_EQ(splitter.neurons[2].source, 0);
  EXPECT_EQ(splitter.neurons[3].source, 1);
  EXPECT_EQ(logical.cores[0].neurons[1].target,
            NeuronTarget::Axon(CoreId(1), AxonIndex(1), DelayTicks(0)));
}

TEST(PartitionTest, NeuronsOfTheLastLayerFireAtThePinOfTheirIndex) {
  const LogicalNetwork logical = Plan(FanOutToThreeCores()).logical;
  std::vector<bool> seen(600, false);
  for (std::size_t c = 1; c < logical.cores.size(); ++c) {
    for (const LogicalNeuron& neuron : logical.cores[c].neurons) {
      ASSERT_EQ(neuron.target.kind, TargetKind::kPin);
      EXPECT_EQ(neuron.target.pin(), PinIndex(static_cast<std::uint32_t>(neuron.source)));
      seen[neuron.source] = true;
    }
  }
  EXPECT_EQ(seen, std::vector<bool>(600, true));
}

TEST(PartitionTest, OnlyAxonsThatANeuronNeedsAreAllocated) {
  SpikingNetwork network = NetworkOfLines({3, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  layer.inputs[0].weights = {1, -1, 0, -1, -1, 0};  // line 0 both signs, line 1 minus, line 2 none
  Finish(network);
  const LogicalNetwork logical = Plan(network).logical;
  ASSERT_EQ(logical.cores.size(), 1u);
  EXPECT_THAT(logical.cores[0].axons,
              ElementsAre(LogicalAxon{0, 0}, LogicalAxon{0, 1}, LogicalAxon{1, 1}));
  EXPECT_THAT(logical.input_lines[2], IsEmpty());
}

TEST(PartitionTest, NeuronsThatNobodyReadsAreLeftOut) {
  SpikingNetwork network = NetworkOfLines({2, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 3});
  AddLayer(network, {.sources = {0}}).inputs[0].weights = {1, 0, -1};
  Finish(network);
  const LogicalNetwork logical = Plan(network).logical;
  ASSERT_EQ(logical.cores.size(), 2u);
  ASSERT_EQ(logical.cores[0].neurons.size(), 2u);
  EXPECT_EQ(logical.cores[0].neurons[0].source, 0);
  EXPECT_EQ(logical.cores[0].neurons[1].source, 2);
}

// Each axon of each core is driven by exactly one neuron or one line, with the spikes it stands
// for.
class DrivenOnceTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(DrivenOnceTest, EveryAxonHasExactlyOneSource) {
  for (const std::int32_t copies_max : {kNeuronsPerCore, 1}) {
    const LogicalNetwork logical = Plan(RandomNetwork(GetParam()), copies_max).logical;
    std::map<AxonAddress, int> sources;
    for (const std::vector<AxonAddress>& line : logical.input_lines) {
      for (const AxonAddress& axon : line) {
        ++sources[axon];
      }
    }
    std::size_t axons = 0;
    for (const LogicalCore& core : logical.cores) {
      axons += core.axons.size();
      EXPECT_LE(core.axons.size(), std::size_t{kAxonsPerCore});
      EXPECT_LE(core.neurons.size(), std::size_t{kNeuronsPerCore});
      for (const LogicalNeuron& neuron : core.neurons) {
        if (neuron.target.kind == TargetKind::kAxon) {
          ++sources[{neuron.target.core(), neuron.target.axon}];
        }
      }
    }
    EXPECT_EQ(sources.size(), axons);
    for (const auto& [axon, count] : sources) {
      EXPECT_LT(axon.axon.value(), logical.cores[axon.core.value()].axons.size());
      EXPECT_EQ(count, 1);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(RandomNetworks, DrivenOnceTest, ::testing::Range<std::uint64_t>(0, 20));

}  // namespace
}  // namespace spikemesh
