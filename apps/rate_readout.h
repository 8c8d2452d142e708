// SPDX-License-Identifier: Apache-2.0
// The read-out of rate mode, for chips and for spiking networks: the spikes of the last
// ticks_per_image ticks of an image vote, and how many images were right is also told for shorter
// read-outs, which end after 1, 2, 4, ... of these ticks.
#ifndef SPIKEMESH_APPS_RATE_READOUT_H_
#define SPIKEMESH_APPS_RATE_READOUT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "apps/image_run.h"
#include "core/base/ids.h"
#include "core/chip/presentation.h"
#include "core/report/run_report.h"

namespace spikemesh {

// The read-out ticks after which accuracy is told: 1, 2, 4, ... below `ticks`, and `ticks`.
std::vector<std::int32_t> ReadoutCuts(std::int32_t ticks);

class RateReadout {
 public:
  // `pin_classes` must outlive the read-out; one is 0 or above.
  RateReadout(const std::vector<std::int32_t>& pin_classes, const PresentationModel& presentation);

  // The next image, of class `label`.
  void Begin(std::int32_t label);
  // The spikes of the image's next tick, one entry a spike.
  void Add(std::span<const PinIndex> pins);
  // The class of the image.
  std::int32_t answer() const { return votes_.Leader(); }

  // [ReadoutCuts]: how many images were right by then.
  const std::vector<std::int64_t>& correct() const { return correct_; }

 private:
  PinVotes votes_;
  std::int32_t latency_ticks_;
  std::vector<std::int32_t> cuts_;
  std::vector<std::int64_t> correct_;
  std::int32_t label_ = 0;
  std::int32_t tick_ = 0;
  std::size_t cut_ = 0;
};

// What several read-outs of `images` images in all say together. `readouts` is not empty.
std::vector<AccuracyAfter> SumAccuracy(std::span<const RateReadout* const> readouts,
                                       std::int32_t ticks_per_image, std::int64_t images);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_RATE_READOUT_H_
