// SPDX-License-Identifier: Apache-2.0
#include "router/cycle_mesh.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/base/status.h"

namespace spikemesh {
namespace {

// Cycles between looks at times that lie far back; below 2^31, where times would turn over.
constexpr std::uint32_t kTimesPeriod = std::uint32_t{1} << 20;
constexpr std::uint32_t kLocal = static_cast<std::uint32_t>(Port::kLocal);

// Tables in the place of branches, which no processor could foresee.
constexpr std::uint16_t IndexOf(Port port) { return static_cast<std::uint16_t>(port); }
// [3 * (1 + sign of dx) + 1 + sign of dy]: X first, then Y.
constexpr std::array<std::uint16_t, 9> kOutputOfWay = {
    IndexOf(Port::kWest),  IndexOf(Port::kWest),  IndexOf(Port::kWest),
    IndexOf(Port::kNorth), IndexOf(Port::kLocal), IndexOf(Port::kSouth),
    IndexOf(Port::kEast),  IndexOf(Port::kEast),  IndexOf(Port::kEast)};
// [output]: what a packet that takes it has less to go.
constexpr std::array<std::int16_t, kPorts> kStepX = {0, 1, -1, 0, 0};
constexpr std::array<std::int16_t, kPorts> kStepY = {0, 0, 0, 1, -1};

}  // namespace

std::int64_t ZeroLoadCycles(const RouterParameters& parameters, const RouteCost& way) {
  const std::int64_t edges = parameters.edge_cycles_per_packet > 0 ? way.chip_crossings : 0;
  return parameters.inject_cycles + (way.hops - edges) * parameters.hop_cycles +
         edges * parameters.edge_hop_cycles + parameters.eject_cycles;
}

CycleMesh::CycleMesh(const MeshShape& mesh, const RouterParameters& parameters,
                     const RouteTable* table)
    : mesh_(mesh), width_(mesh.width()), parameters_(parameters), table_(table) {
  SPIKEMESH_CHECK(CheckRouterParameters(parameters).ok());
  SPIKEMESH_CHECK(mesh.width() <= INT16_MAX && mesh.height() <= INT16_MAX);
  for (int port = 0; port < kPorts; ++port) {
    const auto output = static_cast<Port>(port);
    const CoreCoordinates step = Behind({0, 0}, output);
    behind_[port] = static_cast<std::uint32_t>((step.y * width_ + step.x) * kPorts +
                                               static_cast<int>(Opposite(output)));
  }
  const std::size_t count = static_cast<std::size_t>(mesh.width()) * mesh.height();
  routers_.resize(count);
  fifos_.resize(count * kPorts * parameters.fifo_depth);
  links_.resize(count * kPorts);
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
  const bool has_edges = parameters_.edge_cycles_per_packet > 0;
  for (std::uint32_t index = 0; index < routers_.size(); ++index) {
    const std::int32_t x = static_cast<std::int32_t>(index) % width_;
    const std::int32_t y = static_cast<std::int32_t>(index) / width_;
    const auto leaves = [&](std::int32_t place, std::int32_t side, Port forward, Port back) {
      return has_edges ? (place % side == side - 1 ? 1u << IndexOf(forward) : 0u) |
                             (place % side == 0 ? 1u << IndexOf(back) : 0u)
                       : 0u;
    };
    router.leaves_chip =
        static_cast<std::uint16_t>(leaves(x, mesh_.cores_x, Port::kEast, Port::kWest) |
                                   leaves(y, mesh_.cores_y, Port::kSouth, Port::kNorth));
    routers_[index] = router;
  }
  for (Due& due : wheel_) {
    due = {};
  }
  for (Packet& place : fifos_) {
    place.ready = clock_;
  }
  later_ = {};
  active_.clear();
  std::ranges::fill(edge_free_, cycle);
  packets_inside_ = 0;
}

void CycleMesh::SkipTo(std::int64_t cycle) {
  SPIKEMESH_CHECK(packets_inside_ == 0 && cycle >= cycle_);
  // Credits under way come back in their cycles; then the clock stands still.
  const std::int64_t last_due = cycle_ + static_cast<std::int64_t>(wheel_.size());
  while (cycle_ < std::min(cycle, last_due)) {
    Step();
  }
  cycle_ = cycle;
}

// The small steps of a grant are for the compiler to write in place, which is worth a tenth.
inline CycleMesh::Packet& CycleMesh::Slot(std::uint32_t input, std::uint32_t place) {
  const auto depth = static_cast<std::uint32_t>(parameters_.fifo_depth);
  return fifos_[std::size_t{input} * depth + (place >= depth ? place - depth : place)];
}

// What a packet wants of the router in whose FIFO `input` it is.
inline std::uint16_t CycleMesh::OutputAt(std::uint32_t input, const Packet& packet) const {
  if (table_ != nullptr) {
    const auto router = input / kPorts;
    const auto way = static_cast<std::uint32_t>(packet.dy * width_ + packet.dx);
    return static_cast<std::uint16_t>(
        table_->Next(router, static_cast<Port>(input % kPorts), router + way));
  }
  const std::size_t x = std::size_t{packet.dx >= 0} + std::size_t{packet.dx > 0};
  const std::size_t y = std::size_t{packet.dy >= 0} + std::size_t{packet.dy > 0};
  return kOutputOfWay[3 * x + y];
}

inline void CycleMesh::ExposeHeadIn(Head head, std::int64_t cycles) {
  if (cycles < static_cast<std::int64_t>(wheel_.size())) {
    DueIn(static_cast<std::int32_t>(cycles)).heads.push_back(head);
  } else {
    later_.push({cycle_ + cycles, head});
  }
}

// Whether a FIFO has a place whose credit its giver has.
inline bool CycleMesh::HasPlace(std::uint32_t input) {
  const Router& at = routers_[input / kPorts];
  const std::uint32_t port = input % kPorts;
  const std::uint32_t count = at.counts[port];
  return count < static_cast<std::uint32_t>(parameters_.fifo_depth) &&
         static_cast<std::int32_t>(clock_ - Slot(input, at.heads[port] + count).ready) >= 0;
}

// Appends a packet that is eligible `cycles` from now.
[[gnu::always_inline]] inline void CycleMesh::Push(std::uint32_t input, Packet packet,
                                                   std::int64_t cycles) {
  packet.ready = clock_ + static_cast<std::uint32_t>(cycles);
  Router& at = routers_[input / kPorts];
  const std::uint32_t port = input % kPorts;
  Slot(input, std::uint32_t{at.heads[port]} + at.counts[port]) = packet;
  if (at.counts[port]++ == 0) {
    ExposeHeadIn({input, packet.output}, cycles);
  }
}

bool CycleMesh::InjectInto(std::uint32_t router, Port port, CoreCoordinates from,
                           CoreCoordinates to, std::uint32_t tag) {
  const std::uint32_t input = router * kPorts + static_cast<std::uint32_t>(port);
  const Router& at = routers_[router];
  const std::uint32_t count = at.counts[static_cast<std::size_t>(port)];
  const std::uint32_t last = at.heads[static_cast<std::size_t>(port)] + count - 1;
  const std::uint32_t ready = clock_ + static_cast<std::uint32_t>(parameters_.inject_cycles);
  const bool has_taken = count > 0 && Slot(input, last).ready == ready;
  if (has_taken || !HasPlace(input)) {
    return false;
  }
  ++packets_inside_;
  Packet packet = {.tag = tag,
                   .ready = 0,
                   .dx = static_cast<std::int16_t>(to.x - from.x),
                   .dy = static_cast<std::int16_t>(to.y - from.y),
                   .output = 0};
  packet.output = OutputAt(input, packet);
  Push(input, packet, parameters_.inject_cycles);
  return true;
}

inline void CycleMesh::Activate(std::uint32_t router) {
  if (routers_[router].is_active == 0) {
    routers_[router].is_active = 1;
    active_.push_back(router);
  }
}

// A head asks for its output from now on.
inline void CycleMesh::ExposeHead(Head head) {
  const std::uint32_t router = head.input / kPorts;
  const std::uint32_t port = head.input % kPorts;
  Router& at = routers_[router];
  at.requests[head.output] = static_cast<std::uint16_t>(at.requests[head.output] | 1u << port);
  at.wanted = static_cast<std::uint16_t>(at.wanted | 1u << head.output);
  Activate(router);
}

[[gnu::always_inline]] inline void CycleMesh::Grant(std::uint32_t router, std::uint32_t port,
                                                    std::uint32_t output) {
  Router& at = routers_[router];
  const std::uint32_t input = router * kPorts + port;
  Packet& place = Slot(input, at.heads[port]);
  Packet packet = place;
  place.ready = clock_ + static_cast<std::uint32_t>(parameters_.credit_cycles);
  const auto depth = static_cast<std::uint32_t>(parameters_.fifo_depth);
  const std::uint32_t head = at.heads[port] + 1u == depth ? 0 : at.heads[port] + 1u;
  at.heads[port] = static_cast<std::uint16_t>(head);
  if (--at.counts[port] > 0) {
    const Packet& behind = Slot(input, head);
    const auto waits = static_cast<std::int32_t>(behind.ready - clock_);
    ExposeHeadIn({input, behind.output}, std::max(waits, 1));
  }
  ++links_[router * kPorts + output];
  ++grants_;
  if (output == kLocal) {
    DueIn(parameters_.eject_cycles).arrivals.push_back({packet.tag, router});
    return;
  }
  packet.dx = static_cast<std::int16_t>(packet.dx - kStepX[output]);
  packet.dy = static_cast<std::int16_t>(packet.dy - kStepY[output]);
  const std::uint32_t next = router * kPorts + behind_[output];
  packet.output = OutputAt(next, packet);
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

inline void CycleMesh::Allocate(std::uint32_t router) {
  Router& at = routers_[router];
  for (std::uint32_t left = at.wanted; left != 0; left &= left - 1) {
    const auto output = static_cast<std::uint32_t>(std::countr_zero(left));
    if (output != kLocal && !HasPlace(router * kPorts + behind_[output])) {
      continue;
    }
    const std::uint32_t requests = at.requests[output];
    const std::uint32_t from_pointer = requests >> at.pointers[output] << at.pointers[output];
    const auto port =
        static_cast<std::uint32_t>(std::countr_zero(from_pointer != 0 ? from_pointer : requests));
    at.pointers[output] = static_cast<std::uint16_t>(port + 1 == kPorts ? 0 : port + 1);
    at.requests[output] = static_cast<std::uint16_t>(requests & ~(1u << port));
    if (at.requests[output] == 0) {
      at.wanted = static_cast<std::uint16_t>(at.wanted & ~(1u << output));
    }
    Grant(router, port, output);
  }
}

// What is due in the cycle that begins.
void CycleMesh::BeginCycle() {
  Due& due = DueIn(0);
  for (const Head head : due.heads) {
    ExposeHead(head);
  }
  due.heads.clear();
  for (; !later_.empty() && later_.top().cycle <= cycle_; later_.pop()) {
    ExposeHead(later_.top().head);
  }
}

// Times that have passed count as now, before they are so old that they would seem to come.
void CycleMesh::BringTimesNear() {
  for (Packet& packet : fifos_) {
    if (static_cast<std::int32_t>(clock_ - packet.ready) > 0) {
      packet.ready = clock_;
    }
  }
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
  if (++clock_ % kTimesPeriod == 0) {
    BringTimesNear();
  }
  BeginCycle();
  return arrived_;
}

}  // namespace spikemesh
