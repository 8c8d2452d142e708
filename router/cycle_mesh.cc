// SPDX-License-Identifier: Apache-2.0
#include "router/cycle_mesh.h"

#include <algorithm>
#include <bit>
#include <utility>

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

std::int64_t ZeroLoadCycles(const MeshShape& mesh, const RouterParameters& parameters,
                            CoreCoordinates from, CoreCoordinates to) {
  const RouteCost cost = DimensionOrderCost(mesh, from, to);
  const std::int64_t edges = parameters.edge_cycles_per_packet > 0 ? cost.chip_crossings : 0;
  return parameters.inject_cycles + (cost.hops - edges) * parameters.hop_cycles +
         edges * parameters.edge_hop_cycles + parameters.eject_cycles;
}

CycleMesh::CycleMesh(const MeshShape& mesh, const RouterParameters& parameters)
    : mesh_(mesh),
      width_(mesh.width()),
      parameters_(parameters),
      steps_{0, 1, -1, width_, -width_} {
  SPIKEMESH_CHECK(CheckRouterParameters(parameters).ok());
  SPIKEMESH_CHECK(mesh.width() <= INT16_MAX && mesh.height() <= INT16_MAX);
  const std::size_t count = static_cast<std::size_t>(mesh.width()) * mesh.height();
  routers_.resize(count);
  fifos_.resize(count * kPorts * parameters.fifo_depth);
  links_.resize(count * kPorts);
  has_injected_.resize(count * kPorts);
  active_.reserve(count);
  edge_free_.resize(static_cast<std::size_t>(mesh.chips_x) * mesh.chips_y * kPorts);
  const std::int32_t longest = std::max({parameters.inject_cycles, parameters.hop_cycles,
                                         parameters.eject_cycles, parameters.credit_cycles, 1});
  wheel_.resize(std::bit_ceil(static_cast<std::size_t>(longest) + 1));
  Clear(0);
}

void CycleMesh::Clear(std::int64_t cycle) {
  SPIKEMESH_CHECK(cycle >= cycle_);
  cycle_ = cycle;
  Router router = {};
  router.credits.fill(static_cast<std::uint16_t>(parameters_.fifo_depth));
  const bool has_edges = parameters_.edge_cycles_per_packet > 0;
  for (std::uint32_t index = 0; index < routers_.size(); ++index) {
    const std::int32_t x = static_cast<std::int32_t>(index) % width_;
    const std::int32_t y = static_cast<std::int32_t>(index) / width_;
    const auto leaves = [&](std::int32_t place, std::int32_t side, std::uint32_t forward,
                            std::uint32_t back) {
      return has_edges ? (place % side == side - 1 ? 1u << forward : 0u) |
                             (place % side == 0 ? 1u << back : 0u)
                       : 0u;
    };
    router.leaves_chip = static_cast<std::uint8_t>(leaves(x, mesh_.cores_x, kEast, kWest) |
                                                   leaves(y, mesh_.cores_y, kSouth, kNorth));
    router.is_westernmost = x == 0 ? 1 : 0;
    routers_[index] = router;
  }
  for (Due& due : wheel_) {
    due = {};
  }
  later_ = {};
  active_.clear();
  injected_.clear();
  std::ranges::fill(has_injected_, 0);
  std::ranges::fill(edge_free_, cycle);
  packets_inside_ = 0;
}

void CycleMesh::SkipTo(std::int64_t cycle) {
  SPIKEMESH_CHECK(packets_inside_ == 0 && cycle >= cycle_);
  // Credits under way come back in their cycles.
  const std::int64_t last_due = cycle_ + static_cast<std::int64_t>(wheel_.size());
  while (cycle_ < std::min(cycle, last_due)) {
    Step();
  }
  cycle_ = cycle;
}

