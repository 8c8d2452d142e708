// SPDX-License-Identifier: Apache-2.0
// Reads every image's answer from the pins of a machine when its schedule says.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_ANSWER_OBSERVER_H_
#define SPIKEMESH_NETWORKS_INFERENCE_ANSWER_OBSERVER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/session/session.h"
#include "networks/data/dataset.h"
#include "networks/inference/image_schedule.h"
#include "networks/inference/readout.h"

namespace spikemesh {

// Told after an image how many are done: its index and one more.
using ImageProgress = std::function<void(std::int64_t)>;

// Set, by whichever thread or signal handler, to end a run with the image it is at.
using StopFlag = std::atomic<bool>;
inline bool IsStopped(const StopFlag* stop) { return stop != nullptr && stop->load(); }

class AnswerObserver : public TickObserver {
 public:
  // `predicted`: [images shown], written image by image. `progress` may be empty. `chip`, `images`
  // and `predicted` must outlive the observer.
  AnswerObserver(const ChipModel& chip, const Dataset& images, ImageProgress progress,
                 std::vector<std::int32_t>& predicted);

  absl::Status Look(const Machine& machine) override;

  const Readout& readout() const { return readout_; }

 private:
  ImageSchedule schedule_;
  const Dataset& images_;
  ImageProgress progress_;
  std::vector<std::int32_t>& predicted_;
  Readout readout_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_ANSWER_OBSERVER_H_
