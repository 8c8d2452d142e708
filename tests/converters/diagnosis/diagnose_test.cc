// SPDX-License-Identifier: Apache-2.0
// Diagnoses of networks whose every bit is known.
#include "converters/diagnosis/diagnose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "converters/mapping/map_network.h"
#include "converters/spiking/fold_network.h"
#include "tests/testing/row_chip.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Two pixels of 0 or 255, a and b; labels are their exclusive or.
Dataset BitImages() {
  Dataset images;
  images.name = "bits";
  images.channels = 2;
  images.height = images.width = 1;
  images.class_names = {"equal", "unequal"};
  images.pixels = {0, 0, 255, 0, 0, 255, 255, 255};
  images.labels = {0, 1, 1, 0};
  return images;
}

// conv1: n0 = a and b; n1 = `second` of a and b. conv3: m0 = n0; m1 = n1 and not n0. The class is
// the greater of m0 and m1, class 0 where they are equal.
Network BitNetwork(std::vector<float> second, float bias) {
  const StepNode step = {.threshold = 0.0};
  return TestNetwork({2, 1, 1})
      .Step({.threshold = 0.5})
      .Dense(2, {1, 1, second[0], second[1]}, {-1.5F, bias})
      .Step(step)
      .Dense(2, {1, 0, -1, 1}, {-0.5F, -0.5F})
      .Step(step)
      .Build();
}
Network XorNetwork() { return BitNetwork({1, 1}, -0.5F); }        // n1 = a or b
Network FirstBitNetwork() { return BitNetwork({1, -1}, -0.5F); }  // n1 = a and not b

ChipModel ChipOf(const Network& network) {
  const absl::StatusOr<FoldedNetwork> folded = FoldNetwork(network, {});
  SPIKEMESH_CHECK(folded.ok());
  absl::StatusOr<MappedNetwork> mapped = MapNetwork(folded->network, {});
  SPIKEMESH_CHECK(mapped.ok());
  return std::move(mapped->chip);
}

DiagnosisModels ModelsOf(const ChipModel& chip, Network network) {
  DiagnosisModels models;
  models.spiking = ParseSpiking(chip.spiking_network).value();
  models.network = std::move(network);
  models.layers = MatchLayers(models.spiking, models.network).value();
  return models;
}

DiagnoseReport DiagnoseOn(const ChipModel& chip, const Network& network, const Dataset& images) {
  Machine machine = Machine::Create(chip).value();
  std::int64_t steps = 0;
  absl::StatusOr<DiagnoseReport> report = Diagnose(
      ModelsOf(chip, network), chip, images, images.size(),
      [&steps](std::int64_t done) { EXPECT_EQ(done, ++steps); }, machine);
  SPIKEMESH_CHECK(report.ok());
  EXPECT_EQ(steps, 3 * images.size());
  return *std::move(report);
}

// The neurons of the chip that are one of layer `row` of its provenance table.
std::int64_t NeuronsOfRow(const ChipModel& chip, std::int32_t row) {
  std::int64_t neurons = 0;
  for (std::size_t core = 0; core < chip.cores.size(); ++core) {
    if (chip.provenance.core_layer[core] == row) {
      const std::vector<std::int32_t>& sources = chip.provenance.neuron_sources[core];
      neurons += std::ranges::count_if(sources, [](std::int32_t at) { return at >= 0; });
    }
  }
  return neurons;
}

TEST(DiagnoseTest, ExactConversionAgreesInEverything) {
  const ChipModel chip = ChipOf(XorNetwork());
  const DiagnoseReport report = DiagnoseOn(chip, XorNetwork(), BitImages());
  EXPECT_EQ(report.images, 4);
  EXPECT_EQ(report.accuracy_float, 1.0);
  EXPECT_EQ(report.accuracy_spiking, 1.0);
  EXPECT_EQ(report.accuracy_chip, 1.0);
  ASSERT_EQ(report.layers.size(), 2u);
  for (std::int32_t row : {0, 1}) {
    const LayerAgreement& layer = report.layers[static_cast<std::size_t>(row)];
    EXPECT_DOUBLE_EQ(layer.correlation.value(), 1.0);
    EXPECT_EQ(layer.equal_bits, 1.0);
    EXPECT_EQ(layer.compared, 4 * NeuronsOfRow(chip, row)) << "copies are compared too";
    EXPECT_EQ(layer.differing, 0);
    EXPECT_EQ(layer.accuracy, 1.0);
    EXPECT_EQ(layer.neurons, 2);
  }
  EXPECT_EQ(report.layers[0].name, "conv1");
  EXPECT_EQ(report.layers[1].name, "conv3");
  EXPECT_EQ(FirstLoss(report), nullptr);
  EXPECT_EQ(FirstDifference(report), nullptr);
}

