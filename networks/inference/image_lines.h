// SPDX-License-Identifier: Apache-2.0
// The encoders of both presentations behind one face: the lines of an image in each of its input
// ticks.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_IMAGE_LINES_H_
#define SPIKEMESH_NETWORKS_INFERENCE_IMAGE_LINES_H_

#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "networks/data/encoder.h"
#include "networks/data/host_encoder.h"
#include "networks/data/rate_encoder.h"

namespace spikemesh {

// Copyable. Holds the image being shown, so each thread needs a copy of its own.
class ImageLines {
 public:
  // Errors: those of creating the encoder.
  static absl::StatusOr<ImageLines> Create(const InputModel& input,
                                           const PresentationModel& presentation);

  // Appends the active lines, without first_line, of `image`, [channels, height, width] bytes, in
  // its input tick `tick`. Ticks of an image follow each other from 1 on.
  void Append(std::span<const std::uint8_t> image, std::int32_t tick,
              std::vector<std::uint32_t>& lines);

 private:
  using Encoder = std::variant<ImageEncoder, HostEncoder, RateEncoder>;

  explicit ImageLines(Encoder encoder) : encoder_(std::move(encoder)) {}

  Encoder encoder_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_IMAGE_LINES_H_
