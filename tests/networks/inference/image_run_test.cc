// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/image_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "core/base/atomic_file.h"
#include "core/base/strings.h"
#include "core/session/event_writers.h"
#include "networks/data/rate_encoder.h"
#include "networks/inference/check_images.h"
#include "tests/testing/row_chip.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

enum class Records { kNone, kAll };

struct Outcome {
  ImageRunResult result;
  std::string spikes;
  std::string pins;
  std::string potentials;
};

// Three files of events that are read when they are complete.
class EventFiles {
 public:
  explicit EventFiles(const ChipModel& chip)
      : spikes_(chip, OutputFile::Create(Path("spikes")).value()),
        pins_(OutputFile::Create(Path("pins")).value()),
        potentials_(chip, OutputFile::Create(Path("potentials")).value()),
        observers_{&spikes_, &pins_, &potentials_} {}

  std::span<TickObserver* const> observers() const { return observers_; }

  void ReadInto(Outcome& outcome) {
    SPIKEMESH_CHECK(spikes_.Commit().ok() && pins_.Commit().ok() && potentials_.Commit().ok());
    outcome.spikes = ReadFile(Path("spikes"), 1 << 24).value();
    outcome.pins = ReadFile(Path("pins"), 1 << 24).value();
    outcome.potentials = ReadFile(Path("potentials"), 1 << 24).value();
  }

 private:
  static std::string Path(const char* name) {
    return Concat(::testing::TempDir(), "image_run_test_", ::getpid(), "_", name, ".csv");
  }

  SpikeWriter spikes_;
  PinWriter pins_;
  PotentialWriter potentials_;
  std::array<TickObserver*, 3> observers_;
};

Outcome RunOn(const ChipModel& chip, const Dataset& images, int threads, Records records) {
  SPIKEMESH_CHECK(CheckImageRun(chip, images).ok());
  Machine machine = Machine::Create(chip).value();
  Outcome outcome;
  if (records == Records::kNone) {
    outcome.result = RunImages(chip, images, {.threads = threads}, machine).value();
    return outcome;
  }
  EventFiles files(chip);
  const ImageRunOptions options = {.threads = threads, .observers = files.observers()};
  outcome.result = RunImages(chip, images, options, machine).value();
  files.ReadInto(outcome);
  return outcome;
}

ImageRunResult Answers(const ChipModel& chip, const Dataset& images, int threads = 1) {
  return RunOn(chip, images, threads, Records::kNone).result;
}

std::string PinsOf(const ChipModel& chip, const Dataset& images) {
  return RunOn(chip, images, 1, Records::kAll).pins;
}

// The pin file of pins that fire as their pixels do, `latency` ticks later, where an image takes
// ticks + latency.
std::string TrainsOnPins(std::int64_t ticks, std::int64_t latency,
                         const std::vector<RowImage>& images) {
  std::string text = "tick,pin\n";
  for (std::size_t image = 0; image < images.size(); ++image) {
    const std::int64_t begin = static_cast<std::int64_t>(image) * (ticks + latency);
    for (std::int64_t tick = 1; tick <= ticks; ++tick) {
      for (std::size_t pixel = 0; pixel < images[image].spikes.size(); ++pixel) {
        if (std::ranges::count(TrainTicks(images[image].spikes[pixel], ticks), tick) > 0) {
          text += Concat(begin + tick + latency, ",", pixel, "\n");
        }
      }
    }
  }
  return text;
}

void ExpectSame(const ImageRunResult& a, const ImageRunResult& b) {
  EXPECT_EQ(a.predicted, b.predicted);
  EXPECT_EQ(a.ticks, b.ticks);
  EXPECT_EQ(a.counts, b.counts);
  EXPECT_EQ(a.accuracy_over_ticks, b.accuracy_over_ticks);
}

