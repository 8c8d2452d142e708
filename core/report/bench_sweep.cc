// SPDX-License-Identifier: Apache-2.0
#include "core/report/bench_sweep.h"

#include "core/base/status.h"
#include "core/base/strings.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

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

const BenchReport& BenchSweep::common() const {
  SPIKEMESH_CHECK(!points.empty());
  SPIKEMESH_CHECK(points.size() == rates_hz.size() * synapses.size());
  return points.front();
}

std::string FormatSweepConditions(const BenchSweep& sweep) {
  const BenchReport& common = sweep.common();
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