// Of (a, b) = 00 10 01 11 n0 fires once and n1 in three, so 4 of 8; m0 once and m1 twice.
TEST(DiagnoseTest, RatesAreSpikesByNeuronAndImage) {
  const DiagnoseReport report = DiagnoseOn(ChipOf(XorNetwork()), XorNetwork(), BitImages());
  EXPECT_EQ(report.layers[0].spike_rate, 4.0 / 8.0);
  EXPECT_EQ(report.layers[1].spike_rate, 3.0 / 8.0);
  EXPECT_EQ(report.layers[0].neurons_by_rate[5], 1) << "n0: 0.25";
  EXPECT_EQ(report.layers[0].neurons_by_rate[15], 1) << "n1: 0.75";
  EXPECT_EQ(report.layers[0].dead, 0);
  EXPECT_EQ(report.layers[0].saturated, 0);
}

TEST(DiagnoseTest, NeuronsThatNeverOrAlwaysFireAreCounted) {
  Dataset images = BitImages();
  images.pixels.resize(4);  // (0, 0) and (1, 0), of which only the second remains
  images.pixels.erase(images.pixels.begin(), images.pixels.begin() + 2);
  images.labels = {1};
  const DiagnoseReport report = DiagnoseOn(ChipOf(XorNetwork()), XorNetwork(), images);
  for (const LayerAgreement& layer : report.layers) {
    EXPECT_EQ(layer.dead, 1);
    EXPECT_EQ(layer.saturated, 1);
    EXPECT_EQ(layer.neurons_by_rate.front(), 1);
    EXPECT_EQ(layer.neurons_by_rate.back(), 1);
  }
}

// The chip has n1 = a and not b where the float network has a or b: n1 differs for 01 and 11, and
// what follows from it, m1, for 01 alone. x: 1 in 4 of 8, y: in 2, both in 2.
TEST(DiagnoseTest, LayerThatWasConvertedWrongLosesAccuracy) {
  const DiagnoseReport report = DiagnoseOn(ChipOf(FirstBitNetwork()), XorNetwork(), BitImages());
  EXPECT_EQ(report.accuracy_float, 1.0);
  EXPECT_EQ(report.accuracy_spiking, 0.75);
  EXPECT_EQ(report.accuracy_chip, 0.75);
  EXPECT_EQ(report.layers[0].equal_bits, 6.0 / 8.0);
  EXPECT_DOUBLE_EQ(report.layers[0].correlation.value(),
                   (2 - 4 * 2 / 8.0) / std::sqrt((4 - 4 * 4 / 8.0) * (2 - 2 * 2 / 8.0)));
  EXPECT_EQ(report.layers[1].equal_bits, 7.0 / 8.0);
  EXPECT_EQ(report.layers[0].accuracy, 0.75);
  EXPECT_EQ(report.layers[1].accuracy, 0.75);
  EXPECT_EQ(FirstLoss(report), &report.layers[0]);
  EXPECT_EQ(FirstDifference(report), nullptr) << "the chip does what its network says";
}

// Only conv3 differs: with n0 and n1 as they are, m1 = n1 in the chip's network.
TEST(DiagnoseTest, LayerBeforeTheLossIsNotBlamed) {
  Network other = XorNetwork();
  std::get<ConvolutionNode>(other.nodes[3].operation).weights = {1, 0, 0, 1};
  std::get<ConvolutionNode>(other.nodes[3].operation).bias = {-0.5F, -0.5F};
  Dataset images = BitImages();
  images.labels = {0, 1, 1, 0};
  Network network = XorNetwork();
  // 11 gives m = (1, 1) in `other`: class 0 still; so the float network must say 1 there.
  std::get<ConvolutionNode>(network.nodes[3].operation).weights = {0, 0, 0, 1};
  images.labels[3] = 1;
  const DiagnoseReport report = DiagnoseOn(ChipOf(other), network, images);
  EXPECT_EQ(report.accuracy_float, 1.0);
  EXPECT_EQ(report.accuracy_spiking, 0.75);
  EXPECT_EQ(report.layers[0].accuracy, 1.0);
  EXPECT_EQ(report.layers[1].accuracy, 0.75);
  EXPECT_EQ(FirstLoss(report), &report.layers[1]);
}

