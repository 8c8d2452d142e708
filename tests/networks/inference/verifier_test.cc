// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "converters/mapping/map_network.h"
#include "converters/spiking/fold_network.h"
#include "networks/inference/image_run.h"
#include "tests/testing/row_chip.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

// A pixel is on from byte 128 on; layer 1 repeats it, layer 2 says whether it is off.
ChipModel RepeatingChip() {
  const StepNode step = {.threshold = 0.0};
  const Network network = TestNetwork({1, 1, 1})
                              .Step({.threshold = 0.5})
                              .Dense(1, {1}, {-0.5F})
                              .Step(step)
                              .Dense(2, {1, -1}, {-0.5F, 0.5F})
                              .Step(step)
                              .Build();
  const absl::StatusOr<FoldedNetwork> folded = FoldNetwork(network, {});
  SPIKEMESH_CHECK(folded.ok());
  absl::StatusOr<MappedNetwork> mapped = MapNetwork(folded->network, {});
  SPIKEMESH_CHECK(mapped.ok());
  return std::move(mapped->chip);
}

Dataset Pixels(std::vector<std::uint8_t> bytes) {
  Dataset images;
  images.channels = images.height = images.width = 1;
  images.labels.resize(bytes.size());
  images.pixels = std::move(bytes);
  return images;
}

VerifySummary Verify(const ChipModel& chip, const SpikingNetwork& network, const Dataset& images) {
  Machine machine = Machine::Create(chip).value();
  return RunImages(chip, images, {.reference = &network}, machine)->verify.value();
}

TEST(SpikingNetworkOfTest, ChipWithoutANetworkHasNoReference) {
  EXPECT_EQ(SpikingNetworkOf(RowChip({})).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(SpikingNetworkOfTest, NetworkOfAnotherModelIsInvalid) {
  ChipModel chip = RepeatingChip();
  EXPECT_TRUE(SpikingNetworkOf(chip).ok());
  chip.presentation.latency_ticks += 1;
  EXPECT_EQ(SpikingNetworkOf(chip).status().code(), absl::StatusCode::kInvalidArgument);
  chip.presentation.latency_ticks -= 1;
  chip.pin_count += 1;
  EXPECT_EQ(SpikingNetworkOf(chip).status().code(), absl::StatusCode::kInvalidArgument);
  chip.pin_count -= 1;
  chip.spiking_network.back() ^= 1;
  EXPECT_EQ(SpikingNetworkOf(chip).status().code(), absl::StatusCode::kDataLoss);
}

TEST(ImageVerifierTest, ChipOfItsNetworkDiffersInNothing) {
  const ChipModel chip = RepeatingChip();
  const VerifySummary expected = {.images = 4, .mismatched_images = 0, .mismatched_spikes = 0};
  EXPECT_EQ(Verify(chip, SpikingNetworkOf(chip).value(), Pixels({0, 255, 255, 0})), expected);
}

// With thresholds that nothing reaches, both outputs of the last layer stay silent, of which the
// chip fires one for each image.
TEST(ImageVerifierTest, EverySpikeThatTheNetworkDoesNotSayIsCounted) {
  const ChipModel chip = RepeatingChip();
  SpikingNetwork network = SpikingNetworkOf(chip).value();
  network.layers.back().thresholds = {100, 100};
  const VerifySummary expected = {.images = 4, .mismatched_images = 4, .mismatched_spikes = 4};
  EXPECT_EQ(Verify(chip, network, Pixels({0, 255, 255, 0})), expected);
}

TEST(ImageVerifierTest, SummariesAdd) {
  const VerifySummary sum = VerifySummary{1, 2, 3} + VerifySummary{10, 20, 30};
  EXPECT_EQ(sum, (VerifySummary{11, 22, 33}));
}

TEST(PipelinedRunTest, StopsWithTheImageThatIsAnswered) {
  const ChipModel chip = RepeatingChip();
  const Dataset images = Pixels({0, 255, 255, 0, 255, 0, 0, 255, 0, 0});
  StopFlag stop = false;
  Machine machine = Machine::Create(chip).value();
  const ImageRunResult result =
      RunImages(chip, images,
                {.progress = [&stop](std::int64_t done) { stop = done == 4; }, .stop = &stop},
                machine)
          .value();
  Machine whole_machine = Machine::Create(chip).value();
  const ImageRunResult whole = RunImages(chip, images, {}, whole_machine).value();
  EXPECT_EQ(result.predicted, std::vector(whole.predicted.begin(), whole.predicted.begin() + 4));
  EXPECT_EQ(result.ticks, chip.presentation.latency_ticks + 4);
}

}  // namespace
}  // namespace spikemesh
