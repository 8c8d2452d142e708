// SPDX-License-Identifier: Apache-2.0
#include "core/report/report_text.h"

#include "core/base/strings.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

std::vector<std::string> EnergyRow(const char* name, double used_cores, double whole_chip,
                                   const char* unit) {
  return {name, FormatQuantity(used_cores, unit), FormatQuantity(whole_chip, unit)};
}

double Ratio(double numerator, double denominator) {
  return denominator > 0.0 ? numerator / denominator : 0.0;
}

}  // namespace

std::string FormatCounts(const Counters& counts) {
  return FormatTable({.rows = {{"spikes", FormatCount(counts.spikes)},
                               {"axon events", FormatCount(counts.axon_events)},
                               {"synaptic operations", FormatCount(counts.synaptic_ops)},
                               {"hops", FormatCount(counts.hops)},
                               {"host packets", FormatCount(counts.host_packets)},
                               {"pin packets", FormatCount(counts.pin_packets)},
                               {"chip crossings", FormatCount(counts.chip_crossings)},
                               {"merged spikes", FormatCount(counts.merged_spikes)},
                               {"neuron updates", FormatCount(counts.neuron_updates)}},
                      .indent = 2});
}

std::string FormatEnergy(const EnergyReport& used_cores, const EnergyReport& whole_chip) {
  TextTable table{.rows = {{"energy", "used cores", "whole chips"}}, .heading = true, .indent = 2};
  const auto add = [&](const char* name, double EnergyReport::*member, const char* unit) {
    table.rows.push_back(EnergyRow(name, used_cores.*member, whole_chip.*member, unit));
  };
  add("static", &EnergyReport::static_joules, "J");
  add("tick", &EnergyReport::tick_joules, "J");
  add("synaptic", &EnergyReport::synaptic_joules, "J");
  add("hop", &EnergyReport::hop_joules, "J");
  add("chip crossing", &EnergyReport::crossing_joules, "J");
  add("total", &EnergyReport::total_joules, "J");
  if (used_cores.joules_per_image && whole_chip.joules_per_image) {
    table.rows.push_back(
        EnergyRow("per image", *used_cores.joules_per_image, *whole_chip.joules_per_image, "J"));
    table.rows.push_back({"images per joule", FormatNumber(*used_cores.images_per_joule),
                          FormatNumber(*whole_chip.images_per_joule)});
  }
  add("power", &EnergyReport::watts, "W");
  table.rows.push_back({"GSOPS/W", FormatNumber(used_cores.gsops_per_watt),
                        FormatNumber(whole_chip.gsops_per_watt)});
  return Concat("at ", FormatNumber(used_cores.volts), " V, ticks of ",
                FormatNumber(used_cores.tick_us), " us\n", FormatTable(table));
}

std::string FormatEnergyConstants(const EnergyConstants& constants) {
  std::string text;
  for (EnergyConstant EnergyConstants::*member : kEnergyConstantMembers) {
    const EnergyConstant& constant = constants.*member;
    text += Concat("  ", constant.name, " = ", FormatNumber(constant.value), " ", constant.unit,
                   " (", ConstantClassName(constant.constant_class), ": ", constant.source, ")\n");
  }
  return text;
}

std::string FormatPhaseTimes(const PhaseTimes& phases, double core_ticks) {
  TextTable table{
      .rows = {{"phase", "time", "share", "ns per core and tick"}}, .heading = true, .indent = 2};
  const double total = phases.total_seconds();
  const auto add = [&](const char* name, double seconds) {
    table.rows.push_back({name, FormatQuantity(seconds, "s"), FormatPercent(Ratio(seconds, total)),
                          FormatNumber(Ratio(seconds * 1e9, core_ticks))});
  };
  for (const NamedPhase& phase : kPhases) {
    add(phase.name, phases.*phase.seconds);
  }
  add("all", total);
  return FormatTable(table);
}

std::string FormatPad(const ImagePad& pad) {
  return pad.any() ? Concat(", padded by ", pad.top, ",", pad.bottom, ",", pad.left, ",", pad.right)
                   : "";
}

}  // namespace spikemesh
