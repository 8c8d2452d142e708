// SPDX-License-Identifier: Apache-2.0
// The name of JSON values, for headers that only hand them on: what includes it pays nothing for
// the library behind it.
#ifndef SPIKEMESH_CORE_BASE_JSON_FWD_H_
#define SPIKEMESH_CORE_BASE_JSON_FWD_H_

#include <nlohmann/json_fwd.hpp>

namespace spikemesh {

// Keys keep the order in which they were written, so that reports read as their schema does.
using Json = nlohmann::ordered_json;

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_JSON_FWD_H_
