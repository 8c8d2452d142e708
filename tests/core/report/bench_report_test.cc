// SPDX-License-Identifier: Apache-2.0
// What a bench report says of its workload is read off the chip.
#include "core/report/bench_report.h"

#include <gtest/gtest.h>

#include "core/chip/standard_workload.h"

namespace spikemesh {
namespace {

BenchReport Described(const WorkloadOptions& options) {
  BenchReport report;
  DescribeWorkload(BuildStandardWorkload(options).value(), report);
  return report;
}

TEST(DescribeWorkloadTest, CountsCoresThatFireAndTheirNeuronsAndSynapses) {
  const BenchReport report =
      Described({.cores_x = 4, .cores_y = 2, .synapses = 64, .active_cores = 0.5});
  EXPECT_EQ(report.cores, 8);
  EXPECT_EQ(report.active_cores, 4);
  EXPECT_EQ(report.neurons, 4 * 256);
  EXPECT_EQ(report.synapses_per_axon, 64.0);
  EXPECT_FALSE(report.stochastic);
  EXPECT_FALSE(report.mixed);
}

TEST(DescribeWorkloadTest, KnowsTheKindsOfWorkload) {
  EXPECT_TRUE(Described({.cores_x = 1, .cores_y = 1, .stochastic = true}).stochastic);
  const BenchReport mixed = Described({.cores_x = 1, .cores_y = 1, .mixed = true});
  EXPECT_TRUE(mixed.mixed);
  EXPECT_FALSE(mixed.stochastic);
}

}  // namespace
}  // namespace spikemesh
