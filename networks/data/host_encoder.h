// SPDX-License-Identifier: Apache-2.0
// From image bytes to active input lines by the layer that the host computes
// (core/chip/host_layer.h): the sums that RunNetwork takes, term by term in its order, so that no
// line differs from the float network's.
#ifndef SPIKEMESH_NETWORKS_DATA_HOST_ENCODER_H_
#define SPIKEMESH_NETWORKS_DATA_HOST_ENCODER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/chip/presentation.h"

namespace spikemesh {

// Copyable; holds sums of the image being encoded, so each thread needs a copy of its own.
class HostEncoder {
 public:
  // Errors: FailedPrecondition (no layer of the host), InvalidArgument (those of CheckPreprocessing
  // and CheckHostLayer).
  static absl::StatusOr<HostEncoder> Create(const InputModel& input);

  // Appends the active lines, ascending, without first_line: ((o * levels + k) * height + y) *
  // width + x. `image`: [channels, height, width] bytes. Cost: HostLayer::macs multiply-adds, less
  // those of values 0.
  void Encode(std::span<const std::uint8_t> image, std::vector<std::uint32_t>& lines);

 private:
  explicit HostEncoder(const InputModel& input);

  // The sums of all outputs of group `group` at place (y, x), in sums_.
  void SumWindow(std::span<const std::uint8_t> image, std::int64_t group, std::int64_t y,
                 std::int64_t x);

  HostLayer layer_;
  std::int64_t image_height_ = 0;
  std::int64_t image_width_ = 0;
  std::int64_t group_inputs_ = 0;   // channels of the image that a group reads
  std::int64_t group_outputs_ = 0;  // channels of the layer that a group makes
  std::vector<double> by_input_;    // [groups, group_inputs, ky, kx, group_outputs]
  std::vector<double> sums_;        // [group_outputs]
  std::vector<double> values_;      // [channels, height, width]: the layer's
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_HOST_ENCODER_H_
