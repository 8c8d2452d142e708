// SPDX-License-Identifier: Apache-2.0
#include "core/report/bench_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/json.h"
#include "core/report/bench_json.h"
#include "core/report/bench_sweep_svg.h"
#include "tests/testing/xml_fault.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A point of 4 cores and 100 ticks, at the rate and with the synapses asked.
BenchReport PointAt(double rate_hz, std::int32_t synapses, double wall_seconds) {
  BenchReport report;
  report.cores = 4;
  report.active_cores = 4;
  report.neurons = 4 * 256;
  report.ticks = 100;
  report.warm_up_ticks = 50;
  report.synapses_per_axon = synapses;
  report.cpu_seconds = 2.0 * wall_seconds;
  report.wall_seconds = wall_seconds;
  report.threads = 2;
  report.simd = "AVX2";
  report.seed = 7;
  report.version = "1.2.3";
  report.counts.spikes = static_cast<std::int64_t>(rate_hz * 0.1 * 1024);
  report.counts.axon_events = report.counts.spikes;
  report.counts.synaptic_ops = report.counts.spikes * synapses;
  report.energy = ComputeEnergy(report.counts, {.ticks = 100, .cores = 4}, EnergyConstants());
  report.energy_whole_chip =
      ComputeEnergy(report.counts, {.ticks = 100, .cores = 4096}, EnergyConstants());
  return report;
}

// 0 and 20 Hz with 128 synapses, then with 256; 0.1 s are simulated at each point.
BenchSweep SampleSweep() {
  return {.rates_hz = {0, 20},
          .synapses = {128, 256},
          .points = {PointAt(0, 128, 0.001), PointAt(20, 128, 0.05), PointAt(0, 256, 0.001),
                     PointAt(20, 256, 0.2)}};
}

TEST(BenchSweepTest, JsonHasThePointsRowByRow) {
  const Json json = BenchSweepJson(SampleSweep());
  EXPECT_EQ(json["schema"], "spikemesh.bench-sweep/1");
  ASSERT_EQ(json["points"].size(), 4u);
  const std::vector<std::pair<int, int>> rates_and_synapses = {
      {0, 128}, {20, 128}, {0, 256}, {20, 256}};
  for (std::size_t point = 0; point < 4; ++point) {
    EXPECT_EQ(json["points"][point]["rate_hz_asked"], rates_and_synapses[point].first);
    EXPECT_EQ(json["points"][point]["synapses"], rates_and_synapses[point].second);
  }
}

TEST(BenchSweepTest, JsonOfAPointHasTheNumbersOfItsReport) {
  const BenchSweep sweep = SampleSweep();
  const BenchReport& report = sweep.At(1, 1);
  const Json point = BenchSweepJson(sweep)["points"][3];
  const Json expected = {{"rate_hz", report.rate_hz()},
                         {"rate_hz_asked", 20.0},
                         {"synapses", 256},
                         {"ms_per_tick", 4.0},
                         {"wall_ms_per_tick", 2.0},
                         {"ns_per_core_tick", 1e6},
                         {"realtime_factor", 0.5},
                         {"synaptic_ops_per_second", 2048.0 * 256 / 0.2},
                         {"watts", report.energy_whole_chip.watts},
                         {"gsops_per_watt", report.energy_whole_chip.gsops_per_watt},
                         {"counts", BenchReportJson(report)["counts"]}};
  EXPECT_EQ(point.size(), expected.size());
  for (const auto& [key, value] : expected.items()) {
    if (value.is_number_float()) {
      EXPECT_DOUBLE_EQ(point[key].get<double>(), value.get<double>()) << key;
      EXPECT_NE(value, 0.0) << key;
    } else {
      EXPECT_EQ(point[key], value) << key;
    }
  }
}

