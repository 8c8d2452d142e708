// SPDX-License-Identifier: Apache-2.0
#include "core/stats/bench_phases.h"

#include "core/stats/text_table.h"

namespace spikemesh {
namespace {

struct Phase {
  const char* name;
  double BenchPhases::*seconds;
};
constexpr std::array<Phase, 5> kPhases = {{{"host", &BenchPhases::host_seconds},
                                           {"update", &BenchPhases::update_seconds},
                                           {"send", &BenchPhases::send_seconds},
                                           {"deliver", &BenchPhases::deliver_seconds},
                                           {"wait", &BenchPhases::wait_seconds}}};
static_assert(sizeof(BenchPhases) == kPhases.size() * sizeof(double));

double Ratio(double numerator, double denominator) {
  return denominator > 0.0 ? numerator / denominator : 0.0;
}

}  // namespace

double BenchPhases::total_seconds() const {
  double total = 0.0;
  for (const Phase& phase : kPhases) {
    total += this->*phase.seconds;
  }
  return total;
}

BenchPhases operator-(const BenchPhases& a, const BenchPhases& b) {
  BenchPhases difference;
  for (const Phase& phase : kPhases) {
    difference.*phase.seconds = a.*phase.seconds - b.*phase.seconds;
  }
  return difference;
}

Json BenchPhasesJson(const BenchPhases& phases) {
  Json json = Json::object();
  for (const Phase& phase : kPhases) {
    json[std::string(phase.name) + "_seconds"] = phases.*phase.seconds;
  }
  return json;
}

std::string FormatBenchPhases(const BenchPhases& phases, double core_ticks) {
  TextTable table{
      .rows = {{"phase", "time", "share", "ns per core and tick"}}, .heading = true, .indent = 2};
  const double total = phases.total_seconds();
  const auto add = [&](const char* name, double seconds) {
    table.rows.push_back({name, FormatQuantity(seconds, "s"), FormatPercent(Ratio(seconds, total)),
                          FormatNumber(Ratio(seconds * 1e9, core_ticks))});
  };
  for (const Phase& phase : kPhases) {
    add(phase.name, phases.*phase.seconds);
  }
  add("all", total);
  return FormatTable(table);
}

}  // namespace spikemesh
