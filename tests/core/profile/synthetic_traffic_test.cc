// SPDX-License-Identifier: Apache-2.0
// Expected latencies were printed by BookSim2 (commit 28f4329), configuration: 8 x 8 mesh, dor, one
// virtual channel of 8 flits, packets of one flit, islip, credit_delay 1, routing_delay 0, other
// delays 1. Shorter runs here than for the report, so wider bounds.
#include "core/profile/synthetic_traffic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <tuple>
#include <utility>

#include "core/base/json.h"
#include "core/profile/profile_json.h"
#include "router/cycle_mesh.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

SyntheticTraffic Traffic(TrafficPattern pattern, double rate) {
  SyntheticTraffic traffic;
  traffic.pattern = pattern;
  traffic.rate = rate;
  traffic.warmup_cycles = 1000;
  traffic.cycles = 12000;
  return traffic;
}

TEST(SyntheticTrafficTest, LatenciesAreThoseOfBookSim2) {
  struct Case {
    TrafficPattern pattern;
    double rate;
    double mean;
    std::int64_t p50;
    std::int64_t p99;
  };
  for (const Case& c : {Case{TrafficPattern::kUniform, 0.1, 21.05, 20, 41},
                        Case{TrafficPattern::kUniform, 0.3, 23.05, 22, 47},
                        Case{TrafficPattern::kBitComplement, 0.1, 29.48, 29, 48},
                        Case{TrafficPattern::kNeighbor, 0.4, 15.50, 11, 47}}) {
    const TrafficMeasurement measured = MeasureTraffic(Traffic(c.pattern, c.rate)).value();
    EXPECT_NEAR(measured.latency.mean(), c.mean, 0.01 * c.mean) << c.rate;
    EXPECT_LE(std::abs(measured.latency.Percentile(0.5) - c.p50), 1) << c.rate;
    EXPECT_LE(std::abs(measured.latency.Percentile(0.99) - c.p99), 2) << c.rate;
    EXPECT_EQ(measured.packets_left, 0);
  }
}

// BookSim2 counts the worst node in samples of 5,000 cycles; in longer ones it is nearer the mean.
TEST(SyntheticTrafficTest, TheWorstCorePastSaturationIsThatOfBookSim2) {
  for (const auto& [pattern, mean, worst] : {std::tuple(TrafficPattern::kUniform, 0.369, 0.350),
                                             {TrafficPattern::kNeighbor, 0.950, 0.943}}) {
    SyntheticTraffic traffic = Traffic(pattern, 0.95);
    traffic.warmup_cycles = 10000;
    traffic.cycles = 5000;
    const TrafficMeasurement measured = MeasureTraffic(traffic).value();
    EXPECT_NEAR(measured.accepted_mean, mean, 0.02 * mean);
    EXPECT_NEAR(measured.accepted_worst, worst, 0.02 * worst);
  }
}

TEST(SyntheticTrafficTest, AcceptedLoadPastSaturationIsThatOfBookSim2) {
  for (const auto& [depth, accepted] :
       {std::pair(1, 0.047), std::pair(2, 0.106), std::pair(4, 0.232), std::pair(8, 0.369)}) {
    SyntheticTraffic traffic = Traffic(TrafficPattern::kUniform, 0.95);
    traffic.router.fifo_depth = depth;
    traffic.cycles = 4000;
    const TrafficMeasurement measured = MeasureTraffic(traffic).value();
    EXPECT_NEAR(measured.accepted_mean, accepted, 0.04 * accepted) << depth;
    EXPECT_GT(measured.packets_left, 0);
  }
}

// Every packet that is generated arrives, is left over, or neither was measured: the three counts
// of one run agree with the rate.
TEST(SyntheticTrafficTest, ArrivedAndLeftAreWhatWasGenerated) {
  SyntheticTraffic traffic = Traffic(TrafficPattern::kTornado, 1.0);
  traffic.cycles = 1000;
  const TrafficMeasurement measured = MeasureTraffic(traffic).value();
  EXPECT_EQ(measured.latency.packets() + measured.packets_left, 64 * traffic.cycles);
  EXPECT_GT(measured.packets_left, 0);
}

TEST(SyntheticTrafficTest, LinksCountEveryPacketOfTheMeasuredCycles) {
  SyntheticTraffic traffic = Traffic(TrafficPattern::kNeighbor, 1.0);
  traffic.mesh = {.cores_x = 2, .cores_y = 1};
  traffic.cycles = 500;
  // Two cores that send to each other in every cycle: each link takes a packet a cycle.
  const TrafficMeasurement measured = MeasureTraffic(traffic).value();
  const auto link = [&](std::size_t core, Port port) {
    return measured.links[core * kPorts + static_cast<std::size_t>(port)];
  };
  EXPECT_EQ(link(0, Port::kEast), 500);
  EXPECT_EQ(link(1, Port::kWest), 500);
  EXPECT_EQ(link(1, Port::kEast), 0);
  EXPECT_EQ(measured.accepted_mean, 1.0);
  EXPECT_EQ(measured.accepted_worst, 1.0);
  EXPECT_EQ(measured.hops_mean, 1.0);
  EXPECT_EQ(measured.latency.mean(), ZeroLoadLatency(traffic));
}

