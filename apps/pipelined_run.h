// SPDX-License-Identifier: Apache-2.0
// Streams images through a machine in pipelined mode: one image a tick. Image k (from 0) is active
// on the input lines of tick k + 1 and read from the pins of tick k + 1 + latency_ticks. Nothing is
// reset in between: the neurons are memoryless.
#ifndef SPIKEMESH_APPS_PIPELINED_RUN_H_
#define SPIKEMESH_APPS_PIPELINED_RUN_H_

#include "apps/image_run.h"
#include "apps/run_recorder.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/machine/machine.h"
#include "networks/data/dataset.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

struct PipelinedOptions {
  const SpikingNetwork* reference =
      nullptr;  // of SpikingNetworkOf: verify against it; null: do not
  ImageProgress progress;
};

// Runs all images through `machine`, which must be a fresh machine of `chip`; chip and images must
// pass CheckImageRun. Errors: those of the recorder.
absl::StatusOr<ImageRunResult> RunPipelined(const ChipModel& chip, const Dataset& images,
                                            const PipelinedOptions& options, Machine& machine,
                                            RunRecorder& recorder);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_PIPELINED_RUN_H_
