// SPDX-License-Identifier: Apache-2.0
// When what of an image happens on a chip: a pure function of how the chip presents images
// (core/chip/presentation.h). The two schedules are all that distinguishes a pipelined run from one
// in rate mode; T stands for ticks_per_image, L for latency_ticks, images count from 0, ticks
// from 1.
//   pipelined (T = 1)   image k is on the lines in tick k + 1 and on the pins in tick k + 1 + L;
//                       nothing is reset, because the neurons are memoryless.
//   rate                image k has the ticks k (T + L) + 1 .. (k + 1) (T + L) for itself, on the
//                       lines in the first T, read from the pins in the last T; each finds the
//                       initial state.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_IMAGE_SCHEDULE_H_
#define SPIKEMESH_NETWORKS_INFERENCE_IMAGE_SCHEDULE_H_

#include <cstdint>

#include "core/base/ids.h"
#include "core/chip/presentation.h"

namespace spikemesh {

// An image, and the how manieth tick of something of it, from 1. image -1: there is none.
struct ImageTick {
  std::int64_t image = -1;
  std::int32_t tick = 0;
  bool operator==(const ImageTick&) const = default;
};

class ImageSchedule {
 public:
  // `presentation` has a mode.
  explicit ImageSchedule(const PresentationModel& presentation);

  // Whether each image finds the initial state, and so may run on a machine of its own.
  bool resets() const { return resets_; }
  std::int32_t ticks_per_image() const { return ticks_; }  // T

  // The last tick before image `image` is on the lines.
  Tick Begin(std::int64_t image) const { return Tick(image * period_); }
  // The tick in which the last of `images` images, 1 or more, is read for the last time.
  Tick End(std::int64_t images) const { return Begin(images - 1) + (ticks_ + latency_); }

  // The image that is on the lines in `tick`, which may be beyond those that there are, and its
  // input tick, 1..T.
  ImageTick Input(Tick tick) const;
  // The image that the pins show in `tick`, and its read-out tick, 1..T.
  ImageTick Readout(Tick tick) const;

 private:
  bool resets_;
  std::int32_t ticks_;
  std::int64_t latency_;
  std::int64_t period_;  // from one image to the next
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_IMAGE_SCHEDULE_H_