TEST(BenchSweepTest, JsonHasTheCircumstances) {
  Json json = BenchSweepJson(SampleSweep());
  json.erase("points");
  const Json expected = {{"schema", "spikemesh.bench-sweep/1"},
                         {"cores", 4},
                         {"active_cores", 4},
                         {"ticks", 100},
                         {"warm_up_ticks", 50},
                         {"stochastic", false},
                         {"mixed", false},
                         {"volts", 0.75},
                         {"tick_us", 1000.0},
                         {"threads", 2},
                         {"simd", "AVX2"},
                         {"seed", 7},
                         {"version", "1.2.3"}};
  EXPECT_EQ(json, expected);
}

TEST(BenchSweepTest, TextHasAMatrixOfEachNumber) {
  const std::string text = FormatBenchSweep(SampleSweep());
  EXPECT_THAT(text, HasSubstr("4 cores, 100 ticks a point, 2 threads (AVX2), seed 7, 0.75 V"));
  // Processor time is twice the wall time: 0.1 s and 0.4 s in 100 ticks at 20 Hz.
  EXPECT_THAT(text, HasSubstr("ms per tick (processor)\n"
                              "  synapses  0 Hz  20 Hz\n"
                              "  ---------------------\n"
                              "       128  0.02      1\n"
                              "       256  0.02      4\n"));
  // 0.1 s simulated in 0.001, 0.05 and 0.2 s.
  EXPECT_THAT(text, HasSubstr("       128   100      2\n"
                              "       256   100    0.5\n"));
  EXPECT_THAT(text, HasSubstr("GSOPS/W"));
}

TEST(BenchSweepTest, ConditionsNameWhatDiffersFromThePlainWorkload) {
  BenchSweep sweep = SampleSweep();
  EXPECT_THAT(FormatSweepConditions(sweep), Not(HasSubstr("active")));
  sweep.points.front().active_cores = 1;
  sweep.points.front().stochastic = true;
  sweep.points.front().mixed = true;
  EXPECT_THAT(FormatSweepConditions(sweep), HasSubstr("4 cores (1 active), stochastic, mixed, "));
}

TEST(SweepSvgTest, IsWellFormedAndHasBothMapsAndTheConditions) {
  const BenchSweep sweep = SampleSweep();
  const std::string svg = FormatSweepSvg(sweep);
  EXPECT_EQ(XmlFault(svg), "");
  EXPECT_THAT(svg, HasSubstr("Simulator: times real time"));
  EXPECT_THAT(svg, HasSubstr("Chip, modelled: GSOPS/W"));
  EXPECT_THAT(svg, HasSubstr(FormatSweepConditions(sweep)));
  EXPECT_THAT(svg, HasSubstr("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"));
}

TEST(SweepSvgTest, CaptionSaysWhichPointsReachRealTime) {
  BenchSweep sweep = SampleSweep();
  EXPECT_THAT(FormatSweepSvg(sweep),
              HasSubstr("the line parts points that keep up with real time"));
  for (BenchReport& point : sweep.points) {
    point.wall_seconds = 0.05;
  }
  EXPECT_THAT(FormatSweepSvg(sweep), HasSubstr("every point reaches real time"));
  for (BenchReport& point : sweep.points) {
    point.wall_seconds = 0.2;
  }
  EXPECT_THAT(FormatSweepSvg(sweep), HasSubstr("no point reaches real time"));
}

TEST(SweepSvgTest, OnlyAWholeChipIsComparedWithThePublishedOne) {
  BenchSweep sweep = SampleSweep();
  EXPECT_THAT(FormatSweepSvg(sweep), Not(HasSubstr("Published")));
  sweep.points.front().cores = 4096;
  EXPECT_THAT(FormatSweepSvg(sweep), HasSubstr("46 GSOPS/W at 20 Hz and 128 synapses"));
}

TEST(SweepSvgTest, ASilentSweepIsAPictureToo) {
  const BenchSweep sweep = {.rates_hz = {0}, .synapses = {0}, .points = {PointAt(0, 0, 0.001)}};
  EXPECT_EQ(XmlFault(FormatSweepSvg(sweep)), "");
}

}  // namespace
}  // namespace spikemesh
