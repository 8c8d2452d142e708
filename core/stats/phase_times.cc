// SPDX-License-Identifier: Apache-2.0
#include "core/stats/phase_times.h"

#include "core/stats/text_table.h"

namespace spikemesh {
namespace {

struct Phase {
  const char* name;
  double PhaseTimes::*seconds;
};
constexpr std::array<Phase, 5> kPhases = {{{"host", &PhaseTimes::host_seconds},
                                           {"update", &PhaseTimes::update_seconds},
                                           {"send", &PhaseTimes::send_seconds},
                                           {"deliver", &PhaseTimes::deliver_seconds},
                                           {"wait", &PhaseTimes::wait_seconds}}};
static_assert(sizeof(PhaseTimes) == kPhases.size() * sizeof(double));

double Ratio(double numerator, double denominator) {
  return denominator > 0.0 ? numerator / denominator : 0.0;
}

}  // namespace

double PhaseTimes::total_seconds() const {
  double total = 0.0;
  for (const Phase& phase : kPhases) {
    total += this->*phase.seconds;
  }
  return total;
}

PhaseTimes operator+(const PhaseTimes& a, const PhaseTimes& b) {
  PhaseTimes sum;
  for (const Phase& phase : kPhases) {
    sum.*phase.seconds = a.*phase.seconds + b.*phase.seconds;
  }
  return sum;
}

PhaseTimes operator-(const PhaseTimes& a, const PhaseTimes& b) {
  PhaseTimes difference;
  for (const Phase& phase : kPhases) {
    difference.*phase.seconds = a.*phase.seconds - b.*phase.seconds;
  }
  return difference;
}

Json PhaseTimesJson(const PhaseTimes& phases) {
  Json json = Json::object();
  for (const Phase& phase : kPhases) {
    json[std::string(phase.name) + "_seconds"] = phases.*phase.seconds;
  }
  return json;
}

std::string FormatPhaseTimes(const PhaseTimes& phases, double core_ticks) {
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
