// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_spec.h"

#include <cstdint>

#include "core/base/json.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::string_view kSchema = "spikemesh.chipspec/1";
constexpr std::string_view kWhere = "chip spec";

// Overwrites `side` with the member `key`, where there is one.
absl::Status ReadSide(const Json& spec, std::string_view key, std::int64_t side_max,
                      std::int32_t& side) {
  if (!spec.contains(std::string(key))) {
    return absl::OkStatus();
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t value, GetInteger(spec, kWhere, key, 1, side_max));
  side = static_cast<std::int32_t>(value);
  return absl::OkStatus();
}

// The same for a number in [min, max].
absl::Status ReadNumber(const Json& spec, std::string_view key, double min, double max,
                        double& number) {
  if (!spec.contains(std::string(key))) {
    return absl::OkStatus();
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const double value, GetNumber(spec, kWhere, key));
  if (value < min || value > max) {
    return absl::OutOfRangeError(
        Concat(kWhere, ".", key, ": found ", value, ", allowed: ", min, "..", max));
  }
  number = value;
  return absl::OkStatus();
}

absl::Status CheckSchema(const Json& spec) {
  const auto schema = spec.find("schema");
  if (schema == spec.end()) {
    return absl::InvalidArgumentError(
        Concat(kWhere, ": key \"schema\" is missing, allowed: \"", kSchema, "\""));
  }
  if (*schema != kSchema) {
    const std::string found = schema->is_string() ? schema->get<std::string>().substr(0, 60)
                                                  : std::string(schema->type_name());
    return absl::InvalidArgumentError(
        Concat(kWhere, ".schema: found \"", found, "\", allowed: \"", kSchema, "\""));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ChipSpec> ParseChipSpec(std::string_view text) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json json, Annotate(ParseJson(text), kWhere));
  SPIKEMESH_RETURN_IF_ERROR(CheckKeys(
      json, kWhere, {"schema", "cores_x", "cores_y", "chips_x", "chips_y", "volts", "tick_us"}));
  SPIKEMESH_RETURN_IF_ERROR(CheckSchema(json));
  ChipSpec spec;
  SPIKEMESH_RETURN_IF_ERROR(ReadSide(json, "cores_x", kMeshSideMax, spec.mesh.cores_x));
  SPIKEMESH_RETURN_IF_ERROR(ReadSide(json, "cores_y", kMeshSideMax, spec.mesh.cores_y));
  SPIKEMESH_RETURN_IF_ERROR(ReadSide(json, "chips_x", kChipsSideMax, spec.mesh.chips_x));
  SPIKEMESH_RETURN_IF_ERROR(ReadSide(json, "chips_y", kChipsSideMax, spec.mesh.chips_y));
  SPIKEMESH_RETURN_IF_ERROR(ReadNumber(json, "volts", kVoltsMin, kVoltsMax, spec.volts));
  SPIKEMESH_RETURN_IF_ERROR(
      ReadNumber(json, "tick_us", kTickMicrosecondsMin, kTickMicrosecondsMax, spec.tick_us));
  return spec;
}

std::string FormatChipSpec(const ChipSpec& spec) {
  Json json;
  json["schema"] = kSchema;
  json["cores_x"] = spec.mesh.cores_x;
  json["cores_y"] = spec.mesh.cores_y;
  json["chips_x"] = spec.mesh.chips_x;
  json["chips_y"] = spec.mesh.chips_y;
  json["volts"] = spec.volts;
  json["tick_us"] = spec.tick_us;
  return json.dump(2) + "\n";
}

}  // namespace spikemesh
