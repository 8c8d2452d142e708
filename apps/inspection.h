// SPDX-License-Identifier: Apache-2.0
// What `spikemesh inspect` found, in both of its printed forms.
#ifndef SPIKEMESH_APPS_INSPECTION_H_
#define SPIKEMESH_APPS_INSPECTION_H_

#include <string>

#include "core/base/json.h"

namespace spikemesh {

inline constexpr const char* kInspectSchema = "spikemesh.inspect/1";

struct Inspection {
  std::string text;
  Json json;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_INSPECTION_H_
