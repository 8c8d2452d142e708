// SPDX-License-Identifier: Apache-2.0
#include "core/report/energy_json.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/json.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::array<ConstantClass, 3> kConstantClasses = {
    ConstantClass::kPublished, ConstantClass::kDerived, ConstantClass::kAssumed};

absl::StatusOr<std::string> GetString(const Json& row, const std::string& where,
                                      const std::string& key) {
  const Json& value = row.at(key);
  if (!value.is_string()) {
    return absl::InvalidArgumentError(
        Concat(where, ".", key, ": found ", value.type_name(), ", allowed: a string"));
  }
  return value.get<std::string>();
}

absl::StatusOr<EnergyConstant*> FindConstant(EnergyConstants& constants, const std::string& where,
                                             const std::string& name) {
  std::string names;
  for (EnergyConstant EnergyConstants::*member : kEnergyConstantMembers) {
    if ((constants.*member).name == name) {
      return &(constants.*member);
    }
    names += (names.empty() ? "" : ", ") + (constants.*member).name;
  }
  return absl::InvalidArgumentError(
      Concat(where, ".name: found \"", name.substr(0, 60), "\", allowed: ", names));
}

absl::StatusOr<ConstantClass> ParseConstantClass(const std::string& where,
                                                 const std::string& name) {
  for (const ConstantClass known : kConstantClasses) {
    if (name == ConstantClassName(known)) {
      return known;
    }
  }
  return absl::InvalidArgumentError(Concat(where, ".class: found \"", name.substr(0, 60),
                                           "\", allowed: published, derived, assumed"));
}

// Whether the model divides by the constant.
bool IsDivisor(const EnergyConstants& constants, const EnergyConstant* constant) {
  return constant == &constants.reference_voltage || constant == &constants.chip_cores;
}

// Reads one row into its place; returns the row's name.
absl::StatusOr<std::string> ReadRow(const Json& row, const std::string& where,
                                    EnergyConstants& constants) {
  SPIKEMESH_RETURN_IF_ERROR(CheckKeys(row, where, {"name", "value", "unit", "class", "source"}));
  if (!row.contains("name")) {
    return absl::InvalidArgumentError(Concat(where, ": key \"name\" is missing"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string name, GetString(row, where, "name"));
  SPIKEMESH_ASSIGN_OR_RETURN(EnergyConstant * constant, FindConstant(constants, where, name));
  SPIKEMESH_ASSIGN_OR_RETURN(constant->value, GetNumber(row, where, "value"));
  const bool divisor = IsDivisor(constants, constant);
  if (constant->value < 0.0 || (divisor && constant->value == 0.0)) {
    return absl::OutOfRangeError(Concat(where, ".value (", name, "): found ", constant->value,
                                        ", allowed: ", divisor ? "above 0" : "0 and above"));
  }
  if (row.contains("unit")) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::string unit, GetString(row, where, "unit"));
    if (unit != constant->unit) {
      return absl::InvalidArgumentError(Concat(where, ".unit (", name, "): found \"",
                                               unit.substr(0, 60), "\", allowed: \"",
                                               constant->unit, "\""));
    }
  }
  constant->constant_class = ConstantClass::kAssumed;
  if (row.contains("class")) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::string found, GetString(row, where, "class"));
    SPIKEMESH_ASSIGN_OR_RETURN(constant->constant_class, ParseConstantClass(where, found));
  }
  constant->source = "user file";
  if (row.contains("source")) {
    SPIKEMESH_ASSIGN_OR_RETURN(constant->source, GetString(row, where, "source"));
  }
  return name;
}

}  // namespace

absl::StatusOr<EnergyConstants> ParseEnergyConstants(std::string_view text) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  SPIKEMESH_RETURN_IF_ERROR(CheckKeys(json, "energy constants", {"schema", "constants"}));
  if (!json.contains("schema") || json.at("schema") != kEnergySchema) {
    return absl::InvalidArgumentError(
        Concat("energy constants: key \"schema\" must be \"", kEnergySchema, "\""));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* rows, GetArray(json, "energy constants", "constants"));
  EnergyConstants constants;
  std::vector<std::string> seen;
  for (std::size_t index = 0; index < rows->size(); ++index) {
    const std::string where = Concat("constants[", index, "]");
    SPIKEMESH_ASSIGN_OR_RETURN(const std::string name, ReadRow((*rows)[index], where, constants));
    if (std::ranges::find(seen, name) != seen.end()) {
      return absl::InvalidArgumentError(Concat(where, ".name: \"", name, "\" stands there twice"));
    }
    seen.push_back(name);
  }
  return constants;
}

Json EnergyConstantsJson(const EnergyConstants& constants) {
  Json rows = Json::array();
  for (EnergyConstant EnergyConstants::*member : kEnergyConstantMembers) {
    const EnergyConstant& constant = constants.*member;
    rows.push_back({{"name", constant.name},
                    {"value", constant.value},
                    {"unit", constant.unit},
                    {"class", ConstantClassName(constant.constant_class)},
                    {"source", constant.source}});
  }
  return rows;
}

Json CountsJson(const Counters& counts) {
  return {{"spikes", counts.spikes},
          {"axon_events", counts.axon_events},
          {"synaptic_ops", counts.synaptic_ops},
          {"hops", counts.hops},
          {"host_packets", counts.host_packets},
          {"pin_packets", counts.pin_packets},
          {"chip_crossings", counts.chip_crossings},
          {"merged_spikes", counts.merged_spikes},
          {"neuron_updates", counts.neuron_updates}};
}

Json EnergyJson(const EnergyReport& energy) {
  return {{"volts", energy.volts},
          {"tick_us", energy.tick_us},
          {"static_joules", energy.static_joules},
          {"tick_joules", energy.tick_joules},
          {"synaptic_joules", energy.synaptic_joules},
          {"hop_joules", energy.hop_joules},
          {"crossing_joules", energy.crossing_joules},
          {"total_joules", energy.total_joules},
          {"joules_per_image", OrNull(energy.joules_per_image)},
          {"watts", energy.watts},
          {"gsops_per_watt", energy.gsops_per_watt},
          {"images_per_joule", OrNull(energy.images_per_joule)}};
}

}  // namespace spikemesh
