// SPDX-License-Identifier: Apache-2.0
// The constants of the energy model as a table: name, value, unit, where each comes from. Reports
// print it whole, and a user can replace any row (core/report/energy_json.h).
//
// Sources: Merolla et al., Science 345 (2014) with its supplement; Akopyan et al., TCAD 34 (2015).
// How the derived ones follow from the published figures: core/stats/README.md.
#ifndef SPIKEMESH_CORE_STATS_ENERGY_CONSTANTS_H_
#define SPIKEMESH_CORE_STATS_ENERGY_CONSTANTS_H_

#include <array>
#include <string>
#include <string_view>

namespace spikemesh {

// How far a number can be trusted: printed by the chip's makers; following from printed figures
// by arithmetic or a fit; or ours.
enum class ConstantClass { kPublished, kDerived, kAssumed };

std::string_view ConstantClassName(ConstantClass constant_class);

struct EnergyConstant {
  std::string name;
  double value = 0.0;  // in `unit`
  std::string unit;
  ConstantClass constant_class = ConstantClass::kAssumed;
  std::string source;
  bool operator==(const EnergyConstant&) const = default;
};

// The members have the values of one 4096-core chip at `reference_voltage`.
struct EnergyConstants {
  EnergyConstants();  // the calibrated table

  EnergyConstant reference_voltage;  // V
  EnergyConstant chip_cores;         // cores that static_power and tick_energy are stated for
  EnergyConstant static_power;       // mW per chip
  EnergyConstant static_exponent;    // static power goes with (V / reference)^exponent
  EnergyConstant tick_energy;        // uJ per chip and tick
  EnergyConstant synaptic_energy;    // pJ per synaptic operation
  EnergyConstant hop_energy;         // pJ per packet and hop
  EnergyConstant dynamic_exponent;   // tick, synaptic and hop energy go with (V / reference)^this
  EnergyConstant crossing_energy;    // nJ per packet and chip edge; not scaled with V
  bool operator==(const EnergyConstants&) const = default;
};

// Every member, in the order of reports.
inline constexpr std::array<EnergyConstant EnergyConstants::*, 9> kEnergyConstantMembers = {
    &EnergyConstants::reference_voltage, &EnergyConstants::chip_cores,
    &EnergyConstants::static_power,      &EnergyConstants::static_exponent,
    &EnergyConstants::tick_energy,       &EnergyConstants::synaptic_energy,
    &EnergyConstants::hop_energy,        &EnergyConstants::dynamic_exponent,
    &EnergyConstants::crossing_energy};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_STATS_ENERGY_CONSTANTS_H_