TEST(RateRunTest, IntegratorsOfThresholdOneFireAsTheirPixels) {
  for (const std::int32_t ticks : {1, 7, 16}) {
    const std::vector<RowImage> rows = {{0, {ticks, 0, 1}}, {0, {ticks / 2, ticks, ticks}}};
    EXPECT_EQ(PinsOf(RowChip({.ticks = ticks}), RowImages(ticks, rows)),
              TrainsOnPins(ticks, 0, rows))
        << ticks;
  }
}

TEST(RateRunTest, WithLatencyPinsFireSoMuchLaterAndTheNextImageWaits) {
  for (const std::int32_t delay : {1, 3, 15}) {
    const std::vector<RowImage> rows = {{0, {5, 0, 1}}, {0, {2, 5, 4}}, {0, {5, 5, 5}}};
    const ChipModel chip = RowChip({.ticks = 5, .latency = delay, .delay = delay});
    EXPECT_EQ(PinsOf(chip, RowImages(5, rows)), TrainsOnPins(5, delay, rows)) << delay;
  }
}

TEST(RateRunTest, ClassIsThePixelWithMostSpikesTiesToTheLowest) {
  const Dataset images =
      RowImages(9, {{0, {4, 5, 3}}, {0, {7, 7, 2}}, {0, {0, 0, 1}}, {0, {0, 0, 0}}});
  EXPECT_THAT(Answers(RowChip({.ticks = 9}), images).predicted, ElementsAre(1, 0, 2, 0));
}

TEST(RateRunTest, PotentialsStartAfreshWithEachImage) {
  // A threshold of 2 halves the count: of 3 spikes one is left over, which must not count later.
  const Dataset images = RowImages(5, {{0, {3, 0, 0}}, {0, {3, 0, 0}}, {0, {3, 0, 0}}});
  const ChipModel chip = RowChip({.ticks = 5, .threshold = 2});
  EXPECT_EQ(Answers(chip, images).counts.spikes, 3 * (3 / 2));
}

TEST(RateRunTest, SpikesOnTheirWayAtTheEndOfAnImageAreLost) {
  // With a latency of 2 said and a delay of 3, the spike of the last input tick comes too late.
  const Dataset images = RowImages(4, {{0, {4, 0, 0}}, {0, {0, 0, 0}}});
  const ChipModel chip = RowChip({.ticks = 4, .latency = 2, .delay = 3});
  EXPECT_EQ(PinsOf(chip, images), "tick,pin\n4,0\n5,0\n6,0\n");
}

TEST(RateRunTest, SpikesBeforeTheReadoutDoNotVote) {
  // Pixel 1 is dark, but its integrator begins at its threshold: pin 1 fires in tick 1.
  const Dataset images = RowImages(4, {{0, {0, 0}}});
  EXPECT_THAT(Answers(RowChip({.pixels = 2, .latency = 0, .initial = {0, 1}}), images).predicted,
              ElementsAre(1));
  EXPECT_THAT(Answers(RowChip({.pixels = 2, .latency = 1, .initial = {0, 1}}), images).predicted,
              ElementsAre(0));
}

TEST(RateRunTest, NegativeInputsCountDown) {
  // x = byte - 100, x_max 155, T = 155: bytes 140 and 60 fire 40 times, on first and second lines.
  const ChipModel chip = RowChip({.pixels = 2, .ticks = 155, .mean = 100, .initial = {0, 50}});
  Dataset images = RowImages(155, {{0, {0, 0}}});
  images.pixels = {140, 60};
  const Outcome outcome = RunOn(chip, images, 1, Records::kAll);
  // Pixel 0 passes all 40 on. Pixel 1 begins with 50: each tick fires once and takes 1 away, as
  // does each of the 40 second-line spikes, until none is left over.
  EXPECT_EQ(outcome.result.counts.host_packets, 80);
  const std::string last = outcome.potentials.substr(outcome.potentials.rfind("155,0,0,0,"));
  const std::vector<std::int64_t> train = TrainTicks(40, 155);
  std::int64_t fired = 0;
  std::int64_t left = 50;
  for (std::int64_t tick = 1; tick <= 155; ++tick) {
    left -= std::ranges::count(train, tick);
    if (left >= 1) {
      --left;
      ++fired;
    }
  }
  EXPECT_EQ(outcome.result.counts.spikes, 40 + fired);
  EXPECT_EQ(last, Concat("155,0,0,0,0\n155,0,0,1,", left, "\n"));
}

