// SPDX-License-Identifier: Apache-2.0
#include "core/session/event_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/chip/chip_builder.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

// Two axons on core (2,1), each with a neuron of its own that fires when it is active.
ChipModel TwoAxons() {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({2, 1});
  for (int i = 0; i < 2; ++i) {
    const AxonIndex axon = builder.AddAxon(core, AxonType(0));
    const NeuronIndex neuron = builder.AddNeuron(core, {.weights = {1, 0, 0, 0}, .threshold = 1});
    builder.Connect(core, axon, neuron);
  }
  return std::move(builder).Build().value();
}

AxonEvent Event(std::int64_t tick, std::uint16_t axon) {
  return {Tick(tick), {2, 1}, AxonIndex(axon)};
}

absl::Status StatusOf(const AxonEvent& event) {
  return EventSource::Create(TwoAxons(), std::vector{event}).status();
}

TEST(EventSourceTest, EverySpikeArrivesInItsTickAndLaterOnesAreLeft) {
  const ChipModel chip = TwoAxons();
  Machine machine = Machine::Create(chip).value();
  EventSource source =
      EventSource::Create(chip, std::vector{Event(1, 0), Event(3, 0), Event(3, 1), Event(9, 1)})
          .value();
  const auto spikes_until = [&](std::int64_t tick) {
    SPIKEMESH_CHECK(RunSession(machine, source, {}, Tick(tick)).ok());
    return machine.counters().spikes;
  };
  EXPECT_EQ(spikes_until(1), 1);
  EXPECT_EQ(spikes_until(2), 1);
  EXPECT_EQ(spikes_until(3), 3);
  EXPECT_EQ(spikes_until(8), 3);
  EXPECT_EQ(source.left(), 1);
}

TEST(EventSourceTest, CoreOrAxonThatTheChipDoesNotUseIsOutOfRange) {
  EXPECT_TRUE(StatusOf(Event(1, 1)).ok());
  const absl::Status axon = StatusOf(Event(7, 2));
  EXPECT_EQ(axon.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(std::string(axon.message()),
              HasSubstr("tick 7: axon 2 of core (2,1), allowed: below 2"));
  const absl::Status core = StatusOf({Tick(7), {1, 2}, AxonIndex(0)});
  EXPECT_EQ(core.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(std::string(core.message()), HasSubstr("tick 7: core (1,2) is not a used core"));
}

}  // namespace
}  // namespace spikemesh
