// SPDX-License-Identifier: Apache-2.0
// The version of the project, as the build says it ("0.1.0").
#ifndef SPIKEMESH_APPS_VERSION_H_
#define SPIKEMESH_APPS_VERSION_H_

#include <string>

namespace spikemesh {

std::string ProjectVersion();

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_VERSION_H_
