// SPDX-License-Identifier: Apache-2.0
// What a user may change about the hardware, and its JSON form (`spikemesh.chipspec/1`): `schema`,
// `cores_x`, `cores_y`, `chips_x`, `chips_y`, `volts`, `tick_us`, `dead_cores` ([{x, y}]),
// `dead_links` ([{x, y, direction}]), `router` (router_config.h). Converters take it as an
// argument.
#ifndef SPIKEMESH_CORE_CHIP_CHIP_SPEC_H_
#define SPIKEMESH_CORE_CHIP_CHIP_SPEC_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "router/dead_links.h"
#include "router/mesh.h"
#include "router/router_parameters.h"

namespace spikemesh {

inline constexpr int kMeshSideMax = 1024;  // cores along one side of one chip
inline constexpr int kChipsSideMax = 64;   // chips along one side of the array
inline constexpr double kVoltsMin = 0.5;   // published operation is 0.70-1.05 V
inline constexpr double kVoltsMax = 1.5;
inline constexpr double kTickMicrosecondsMin = 1.0;
inline constexpr double kTickMicrosecondsMax = 1e6;

struct ChipSpec {
  MeshShape mesh;
  double volts = 0.75;
  double tick_us = 1000.0;
  // No network is placed on them; their routers pass packets on. Ascending, each once.
  std::vector<CoreCoordinates> dead_cores = {};
  // Ascending and Normalized, each once.
  std::vector<DeadLink> dead_links = {};
  RouterParameters router = kTrueNorthRouter;
  bool operator==(const ChipSpec&) const = default;
};

// Reads the JSON text. Missing keys keep their defaults. Errors: InvalidArgument (malformed,
// unknown key, wrong schema), OutOfRange (value outside the limits above, a dead core or link
// outside the mesh), ResourceExhausted (dead links of more than kMeshRoutersMax places).
absl::StatusOr<ChipSpec> ParseChipSpec(std::string_view text);

std::string FormatChipSpec(const ChipSpec& spec);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_CHIP_SPEC_H_
