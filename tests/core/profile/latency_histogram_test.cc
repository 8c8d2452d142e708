// SPDX-License-Identifier: Apache-2.0
#include "core/profile/latency_histogram.h"

#include <gtest/gtest.h>

namespace spikemesh {
namespace {

TEST(LatencyHistogramTest, IsZeroWithoutPackets) {
  const LatencyHistogram latency;
  EXPECT_EQ(latency.packets(), 0);
  EXPECT_EQ(latency.mean(), 0.0);
  EXPECT_EQ(latency.Percentile(0.5), 0);
  EXPECT_EQ(latency.max(), 0);
}

TEST(LatencyHistogramTest, PercentileIsTheLeastThatEnoughPacketsDoNotExceed) {
  LatencyHistogram latency;
  for (std::int64_t cycles = 100; cycles >= 1; --cycles) {
    latency.Add(cycles);
  }
  EXPECT_EQ(latency.packets(), 100);
  EXPECT_EQ(latency.mean(), 50.5);
  EXPECT_EQ(latency.Percentile(0.5), 50);
  EXPECT_EQ(latency.Percentile(0.501), 51);
  EXPECT_EQ(latency.Percentile(0.99), 99);
  EXPECT_EQ(latency.Percentile(0.999), 100);
  EXPECT_EQ(latency.Percentile(1.0), 100);
}

TEST(LatencyHistogramTest, BeyondItsBinsTheSumAndTheMaximumAreKept) {
  LatencyHistogram latency;
  latency.Add(3);
  latency.Add(LatencyHistogram::kCyclesMax + 5);
  EXPECT_EQ(latency.max(), LatencyHistogram::kCyclesMax + 5);
  EXPECT_EQ(latency.Percentile(1.0), LatencyHistogram::kCyclesMax + 5);
  EXPECT_EQ(latency.Percentile(0.5), 3);
  EXPECT_EQ(latency.mean(), (LatencyHistogram::kCyclesMax + 8) / 2.0);
}

}  // namespace
}  // namespace spikemesh
