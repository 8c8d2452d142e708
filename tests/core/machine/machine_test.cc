// SPDX-License-Identifier: Apache-2.0
// Timing, counting and the host, by examples.
#include "core/machine/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/core/machine/test_chips.h"

namespace spikemesh {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr CoreId kCore0{0};
constexpr CoreId kCore1{1};
constexpr NeuronIndex kNeuron0{0};
constexpr NeuronIndex kNeuron1{1};
constexpr AxonIndex kAxon0{0};
constexpr AxonIndex kAxon1{1};

DelayTicks Delay(int ticks) { return DelayTicks(static_cast<std::uint8_t>(ticks)); }

// Two relays on two cores, `dx` apart; the first sends to the second with the delay.
ChipModel RelayPair(int delay, int dx = 1) {
  ChipBuilder builder;
  const CoreId from = builder.AddCore({0, 0});
  const CoreId to = builder.AddCore({dx, 0});
  AddLane(builder, from, Relay());
  AddLane(builder, to, Relay());
  builder.SetTarget(from, kNeuron0, NeuronTarget::Axon(to, kAxon0, Delay(delay)));
  builder.AddInputLine({{from, kAxon0}});
  return BuildOrDie(std::move(builder));
}

TEST(MachineTimingTest, InputActsInItsArrivalTickAndInNoOther) {
  for (const std::int64_t arrival : {1, 2, 15, 16, 17, 100}) {
    Machine machine = MachineOrDie(RelayPair(1));
    machine.SendLine(LineIndex(0), Tick(arrival));
    EXPECT_THAT(SpikeTicks(machine, {kCore0, kNeuron0}, 120), ElementsAre(arrival));
  }
}

TEST(MachineTimingTest, SpikeOfTickTWithDelayDActsInTickTPlusDAndInNoOther) {
  for (int delay = 1; delay <= 15; ++delay) {
    for (const std::int64_t tick : {1, 2, 16, 31}) {
      Machine machine = MachineOrDie(RelayPair(delay));
      machine.SendLine(LineIndex(0), Tick(tick));
      EXPECT_THAT(SpikeTicks(machine, {kCore1, kNeuron0}, 60), ElementsAre(tick + delay));
    }
  }
}

TEST(MachineTimingTest, PinFiresInTheTickOfTheSpike) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  AddLane(builder, core, Relay());
  const PinIndex pin = builder.AddPin();
  builder.SetTarget(core, kNeuron0, NeuronTarget::Pin(pin));
  builder.AddInputLine({{core, kAxon0}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.SendLine(LineIndex(0), Tick(3));
  for (const std::int64_t tick : {1, 2, 3, 4}) {
    machine.Step();
    EXPECT_EQ(machine.pins().size(), tick == 3 ? 1u : 0u);
  }
  EXPECT_EQ(machine.counters().pin_packets, 1);
  EXPECT_EQ(machine.counters().hops, 0);
}

TEST(MachineTimingTest, PinFiredAtByTwoNeuronsAppearsTwiceAndPinsAscend) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  for (int i = 0; i < 3; ++i) {
    AddLane(builder, core, Relay());
  }
  const PinIndex first = builder.AddPin();
  const PinIndex second = builder.AddPin();
  builder.SetTarget(core, NeuronIndex(0), NeuronTarget::Pin(second));
  builder.SetTarget(core, NeuronIndex(1), NeuronTarget::Pin(first));
  builder.SetTarget(core, NeuronIndex(2), NeuronTarget::Pin(second));
  builder.AddInputLine({{core, kAxon0}, {core, kAxon1}, {core, AxonIndex(2)}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.SendLine(LineIndex(0), Tick(1));
  machine.Step();
  EXPECT_THAT(machine.pins(), ElementsAre(first, second, second));
  EXPECT_EQ(machine.counters().pin_packets, 3);
}

// Cores are made in an order that is not theirs on the chip, and shared among threads.
TEST(MachineTimingTest, SpikesComeInFileOrderForAnyNumberOfThreads) {
  ChipBuilder builder;
  std::vector<AxonAddress> everything;
  for (int i = 0; i < 40; ++i) {
    const CoreId core = builder.AddCore({i % 5, 7 - i / 5});
    for (std::uint16_t lane = 0; lane < 3; ++lane) {
      AddLane(builder, core, Relay());
      everything.push_back({core, AxonIndex(lane)});
    }
  }
  builder.AddInputLine(everything);
  const ChipModel chip = BuildOrDie(std::move(builder));
  std::vector<NeuronAddress> expected;
  for (std::uint32_t core = 0; core < 40; ++core) {
    for (std::uint16_t lane = 0; lane < 3; ++lane) {
      expected.push_back({CoreId(core), NeuronIndex(lane)});
    }
  }
  for (const int threads : {1, 2, 5, 64}) {
    Machine machine = MachineOrDie(chip, {.threads = threads});
    machine.SendLine(LineIndex(0), Tick(1));
    machine.Step();
    EXPECT_THAT(machine.spikes(), testing::ElementsAreArray(expected)) << threads;
  }
}

TEST(MachineCountersTest, OneSpikeOverFiveHops) {
  Machine machine = MachineOrDie(RelayPair(2, 5));
  machine.SendLine(LineIndex(0), Tick(1));
  machine.RunUntil(Tick(10));
  // Two spikes (the second has no target), two axon events of one crossbar bit each.
  EXPECT_EQ(machine.counters(), (Counters{.spikes = 2,
                                          .axon_events = 2,
                                          .synaptic_ops = 2,
                                          .hops = 5,
                                          .host_packets = 1,
                                          .pin_packets = 0,
                                          .chip_crossings = 0,
                                          .merged_spikes = 0,
                                          .neuron_updates = 256 * 2 * 10}));
}

TEST(MachineCountersTest, SpikeToItsOwnCoreMakesNoHop) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({3, 3});
  AddLane(builder, core, Relay());
  AddLane(builder, core, Relay());
  builder.SetTarget(core, kNeuron0, NeuronTarget::Axon(core, kAxon1, Delay(1)));
  builder.AddInputLine({{core, kAxon0}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.SendLine(LineIndex(0), Tick(1));
  machine.RunUntil(Tick(2));
  EXPECT_EQ(machine.counters().spikes, 2);
  EXPECT_EQ(machine.counters().hops, 0);
}

TEST(MachineCountersTest, PacketCountsEveryChipEdgeItPasses) {
  ChipSpec spec;
  spec.mesh = {.cores_x = 2, .cores_y = 3, .chips_x = 4, .chips_y = 2};
  ChipBuilder builder(spec);
  const CoreId from = builder.AddCore({1, 0});
  const CoreId to = builder.AddCore({6, 5});
  AddLane(builder, from, Relay());
  AddLane(builder, to, Relay());
  builder.SetTarget(from, kNeuron0, NeuronTarget::Axon(to, kAxon0, Delay(1)));
  builder.AddInputLine({{from, kAxon0}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.SendLine(LineIndex(0), Tick(1));
  machine.RunUntil(Tick(2));
  EXPECT_EQ(machine.counters().hops, 5 + 5);
  EXPECT_EQ(machine.counters().chip_crossings, 3 + 1);  // x: chips 0 to 3; y: chips 0 to 1
}

// Two relays of one core hit the same axon of another in the same tick.
TEST(MachineCountersTest, TwoSpikesOnOneAxonInOneTickAreOneAndCountAsMerged) {
  ChipBuilder builder;
  const CoreId from = builder.AddCore({0, 0});
  const CoreId to = builder.AddCore({0, 1});
  AddLane(builder, from, Relay());
  AddLane(builder, from, Relay());
  AddLane(builder, to, Relay());
  builder.SetTarget(from, kNeuron0, NeuronTarget::Axon(to, kAxon0, Delay(3)));
  builder.SetTarget(from, kNeuron1, NeuronTarget::Axon(to, kAxon0, Delay(3)));
  builder.AddInputLine({{from, kAxon0}, {from, kAxon1}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.SendLine(LineIndex(0), Tick(1));
  machine.RunUntil(Tick(4));
  EXPECT_THAT(machine.spikes(), ElementsAre(NeuronAddress{kCore1, kNeuron0}));
  EXPECT_EQ(machine.counters().merged_spikes, 1);
  EXPECT_EQ(machine.counters().axon_events, 2 + 1);
  EXPECT_EQ(machine.counters().hops, 2);  // both packets travelled
}

// They merge in the tick in which they are sent, two ticks before the axon is read, and a reset
// that drops the axon takes nothing back.
TEST(MachineCountersTest, MergedSpikesCountWhenTheyArriveInTheSlot) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  AddLane(builder, core, Relay());
  AddLane(builder, core, Relay());
  AddLane(builder, core, Relay());
  const NeuronTarget both = NeuronTarget::Axon(core, AxonIndex(2), Delay(3));
  builder.SetTarget(core, kNeuron0, both);
  builder.SetTarget(core, kNeuron1, both);
  builder.AddInputLine({{core, kAxon0}, {core, kAxon1}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.SendLine(LineIndex(0), Tick(1));
  machine.RunUntil(Tick(1));
  EXPECT_EQ(machine.counters().merged_spikes, 1);
  EXPECT_EQ(machine.counters().axon_events, 2);
  machine.ResetState();
  machine.RunUntil(Tick(20));
  EXPECT_EQ(machine.counters().merged_spikes, 1);
  EXPECT_EQ(machine.counters().axon_events, 2);
}

TEST(MachineCountersTest, HostPacketsMergeToo) {
  Machine machine = MachineOrDie(RelayPair(1));
  machine.SendLine(LineIndex(0), Tick(2));
  machine.SendLine(LineIndex(0), Tick(2));
  machine.SendAxon({kCore0, kAxon0}, Tick(2));
  machine.RunUntil(Tick(2));
  EXPECT_EQ(machine.counters().host_packets, 3);
  EXPECT_EQ(machine.counters().merged_spikes, 2);
  EXPECT_EQ(machine.counters().axon_events, 1);
}

TEST(MachineCountersTest, HostPacketMergesWithASpikeThatIsThereAlready) {
  Machine machine = MachineOrDie(RelayPair(3));
  machine.SendLine(LineIndex(0), Tick(1));  // reaches core 1 in tick 4
  machine.SendAxon({kCore1, kAxon0}, Tick(4));
  machine.RunUntil(Tick(3));
  EXPECT_EQ(machine.counters().merged_spikes, 0);
  machine.RunUntil(Tick(4));
  EXPECT_EQ(machine.counters().merged_spikes, 1);
  EXPECT_EQ(machine.counters().axon_events, 2);
}

TEST(MachineCountersTest, HostPacketsCountInTheirArrivalTick) {
  Machine machine = MachineOrDie(RelayPair(1));
  machine.SendLine(LineIndex(0), Tick(3));
  machine.SendLine(LineIndex(0), Tick(40));
  machine.RunUntil(Tick(2));
  EXPECT_EQ(machine.counters().host_packets, 0);
  machine.RunUntil(Tick(39));
  EXPECT_EQ(machine.counters().host_packets, 1);
  machine.RunUntil(Tick(40));
  EXPECT_EQ(machine.counters().host_packets, 2);
}

// s = 0 is a synaptic operation as well; an axon without bits is an axon event only.
TEST(MachineCountersTest, SynapticOperationsAreCrossbarBitsWhateverTheWeights) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  NeuronParameters deaf;
  const AxonIndex full = builder.AddAxon(core, AxonType(3));
  const AxonIndex empty = builder.AddAxon(core, AxonType(0));
  for (int i = 0; i < 256; ++i) {
    builder.Connect(core, full, builder.AddNeuron(core, deaf));
  }
  builder.AddInputLine({{core, full}});
  builder.AddInputLine({{core, empty}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.SendLine(LineIndex(1), Tick(1));
  machine.Step();
  EXPECT_EQ(machine.counters().axon_events, 1);
  EXPECT_EQ(machine.counters().synaptic_ops, 0);
  machine.SendLine(LineIndex(0), Tick(2));
  machine.Step();
  EXPECT_EQ(machine.counters().axon_events, 2);
  EXPECT_EQ(machine.counters().synaptic_ops, 256);
  EXPECT_EQ(machine.counters().spikes, 0);
}

TEST(MachineResetTest, ResetRestoresPotentialsAndDropsWhatIsUnderWay) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  NeuronParameters counter;
  counter.weights = {1, 0, 0, 0};
  AddLane(builder, core, counter);
  AddLane(builder, core, Relay());
  builder.SetTarget(core, kNeuron1, NeuronTarget::Axon(core, kAxon0, Delay(5)));
  builder.AddInputLine({{core, kAxon0}});
  builder.AddInputLine({{core, kAxon1}});
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  machine.SendLine(LineIndex(0), Tick(1));
  machine.SendLine(LineIndex(1), Tick(1));   // would reach axon 0 in tick 6
  machine.SendLine(LineIndex(0), Tick(8));   // in the near queue
  machine.SendLine(LineIndex(0), Tick(30));  // in the far queue
  machine.Step();
  EXPECT_EQ(machine.potential({kCore0, kNeuron0}), 1);
  const Counters before = machine.counters();
  machine.ResetState();
  EXPECT_EQ(machine.potential({kCore0, kNeuron0}), 0);
  EXPECT_EQ(machine.now(), Tick(1));
  EXPECT_EQ(machine.counters(), before);
  machine.RunUntil(Tick(40));
  EXPECT_EQ(machine.potential({kCore0, kNeuron0}), 0);
  EXPECT_EQ(machine.counters().axon_events, before.axon_events);
  EXPECT_EQ(machine.counters().host_packets, before.host_packets);
}

TEST(MachineResetTest, SecondRunAfterAResetIsTheFirstShifted) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  NeuronParameters pacemaker;
  pacemaker.leak = 1;
  pacemaker.threshold = 10;
  builder.AddNeuron(core, pacemaker, 4);
  Machine machine = MachineOrDie(BuildOrDie(std::move(builder)));
  EXPECT_THAT(SpikeTicks(machine, {kCore0, kNeuron0}, 20), ElementsAre(6, 16));
  machine.ResetState();
  EXPECT_THAT(SpikeTicks(machine, {kCore0, kNeuron0}, 40), ElementsAre(26, 36));
}

TEST(MachineCreateTest, ThreadsOutsideTheRangeAreRefused) {
  const ChipModel chip = RelayPair(1);
  for (const int threads : {-1, 0, 65}) {
    const absl::Status status = Machine::Create(chip, {.threads = threads}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
    EXPECT_THAT(std::string(status.message()),
                testing::HasSubstr("threads: " + std::to_string(threads) + ", allowed 1..64"));
  }
  EXPECT_TRUE(Machine::Create(chip, {.threads = 64}).ok());
}

TEST(MachineCreateTest, EachInstructionSetIsTheOneAskedForOrRefused) {
  const ChipModel chip = RelayPair(1);
  const auto name_of = [&](SimdTarget simd) {
    absl::StatusOr<Machine> machine = Machine::Create(chip, {.simd = simd});
    if (!machine.ok()) {
      EXPECT_EQ(machine.status().code(), absl::StatusCode::kFailedPrecondition);
      return std::string("refused");
    }
    return std::string(machine->simd_name());
  };
  EXPECT_THAT(name_of(SimdTarget::kScalar), testing::AnyOf("SCALAR", "EMU128"));
  EXPECT_THAT(name_of(SimdTarget::kSse4), testing::AnyOf("SSE4", "refused"));
  EXPECT_THAT(name_of(SimdTarget::kAvx2), testing::AnyOf("AVX2", "refused"));
  EXPECT_THAT(name_of(SimdTarget::kAvx3), testing::AnyOf("AVX3_DL", "AVX3", "refused"));
  EXPECT_NE(name_of(SimdTarget::kAuto), "refused");
}

TEST(MachineCreateTest, ChipWithoutCoresRuns) {
  ChipModel chip;
  chip.input_lines = {{}};
  Machine machine = MachineOrDie(chip);
  machine.SendLine(LineIndex(0), Tick(2));
  machine.Step();
  machine.RunUntil(Tick(1000));
  EXPECT_EQ(machine.now(), Tick(1000));
  EXPECT_EQ(machine.counters(), Counters());
  EXPECT_THAT(machine.spikes(), IsEmpty());
}

TEST(MachineDeathTest, ArrivalInThePastIsOurBug) {
  Machine machine = MachineOrDie(RelayPair(1));
  machine.RunUntil(Tick(5));
  EXPECT_DEATH(machine.SendLine(LineIndex(0), Tick(5)), "arrival > now");
  EXPECT_DEATH(machine.SendLine(LineIndex(1), Tick(6)), "check failed");
}

}  // namespace
}  // namespace spikemesh
