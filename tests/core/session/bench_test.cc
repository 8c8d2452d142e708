// SPDX-License-Identifier: Apache-2.0
#include "core/session/bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "core/chip/standard_workload.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

ChipModel SmallChip() {
  WorkloadOptions workload;
  workload.cores_x = workload.cores_y = 2;
  workload.rate_hz = 100.0;
  return BuildStandardWorkload(workload).value();
}

TEST(MeasureChipTest, CountsTheTimedTicksAlone) {
  const ChipModel chip = SmallChip();
  std::vector<std::int64_t> told;
  const auto report =
      MeasureChip(chip, {.ticks = 40, .machine = {}, .progress = [&told](std::int64_t done) {
                           told.push_back(done);
                         }});
  ASSERT_TRUE(report.ok()) << report.status();
  Machine machine = Machine::Create(chip).value();
  machine.RunUntil(Tick(kBenchWarmUpTicks));
  const Counters before = machine.counters();
  machine.RunUntil(Tick(kBenchWarmUpTicks + 40));
  EXPECT_EQ(report->counts, machine.counters() - before);
  EXPECT_GT(report->counts.spikes, 0);
  EXPECT_EQ(report->ticks, 40);
  EXPECT_EQ(report->warm_up_ticks, kBenchWarmUpTicks);
  EXPECT_FALSE(report->phases.has_value());
  EXPECT_THAT(told, ElementsAre(16, 32));
}

TEST(MeasureChipTest, PhasesAreThoseOfAProfiledMachine) {
  const auto report = MeasureChip(SmallChip(), {.ticks = 5, .machine = {.profile = true}});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->phases.has_value());
}

}  // namespace
}  // namespace spikemesh
