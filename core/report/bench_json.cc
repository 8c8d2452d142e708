// SPDX-License-Identifier: Apache-2.0
#include "core/report/bench_json.h"

#include <string>
#include <utility>

#include "core/base/json.h"
#include "core/report/energy_json.h"

namespace spikemesh {
namespace {

Json PhaseTimesJson(const PhaseTimes& phases) {
  Json json = Json::object();
  for (const NamedPhase& phase : kPhases) {
    json[std::string(phase.name) + "_seconds"] = phases.*phase.seconds;
  }
  return json;
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

}  // namespace

Json BenchReportJson(const BenchReport& report) {
  Json json = {{"schema", kBenchSchema},
               {"cores", report.cores},
               {"active_cores", report.active_cores},
               {"ticks", report.ticks},
               {"warm_up_ticks", report.warm_up_ticks},
               {"rate_hz", report.rate_hz()},
               {"synapses_per_axon", report.synapses_per_axon},
               {"stochastic", report.stochastic},
               {"mixed", report.mixed},
               {"ns_per_core_tick", report.ns_per_core_tick()},
               {"ms_per_tick", report.ms_per_tick()},
               {"wall_ms_per_tick", report.wall_ms_per_tick()},
               {"realtime_factor", report.realtime_factor()},
               {"synaptic_ops_per_second", report.synaptic_ops_per_second()},
               {"build_seconds", report.build_seconds},
               {"load_seconds", report.load_seconds},
               {"peak_memory_bytes", report.peak_memory_bytes},
               {"threads", report.threads},
               {"simd", report.simd},
               {"seed", report.seed},
               {"version", report.version},
               {"counts", CountsJson(report.counts)},
               {"energy", EnergyJson(report.energy)},
               {"energy_whole_chip", EnergyJson(report.energy_whole_chip)}};
  if (report.phases) {
    json["phases"] = PhaseTimesJson(*report.phases);
  }
  return json;
}

Json BenchSweepJson(const BenchSweep& sweep) {
  const BenchReport& common = sweep.common();
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

}  // namespace spikemesh
