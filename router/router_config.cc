// SPDX-License-Identifier: Apache-2.0
#include "router/router_config.h"

#include <array>
#include <string>
#include <utility>

#include "core/base/json.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::string_view kWhere = "router";

}  // namespace

absl::StatusOr<RouterParameters> ParseRouterConfig(std::string_view text) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json json, Annotate(ParseJson(text), kWhere));
  SPIKEMESH_RETURN_IF_ERROR(
      CheckKeys(json, kWhere,
                {"fifo_depth", "inject_cycles", "hop_cycles", "eject_cycles", "credit_cycles"}));
  RouterParameters parameters;
  const std::array<std::pair<const char*, std::int32_t*>, 5> fields = {{
      {"fifo_depth", &parameters.fifo_depth},
      {"inject_cycles", &parameters.inject_cycles},
      {"hop_cycles", &parameters.hop_cycles},
      {"eject_cycles", &parameters.eject_cycles},
      {"credit_cycles", &parameters.credit_cycles},
  }};
  for (const auto& [name, value] : fields) {
    if (json.contains(name)) {
      SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t found,
                                 GetInteger(json, kWhere, name, 1, kFifoDepthMax));
      *value = static_cast<std::int32_t>(found);
    }
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckRouterParameters(parameters));
  return parameters;
}

}  // namespace spikemesh
