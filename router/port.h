// SPDX-License-Identifier: Apache-2.0
// The five ports of a router: its core, and the four sides of the mesh.
#ifndef SPIKEMESH_ROUTER_PORT_H_
#define SPIKEMESH_ROUTER_PORT_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "router/mesh.h"

namespace spikemesh {

// Where an output leads to, and where an input comes from. x grows to the east, y to the south.
enum class Port : std::uint8_t { kLocal, kEast, kWest, kSouth, kNorth };
inline constexpr int kPorts = 5;
inline constexpr std::array<Port, 4> kSides = {Port::kEast, Port::kWest, Port::kSouth,
                                               Port::kNorth};
inline constexpr std::array<const char*, kPorts> kPortNames = {"local", "east", "west", "south",
                                                               "north"};
inline constexpr const char* NameOf(Port port) {
  return kPortNames[static_cast<std::size_t>(port)];
}

// The input of the router behind an output that its link leads into.
inline constexpr Port Opposite(Port output) {
  constexpr std::array<Port, kPorts> kOpposite = {Port::kLocal, Port::kWest, Port::kEast,
                                                  Port::kNorth, Port::kSouth};
  return kOpposite[static_cast<std::size_t>(output)];
}

// The place behind an output; it may lie outside the mesh.
inline constexpr CoreCoordinates Behind(CoreCoordinates at, Port output) {
  constexpr std::array<CoreCoordinates, kPorts> kSteps = {
      {{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}}};
  const CoreCoordinates step = kSteps[static_cast<std::size_t>(output)];
  return {at.x + step.x, at.y + step.y};
}

}  // namespace spikemesh

#endif  // SPIKEMESH_ROUTER_PORT_H_
