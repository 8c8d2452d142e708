// SPDX-License-Identifier: Apache-2.0
// Classifies images on a chip. Pipelined, all of them stream through one machine, one a tick. In
// rate mode each is alone on the chip for its ticks, so that images do not depend on each other;
// random draws depend on the global tick alone, and image k begins after the same tick on whichever
// machine takes it. Threads therefore take whole images, each on a replica, and everything counted
// or answered is the same for any number of them. Where something looks at every tick, or images
// are fewer than threads, the threads go inside the replicas: images that are looked at run in
// order on one.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_IMAGE_RUN_H_
#define SPIKEMESH_NETWORKS_INFERENCE_IMAGE_RUN_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/machine/machine.h"
#include "core/report/run_report.h"
#include "core/session/session.h"
#include "core/stats/counters.h"
#include "networks/data/dataset.h"
#include "networks/inference/answer_observer.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

struct ImageRunOptions {
  int threads = 1;  // in rate mode, 1..kMachineThreadsMax; pipelined, the machine has its own
  // One of SpikingNetworkOf: pins are verified against it.
  const SpikingNetwork* reference = nullptr;
  // Look at every tick of every image.
  std::span<TickObserver* const> observers = {};
  ImageProgress progress = nullptr;  // by the thread that started the run, of its own images
  // Ends the run after the images that are on machines, at least one.
  const StopFlag* stop = nullptr;
};

struct ImageRunResult {
  // [images]; of a run that was stopped, the first ones
  std::vector<std::int32_t> predicted;
  std::int64_t ticks = 0;
  Counters counts;
  std::optional<VerifySummary> verify;             // where asked for
  std::vector<AccuracyAfter> accuracy_over_ticks;  // rate, of labelled images
};

// `machine` is a fresh machine of `chip`; chip and images pass CheckImageRun. In rate mode only
// replicas of the machine run. A pipelined run that is stopped has begun the images behind those
// answered, and counts what they did. Errors: those of the observers.
absl::StatusOr<ImageRunResult> RunImages(const ChipModel& chip, const Dataset& images,
                                         const ImageRunOptions& options, Machine& machine);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_IMAGE_RUN_H_
