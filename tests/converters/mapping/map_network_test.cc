// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/map_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/chip/validate.h"
#include "tests/converters/mapping/small_networks.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

std::string Message(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

// Cores lie in layer order.
MappedNetwork Map(const SpikingNetwork& network, std::int32_t copies_max = kNeuronsPerCore) {
  MappingOptions options;
  options.placement = PlacementMethod::kRowMajor;
  options.copies_max = copies_max;
  auto mapped = MapNetwork(network, options);
  EXPECT_TRUE(mapped.ok()) << mapped.status();
  return *std::move(mapped);
}

// Three lines into two neurons: w = (+2 -2 0), (-1 -1 +1), thresholds 2 (one weight) and -1.
SpikingNetwork TwoNeurons() {
  SpikingNetwork network = NetworkOfLines({3, 1, 1});
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  layer.inputs[0].weights = {2, -2, 0, -1, -1, 1};
  layer.thresholds = {2, -1};
  Finish(network);
  return network;
}

std::vector<std::int32_t> Members(const Bits256& row) {
  std::vector<std::int32_t> members;
  row.ForEach([&members](int bit) { members.push_back(bit); });
  return members;
}

TEST(MapNetworkTest, CrossbarHoldsTheWeightsBitByBit) {
  const ChipModel chip = Map(TwoNeurons()).chip;
  ASSERT_EQ(chip.cores.size(), 1u);
  const CoreModel& core = chip.cores[0];
  // Axons: line 0 +, line 0 -, line 1 -, line 2 +.
  EXPECT_THAT(core.axon_types, ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(Members(core.crossbar[0]), ElementsAre(0));
  EXPECT_THAT(Members(core.crossbar[1]), ElementsAre(1));
  EXPECT_THAT(Members(core.crossbar[2]), ElementsAre(0, 1));
  EXPECT_THAT(Members(core.crossbar[3]), ElementsAre(1));
  EXPECT_THAT(chip.input_lines[0], ElementsAre(AxonAddress{CoreId(0), AxonIndex(0)},
                                               AxonAddress{CoreId(0), AxonIndex(1)}));
  EXPECT_THAT(chip.input_lines[1], ElementsAre(AxonAddress{CoreId(0), AxonIndex(2)}));
  EXPECT_THAT(chip.input_lines[2], ElementsAre(AxonAddress{CoreId(0), AxonIndex(3)}));
}

TEST(MapNetworkTest, NeuronsAreMemorylessWithWeightsPlusAndMinusOne) {
  const ChipModel chip = Map(TwoNeurons()).chip;
  const std::vector<NeuronModel>& neurons = chip.cores[0].neurons;
  ASSERT_EQ(neurons.size(), 2u);
  EXPECT_EQ(chip.neuron_kinds[neurons[0].kind], MemorylessNeuron({1, -1, 0, 0}, 1));
  EXPECT_EQ(chip.neuron_kinds[neurons[1].kind], MemorylessNeuron({1, -1, 0, 0}, -1));
  EXPECT_EQ(neurons[0].target, NeuronTarget::Pin(PinIndex(0)));
  EXPECT_EQ(neurons[1].target, NeuronTarget::Pin(PinIndex(1)));
}

// Two lines into one integrating neuron: weights +6 and -6.
SpikingNetwork OneIntegrator(std::int32_t leak) {
  SpikingNetwork network = NetworkOfLines({2, 1, 1});
  network.presentation = {PresentationMode::kRate, 16, 0};
  SpikingLayer& layer = AddLayer(network, {.sources = {kEncodedInput}});
  layer.inputs[0].weights = {6, -6};
  layer.thresholds = {20};
  layer.leaks = {leak};
  layer.initial_potentials = {10};
  Finish(network);
  return network;
}

TEST(MapNetworkTest, IntegratingNeuronsSubtractTheirThresholdAndStopFarBelow) {
  const MappedNetwork mapped = Map(OneIntegrator(-3));
  ASSERT_EQ(mapped.chip.cores.size(), 1u);
  const NeuronModel& neuron = mapped.chip.cores[0].neurons[0];
  EXPECT_EQ(neuron.initial_potential, 10);
  NeuronParameters expected;
  expected.weights = {6, -6, 0, 0};
  expected.leak = -3;
  expected.threshold = 20;
  expected.negative_threshold = kThresholdMax;
  expected.reset_mode = ResetMode::kLinear;
  expected.negative_saturation = true;
  EXPECT_EQ(mapped.chip.neuron_kinds[neuron.kind], expected);
  EXPECT_EQ(mapped.chip.presentation, (PresentationModel{PresentationMode::kRate, 16, 0}));
  EXPECT_TRUE(mapped.layers[0].exact);
  EXPECT_EQ(mapped.layers[0].bias_axons, 0);
}

TEST(MapNetworkTest, AConstantNeuronOfTheCoreKeepsABiasAxonActive) {
  const MappedNetwork mapped = Map(OneIntegrator(-300));
  ASSERT_EQ(mapped.chip.cores.size(), 1u);
  const CoreModel& core = mapped.chip.cores[0];
  // Lines 0 and 1, the bias axon of the type that is tried first; -45 and the leak make -300.
  EXPECT_THAT(core.axon_types, ElementsAre(0, 1, 3));
  ASSERT_EQ(core.neurons.size(), 2u);
  EXPECT_THAT(Members(core.crossbar[2]), ElementsAre(0));
  const NeuronParameters& integrator = mapped.chip.neuron_kinds[core.neurons[0].kind];
  EXPECT_EQ(integrator.weights, (std::array<std::int16_t, 4>{6, -6, 0, -45}));
  EXPECT_EQ(integrator.leak, -255);
  EXPECT_EQ(core.neurons[0].initial_potential, 10 - 45);  // the axon is not active in tick 1
  // The constant neuron has no synapse, fires in every tick and feeds its own core a tick later.
  EXPECT_EQ(mapped.chip.neuron_kinds[core.neurons[1].kind], MemorylessNeuron({}, 0));
  EXPECT_EQ(core.neurons[1].target, NeuronTarget::Axon(CoreId(0), AxonIndex(2), DelayTicks(1)));
  EXPECT_EQ(mapped.layers[0].bias_axons, 1);
  EXPECT_EQ(mapped.layers[0].axons, 3);
  EXPECT_EQ(mapped.layers[0].neurons, 1);
  EXPECT_EQ(mapped.layers[0].copies, 0);
}

TEST(MapNetworkTest, LayersWhosePotentialsMightSaturateUnderABiasAxonAreNotCalledExact) {
  SpikingNetwork network = OneIntegrator(-300);
  network.layers[0].inputs[0].weights = {255, -255};
  EXPECT_TRUE(Map(network).layers[0].exact);  // 255 - 300 never climbs
  network.layers[0].leaks = {-256};
  network.layers[0].inputs[0].weights = {255, 255};
  network.presentation.ticks_per_image = 1 << 20;
  EXPECT_FALSE(Map(network).layers[0].exact);  // 510 - 256 - 20 climbs by 234 a tick
}

TEST(MapNetworkTest, EqualNeuronsShareAKind) {
  SpikingNetwork network = NetworkOfLines({1, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 200}).thresholds[7] = 0;
  Finish(network);
  EXPECT_EQ(Map(network).chip.neuron_kinds.size(), 2u);
}

TEST(MapNetworkTest, ChipCarriesNameReadoutPresentationAndProvenance) {
  SpikingNetwork network = TwoNeurons();
  network.name = "tiny";
  network.onnx_sha256 = std::string(64, 'a');
  const ChipModel chip = Map(network).chip;
  EXPECT_EQ(chip.name, "tiny");
  EXPECT_EQ(chip.onnx_sha256, std::string(64, 'a'));
  EXPECT_EQ(chip.pin_count, 2u);
  EXPECT_THAT(chip.pin_classes, ElementsAre(0, 1));
  EXPECT_EQ(chip.presentation.mode, PresentationMode::kPipelined);
  EXPECT_EQ(chip.presentation.latency_ticks, 0);  // one layer
  EXPECT_THAT(chip.provenance.layers, ElementsAre("layer0"));
  EXPECT_THAT(chip.provenance.core_layer, ElementsAre(0));
  EXPECT_THAT(chip.provenance.neuron_sources, ElementsAre(ElementsAre(0, 1)));
  EXPECT_TRUE(ValidateChip(chip).ok());
}

TEST(MapNetworkTest, SpikingNetworkInTheChipHasRelaysAndDelays) {
  SpikingNetwork network = NetworkOfLines({1, 1, 1});
  for (std::int32_t l = 0; l < 16; ++l) {
    AddLayer(network, {.sources = {l - 1}});
  }
  AddLayer(network, {.sources = {0, 15}});
  Finish(network);
  const MappedNetwork mapped = Map(network);
  const auto parsed = ParseSpiking(mapped.chip.spiking_network);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->layers.size(), 18u);
  EXPECT_THAT(EdgesOf(parsed->layers[17]), ElementsAre(Pair(16, 8), Pair(15, 1)));
  EXPECT_EQ(parsed->presentation.latency_ticks, 16);
  EXPECT_EQ(mapped.layers.size(), 17u);
  EXPECT_EQ(mapped.layers[16].relay_cores, 1);
  EXPECT_EQ(mapped.layers[16].latency_ticks, 16);
}

TEST(MapNetworkTest, DelaysAreTheTicksBetweenTheTwoCores) {
  // Layer 0 has two targets, and one copy: the splitter is one tick behind it, layer 1 two.
  SpikingNetwork network = NetworkOfLines({1, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  AddLayer(network, {.sources = {0}, .channels = 2}).inputs[0].weights = {1, 1, -1, 0};
  Finish(network);
  const ChipModel chip = Map(network, 1).chip;
  ASSERT_EQ(chip.cores.size(), 3u);
  EXPECT_THAT(chip.provenance.layers, ElementsAre("layer0", "layer0 splitter", "layer1"));
  EXPECT_THAT(chip.provenance.core_layer, ElementsAre(0, 1, 2));
  // Neuron 0 is read with both signs and goes through the splitter; neuron 1 goes straight.
  EXPECT_EQ(chip.cores[0].neurons[0].target,
            NeuronTarget::Axon(CoreId(1), AxonIndex(0), DelayTicks(1)));
  EXPECT_EQ(chip.cores[0].neurons[1].target,
            NeuronTarget::Axon(CoreId(2), AxonIndex(2), DelayTicks(2)));
  EXPECT_EQ(chip.cores[1].neurons[0].target,
            NeuronTarget::Axon(CoreId(2), AxonIndex(0), DelayTicks(1)));
  EXPECT_EQ(chip.presentation.latency_ticks, 2);
}

TEST(MapNetworkTest, ReportCountsCoresAxonsCopiesAndSplitters) {
  SpikingNetwork network = NetworkOfLines({2, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 2});
  AddLayer(network, {.sources = {0}, .channels = 600});
  Finish(network);
  const std::vector<MappedLayer> rows = Map(network).layers;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].kind, "dense");
  EXPECT_EQ(rows[0].fan_in, 2);
  EXPECT_EQ(rows[0].neurons, 2);
  EXPECT_EQ(rows[0].cores, 1);
  EXPECT_EQ(rows[0].axons, 2);
  EXPECT_EQ(rows[0].copies, 4);  // three cores read each neuron
  EXPECT_EQ(rows[1].neurons, 600);
  EXPECT_EQ(rows[1].cores, 3);
  EXPECT_EQ(rows[1].axons, 6);
  EXPECT_EQ(rows[1].copies, 0);
  EXPECT_EQ(rows[1].latency_ticks, 1);
  const std::vector<MappedLayer> split = Map(network, 1).layers;
  EXPECT_EQ(split[0].copies, 0);
  EXPECT_EQ(split[0].splitter_cores, 1);
  EXPECT_EQ(split[1].latency_ticks, 2);
}

TEST(MapNetworkTest, ConvolutionIsCalledSo) {
  SpikingNetwork network = NetworkOfLines({1, 3, 3});
  WindowGeometry window;
  window.kernel_y = window.kernel_x = 2;
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 4, .window = window});
  Finish(network);
  const std::vector<MappedLayer> rows = Map(network).layers;
  EXPECT_EQ(rows[0].kind, "convolution");
  EXPECT_EQ(rows[0].fan_in, 4);
  EXPECT_EQ(rows[0].shape, (FeatureShape{4, 2, 2}));
}

