// SPDX-License-Identifier: Apache-2.0
// RANC's config.json: the sizes of a core and of the grid. Private to converters/ranc.
#ifndef SPIKEMESH_CONVERTERS_RANC_RANC_CONFIG_H_
#define SPIKEMESH_CONVERTERS_RANC_RANC_CONFIG_H_

#include <cstdint>
#include <string_view>

#include "core/base/status.h"
#include "router/mesh.h"

namespace spikemesh {

struct RancConfig {
  std::int64_t num_neurons = 0;  // of every core, 1..256
  std::int64_t num_axons = 0;    // of every core, 1..256
  std::int64_t num_weights = 0;  // of every neuron, 1..4
  std::int32_t grid_width = 0;   // places, the output bus among them
  std::int32_t grid_height = 0;
  // neuron_reset_type 1: the negative reset acts at v <= negative_threshold, not only below it.
  bool resets_at_equal = false;

  bool Contains(CoreCoordinates at) const {
    return at.x >= 0 && at.y >= 0 && at.x < grid_width && at.y < grid_height;
  }
};

// The mesh of default chips that covers the grid.
MeshShape MeshOf(const RancConfig& config);

// The trace verbosities are accepted and ignored. Errors: InvalidArgument (malformed, missing or
// unknown keys), OutOfRange (sizes beyond the chip's), Unimplemented (max_tick_offset not 16).
absl::StatusOr<RancConfig> ParseRancConfig(std::string_view text);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RANC_RANC_CONFIG_H_
