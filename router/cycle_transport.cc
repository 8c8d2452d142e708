// SPDX-License-Identifier: Apache-2.0
#include "router/cycle_transport.h"

#include <algorithm>

#include "core/base/status.h"

namespace spikemesh {

CycleTransport::CycleTransport(const MeshShape& mesh, const RouterParameters& parameters)
    : shape_(mesh), parameters_(parameters), mesh_(mesh, parameters) {
  sources_.resize(static_cast<std::size_t>(mesh.width()) * mesh.height() +
                  static_cast<std::size_t>(mesh.height()));
}

void CycleTransport::Send(CoreCoordinates from, CoreCoordinates to, std::int32_t cycle, Tick due,
                          std::uint64_t payload) {
  // A sweep longer than a tick ends with it.
  const std::int32_t start = std::min(cycle, parameters_.cycles_per_tick - 1);
  Add(mesh_.CoreIndex(from), start,
      {.payload = payload, .from = from, .to = to, .is_host = false, .due = due});
}

void CycleTransport::SendFromHost(CoreCoordinates to, Tick due, std::uint64_t payload) {
  const auto cores =
      static_cast<std::uint32_t>(sources_.size()) - static_cast<std::uint32_t>(shape_.height());
  Add(cores + static_cast<std::uint32_t>(to.y), 0,
      {.payload = payload, .from = {0, to.y}, .to = to, .is_host = true, .due = due});
}

void CycleTransport::Add(std::uint32_t source, std::int32_t cycle, const Arrival& packet) {
  std::uint32_t flight = 0;
  if (free_flights_.empty()) {
    flight = static_cast<std::uint32_t>(flights_.size());
    flights_.emplace_back();
    flying_.push_back(0);
  } else {
    flight = free_flights_.back();
    free_flights_.pop_back();
  }
  flights_[flight] = packet;
  flights_[flight].sent_cycle =
      next_tick_.value() * parameters_.cycles_per_tick + std::int64_t{cycle};
  flying_[flight] = 1;
  waiting_.push_back({cycle, source, flight});
  ++under_way_;
}

// Puts a packet whose cycle has come into its source queue.
void CycleTransport::Enter(const Waiting& waiting) {
  Source& source = sources_[waiting.source];
  source.packets.push_back(waiting.flight);
  if (!source.offering) {
    source.offering = true;
    offering_.push_back(waiting.source);
  }
}

// Every source queue offers its first packet to the mesh.
void CycleTransport::OfferAll() {
  std::size_t kept = 0;
  const std::size_t cores = sources_.size() - static_cast<std::size_t>(shape_.height());
  for (std::size_t i = 0; i < offering_.size(); ++i) {
    const std::uint32_t index = offering_[i];
    Source& source = sources_[index];
    const std::uint32_t flight = source.packets[source.next];
    Arrival& packet = flights_[flight];
    const bool taken = index < cores ? mesh_.Inject(packet.from, packet.to, flight)
                                     : mesh_.InjectFromHost(packet.from.y, packet.to, flight);
    if (taken) {
      packet.left_cycle = mesh_.cycle();
      ++source.next;
    }
    if (source.next == source.packets.size()) {
      source.packets.clear();
      source.next = 0;
      source.offering = false;
    } else {
      offering_[kept++] = index;
    }
  }
  offering_.resize(kept);
}

void CycleTransport::Land(const CycleMesh::Arrival& landed, std::int64_t cycle) {
  Arrival& packet = flights_[landed.tag];
  packet.arrived_cycle = cycle;
  ++counts_.packets;
  counts_.late += cycle >= EndOf(packet.due) ? 1 : 0;
  arrivals_.push_back(packet);
  flying_[landed.tag] = 0;
  free_flights_.push_back(landed.tag);
  --under_way_;
}

std::span<const CycleTransport::Arrival> CycleTransport::RunTick() {
  arrivals_.clear();
  const std::int64_t begin = next_tick_.value() * parameters_.cycles_per_tick;
  const std::int64_t end = begin + parameters_.cycles_per_tick;
  std::ranges::stable_sort(waiting_, {}, &Waiting::cycle);
  std::size_t entered = 0;
  while (mesh_.cycle() < end && under_way_ > 0) {
    for (; entered < waiting_.size() && begin + waiting_[entered].cycle <= mesh_.cycle();
         ++entered) {
      Enter(waiting_[entered]);
    }
    if (offering_.empty() && mesh_.packets_inside() == 0) {
      mesh_.SkipTo(begin + waiting_[entered].cycle);
      continue;
    }
    OfferAll();
    const std::int64_t cycle = mesh_.cycle();
    const std::size_t first = arrivals_.size();
    for (const CycleMesh::Arrival& landed : mesh_.Step()) {
      Land(landed, cycle);
    }
    std::ranges::sort(arrivals_.begin() + static_cast<std::ptrdiff_t>(first), arrivals_.end(), {},
                      &Arrival::to);
  }
  waiting_.clear();
  if (mesh_.cycle() < end) {
    mesh_.SkipTo(end);
  }
  ++next_tick_;
  return arrivals_;
}

void CycleTransport::SkipTo(Tick next_tick) {
  if (next_tick > next_tick_) {
    SPIKEMESH_CHECK(idle());
    next_tick_ = next_tick;
    mesh_.SkipTo(next_tick.value() * parameters_.cycles_per_tick);
  }
}

std::int64_t CycleTransport::Overdue() const {
  std::int64_t overdue = 0;
  for (std::size_t flight = 0; flight < flights_.size(); ++flight) {
    overdue += flying_[flight] != 0 && flights_[flight].due < next_tick_ ? 1 : 0;
  }
  return overdue;
}

void CycleTransport::Clear(Tick next_tick) {
  if (!idle()) {
    counts_.dropped += under_way_;
    counts_.dropped_late += Overdue();
    for (const std::uint32_t index : offering_) {
      sources_[index] = {};
    }
    offering_.clear();
    waiting_.clear();
    flights_.clear();
    flying_.clear();
    free_flights_.clear();
    under_way_ = 0;
    mesh_.Clear(next_tick.value() * parameters_.cycles_per_tick);
    next_tick_ = next_tick;
  }
  SkipTo(next_tick);
}

}  // namespace spikemesh
