// SPDX-License-Identifier: Apache-2.0
#include "core/report/version.h"

namespace spikemesh {

std::string ProjectVersion() { return SPIKEMESH_VERSION; }

}  // namespace spikemesh
