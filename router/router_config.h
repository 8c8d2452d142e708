// SPDX-License-Identifier: Apache-2.0
// RouterParameters as JSON: one object with the names of their fields.
#ifndef SPIKEMESH_ROUTER_ROUTER_CONFIG_H_
#define SPIKEMESH_ROUTER_ROUTER_CONFIG_H_

#include <string_view>

#include "core/base/json_fwd.h"
#include "core/base/status.h"
#include "router/router_parameters.h"

namespace spikemesh {

// Missing keys keep their `defaults`. Errors: InvalidArgument (malformed, unknown key, not a whole
// number), OutOfRange (a value outside RouterFields).
absl::StatusOr<RouterParameters> ParseRouterConfig(std::string_view text,
                                                   const RouterParameters& defaults);
// The same of an object that is parsed. `where` begins the message.
absl::StatusOr<RouterParameters> ReadRouterConfig(const Json& json, std::string_view where,
                                                  const RouterParameters& defaults);

Json RouterConfigJson(const RouterParameters& parameters);

}  // namespace spikemesh

#endif  // SPIKEMESH_ROUTER_ROUTER_CONFIG_H_