// Without its synapse from n1, m1 never fires; it should for two of four images.
TEST(DiagnoseTest, FlippedCrossbarBitIsADifferenceInItsLayer) {
  ChipModel chip = ChipOf(XorNetwork());
  const std::size_t core = chip.provenance.core_layer[0] == 1 ? 0 : 1;
  ASSERT_EQ(chip.provenance.core_layer[core], 1);
  CoreModel& model = chip.cores[core];
  int removed = 0;
  for (std::size_t neuron = 0; neuron < model.neurons.size(); ++neuron) {
    const AxonWeights& weights = chip.neuron_kinds[model.neurons[neuron].kind].weights;
    for (std::size_t axon = 0; axon < model.crossbar.size(); ++axon) {
      if (chip.provenance.neuron_sources[core][neuron] == 1 &&
          weights[model.axon_types[axon]] > 0 &&
          model.crossbar[axon].Test(static_cast<int>(neuron))) {
        model.crossbar[axon].Reset(static_cast<int>(neuron));
        ++removed;
      }
    }
  }
  ASSERT_EQ(removed, 1);
  const DiagnoseReport report = DiagnoseOn(chip, XorNetwork(), BitImages());
  EXPECT_EQ(report.accuracy_spiking, 1.0);
  EXPECT_EQ(report.accuracy_chip, 0.5);
  EXPECT_EQ(report.layers[0].chip_equal(), 1.0);
  EXPECT_EQ(report.layers[1].differing, 2);
  EXPECT_EQ(report.layers[1].chip_equal(), 1.0 - 2.0 / (4 * 2));
  EXPECT_EQ(FirstDifference(report), &report.layers[1]);
  EXPECT_EQ(FirstLoss(report), nullptr);
}

TEST(DiagnoseTest, NeuronThatFiresTooOftenDiffersToo) {
  ChipModel chip = ChipOf(XorNetwork());
  const std::size_t core = chip.provenance.core_layer[0] == 1 ? 0 : 1;
  for (NeuronModel& neuron : chip.cores[core].neurons) {
    NeuronParameters always = chip.neuron_kinds[neuron.kind];
    always.leak = 0;
    always.weights = {};
    always.threshold = 0;
    neuron.kind = static_cast<std::uint32_t>(chip.neuron_kinds.size());
    neuron.initial_potential = 0;
    chip.neuron_kinds.push_back(always);
  }
  // m0 should fire once in four, m1 twice.
  const DiagnoseReport report = DiagnoseOn(chip, XorNetwork(), BitImages());
  EXPECT_EQ(report.layers[1].differing, 3 + 2);
}

// A staircase of 0, 1, 2 over a + b, and logits -s and s - 0.5: two levels are one layer of the
// diagnosis, and the votes of the last layer stand for the logits.
TEST(DiagnoseTest, StaircasesAndLogitsAgreeAsWholes) {
  TestNetwork builder = TestNetwork({2, 1, 1}).Step({.threshold = 0.5}).Dense(1, {1, 1});
  Network network = builder.Build();
  MultiThresholdNode stairs;
  stairs.levels = 2;
  stairs.thresholds = {0.5, 1.5};
  network.nodes.push_back({"stairs", {1}, stairs, {1, 1, 1}});
  network.nodes.push_back({"logits", {2}, ConvolutionNode{{}, 1, {-1, 1}, {0, -0.5F}}, {2, 1, 1}});
  Dataset images = BitImages();
  images.labels = {0, 1, 1, 1};
  const DiagnoseReport report = DiagnoseOn(ChipOf(network), network, images);
  ASSERT_EQ(report.layers.size(), 2u);
  EXPECT_EQ(report.layers[0].name, "conv1");
  EXPECT_EQ(report.layers[0].neurons, 2) << "a neuron a level";
  EXPECT_EQ(report.layers[0].equal_bits, 1.0);
  EXPECT_DOUBLE_EQ(report.layers[0].correlation.value(), 1.0);
  EXPECT_EQ(report.layers[0].spike_rate, 4.0 / 8.0);  // levels of 0, 1, 1, 2
  EXPECT_EQ(report.layers[1].name, "logits");
  EXPECT_EQ(report.layers[1].equal_bits, std::nullopt);
  EXPECT_GT(report.layers[1].correlation.value(), 0.9);
  EXPECT_EQ(report.layers[1].accuracy, report.accuracy_spiking);
  EXPECT_EQ(report.accuracy_float, 1.0);
}

// One integrator a pixel that repeats its line, four ticks an image: pixels of 4 0 and 1 2 spikes.
SpikingNetwork RepeatingNetwork() {
  SpikingNetwork network;
  network.input.encoder = EncoderKind::kRate;
  network.input.shape = {2, 1, 1};
  network.input.mean = {0, 0};
  network.input.scale = {1, 1};
  network.encoded_shape = {2, 1, 1};
  SpikingLayer layer;
  layer.name = "conv0";
  LayerInput edge;
  edge.delay_ticks = 0;
  edge.shape = {2, 1, 1};
  edge.weights = {1, 0, 0, 1};
  layer.inputs = {edge};
  layer.output_shape = {2, 1, 1};
  layer.thresholds = {1, 1};
  layer.leaks = {0, 0};
  layer.initial_potentials = {0, 0};
  network.layers = {layer};
  network.output_classes = {0, 1};
  network.class_count = 2;
  network.presentation = {PresentationMode::kRate, 4, 0};
  return network;
}

