// SPDX-License-Identifier: Apache-2.0
// `spikemesh inspect`: what is in a model file, and what would stop a network from fitting a chip.
#ifndef SPIKEMESH_APPS_INSPECT_COMMAND_H_
#define SPIKEMESH_APPS_INSPECT_COMMAND_H_

#include <string>

#include "apps/conversion_flags.h"
#include "core/base/status.h"

namespace spikemesh {

struct InspectOptions {
  std::string model;
  std::string core;  // "X,Y", or empty
  std::string json;
  ConversionFlags conversion;
};

CLI::App* AddInspectCommand(CLI::App& app, InspectOptions& options);

absl::Status InspectCommand(const InspectOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_INSPECT_COMMAND_H_
