// SPDX-License-Identifier: Apache-2.0
// The version of the project, which reports tell, as the build says it ("0.1.0").
#ifndef SPIKEMESH_CORE_REPORT_VERSION_H_
#define SPIKEMESH_CORE_REPORT_VERSION_H_

#include <string>

namespace spikemesh {

std::string ProjectVersion();

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_VERSION_H_
