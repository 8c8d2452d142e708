// SPDX-License-Identifier: Apache-2.0
#include "router/router_config.h"

#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::string_view kWhere = "router";

}  // namespace

absl::StatusOr<RouterParameters> ReadRouterConfig(const Json& json, std::string_view where,
                                                  const RouterParameters& defaults) {
  std::vector<std::string_view> names;
  for (const RouterField& field : RouterFields()) {
    names.emplace_back(field.name);
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckKeys(json, where, names));
  RouterParameters parameters = defaults;
  for (const RouterField& field : RouterFields()) {
    if (json.contains(field.name)) {
      SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t found,
                                 GetInteger(json, where, field.name, field.min, field.max));
      parameters.*field.value = static_cast<std::int32_t>(found);
    }
  }
  return parameters;
}

absl::StatusOr<RouterParameters> ParseRouterConfig(std::string_view text,
                                                   const RouterParameters& defaults) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json json, Annotate(ParseJson(text), kWhere));
  return ReadRouterConfig(json, kWhere, defaults);
}

Json RouterConfigJson(const RouterParameters& parameters) {
  Json json = Json::object();
  for (const RouterField& field : RouterFields()) {
    json[field.name] = parameters.*field.value;
  }
  return json;
}

}  // namespace spikemesh
