// SPDX-License-Identifier: Apache-2.0
// A chip in rate mode whose answers can be told by counting: images are a row of pixels, x = byte,
// and pixel p drives neuron p alone, an integrator with linear reset, whose spikes reach pin p,
// which votes for class p.
#ifndef SPIKEMESH_TESTS_TESTING_ROW_CHIP_H_
#define SPIKEMESH_TESTS_TESTING_ROW_CHIP_H_

#include <cstdint>
#include <vector>

#include "core/chip/chip_model.h"
#include "networks/data/dataset.h"

namespace spikemesh {

struct RowOptions {
  std::int32_t pixels = 3;
  std::int32_t ticks = 4;
  std::int32_t latency = 0;    // as the presentation says
  std::int32_t delay = 0;      // 0: the integrators are on pins; else repeaters, so much later
  std::int32_t threshold = 1;  // of the integrators
  std::uint8_t mask_bits = 0;  // of their random threshold
  std::int32_t mean = 0;       // x = byte - mean; where above 0: second lines, of weight -1
  std::vector<std::int32_t> initial = {};  // [pixels] V(0) of the integrators, or empty
};
ChipModel RowChip(const RowOptions& options);

struct RowImage {
  std::int32_t label = 0;
  std::vector<std::int32_t> spikes = {};  // n of each pixel
};
// Images for a RowChip of mean 0, by what their pixels fire in `ticks` <= 255 ticks.
Dataset RowImages(std::int32_t ticks, const std::vector<RowImage>& images);

// The ticks 1..ticks in which a pixel of `spikes` fires: where floor(k spikes / ticks + 1/2) rises.
std::vector<std::int64_t> TrainTicks(std::int64_t spikes, std::int64_t ticks);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_TESTING_ROW_CHIP_H_
