// SPDX-License-Identifier: Apache-2.0
#include "core/profile/latency_histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

TEST(LatencyHistogramTest, BinsHoldEveryPacket) {
  LatencyHistogram latency;
  EXPECT_THAT(latency.Bins(4).counts, IsEmpty());
  for (const std::int64_t cycles : {10, 11, 11, 13, 16}) {
    latency.Add(cycles);
  }
  const LatencyHistogram::Binned single = latency.Bins(7);
  EXPECT_EQ(single.first, 10);
  EXPECT_EQ(single.width, 1);
  EXPECT_THAT(single.counts, ElementsAre(1, 2, 0, 1, 0, 0, 1));
  const LatencyHistogram::Binned pairs = latency.Bins(6);
  EXPECT_EQ(pairs.width, 2);
  EXPECT_THAT(pairs.counts, ElementsAre(3, 1, 0, 1));
  EXPECT_THAT(latency.Bins(1).counts, ElementsAre(5));
}

TEST(LatencyHistogramTest, TheLastBinHoldsAllBeyond) {
  LatencyHistogram latency;
  latency.Add(LatencyHistogram::kCyclesMax - 1);
  latency.Add(LatencyHistogram::kCyclesMax + 1);
  latency.Add(LatencyHistogram::kCyclesMax + 5);
  EXPECT_THAT(latency.Bins(10).counts, ElementsAre(1, 2));
}

}  // namespace
}  // namespace spikemesh
