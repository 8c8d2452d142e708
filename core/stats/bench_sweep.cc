// SPDX-License-Identifier: Apache-2.0
#include "core/stats/bench_sweep.h"

#include "core/base/status.h"
#include "core/base/strings.h"
#include "core/stats/run_report.h"
#include "core/stats/text_table.h"

namespace spikemesh {
namespace {

// What all points have in common is read off the first.
const BenchReport& Common(const BenchSweep& sweep) {
  SPIKEMESH_CHECK(!sweep.points.empty());
  SPIKEMESH_CHECK(sweep.points.size() == sweep.rates_hz.size() * sweep.synapses.size());
  return sweep.points.front();
}

Json PointJson(const BenchReport& report, double rate_hz_asked, std::int32_t synapses) {
  return {{"rate_hz", report.rate_hz()},
          {"rate_hz_asked", rate_hz_asked},
          {"synapses", synapses},
          {"ms_per_tick", report.ms_per_tick()},
          {"wall_ms_per_tick", report.wall_ms_per_tick()},
          {"ns_per_core_tick", report.ns_per_core_tick()},
          {"realtime_factor", report.realtime_factor()},
          {"synaptic_ops_per_second", report.synaptic_ops_per_second()},
          {"watts", report.energy_whole_chip.watts},
          {"gsops_per_watt", report.energy_whole_chip.gsops_per_watt},
          {"counts", CountsJson(report.counts)}};
}

template <typename Value>
std::string FormatMatrix(const BenchSweep& sweep, Value value) {
  TextTable table{.rows = {{"synapses"}}, .heading = true, .indent = 2, .left_columns = 0};
  for (const double rate_hz : sweep.rates_hz) {
    table.rows.front().push_back(FormatNumber(rate_hz) + " Hz");
  }
  for (std::size_t row = 0; row < sweep.synapses.size(); ++row) {
    std::vector<std::string>& cells = table.rows.emplace_back();
    cells.push_back(FormatCount(sweep.synapses[row]));
    for (std::size_t column = 0; column < sweep.rates_hz.size(); ++column) {
      cells.push_back(FormatNumber(value(sweep.At(row, column))));
    }
  }
  return FormatTable(table);
}

}  // namespace

Json BenchSweepJson(const BenchSweep& sweep) {
  const BenchReport& common = Common(sweep);
  Json points = Json::array();
  for (std::size_t row = 0; row < sweep.synapses.size(); ++row) {
    for (std::size_t column = 0; column < sweep.rates_hz.size(); ++column) {
      points.push_back(
          PointJson(sweep.At(row, column), sweep.rates_hz[column], sweep.synapses[row]));
    }
  }
  return {{"schema", kBenchSweepSchema},
          {"cores", common.cores},
          {"active_cores", common.active_cores},
          {"ticks", common.ticks},
          {"warm_up_ticks", common.warm_up_ticks},
          {"stochastic", common.stochastic},
          {"mixed", common.mixed},
          {"volts", common.energy_whole_chip.volts},
          {"tick_us", common.energy_whole_chip.tick_us},
          {"threads", common.threads},
          {"simd", common.simd},
          {"seed", common.seed},
          {"version", common.version},
          {"points", std::move(points)}};
}

std::string FormatSweepConditions(const BenchSweep& sweep) {
  const BenchReport& common = Common(sweep);
  std::string text = Concat(FormatCount(common.cores), " cores");
  if (common.active_cores != common.cores) {
    text += Concat(" (", FormatCount(common.active_cores), " active)");
  }
  text += common.stochastic ? ", stochastic" : "";
  text += common.mixed ? ", mixed" : "";
  return Concat(text, ", ", FormatCount(common.ticks), " ticks a point, ", common.threads,
                common.threads == 1 ? " thread (" : " threads (", common.simd, "), seed ",
                common.seed, ", ", FormatNumber(common.energy_whole_chip.volts), " V, ticks of ",
                FormatNumber(common.energy_whole_chip.tick_us), " us");
}

std::string FormatBenchSweep(const BenchSweep& sweep) {
  const auto ms_per_tick = [](const BenchReport& report) { return report.ms_per_tick(); };
  const auto realtime_factor = [](const BenchReport& report) { return report.realtime_factor(); };
  const auto gsops_per_watt = [](const BenchReport& report) {
    return report.energy_whole_chip.gsops_per_watt;
  };
  return Concat("sweep     ", FormatSweepConditions(sweep), "\n\nms per tick (processor)\n",
                FormatMatrix(sweep, ms_per_tick), "\ntimes real time (wall)\n",
                FormatMatrix(sweep, realtime_factor), "\nmodelled GSOPS/W, whole chips\n",
                FormatMatrix(sweep, gsops_per_watt));
}

}  // namespace spikemesh
