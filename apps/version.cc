// SPDX-License-Identifier: Apache-2.0
#include "apps/version.h"

namespace spikemesh {

std::string ProjectVersion() { return SPIKEMESH_VERSION; }

}  // namespace spikemesh