TEST(SyntheticTrafficTest, PeaksAreThoseOfTheBusiestWindow) {
  SyntheticTraffic traffic = Traffic(TrafficPattern::kNeighbor, 1.0);
  traffic.mesh = {.cores_x = 2, .cores_y = 1};
  traffic.cycles = 2500;  // windows of 1,000, 1,000 and 500
  const auto east = static_cast<std::size_t>(Port::kEast);
  EXPECT_EQ(MeasureTraffic(traffic).value().links[east], 2500);
  EXPECT_EQ(MeasureTraffic(traffic).value().link_peaks[east], 1000);
  traffic.cycles = 300;
  EXPECT_EQ(PeakWindowCycles(traffic), 300);
  EXPECT_EQ(MeasureTraffic(traffic).value().link_peaks[east], 300);
  // Where traffic comes and goes, no link is busier on the whole than at its peak.
  traffic = Traffic(TrafficPattern::kUniform, 0.05);
  traffic.cycles = 20000;
  const TrafficMeasurement measured = MeasureTraffic(traffic).value();
  std::size_t busier = 0;
  for (std::size_t link = 0; link < measured.links.size(); ++link) {
    ASSERT_GE(measured.link_peaks[link] * 20, measured.links[link]);
    busier += measured.link_peaks[link] * 20 > measured.links[link] ? 1 : 0;
  }
  EXPECT_GT(busier, measured.links.size() / 2);
}

TEST(SyntheticTrafficTest, SaturationIsThatOfBookSim2) {
  SyntheticTraffic traffic = Traffic(TrafficPattern::kBitComplement, 0.0);
  traffic.cycles = 6000;
  EXPECT_NEAR(FindSaturation(traffic, 0.004).value(), 0.2285, 0.02 * 0.2285 + 0.004);
  traffic.pattern = TrafficPattern::kNeighbor;
  EXPECT_GE(FindSaturation(traffic, 0.01).value(), 0.95);
}

TEST(SyntheticTrafficTest, SameSeedGivesTheSameReport) {
  TrafficReport a;
  a.traffic = Traffic(TrafficPattern::kUniform, 0.2);
  TrafficReport b = a;
  a.measured = MeasureTraffic(a.traffic).value();
  b.measured = MeasureTraffic(b.traffic).value();
  EXPECT_EQ(TrafficReportJson(a), TrafficReportJson(b));
  b.traffic.seed = 1;
  b.measured = MeasureTraffic(b.traffic).value();
  EXPECT_NE(TrafficReportJson(a)["packets"], TrafficReportJson(b)["packets"]);
}

TEST(SyntheticTrafficTest, WhatCannotBeMeasuredIsNamed) {
  const auto expect = [](const SyntheticTraffic& traffic, absl::StatusCode code, const char* part) {
    const absl::Status status = MeasureTraffic(traffic).status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  };
  expect(Traffic(TrafficPattern::kUniform, 1.5), absl::StatusCode::kOutOfRange, "rate: found 1.5");
  SyntheticTraffic traffic = Traffic(TrafficPattern::kTranspose, 0.1);
  traffic.mesh.cores_y = 4;
  expect(traffic, absl::StatusCode::kInvalidArgument, "transpose");
  traffic = Traffic(TrafficPattern::kUniform, 0.1);
  traffic.cycles = 0;
  expect(traffic, absl::StatusCode::kOutOfRange, "cycles");
  traffic = Traffic(TrafficPattern::kUniform, 0.1);
  traffic.router.fifo_depth = 0;
  expect(traffic, absl::StatusCode::kOutOfRange, "fifo_depth");
}

TEST(TrafficReportTest, JsonAndTextHoldWhatWasMeasured) {
  TrafficReport report;
  report.traffic = Traffic(TrafficPattern::kNeighbor, 1.0);
  report.traffic.mesh = {.cores_x = 2, .cores_y = 1};
  report.traffic.cycles = 500;
  report.measured = MeasureTraffic(report.traffic).value();
  report.saturation_rate = 0.25;
  report.cpu_seconds = 2.0;
  const Json json = TrafficReportJson(report);
  EXPECT_EQ(json["schema"], "spikemesh.profile/1");
  EXPECT_EQ(json["pattern"], "neighbor");
  EXPECT_EQ(json["mesh"], "2x1");
  EXPECT_EQ(json["packets"]["arrived"], 1000);
  EXPECT_EQ(json["latency_cycles"]["p99"], 8);
  EXPECT_EQ(json["accepted"]["worst"], 1.0);
  EXPECT_EQ(json["saturation_rate"], 0.25);
  EXPECT_EQ(json["links"].size(), 2u);
  EXPECT_EQ(json["links"][0]["direction"], "east");
  EXPECT_EQ(json["links"][0]["load_mean"], 1.0);
  EXPECT_EQ(json["links"][0]["load_peak"], 1.0);
  EXPECT_EQ(json["simulator"]["router_hops_per_cpu_second"],
            static_cast<double>(report.measured.grants) / 2);
  const std::string text = FormatTrafficReport(report);
  EXPECT_THAT(text, HasSubstr("neighbor on 2x1, 1 packets a core and cycle, 500 cycles after"));
  EXPECT_THAT(text, HasSubstr("saturates at 0.25"));
  EXPECT_THAT(text, HasSubstr("(0,0) east"));
}

}  // namespace
}  // namespace spikemesh
