// SPDX-License-Identifier: Apache-2.0
// Pipelined or rate: a network whose activations are all steps, of two values each however they are
// written, runs pipelined, one image a tick; any other needs rates. Max pools do not decide.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_CHOOSE_MODE_H_
#define SPIKEMESH_CONVERTERS_SPIKING_CHOOSE_MODE_H_

#include <string>

#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "networks/ir/network.h"

namespace spikemesh {

struct ModeChoice {
  PresentationMode mode = PresentationMode::kPipelined;
  std::string reason;  // names the activation that decided
};

// Errors: those of CheckNetwork and BuildStageGraph.
absl::StatusOr<ModeChoice> ChooseMode(const Network& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_CHOOSE_MODE_H_
