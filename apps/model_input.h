// SPDX-License-Identifier: Apache-2.0
// How images reach a float network: its input shape and the preprocessing of the flags.
#ifndef SPIKEMESH_APPS_MODEL_INPUT_H_
#define SPIKEMESH_APPS_MODEL_INPUT_H_

#include "converters/spiking/fold_network.h"
#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "networks/data/dataset.h"
#include "networks/ir/network.h"

namespace spikemesh {

// An InputModel without encoder whose mean and scale have one value a channel. Errors:
// InvalidArgument (a number of values that is neither 1 nor the channels).
absl::StatusOr<InputModel> FloatInput(const Network& network, const Preprocessing& preprocessing);

// Errors: InvalidArgument (images of another shape than the model's; both named).
absl::Status CheckImageShape(const InputModel& input, const Dataset& images);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_MODEL_INPUT_H_
