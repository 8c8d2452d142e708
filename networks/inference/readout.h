// SPDX-License-Identifier: Apache-2.0
// The read-out, for chips and for spiking networks: the spikes of pins in an image's read-out ticks
// vote for classes. How many images were right is also told for shorter read-outs, which end after
// 1, 2, 4, ... of these ticks.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_READOUT_H_
#define SPIKEMESH_NETWORKS_INFERENCE_READOUT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/ids.h"
#include "core/report/run_report.h"

namespace spikemesh {

// One more than the largest class; 0 where no pin stands for one.
std::int32_t ClassCount(std::span<const std::int32_t> pin_classes);

// The read-out ticks after which accuracy is told: 1, 2, 4, ... below `ticks`, and `ticks`.
std::vector<std::int32_t> ReadoutCuts(std::int32_t ticks);

class Readout {
 public:
  // Of images with `ticks` read-out ticks. `pin_classes` must outlive the read-out; one is 0 or
  // above, and pins of class -1 do not vote.
  Readout(const std::vector<std::int32_t>& pin_classes, std::int32_t ticks);

  // The spikes of read-out tick `tick`, 1..ticks, of an image of class `label`; one entry a spike.
  // Ticks of an image follow each other; 1 begins the next image.
  void Add(std::int32_t tick, std::span<const PinIndex> pins, std::int32_t label);

  // The class with most spikes of the image so far, ties to the lowest; 0 where nothing fired.
  std::int32_t answer() const;
  // [ReadoutCuts]: how many images were right by then.
  const std::vector<std::int64_t>& correct() const { return correct_; }

 private:
  const std::vector<std::int32_t>& pin_classes_;
  std::vector<std::int64_t> votes_;  // [class]
  std::vector<std::int32_t> cuts_;
  std::vector<std::int64_t> correct_;
  std::size_t cut_ = 0;
};

// What several read-outs of `images` images in all say together. `correct`: each one's, not empty.
std::vector<AccuracyAfter> SumAccuracy(std::span<const std::vector<std::int64_t>> correct,
                                       std::int32_t ticks_per_image, std::int64_t images);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_READOUT_H_