TEST(RateRunTest, AccuracyOverTicksCutsTheReadout) {
  // T = 4. Image 0, label 1: pixel 0 fires in tick 2, pixel 1 in ticks 1 and 3, so that the leader
  // is 1 after tick 1, 0 (a tie) after tick 2, and 1 again at the end. Image 1, label 0: pixel 0
  // leads throughout, before its spike of tick 2 as the lowest of a tie.
  const Dataset images = RowImages(4, {{1, {1, 2}}, {0, {1, 0}}});
  for (const std::int32_t delay : {0, 2}) {
    const ImageRunResult result =
        Answers(RowChip({.pixels = 2, .ticks = 4, .latency = delay, .delay = delay}), images);
    EXPECT_THAT(result.predicted, ElementsAre(1, 0));
    EXPECT_THAT(result.accuracy_over_ticks,
                ElementsAre(AccuracyAfter{1, 1.0}, AccuracyAfter{2, 0.5}, AccuracyAfter{4, 1.0}));
  }
}

TEST(RateRunTest, CountsAreThoseOfTheImages) {
  const std::vector<RowImage> rows = {{0, {5, 0, 1}}, {0, {2, 5, 4}}};
  const ChipModel chip = RowChip({.ticks = 5, .latency = 3, .delay = 3});
  const ImageRunResult result = Answers(chip, RowImages(5, rows));
  constexpr std::int64_t kSpikes = 5 + 0 + 1 + 2 + 5 + 4;
  // An integrator's spike goes two cores east, to a repeater that fires once for it.
  EXPECT_EQ(result.counts, (Counters{.spikes = 2 * kSpikes,
                                     .axon_events = 2 * kSpikes,
                                     .synaptic_ops = 2 * kSpikes,
                                     .hops = 2 * kSpikes,
                                     .host_packets = kSpikes,
                                     .pin_packets = kSpikes,
                                     .neuron_updates = 256 * 2 * 2 * (5 + 3)}));
  EXPECT_EQ(result.ticks, 2 * (5 + 3));
}

// Equal images, on integrators that draw their threshold.
ChipModel DrawingChip() {
  return RowChip(
      {.pixels = 4, .ticks = 11, .latency = 2, .delay = 2, .threshold = 1, .mask_bits = 2});
}
Dataset EqualImages(int count) {
  return RowImages(11, std::vector<RowImage>(static_cast<std::size_t>(count), {1, {9, 10, 9, 11}}));
}

// The definition: one machine that goes from image to image.
TEST(RateRunTest, EqualsOneMachineThatIsResetAfterEachImage) {
  const ChipModel chip = DrawingChip();
  const Dataset images = EqualImages(6);
  Machine machine = Machine::Create(chip).value();
  RateEncoder encoder = RateEncoder::Create(chip.input, 11).value();
  EventFiles files(chip);
  for (std::int64_t image = 0; image < images.size(); ++image) {
    encoder.Begin(images.image(image));
    for (int tick = 1; tick <= 11 + 2; ++tick) {
      std::vector<std::uint32_t> lines;
      if (tick <= 11) {
        encoder.AppendTick(lines);
      }
      for (const std::uint32_t line : lines) {
        machine.SendLine(LineIndex(chip.input.first_line + line), machine.now() + 1);
      }
      machine.Step();
      for (TickObserver* const observer : files.observers()) {
        ASSERT_TRUE(observer->Look(machine).ok());
      }
    }
    machine.ResetState();
  }
  Outcome expected;
  files.ReadInto(expected);
  const Outcome outcome = RunOn(chip, images, 1, Records::kAll);
  EXPECT_EQ(outcome.result.counts, machine.counters());
  EXPECT_EQ(outcome.spikes, expected.spikes);
  EXPECT_EQ(outcome.pins, expected.pins);
  EXPECT_EQ(outcome.potentials, expected.potentials);
}

