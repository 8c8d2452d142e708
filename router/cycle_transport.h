// SPDX-License-Identifier: Apache-2.0
// Carries spikes through the cycle-accurate mesh, tick by tick, and tells which come too late.
//
// A tick has cycles_per_tick cycles. A core's packet enters its core's source queue in the cycle in
// which the core's sweep reaches the neuron; the host's enter at cycle 0, through a queue a row at
// the mesh's west edge (assumed). Queues are unbounded and hand one packet a cycle to the router.
// A packet must arrive by the end of its due tick; slack is how many cycles were left. One that
// does not is late: the tick after its arrival is the first that can know of it. What is under way
// at the end of a tick goes on in the next.
//
// Cost: that of CycleMesh while packets are under way; cycles without any are skipped.
#ifndef SPIKEMESH_ROUTER_CYCLE_TRANSPORT_H_
#define SPIKEMESH_ROUTER_CYCLE_TRANSPORT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/ids.h"
#include "core/base/limits.h"
#include "router/cycle_mesh.h"
#include "router/mesh.h"
#include "router/router_parameters.h"

namespace spikemesh {

class CycleTransport {
 public:
  static constexpr std::int64_t kDueTicksMax = INT16_MAX;

  // A packet that arrived. Cycles count from the start of tick 0.
  struct Arrival {
    std::uint64_t payload = 0;  // the caller's
    CoreCoordinates from;       // of the host's packets: where they entered the mesh
    CoreCoordinates to;
    bool is_host = false;
    Tick due{0};                     // the last tick in which it is in time
    std::int64_t sent_cycle = 0;     // into the source queue
    std::int64_t left_cycle = 0;     // out of it, into the mesh
    std::int64_t arrived_cycle = 0;  // at the core
    bool operator==(const Arrival&) const = default;
  };

  struct Counts {
    std::int64_t packets = 0;       // that arrived, the host's included
    std::int64_t late = 0;          // of these, after their due tick
    std::int64_t dropped = 0;       // under way when the mesh was cleared
    std::int64_t dropped_late = 0;  // of these, after their due tick
    bool operator==(const Counts&) const = default;
  };

  // Errors of `parameters` are a bug of the caller's (CheckRouterParameters). `table`: as of
  // CycleMesh.
  CycleTransport(const MeshShape& mesh, const RouterParameters& parameters,
                 const RouteTable* table = nullptr);

  // A packet that enters its core's source queue in a cycle of the tick that runs next: that of its
  // neuron in the sweep, 0..255, or the tick's last. Packets of one core come in ascending order of
  // `cycle`. `due` is at most kDueTicksMax after that tick.
  void Send(CoreCoordinates from, CoreCoordinates to, std::int32_t cycle, Tick due,
            std::uint64_t payload);
  // The same for a packet of the host, at cycle 0.
  void SendFromHost(CoreCoordinates to, Tick due, std::uint64_t payload);

  // Runs the mesh through one tick. What arrived in it, in the order of cycles; in one cycle by
  // core. Valid until the next call.
  std::span<const Arrival> RunTick();

  // The tick that RunTick runs next.
  Tick next_tick() const { return next_tick_; }
  // Whether nothing is under way or waits to be.
  bool idle() const { return under_way_ == 0; }
  // Moves on to a tick; to a later one than next_tick only while idle.
  void SkipTo(Tick next_tick);
  // Drops what is under way and moves on to a later tick, or to the same.
  void Clear(Tick next_tick);

  const Counts& counts() const { return counts_; }
  // Packets under way whose due tick has passed: they will be late if they ever arrive.
  std::int64_t Overdue() const;
  // The cycle after the last of a tick.
  std::int64_t EndOf(Tick tick) const { return (tick.value() + 1) * parameters_.cycles_per_tick; }
  const CycleMesh& mesh() const { return mesh_; }
  const RouterParameters& parameters() const { return parameters_; }
  // The ways where a link is dead, else null.
  const RouteTable* table() const { return table_; }

 private:
  struct Waiting {
    std::uint32_t source;
    std::uint32_t flight;
  };
  struct Place {
    std::int16_t x, y;  // CycleMesh has no larger ones
    CoreCoordinates At() const { return {x, y}; }
  };
  struct Queued {
    Place to;
    std::uint32_t flight;
  };
  // What waits for one input of the mesh.
  struct Source {
    CoreCoordinates at;
    bool is_host = false;
    bool offering = false;        // in offering_
    std::vector<Queued> packets;  // those before `next` have left
    std::size_t next = 0;
  };
  // A packet under way; small, since all of a tick's are at hand at once.
  struct Flight {
    std::uint64_t payload;
    Tick due;
    std::uint32_t queued_cycles;  // in its source queue
    std::uint32_t source;
    Place to;
    std::int16_t due_ticks;  // after the tick in which it was sent
    std::uint8_t start;      // cycle of that tick
    bool flies;              // else free for another
  };
  static_assert(sizeof(Flight) == 32);

  std::int64_t SentCycle(const Flight& flight) const {
    return (flight.due.value() - flight.due_ticks) * parameters_.cycles_per_tick + flight.start;
  }
  void Add(std::uint32_t source, CoreCoordinates to, std::int32_t cycle, Tick due,
           std::uint64_t payload);
  void Enter(const Waiting& waiting);
  std::int64_t NextWaiting(std::int64_t cycle) const;
  void OfferAll();
  void Land(const CycleMesh::Arrival& landed, std::int64_t cycle);

  MeshShape shape_;
  RouterParameters parameters_;
  const RouteTable* table_;
  CycleMesh mesh_;
  std::vector<Source> sources_;  // of cores, row-major; then of the host's rows
  std::vector<std::uint32_t> offering_;
  std::array<std::vector<Waiting>, kNeuronsPerCore> waiting_;  // [cycle of the next tick]
  std::vector<Flight> flights_;                                // by tag
  std::vector<std::uint32_t> free_flights_;
  std::vector<CycleMesh::Arrival> landed_;  // of one cycle
  std::vector<Arrival> arrivals_;
  Tick next_tick_{0};
  std::int64_t under_way_ = 0;
  Counts counts_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_ROUTER_CYCLE_TRANSPORT_H_
