// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_spec.h"

#include <algorithm>
#include <cstdint>

#include "core/base/json.h"
#include "core/base/strings.h"
#include "router/router_config.h"

namespace spikemesh {
namespace {

constexpr std::string_view kSchema = "spikemesh.chipspec/1";
constexpr std::string_view kWhere = "chip spec";
constexpr std::size_t kFoundCharactersMax = 60;  // of a value, in a message

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
    const std::string found = schema->is_string()
                                  ? schema->get<std::string>().substr(0, kFoundCharactersMax)
                                  : std::string(schema->type_name());
    return absl::InvalidArgumentError(
        Concat(kWhere, ".schema: found \"", found, "\", allowed: \"", kSchema, "\""));
  }
  return absl::OkStatus();
}

absl::StatusOr<CoreCoordinates> ReadPlace(const Json& json, std::string_view where,
                                          const MeshShape& mesh) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t x,
                             GetInteger(json, where, "x", 0, mesh.width() - 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t y,
                             GetInteger(json, where, "y", 0, mesh.height() - 1));
  return CoreCoordinates{static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
}

absl::StatusOr<DeadLink> ReadDeadLink(const Json& json, const std::string& where,
                                      const MeshShape& mesh) {
  SPIKEMESH_RETURN_IF_ERROR(CheckKeys(json, where, {"x", "y", "direction"}));
  DeadLink link;
  SPIKEMESH_ASSIGN_OR_RETURN(link.at, ReadPlace(json, where, mesh));
  const auto direction = json.find("direction");
  const auto side = std::ranges::find_if(
      kSides, [&](Port port) { return direction != json.end() && *direction == NameOf(port); });
  if (side == kSides.end()) {
    return absl::InvalidArgumentError(
        Concat(where, ".direction: found ",
               direction == json.end() ? "none" : direction->dump().substr(0, kFoundCharactersMax),
               ", allowed: east, west, south, north"));
  }
  link.side = *side;
  SPIKEMESH_RETURN_IF_ERROR(Annotate(CheckDeadLink(mesh, link), where));
  return Normalized(link);
}

// Reads every element of the list `key`, where there is one; sorts them, each once.
template <typename Value, typename Read>
absl::Status ReadDefects(const Json& spec, std::string_view key, Read read,
                         std::vector<Value>& values) {
  if (!spec.contains(std::string(key))) {
    return absl::OkStatus();
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* const list, GetArray(spec, kWhere, key));
  for (std::size_t i = 0; i < list->size(); ++i) {
    SPIKEMESH_ASSIGN_OR_RETURN(const Value value,
                               read((*list)[i], Concat(kWhere, ".", key, "[", i, "]")));
    values.push_back(value);
  }
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return absl::OkStatus();
}

absl::Status ReadAllDefects(const Json& json, ChipSpec& spec) {
  const auto core = [&](const Json& at,
                        const std::string& where) -> absl::StatusOr<CoreCoordinates> {
    SPIKEMESH_RETURN_IF_ERROR(CheckKeys(at, where, {"x", "y"}));
    return ReadPlace(at, where, spec.mesh);
  };
  const auto link = [&](const Json& at, const std::string& where) {
    return ReadDeadLink(at, where, spec.mesh);
  };
  SPIKEMESH_RETURN_IF_ERROR(ReadDefects(json, "dead_cores", core, spec.dead_cores));
  SPIKEMESH_RETURN_IF_ERROR(ReadDefects(json, "dead_links", link, spec.dead_links));
  const std::int64_t places = std::int64_t{spec.mesh.width()} * spec.mesh.height();
  if (!spec.dead_links.empty() && places > kMeshRoutersMax) {
    return absl::ResourceExhaustedError(Concat(kWhere, ".dead_links: a mesh of ", places,
                                               " places for cores, allowed at most ",
                                               kMeshRoutersMax));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ChipSpec> ParseChipSpec(std::string_view text) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json json, Annotate(ParseJson(text), kWhere));
  SPIKEMESH_RETURN_IF_ERROR(CheckKeys(json, kWhere,
                                      {"schema", "cores_x", "cores_y", "chips_x", "chips_y",
                                       "volts", "tick_us", "dead_cores", "dead_links", "router"}));
  SPIKEMESH_RETURN_IF_ERROR(CheckSchema(json));
  ChipSpec spec;
  SPIKEMESH_RETURN_IF_ERROR(ReadSide(json, "cores_x", kMeshSideMax, spec.mesh.cores_x));
  SPIKEMESH_RETURN_IF_ERROR(ReadSide(json, "cores_y", kMeshSideMax, spec.mesh.cores_y));
  SPIKEMESH_RETURN_IF_ERROR(ReadSide(json, "chips_x", kChipsSideMax, spec.mesh.chips_x));
  SPIKEMESH_RETURN_IF_ERROR(ReadSide(json, "chips_y", kChipsSideMax, spec.mesh.chips_y));
  SPIKEMESH_RETURN_IF_ERROR(ReadNumber(json, "volts", kVoltsMin, kVoltsMax, spec.volts));
  SPIKEMESH_RETURN_IF_ERROR(
      ReadNumber(json, "tick_us", kTickMicrosecondsMin, kTickMicrosecondsMax, spec.tick_us));
  SPIKEMESH_RETURN_IF_ERROR(ReadAllDefects(json, spec));
  if (json.contains("router")) {
    SPIKEMESH_ASSIGN_OR_RETURN(
        spec.router, ReadRouterConfig(json["router"], Concat(kWhere, ".router"), spec.router));
  }
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
  json["dead_cores"] = Json::array();
  for (const CoreCoordinates at : spec.dead_cores) {
    json["dead_cores"].push_back({{"x", at.x}, {"y", at.y}});
  }
  json["dead_links"] = Json::array();
  for (const DeadLink& link : spec.dead_links) {
    json["dead_links"].push_back(
        {{"x", link.at.x}, {"y", link.at.y}, {"direction", NameOf(link.side)}});
  }
  json["router"] = RouterConfigJson(spec.router);
  return json.dump(2) + "\n";
}

}  // namespace spikemesh