TEST(RateRunTest, EqualImagesDrawAnewEachTime) {
  const ChipModel chip = DrawingChip();
  const std::int64_t once = Answers(chip, EqualImages(1)).counts.spikes;
  const std::int64_t fifty = Answers(chip, EqualImages(50)).counts.spikes;
  EXPECT_NE(fifty, 50 * once);
}

TEST(RateRunTest, AnswersAndCountsAreTheSameForAnyThreads) {
  const ChipModel chip = DrawingChip();
  for (const int images : {1, 2, 40}) {
    const ImageRunResult expected = Answers(chip, EqualImages(images));
    for (const int threads : {2, 3, 8}) {
      SCOPED_TRACE(Concat(images, " images, ", threads, " threads"));
      ExpectSame(Answers(chip, EqualImages(images), threads), expected);
    }
  }
}

TEST(RateRunTest, RecordsAreTheSameForAnyThreads) {
  const Outcome expected = RunOn(DrawingChip(), EqualImages(9), 1, Records::kAll);
  for (const int threads : {2, 3}) {
    const Outcome outcome = RunOn(DrawingChip(), EqualImages(9), threads, Records::kAll);
    ExpectSame(outcome.result, expected.result);
    EXPECT_EQ(outcome.spikes, expected.spikes);
    EXPECT_EQ(outcome.pins, expected.pins);
    EXPECT_EQ(outcome.potentials, expected.potentials);
  }
  ExpectSame(Answers(DrawingChip(), EqualImages(9), 3), expected.result);
}

// Some images, labels that change.
Dataset ManyImages(std::int64_t count) {
  std::vector<RowImage> rows;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto n = static_cast<std::int32_t>(i % 5);
    rows.push_back({static_cast<std::int32_t>(i % 3), {n, 4 - n, 2}});
  }
  return RowImages(4, rows);
}

TEST(StoppedRunTest, IsTheRunOfTheImagesThatWereDone) {
  const ChipModel chip = RowChip({.ticks = 4, .latency = 2, .delay = 2, .mask_bits = 2});
  const Dataset images = ManyImages(50);
  for (const int threads : {1, 3}) {
    StopFlag stop = false;
    Machine machine = Machine::Create(chip).value();
    const ImageRunResult result =
        RunImages(chip, images,
                  {.threads = threads,
                   .progress = [&stop](std::int64_t done) { stop = done >= 3; },
                   .stop = &stop},
                  machine)
            .value();
    const std::int64_t done = std::ssize(result.predicted);
    // Others may have done all before the first thread has its third.
    EXPECT_GE(done, 3);
    EXPECT_LE(done, threads == 1 ? 3 : 50);
    ExpectSame(result, Answers(chip, FirstImages(images, done)));
  }
}

TEST(StoppedRunTest, OneImageIsDoneAtLeast) {
  const StopFlag stop = true;
  const ChipModel chip = RowChip({.ticks = 4});
  Machine machine = Machine::Create(chip).value();
  EXPECT_EQ(RunImages(chip, ManyImages(9), {.stop = &stop}, machine)->predicted.size(), 1u);
}

TEST(UnlabelledImagesTest, AreAnsweredAndHaveNoAccuracy) {
  const ChipModel chip = RowChip({.ticks = 4});
  Dataset images = ManyImages(20);
  const ImageRunResult labelled = Answers(chip, images);
  images.labels.clear();
  const ImageRunResult result = Answers(chip, images);
  EXPECT_EQ(result.predicted, labelled.predicted);
  EXPECT_EQ(result.counts, labelled.counts);
  EXPECT_FALSE(labelled.accuracy_over_ticks.empty());
  EXPECT_TRUE(result.accuracy_over_ticks.empty());
}

}  // namespace
}  // namespace spikemesh
