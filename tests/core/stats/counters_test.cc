// SPDX-License-Identifier: Apache-2.0
#include "core/stats/counters.h"

#include <gtest/gtest.h>

namespace spikemesh {
namespace {

// Nine different values, so that a member that is swapped or forgotten shows.
constexpr Counters kSample = {.spikes = 1,
                              .axon_events = 20,
                              .synaptic_ops = 300,
                              .hops = 4000,
                              .host_packets = 50000,
                              .pin_packets = 600000,
                              .chip_crossings = 7000000,
                              .merged_spikes = 80000000,
                              .neuron_updates = 900000000};

TEST(CountersTest, SumOfTwoIsTwiceEveryMember) {
  const Counters twice = kSample + kSample;
  EXPECT_EQ(twice.spikes, 2);
  EXPECT_EQ(twice.axon_events, 40);
  EXPECT_EQ(twice.synaptic_ops, 600);
  EXPECT_EQ(twice.hops, 8000);
  EXPECT_EQ(twice.host_packets, 100000);
  EXPECT_EQ(twice.pin_packets, 1200000);
  EXPECT_EQ(twice.chip_crossings, 14000000);
  EXPECT_EQ(twice.merged_spikes, 160000000);
  EXPECT_EQ(twice.neuron_updates, 1800000000);
}

TEST(CountersTest, DifferenceUndoesSum) { EXPECT_EQ(kSample + kSample - kSample, kSample); }

TEST(CountersTest, DifferenceToItselfIsZero) { EXPECT_EQ(kSample - kSample, Counters()); }

}  // namespace
}  // namespace spikemesh
