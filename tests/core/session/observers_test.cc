// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/strings.h"
#include "core/chip/chip_builder.h"
#include "core/session/event_writers.h"
#include "core/session/spike_observers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Neuron 0 of core (0,0) counts up by one a tick, fires from 2 on and sends to pin 0.
ChipModel CountingChip() {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  const NeuronIndex neuron = builder.AddNeuron(core, {.leak = 1, .threshold = 2});
  builder.SetTarget(core, neuron, NeuronTarget::Pin(builder.AddPin()));
  builder.AddNeuron(core, {.threshold = 1});
  ChipModel chip = std::move(builder).Build().value();
  chip.cores[0].rng_stream = 7;
  return chip;
}

std::string Path(const char* name) {
  return Concat(::testing::TempDir(), "observers_test_", ::getpid(), "_", name);
}

std::string Written(EventWriter& writer, const std::string& path, std::int64_t ticks) {
  Machine machine = Machine::Create(CountingChip()).value();
  NoSpikes source;
  TickObserver* const observers[] = {&writer};
  SPIKEMESH_CHECK(RunSession(machine, source, observers, Tick(ticks)).ok());
  struct stat info = {};
  EXPECT_NE(::stat(path.c_str(), &info), 0) << "there before it is complete";
  SPIKEMESH_CHECK(writer.Commit().ok());
  std::string text = ReadFile(path, 1 << 20).value();
  ::unlink(path.c_str());
  return text;
}

// V: 1, 2 and a spike, 1, 2 and a spike.
TEST(EventWritersTest, EachWritesItsHeaderAndARowAnEvent) {
  const ChipModel chip = CountingChip();
  SpikeWriter spikes(chip, OutputFile::Create(Path("spikes")).value());
  EXPECT_EQ(Written(spikes, Path("spikes"), 4), "tick,core_x,core_y,neuron\n2,0,0,0\n4,0,0,0\n");
  PinWriter pins(OutputFile::Create(Path("pins")).value());
  EXPECT_EQ(Written(pins, Path("pins"), 4), "tick,pin\n2,0\n4,0\n");
  PotentialWriter potentials(chip, OutputFile::Create(Path("potentials")).value());
  EXPECT_EQ(Written(potentials, Path("potentials"), 2),
            "tick,core_x,core_y,neuron,potential\n1,0,0,0,1\n1,0,0,1,0\n2,0,0,0,0\n2,0,0,1,0\n");
}

TEST(EventWritersTest, WithoutTicksThereIsTheHeader) {
  PinWriter pins(OutputFile::Create(Path("none")).value());
  EXPECT_EQ(Written(pins, Path("none"), 0), "tick,pin\n");
}

TEST(EventWritersTest, WhatIsNotCommittedWasNeverThere) {
  { PinWriter pins(OutputFile::Create(Path("gone")).value()); }
  struct stat info = {};
  EXPECT_NE(::stat(Path("gone").c_str(), &info), 0);
}

TEST(SpikeObserversTest, CounterTellsHowOftenEachNeuronFiredByItsStream) {
  const ChipModel chip = CountingChip();
  Machine machine = Machine::Create(chip).value();
  NoSpikes source;
  NeuronCounter counter(chip);
  RasterObserver raster(chip, Tick(6));
  TickObserver* const observers[] = {&counter, &raster};
  ASSERT_TRUE(RunSession(machine, source, observers, Tick(6)).ok());
  EXPECT_THAT(counter.counts(), ElementsAre(NeuronSpikes{7, 0, 3}));
  EXPECT_THAT(raster.FormatSvg(), HasSubstr("spikes of the chip"));
}

}  // namespace
}  // namespace spikemesh