TEST(DiagnoseTest, RatesStandForValuesInAUnitOfEachChannel) {
  absl::StatusOr<MappedNetwork> mapped = MapNetwork(RepeatingNetwork(), {});
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  // The float network gives 2 x and 10 y.
  Network network = TestNetwork({2, 1, 1}).Dense(2, {2, 0, 0, 10}).Build();
  network.nodes.push_back({"relu", {0}, ClipNode{}, {2, 1, 1}});
  Dataset images = BitImages();
  images.pixels = {255, 0, 51, 102};  // 1 and 0; 0.2 and 0.4, which round to 1 and 2 of 4 spikes
  images.labels = {0, 1};
  const DiagnoseReport report = DiagnoseOn(mapped->chip, network, images);
  ASSERT_EQ(report.layers.size(), 1u);
  const LayerAgreement& layer = report.layers[0];
  EXPECT_EQ(layer.spike_rate, (4 + 0 + 1 + 2) / (2.0 * 2 * 4));
  EXPECT_EQ(layer.neurons_by_rate[12], 1) << "5 of 8";
  EXPECT_EQ(layer.neurons_by_rate[5], 1) << "2 of 8";
  EXPECT_EQ(layer.compared, 2 * 2 * 4);
  EXPECT_EQ(layer.differing, 0);
  EXPECT_EQ(layer.equal_bits, std::nullopt);
  // Values 2, 0, 0.4, 4; rates 1, 0, 1/4, 1/2 times (2 + 0.1) / (1 + 1/16) and 4 / (1/2).
  const double f = 2.1 / 1.0625;
  const std::vector<double> x = {2, 0, 0.4, 4};
  const std::vector<double> y = {f, 0, f / 4, 4};
  const auto covariance = [](const std::vector<double>& u, const std::vector<double>& v) {
    const double mean_u = (u[0] + u[1] + u[2] + u[3]) / 4;
    const double mean_v = (v[0] + v[1] + v[2] + v[3]) / 4;
    double sum = 0.0;
    for (std::size_t i = 0; i < 4; ++i) {
      sum += (u[i] - mean_u) * (v[i] - mean_v);
    }
    return sum;
  };
  // 0.2 and 0.4 are 32-bit floats.
  EXPECT_NEAR(layer.correlation.value(),
              covariance(x, y) / std::sqrt(covariance(x, x) * covariance(y, y)), 1e-9);
  EXPECT_EQ(layer.accuracy, 1.0);
  EXPECT_EQ(report.accuracy_chip, 1.0);
}

TEST(MatchLayersTest, LayersOfOtherNamesHaveNoCounterpart) {
  SpikingNetwork spiking = FoldNetwork(XorNetwork(), {})->network;
  spiking.layers[0].name = "conv1 relay to conv3";
  const auto layers = MatchLayers(spiking, XorNetwork()).value();
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(layers[0].counterpart, Counterpart::kNone);
  EXPECT_EQ(layers[1].counterpart, Counterpart::kLevels);
  EXPECT_EQ(layers[1].node, 4);
  EXPECT_THAT(layers[1].values, ElementsAre(0.0, 1.0));
}

TEST(LoadDiagnosisTest, ChipThatLacksWhatItNeedsIsAFailedPrecondition) {
  const auto expect = [](const ChipModel& chip, const char* part) {
    const absl::Status status = LoadDiagnosis(chip, "/nowhere.onnx").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  };
  expect(RowChip({}), "the chip holds no spiking network");
  ChipModel chip = ChipOf(XorNetwork());
  EXPECT_EQ(LoadDiagnosis(chip, "/nowhere.onnx").status().code(), absl::StatusCode::kNotFound);
  chip.provenance.neuron_sources.clear();
  expect(chip, "the chip does not say which neurons");
}

TEST(LoadDiagnosisTest, SourceBeyondItsLayerIsRefused) {
  ChipModel chip = ChipOf(XorNetwork());
  chip.provenance.neuron_sources[0][0] = 2;
  const absl::Status status = LoadDiagnosis(chip, "/nowhere.onnx").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("neuron 2 of a layer that has 2"));
}

}  // namespace
}  // namespace spikemesh