// The small steps of a grant are for the compiler to write in place.
inline CycleMesh::Packet& CycleMesh::Slot(std::uint32_t input, std::uint32_t place) {
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

inline void CycleMesh::ExposeHeadIn(std::uint32_t input, std::int64_t cycles) {
  if (cycles < static_cast<std::int64_t>(wheel_.size())) {
    DueIn(static_cast<std::int32_t>(cycles)).heads.push_back(input);
  } else {
    later_.push({cycle_ + cycles, input});
  }
}

// Appends a packet that is eligible `cycles` from now.
inline void CycleMesh::Push(std::uint32_t input, Packet packet, std::int64_t cycles) {
  packet.eligible = static_cast<std::uint32_t>(cycle_ + cycles);
  Router& at = routers_[input / kPorts];
  const std::uint32_t port = input % kPorts;
  Slot(input, std::uint32_t{at.heads[port]} + at.counts[port]) = packet;
  if (at.counts[port]++ == 0) {
    ExposeHeadIn(input, cycles);
  }
}

bool CycleMesh::InjectInto(std::uint32_t router, Port port, CoreCoordinates from,
                           CoreCoordinates to, std::uint32_t tag) {
  // The credits of both inputs are kept with the outputs of their names: the westernmost routers
  // have no west output.
  const auto side = static_cast<std::uint32_t>(port);
  const std::uint32_t input = router * kPorts + side;
  if (routers_[router].credits[side] == 0 || has_injected_[input] != 0) {
    return false;
  }
  has_injected_[input] = 1;
  injected_.push_back(input);
  --routers_[router].credits[side];
  ++packets_inside_;
  Packet packet = {.tag = tag,
                   .eligible = 0,
                   .dx = static_cast<std::int16_t>(to.x - from.x),
                   .dy = static_cast<std::int16_t>(to.y - from.y),
                   .output = 0};
  packet.output = OutputFor(packet);
  Push(input, packet, parameters_.inject_cycles);
  return true;
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
    ExposeHeadIn(input, std::max(waits, 1));
  }
  const bool from_host = port == kWest && at.is_westernmost != 0;
  const std::uint32_t giver =
      port == kLocal || from_host
          ? input
          : (router + static_cast<std::uint32_t>(steps_[port])) * kPorts + kOpposite[port];
  DueIn(parameters_.credit_cycles).credits.push_back(giver);
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
  const std::uint32_t next =
      (router + static_cast<std::uint32_t>(steps_[output])) * kPorts + kOpposite[output];
  if ((at.leaves_chip >> output & 1) != 0) {
    leaving_.push_back({EdgeOf(router, output), next, packet});
  } else {
    Push(next, packet, parameters_.hop_cycles);
  }
}

// The serial link of the chip of `router` on the side of `output`.
std::uint32_t CycleMesh::EdgeOf(std::uint32_t router, std::uint32_t output) const {
  const std::int32_t chip_x = static_cast<std::int32_t>(router) % width_ / mesh_.cores_x;
  const std::int32_t chip_y = static_cast<std::int32_t>(router) / width_ / mesh_.cores_y;
  return static_cast<std::uint32_t>(chip_y * mesh_.chips_x + chip_x) * kPorts + output;
}

// Gives what was granted in this cycle its turn on the links between chips.
void CycleMesh::PassEdges() {
  std::ranges::sort(leaving_, {},
                    [](const Leaving& packet) { return std::pair(packet.edge, packet.input); });
  for (const Leaving& leaving : leaving_) {
    std::int64_t& free = edge_free_[leaving.edge];
    const std::int64_t turn = std::max(free, cycle_);
    free = turn + parameters_.edge_cycles_per_packet;
    Push(leaving.input, leaving.packet, turn - cycle_ + parameters_.edge_hop_cycles);
  }
  leaving_.clear();
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
  for (; !later_.empty() && later_.top().cycle <= cycle_; later_.pop()) {
    ExposeHead(later_.top().input);
  }
  for (const std::uint32_t input : injected_) {
    has_injected_[input] = 0;
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
  if (!leaving_.empty()) {
    PassEdges();
  }
  arrived_.clear();
  arrived_.swap(DueIn(0).arrivals);
  packets_inside_ -= static_cast<std::int64_t>(arrived_.size());
  ++cycle_;
  BeginCycle();
  return arrived_;
}

}  // namespace spikemesh
