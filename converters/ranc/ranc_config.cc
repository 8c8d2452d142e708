// SPDX-License-Identifier: Apache-2.0
#include "converters/ranc/ranc_config.h"

#include <limits>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/strings.h"
#include "core/chip/chip_spec.h"

namespace spikemesh {
namespace {

constexpr std::string_view kWhere = "RANC config";

}  // namespace

MeshShape MeshOf(const RancConfig& config) {
  MeshShape mesh;
  mesh.chips_x = (config.grid_width + mesh.cores_x - 1) / mesh.cores_x;
  mesh.chips_y = (config.grid_height + mesh.cores_y - 1) / mesh.cores_y;
  return mesh;
}

absl::StatusOr<RancConfig> ParseRancConfig(std::string_view text) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json json, Annotate(ParseJson(text), kWhere));
  SPIKEMESH_RETURN_IF_ERROR(
      CheckKeys(json, kWhere,
                {"num_neurons", "num_axons", "num_cores_x", "num_cores_y", "num_weights",
                 "max_tick_offset", "neuron_reset_type", "neuron_block_trace_verbosity",
                 "core_controller_trace_verbosity", "scheduler_trace_verbosity"}));
  const auto get = [&json](std::string_view key, std::int64_t min, std::int64_t max) {
    return GetInteger(json, kWhere, key, min, max);
  };
  RancConfig config;
  SPIKEMESH_ASSIGN_OR_RETURN(config.num_neurons, get("num_neurons", 1, kNeuronsPerCore));
  SPIKEMESH_ASSIGN_OR_RETURN(config.num_axons, get("num_axons", 1, kAxonsPerCore));
  SPIKEMESH_ASSIGN_OR_RETURN(config.num_weights, get("num_weights", 1, kAxonTypes));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t width,
                             get("num_cores_x", 1, std::int64_t{kChipCoresX} * kChipsSideMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t height,
                             get("num_cores_y", 1, std::int64_t{kChipCoresY} * kChipsSideMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t reset_type, get("neuron_reset_type", 0, 1));
  constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t tick_slots, get("max_tick_offset", 1, kAny));
  if (tick_slots != kDelaySlots) {
    return absl::UnimplementedError(Concat(kWhere, ".max_tick_offset: found ", tick_slots,
                                           ", a core has ", kDelaySlots, " delay slots"));
  }
  config.grid_width = static_cast<std::int32_t>(width);
  config.grid_height = static_cast<std::int32_t>(height);
  config.resets_at_equal = reset_type == 1;
  return config;
}

}  // namespace spikemesh