TEST(MapNetworkTest, RandomNumberStreamsCountCoresInPartitionOrder) {
  SpikingNetwork network = NetworkOfLines({1, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 600});
  Finish(network);
  const ChipModel chip = Map(network).chip;
  ASSERT_EQ(chip.cores.size(), 3u);
  for (std::uint32_t c = 0; c < 3; ++c) {
    EXPECT_EQ(chip.cores[c].rng_stream, c);
  }
}

TEST(MapNetworkTest, SameNetworkGivesTheSameChip) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    EXPECT_EQ(Map(RandomNetwork(seed)).chip, Map(RandomNetwork(seed)).chip);
  }
}

TEST(MapNetworkTest, ChipsAreAddedUpToTheLimitThenResourceExhausted) {
  SpikingNetwork network = NetworkOfLines({1, 1, 1});
  AddLayer(network, {.sources = {kEncodedInput}, .channels = 5 * 256});
  Finish(network);
  MappingOptions options;
  options.spec.mesh = {2, 1, 1, 1};
  options.chips_max = 3;
  const auto mapped = MapNetwork(network, options);
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  EXPECT_EQ(mapped->chip.spec.mesh.chips_x * mapped->chip.spec.mesh.chips_y, 3);
  options.chips_max = 2;
  const absl::Status status = MapNetwork(network, options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(status), HasSubstr("needs 5 cores, 2 chips of 2 x 1 have 4: 1 too few"));
}

TEST(MapNetworkTest, ErrorsOfTheNetworkPassThrough) {
  SpikingNetwork network = TwoNeurons();
  network.layers[0].thresholds.pop_back();
  EXPECT_EQ(MapNetwork(network, {}).status().code(), absl::StatusCode::kInvalidArgument);
  SpikingNetwork wide = NetworkOfLines({300, 1, 1});
  AddLayer(wide, {.sources = {kEncodedInput}});
  Finish(wide);
  EXPECT_EQ(MapNetwork(wide, {}).status().code(), absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace spikemesh
