// SPDX-License-Identifier: Apache-2.0
// Networks before mapping: a .snn as integers (its meaning, the machine's oracle), an .onnx as
// floating point (as it was trained). Their reports have answers, and no counts or energy.
#ifndef SPIKEMESH_APPS_RUN_NETWORK_MODEL_H_
#define SPIKEMESH_APPS_RUN_NETWORK_MODEL_H_

#include "apps/run_chip.h"
#include "apps/run_command.h"
#include "core/base/status.h"

namespace spikemesh {

// Errors: those of reading the files named in `options`; InvalidArgument (images of another shape);
// Unimplemented (a file that is neither).
absl::StatusOr<RunResult> RunNetworkModel(const RunOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_RUN_NETWORK_MODEL_H_
