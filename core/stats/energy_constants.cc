// SPDX-License-Identifier: Apache-2.0
#include "core/stats/energy_constants.h"

#include <algorithm>
#include <optional>
#include <vector>

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

EnergyConstants::EnergyConstants()
    : reference_voltage{"reference_voltage", 0.75, "V", ConstantClass::kPublished,
                        "Akopyan 2015, section VII: 65 mW and 46 GSOPS/W are stated at 0.75 V"},
      chip_cores{"chip_cores", 4096.0, "cores", ConstantClass::kPublished,
                 "Merolla 2014: 64 x 64 cores a chip"},
      static_power{"static_power", 26.3, "mW per chip", ConstantClass::kDerived,
                   "part of the 0.80 V line of Akopyan 2015 Fig. 17 (64.4 mW at 0 Hz) that the "
                   "70 GSOPS/W at five times real time leave to leakage"},
      static_exponent{"static_exponent", 3.8, "1", ConstantClass::kDerived,
                      "fitted to 323 mW at 1.05 V, 200 Hz, 256 synapses (Akopyan 2015)"},
      tick_energy{"tick_energy", 27.7, "uJ per chip and tick", ConstantClass::kDerived,
                  "70 GSOPS/W at five times real time (Merolla 2014) against 46 at real time; "
                  "6.76 nJ a core, of which the published SRAM sweep is 18 pJ a neuron"},
      synaptic_energy{"synaptic_energy", 1.30, "pJ per synaptic operation", ConstantClass::kDerived,
                      "slope of Akopyan 2015 Fig. 17 at 0.80 V: 294 pJ a spike, less 42.6 hops, "
                      "over 128 synapses, scaled to 0.75 V"},
      hop_energy{"hop_energy", 2.154, "pJ per packet and hop", ConstantClass::kDerived,
                 "2.3 pJ at 0.775 V (32 bit x 72 fJ, Merolla 2014 supplement), scaled to 0.75 V; "
                 "host and pin packets carry none"},
      dynamic_exponent{"dynamic_exponent", 2.0, "1", ConstantClass::kAssumed,
                       "energy of switched capacitance goes with V squared"},
      crossing_energy{"crossing_energy", 0.83, "nJ per packet and chip edge",
                      ConstantClass::kDerived,
                      "26 pJ a bit at the 1.8 V pads (Merolla 2014 supplement) x 32 bit"} {}

std::string_view ConstantClassName(ConstantClass constant_class) {
  switch (constant_class) {
    case ConstantClass::kPublished:
      return "published";
    case ConstantClass::kDerived:
      return "derived";
    case ConstantClass::kAssumed:
      return "assumed";
  }
  return "assumed";
}

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

}  // namespace spikemesh
