// SPDX-License-Identifier: Apache-2.0
// From image bytes to active input lines by levels: the threshold and thermometer encoders of an
// InputModel (core/chip/presentation.h). Rate encoding is in rate_encoder.h.
// A byte has 256 values, so each level becomes the smallest byte that reaches it, found by
// evaluating the preprocessing in double at all of them: exact, and one comparison a line.
#ifndef SPIKEMESH_NETWORKS_DATA_ENCODER_H_
#define SPIKEMESH_NETWORKS_DATA_ENCODER_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/chip/presentation.h"

namespace spikemesh {

// Copyable and, once created, unchanging: any number of threads may Encode at a time.
class ImageEncoder {
 public:
  // Errors: FailedPrecondition (no encoder), Unimplemented (rate: it has no levels),
  // InvalidArgument (those of CheckPreprocessing, sizes that do not fit together, a level that is
  // not a number, a preprocessing that does not rise with the byte).
  static absl::StatusOr<ImageEncoder> Create(const InputModel& input);

  // Appends the active lines, ascending, without first_line: (o*height + y)*width + x.
  // `image`: [channels, height, width] bytes. Cost: about 1 ns a line, active or not.
  void Encode(std::span<const std::uint8_t> image, std::vector<std::uint32_t>& lines) const;

 private:
  std::array<std::int32_t, 3> shape_ = {};
  std::vector<std::int32_t> level_channels_;
  std::vector<std::int32_t> byte_levels_;  // [encoder channels]: active if byte >= level, 0..256
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_ENCODER_H_
