// SPDX-License-Identifier: Apache-2.0
#include "core/stats/energy_model.h"

#include <cmath>

namespace spikemesh {
namespace {

constexpr double kMilli = 1e-3;
constexpr double kMicro = 1e-6;
constexpr double kNano = 1e-9;
constexpr double kPico = 1e-12;

}  // namespace

EnergyReport ComputeEnergy(const Counters& counters, const EnergyConditions& conditions,
                           const EnergyConstants& constants) {
  const double voltage_ratio = conditions.volts / constants.reference_voltage.value;
  const double static_scale = std::pow(voltage_ratio, constants.static_exponent.value);
  const double dynamic_scale = std::pow(voltage_ratio, constants.dynamic_exponent.value);
  const auto ticks = static_cast<double>(conditions.ticks);
  const double seconds = ticks * conditions.tick_us * kMicro;
  const double chips = static_cast<double>(conditions.cores) / constants.chip_cores.value;
  const auto synaptic_ops = static_cast<double>(counters.synaptic_ops);

  EnergyReport report;
  report.volts = conditions.volts;
  report.tick_us = conditions.tick_us;
  report.static_joules = constants.static_power.value * kMilli * static_scale * chips * seconds;
  report.tick_joules = constants.tick_energy.value * kMicro * dynamic_scale * chips * ticks;
  report.synaptic_joules = constants.synaptic_energy.value * kPico * dynamic_scale * synaptic_ops;
  report.hop_joules =
      constants.hop_energy.value * kPico * dynamic_scale * static_cast<double>(counters.hops);
  report.crossing_joules =
      constants.crossing_energy.value * kNano * static_cast<double>(counters.chip_crossings);
  report.total_joules = report.static_joules + report.tick_joules + report.synaptic_joules +
                        report.hop_joules + report.crossing_joules;
  report.watts = seconds > 0.0 ? report.total_joules / seconds : 0.0;
  if (report.total_joules > 0.0) {
    report.gsops_per_watt = synaptic_ops * kNano / report.total_joules;
  }
  if (conditions.images.value_or(0) > 0 && report.total_joules > 0.0) {
    const auto images = static_cast<double>(*conditions.images);
    report.joules_per_image = report.total_joules / images;
    report.images_per_joule = images / report.total_joules;
  }
  return report;
}

}  // namespace spikemesh
