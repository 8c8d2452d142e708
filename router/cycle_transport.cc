// SPDX-License-Identifier: Apache-2.0
#include "router/cycle_transport.h"

#include <algorithm>

#include "core/base/status.h"

namespace spikemesh {

CycleTransport::CycleTransport(const MeshShape& mesh, const RouterParameters& parameters,
                               const RouteTable* table)
    : shape_(mesh), parameters_(parameters), table_(table), mesh_(mesh, parameters, table) {
  sources_.reserve((static_cast<std::size_t>(mesh.width()) + 1) * mesh.height());
  for (std::int32_t y = 0; y < mesh.height(); ++y) {
    for (std::int32_t x = 0; x < mesh.width(); ++x) {
      sources_.emplace_back().at = {x, y};
    }
  }
  for (std::int32_t y = 0; y < mesh.height(); ++y) {
    Source& row = sources_.emplace_back();
    row.at = HostEntry({0, y});
    row.is_host = true;
  }
}

void CycleTransport::Send(CoreCoordinates from, CoreCoordinates to, std::int32_t cycle, Tick due,
                          std::uint64_t payload) {
  // A sweep longer than a tick ends with it.
  Add(mesh_.CoreIndex(from), to, std::min(cycle, parameters_.cycles_per_tick - 1), due, payload);
}

void CycleTransport::SendFromHost(CoreCoordinates to, Tick due, std::uint64_t payload) {
  const auto cores =
      static_cast<std::uint32_t>(sources_.size()) - static_cast<std::uint32_t>(shape_.height());
  Add(cores + static_cast<std::uint32_t>(to.y), to, 0, due, payload);
}

void CycleTransport::Add(std::uint32_t source, CoreCoordinates to, std::int32_t cycle, Tick due,
                         std::uint64_t payload) {
  SPIKEMESH_CHECK(cycle >= 0 && cycle < kNeuronsPerCore);
  const std::int64_t due_ticks = due - next_tick_;
  SPIKEMESH_CHECK(due_ticks >= 0 && due_ticks <= kDueTicksMax);
  const Flight packet = {.payload = payload,
                         .due = due,
                         .queued_cycles = 0,
                         .source = source,
                         .to = {static_cast<std::int16_t>(to.x), static_cast<std::int16_t>(to.y)},
                         .due_ticks = static_cast<std::int16_t>(due_ticks),
                         .start = static_cast<std::uint8_t>(cycle),
                         .flies = true};
  std::uint32_t flight = 0;
  if (free_flights_.empty()) {
    flight = static_cast<std::uint32_t>(flights_.size());
    flights_.push_back(packet);
  } else {
    flight = free_flights_.back();
    free_flights_.pop_back();
    flights_[flight] = packet;
  }
  waiting_[static_cast<std::size_t>(cycle)].push_back({source, flight});
  ++under_way_;
}

// Puts a packet whose cycle has come into its source queue.
void CycleTransport::Enter(const Waiting& waiting) {
  Source& source = sources_[waiting.source];
  source.packets.push_back({flights_[waiting.flight].to, waiting.flight});
  if (!source.offering) {
    source.offering = true;
    offering_.push_back(waiting.source);
  }
}

// Every source queue offers its first packet to the mesh.
void CycleTransport::OfferAll() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < offering_.size(); ++i) {
    const std::uint32_t index = offering_[i];
    Source& source = sources_[index];
    const Queued first = source.packets[source.next];
    const CoreCoordinates to = first.to.At();
    const bool taken = source.is_host ? mesh_.InjectFromHost(to.y, to, first.flight)
                                      : mesh_.Inject(source.at, to, first.flight);
    if (taken) {
      Flight& flight = flights_[first.flight];
      flight.queued_cycles = static_cast<std::uint32_t>(mesh_.cycle() - SentCycle(flight));
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
  Flight& flight = flights_[landed.tag];
  const Source& source = sources_[flight.source];
  const std::int64_t sent_cycle = SentCycle(flight);
  ++counts_.packets;
  counts_.late += cycle >= EndOf(flight.due) ? 1 : 0;
  arrivals_.push_back({.payload = flight.payload,
                       .from = source.at,
                       .to = flight.to.At(),
                       .is_host = source.is_host,
                       .due = flight.due,
                       .sent_cycle = sent_cycle,
                       .left_cycle = sent_cycle + flight.queued_cycles,
                       .arrived_cycle = cycle});
  flight.flies = false;
  free_flights_.push_back(landed.tag);
  --under_way_;
}

// The first cycle of the tick, from `cycle` on, in which packets wait to enter.
std::int64_t CycleTransport::NextWaiting(std::int64_t cycle) const {
  while (cycle < kNeuronsPerCore && waiting_[static_cast<std::size_t>(cycle)].empty()) {
    ++cycle;
  }
  return cycle;
}

std::span<const CycleTransport::Arrival> CycleTransport::RunTick() {
  arrivals_.clear();
  const std::int64_t begin = next_tick_.value() * parameters_.cycles_per_tick;
  const std::int64_t end = begin + parameters_.cycles_per_tick;
  while (mesh_.cycle() < end && under_way_ > 0) {
    const std::int64_t cycle = mesh_.cycle();
    if (cycle - begin < kNeuronsPerCore) {
      std::vector<Waiting>& entering = waiting_[static_cast<std::size_t>(cycle - begin)];
      for (const Waiting& waiting : entering) {
        Enter(waiting);
      }
      entering.clear();
    }
    if (offering_.empty() && mesh_.packets_inside() == 0) {
      mesh_.SkipTo(begin + NextWaiting(cycle - begin));
      continue;
    }
    OfferAll();
    const std::span<const CycleMesh::Arrival> landed = mesh_.Step();
    landed_.assign(landed.begin(), landed.end());
    std::ranges::sort(landed_, {}, &CycleMesh::Arrival::core);
    for (const CycleMesh::Arrival& arrival : landed_) {
      Land(arrival, cycle);
    }
  }
  if (mesh_.cycle() < end) {
    mesh_.SkipTo(end);
  }
  if (idle()) {
    // The next tick's flights follow each other in memory again.
    flights_.clear();
    free_flights_.clear();
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
  for (const Flight& flight : flights_) {
    overdue += flight.flies && flight.due < next_tick_ ? 1 : 0;
  }
  return overdue;
}

void CycleTransport::Clear(Tick next_tick) {
  if (!idle()) {
    counts_.dropped += under_way_;
    counts_.dropped_late += Overdue();
    for (const std::uint32_t index : offering_) {
      Source& source = sources_[index];
      source.packets.clear();
      source.next = 0;
      source.offering = false;
    }
    offering_.clear();
    for (std::vector<Waiting>& waiting : waiting_) {
      waiting.clear();
    }
    flights_.clear();
    free_flights_.clear();
    under_way_ = 0;
    mesh_.Clear(next_tick.value() * parameters_.cycles_per_tick);
    next_tick_ = next_tick;
  }
  SkipTo(next_tick);
}

}  // namespace spikemesh
