// SPDX-License-Identifier: Apache-2.0
// Runs images through a chip in rate mode. Each is alone on the chip for ticks_per_image +
// latency_ticks ticks (T + L): the rate encoder drives the lines in the first T of them, the pins
// are read in the last T, and the next image finds the initial state again.
//
// So images do not depend on each other, and random draws depend on the global tick alone. Image k
// begins after tick k (T + L) on whichever machine takes it; threads therefore take whole images,
// each on a replica, and everything counted or answered is the same for any number of them. Where
// spikes are recorded, or images are fewer than threads, the threads go inside the replicas: images
// that are recorded run in order on one, so that records grow by tick and need no more memory than
// without threads.
#ifndef SPIKEMESH_APPS_RATE_RUN_H_
#define SPIKEMESH_APPS_RATE_RUN_H_

#include "apps/image_run.h"
#include "apps/run_recorder.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/machine/machine.h"
#include "networks/data/dataset.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

struct RateOptions {
  int threads = 1;  // 1..kMachineThreadsMax
  ImageProgress progress;
  // Of SpikingNetworkOf: verify every tick against it; null: do not.
  const SpikingNetwork* reference = nullptr;
};

// Runs all images on replicas of `machine`, one of `chip`; chip and images must pass CheckImageRun.
// Errors: those of RateEncoder::Create and of the recorder.
absl::StatusOr<ImageRunResult> RunRateCoded(const ChipModel& chip, const Dataset& images,
                                            const RateOptions& options, const Machine& machine,
                                            RunRecorder& recorder);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_RATE_RUN_H_
