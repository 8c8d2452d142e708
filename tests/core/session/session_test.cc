// SPDX-License-Identifier: Apache-2.0
#include "core/session/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "core/chip/chip_builder.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

// One neuron on pin 0 that fires in the tick in which its axon is active.
ChipModel RelayChip() {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  const AxonIndex axon = builder.AddAxon(core, AxonType(0));
  const NeuronIndex neuron = builder.AddNeuron(core, {.weights = {1, 0, 0, 0}, .threshold = 1});
  builder.Connect(core, axon, neuron);
  builder.SetTarget(core, neuron, NeuronTarget::Pin(builder.AddPin()));
  builder.AddInputLine({{core, axon}});
  return std::move(builder).Build().value();
}

// Sends a spike in each of some ticks, and remembers how it was asked.
class SpikesIn : public SpikeSource {
 public:
  explicit SpikesIn(std::vector<std::int64_t> ticks) : ticks_(std::move(ticks)) {}
  absl::Status SendUntil(Tick until, Machine& machine) override {
    asked.push_back(until.value());
    for (const std::int64_t tick : ticks_) {
      if (Tick(tick) > machine.now() && Tick(tick) <= until) {
        machine.SendLine(LineIndex(0), Tick(tick));
      }
    }
    return absl::OkStatus();
  }
  std::vector<std::int64_t> asked;

 private:
  std::vector<std::int64_t> ticks_;
};

class Looks : public TickObserver {
 public:
  explicit Looks(bool every_tick, std::int64_t fails_at = 0)
      : every_tick_(every_tick), fails_at_(fails_at) {}
  bool every_tick() const override { return every_tick_; }
  absl::Status Look(const Machine& machine) override {
    seen.push_back(machine.now().value());
    if (!machine.pins().empty()) {
      fired.push_back(machine.now().value());
    }
    return machine.now() == Tick(fails_at_) ? absl::AbortedError("here") : absl::OkStatus();
  }
  std::vector<std::int64_t> seen;
  std::vector<std::int64_t> fired;

 private:
  bool every_tick_;
  std::int64_t fails_at_;
};

TEST(RunSessionTest, ObserverOfEveryTickSeesEachOnceAfterItsSpikesWereSent) {
  Machine machine = Machine::Create(RelayChip()).value();
  SpikesIn source({2, 3, 5});
  Looks looks(true);
  TickObserver* const observers[] = {&looks};
  ASSERT_TRUE(RunSession(machine, source, observers, Tick(5)).ok());
  EXPECT_THAT(source.asked, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(looks.seen, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(looks.fired, ElementsAre(2, 3, 5));
}

TEST(RunSessionTest, GoesOnFromWhereTheMachineIs) {
  Machine machine = Machine::Create(RelayChip()).value();
  SpikesIn source({7});
  Looks looks(true);
  TickObserver* const observers[] = {&looks};
  ASSERT_TRUE(RunSession(machine, source, observers, Tick(6)).ok());
  ASSERT_TRUE(RunSession(machine, source, observers, Tick(8)).ok());
  EXPECT_THAT(looks.seen, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(looks.fired, ElementsAre(7));
}

// 1,000 ticks in 200 leaps; the counts are those of a run tick by tick.
TEST(RunSessionTest, WithoutOneForEveryTickItLeapsAndCountsTheSame) {
  const ChipModel chip = RelayChip();
  Machine watched = Machine::Create(chip).value();
  Machine leaping = Machine::Create(chip).value();
  SpikesIn source({1, 4, 999, 1000});
  Looks every(true);
  Looks some(false);
  TickObserver* const all[] = {&every};
  TickObserver* const few[] = {&some};
  ASSERT_TRUE(RunSession(watched, source, all, Tick(1000)).ok());
  ASSERT_TRUE(RunSession(leaping, source, few, Tick(1000)).ok());
  EXPECT_EQ(some.seen.size(), 200u);
  EXPECT_EQ(some.seen.front(), 5);
  EXPECT_EQ(some.seen.back(), 1000);
  EXPECT_EQ(leaping.counters(), watched.counters());
  EXPECT_EQ(leaping.counters().spikes, 4);
}

TEST(RunSessionTest, FirstErrorOfAnObserverEndsTheSession) {
  Machine machine = Machine::Create(RelayChip()).value();
  NoSpikes source;
  Looks fails(true, 3);
  Looks after(true);
  TickObserver* const observers[] = {&fails, &after};
  EXPECT_EQ(RunSession(machine, source, observers, Tick(9)), absl::AbortedError("here"));
  EXPECT_EQ(machine.now(), Tick(3));
  EXPECT_THAT(after.seen, ElementsAre(1, 2));
}

}  // namespace
}  // namespace spikemesh
