// SPDX-License-Identifier: Apache-2.0
// Rate encoding of an InputModel (core/chip/presentation.h): over the T input ticks of an image a
// pixel of value x fires n = round(T |x| / x_max) spikes, on its line for x > 0 or its second line
// for x < 0. In double, halves away from zero; x_max is LargestInputMagnitude. No random numbers.
//
// The spikes are spaced evenly: after k ticks there were floor(k n / T + 1/2) of them, so a spike
// falls in tick k, 1..T, where that number rises. Of all trains of n spikes this one is never more
// than half a spike from the ideal k n / T, wherever a read-out is cut (without the 1/2 it would
// lag by up to a whole one, and single spikes would all wait for the last tick); its gaps differ by
// at most one tick.
//
// Method: pixels with the same n fire together, so Begin sorts them by n, and a tick asks each n
// that occurs, not each pixel. Cost: about 2 ns a pixel and image, 1 ns a spike, and 1 ns for each
// distinct n (at most 255 for one channel) and tick; memory by pixels, not by T.
#ifndef SPIKEMESH_NETWORKS_DATA_RATE_ENCODER_H_
#define SPIKEMESH_NETWORKS_DATA_RATE_ENCODER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/chip/presentation.h"

namespace spikemesh {

// Copyable. Holds the image being shown, so each thread needs a copy of its own.
class RateEncoder {
 public:
  // `ticks`: T, 1..kPresentationTicksMax. Errors: FailedPrecondition (the encoder is not rate),
  // InvalidArgument (those of CheckPreprocessing; an x_max that is 0 or not finite), OutOfRange
  // (ticks).
  static absl::StatusOr<RateEncoder> Create(const InputModel& input, std::int32_t ticks);

  // Starts over with `image`: [channels, height, width] bytes.
  void Begin(std::span<const std::uint8_t> image);

  // Appends the lines that fire in the next tick, without first_line and in no particular order.
  // To be called at most T times after Begin.
  void AppendTick(std::vector<std::uint32_t>& lines);

 private:
  // What a byte of one channel stands for.
  struct ByteCode {
    std::uint32_t group = 0;        // position in group_spikes_
    std::uint32_t line_offset = 0;  // to the second lines where x < 0, else 0
  };
  // The lines that fire together: lines_[begin..end).
  struct Train {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::int32_t spikes = 0;  // n
    std::int32_t phase = 0;   // 2 T (k n / T + 1/2 - spikes so far), 0..2T-1
  };

  std::int32_t ticks_ = 1;
  std::size_t plane_ = 0;                   // pixels a channel
  std::vector<ByteCode> codes_;             // [channels, 256]
  std::vector<std::int32_t> group_spikes_;  // ascending; the first group is silent
  std::vector<std::uint32_t> group_begin_;  // [groups]: first of its lines in lines_
  std::vector<std::uint32_t> lines_;        // [pixels]: the image's lines by group
  std::vector<Train> trains_;
  std::int32_t ticks_left_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_RATE_ENCODER_H_
