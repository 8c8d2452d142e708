// SPDX-License-Identifier: Apache-2.0
#include "router/cycle_mesh.h"

#include <algorithm>
#include <bit>

#include "core/base/status.h"

namespace spikemesh {
namespace {

constexpr std::uint32_t kLocal = static_cast<std::uint32_t>(Port::kLocal);
constexpr std::uint32_t kEast = static_cast<std::uint32_t>(Port::kEast);
constexpr std::uint32_t kWest = static_cast<std::uint32_t>(Port::kWest);
constexpr std::uint32_t kSouth = static_cast<std::uint32_t>(Port::kSouth);
constexpr std::uint32_t kNorth = static_cast<std::uint32_t>(Port::kNorth);
// [output]: the input of the router behind it that its link leads into.
constexpr std::array<std::uint32_t, kPorts> kOpposite = {kLocal, kWest, kEast, kNorth, kSouth};

}  // namespace

CycleMesh::CycleMesh(const MeshShape& mesh, const RouterParameters& parameters)
    : width_(mesh.width()), parameters_(parameters), steps_{0, 1, -1, width_, -width_} {
  SPIKEMESH_CHECK(CheckRouterParameters(parameters).ok());
  SPIKEMESH_CHECK(mesh.width() <= INT16_MAX && mesh.height() <= INT16_MAX);
  Router router = {};
  router.credits.fill(static_cast<std::uint16_t>(parameters.fifo_depth));
  const std::size_t count = static_cast<std::size_t>(mesh.width()) * mesh.height();
  routers_.assign(count, router);
  fifos_.resize(count * kPorts * parameters.fifo_depth);
  links_.resize(count * kPorts);
  has_injected_.resize(count);
  active_.reserve(count);
  const std::int32_t longest = std::max({parameters.inject_cycles, parameters.hop_cycles,
                                         parameters.eject_cycles, parameters.credit_cycles, 1});
  wheel_.resize(std::bit_ceil(static_cast<std::size_t>(longest) + 1));
}

CycleMesh::Packet& CycleMesh::Slot(std::uint32_t input, std::uint32_t place) {
  const auto depth = static_cast<std::uint32_t>(parameters_.fifo_depth);
  return fifos_[std::size_t{input} * depth + (place >= depth ? place - depth : place)];
}

std::uint8_t CycleMesh::OutputFor(const Packet& packet) {
  if (packet.dx != 0) {
    return static_cast<std::uint8_t>(packet.dx > 0 ? kEast : kWest);
  }
  if (packet.dy != 0) {
    return static_cast<std::uint8_t>(packet.dy > 0 ? kSouth : kNorth);
  }
  return static_cast<std::uint8_t>(kLocal);
}

bool CycleMesh::Inject(CoreCoordinates from, CoreCoordinates to, std::uint32_t tag) {
  const std::uint32_t router = CoreIndex(from);
  if (routers_[router].credits[kLocal] == 0 || has_injected_[router] != 0) {
    return false;
  }
  has_injected_[router] = 1;
  injected_.push_back(router);
  --routers_[router].credits[kLocal];
  ++packets_inside_;
  Packet packet = {.tag = tag,
                   .eligible = 0,
                   .dx = static_cast<std::int16_t>(to.x - from.x),
                   .dy = static_cast<std::int16_t>(to.y - from.y),
                   .output = 0};
  packet.output = OutputFor(packet);
  Push(router, kLocal, packet, parameters_.inject_cycles);
  return true;
}

// Appends a packet that is eligible `cycles` from now.
void CycleMesh::Push(std::uint32_t router, std::uint32_t port, Packet packet, std::int32_t cycles) {
  packet.eligible = static_cast<std::uint32_t>(cycle_ + cycles);
  Router& at = routers_[router];
  const std::uint32_t input = router * kPorts + port;
  Slot(input, std::uint32_t{at.heads[port]} + at.counts[port]) = packet;
  if (at.counts[port]++ == 0) {
    DueIn(cycles).heads.push_back(input);
  }
}

void CycleMesh::Activate(std::uint32_t router) {
  if (routers_[router].is_active == 0) {
    routers_[router].is_active = 1;
    active_.push_back(router);
  }
}

// The head of `input` asks for its output from now on.
void CycleMesh::ExposeHead(std::uint32_t input) {
  const std::uint32_t router = input / kPorts;
  const std::uint32_t port = input % kPorts;
  Router& at = routers_[router];
  const std::uint32_t output = Slot(input, at.heads[port]).output;
  at.requests[output] = static_cast<std::uint8_t>(at.requests[output] | 1u << port);
  at.wanted = static_cast<std::uint8_t>(at.wanted | 1u << output);
  Activate(router);
}

void CycleMesh::Grant(std::uint32_t router, std::uint32_t port, std::uint32_t output) {
  Router& at = routers_[router];
  const std::uint32_t input = router * kPorts + port;
  Packet packet = Slot(input, at.heads[port]);
  const auto depth = static_cast<std::uint32_t>(parameters_.fifo_depth);
  at.heads[port] =
      static_cast<std::uint16_t>(at.heads[port] + 1u == depth ? 0 : at.heads[port] + 1);
  if (--at.counts[port] > 0) {
    const auto waits = static_cast<std::int32_t>(Slot(input, at.heads[port]).eligible -
                                                 static_cast<std::uint32_t>(cycle_));
    DueIn(std::max(waits, 1)).heads.push_back(input);
  }
  const std::uint32_t upstream =
      port == kLocal ? router : router + static_cast<std::uint32_t>(steps_[port]);
  DueIn(parameters_.credit_cycles).credits.push_back(upstream * kPorts + kOpposite[port]);
  ++links_[router * kPorts + output];
  ++grants_;
  if (output == kLocal) {
    DueIn(parameters_.eject_cycles).arrivals.push_back({packet.tag, router});
    return;
  }
  --at.credits[output];
  packet.dx = static_cast<std::int16_t>(packet.dx - (output == kEast) + (output == kWest));
  packet.dy = static_cast<std::int16_t>(packet.dy - (output == kSouth) + (output == kNorth));
  packet.output = OutputFor(packet);
  Push(router + static_cast<std::uint32_t>(steps_[output]), kOpposite[output], packet,
       parameters_.hop_cycles);
}

void CycleMesh::Allocate(std::uint32_t router) {
  for (std::uint32_t left = routers_[router].wanted; left != 0; left &= left - 1) {
    const auto output = static_cast<std::uint32_t>(std::countr_zero(left));
    Router& at = routers_[router];
    if (output != kLocal && at.credits[output] == 0) {
      continue;
    }
    const std::uint32_t requests = at.requests[output];
    const std::uint32_t from_pointer = requests >> at.pointers[output] << at.pointers[output];
    const auto port =
        static_cast<std::uint32_t>(std::countr_zero(from_pointer != 0 ? from_pointer : requests));
    at.pointers[output] = static_cast<std::uint8_t>(port + 1 == kPorts ? 0 : port + 1);
    at.requests[output] = static_cast<std::uint8_t>(requests & ~(1u << port));
    if (at.requests[output] == 0) {
      at.wanted = static_cast<std::uint8_t>(at.wanted & ~(1u << output));
    }
    Grant(router, port, output);
  }
}

// What is due in the cycle that begins.
void CycleMesh::BeginCycle() {
  Due& due = DueIn(0);
  for (const std::uint32_t output : due.credits) {
    ++routers_[output / kPorts].credits[output % kPorts];
  }
  for (const std::uint32_t input : due.heads) {
    ExposeHead(input);
  }
  due.credits.clear();
  due.heads.clear();
  for (const std::uint32_t router : injected_) {
    has_injected_[router] = 0;
  }
  injected_.clear();
}

std::span<const CycleMesh::Arrival> CycleMesh::Step() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < active_.size(); ++i) {
    const std::uint32_t router = active_[i];
    Allocate(router);
    if (routers_[router].wanted != 0) {
      active_[kept++] = router;
    } else {
      routers_[router].is_active = 0;
    }
  }
  active_.resize(kept);
  arrived_.clear();
  arrived_.swap(DueIn(0).arrivals);
  packets_inside_ -= static_cast<std::int64_t>(arrived_.size());
  ++cycle_;
  BeginCycle();
  return arrived_;
}

}  // namespace spikemesh
