// SPDX-License-Identifier: Apache-2.0
// The mesh, cycle by cycle: five-port routers with input FIFOs, X then Y (or, with dead links, the
// ways of a RouteTable), credits, round robin.
//
// In every cycle, of each router:
// 1. credits that are due come back; heads of FIFOs that are due become eligible; then the caller
//    may Inject;
// 2. each output whose downstream FIFO has a credit grants one of the inputs whose eligible head
//    wants it, the first one at or after its round-robin pointer, which then moves behind it;
// 3. a granted packet leaves its FIFO, takes a credit, and is eligible in the next router
//    hop_cycles later; the credit of the place it left returns credit_cycles later. The local
//    output is never blocked; the packet arrives at the core eject_cycles after the grant.
// 4. a packet that leaves its chip waits for the serial link that all rows (columns) of that side
//    of the chip share: first come, first served, in one cycle the lowest row (column) first. It
//    takes edge_cycles_per_packet of the link, and is eligible edge_hop_cycles after its turn.
//    With edge_cycles_per_packet 0 a chip's edge is like any other link, and each row has its
//    own.
// Whatever a grant changes is due in a later cycle, so that neither the order of the routers nor
// that of the ports matters. Source queues are the caller's: Inject takes a packet where the
// local FIFO has a credit.
//
// The host's packets enter through the west inputs of the westernmost routers, one link a row.
//
// Cost: only routers with an eligible head are looked at; a
// grant is a few operations. Source: the model of BookSim2 (Jiang et al., ISPASS 2013) with one
// virtual channel and packets of one flit; dimension order and FIFOs as in TrueNorth's router
// (Akopyan et al., TCAD 34, 2015), whose cycle counts are not published.
#ifndef SPIKEMESH_ROUTER_CYCLE_MESH_H_
#define SPIKEMESH_ROUTER_CYCLE_MESH_H_

#include <array>
#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <vector>

#include "router/mesh.h"
#include "router/port.h"
#include "router/route_table.h"
#include "router/router_parameters.h"

namespace spikemesh {

// Cycles of a packet that never waits, from entering the mesh to its core.
std::int64_t ZeroLoadCycles(const RouterParameters& parameters, const RouteCost& way);

class CycleMesh {
 public:
  // A packet that reached its core. `tag` is the caller's; `core` its row-major index.
  struct Arrival {
    std::uint32_t tag = 0;
    std::uint32_t core = 0;
    bool operator==(const Arrival&) const = default;
  };

  // `parameters` are valid (CheckRouterParameters); `mesh` has at most kMeshRoutersMax
  // routers and sides of at most 2^15 - 1. Where there is a table, it outlives this, and all
  // packets have ways in it.
  CycleMesh(const MeshShape& mesh, const RouterParameters& parameters,
            const RouteTable* table = nullptr);

  std::uint32_t CoreIndex(CoreCoordinates at) const {
    return static_cast<std::uint32_t>(at.y * width_ + at.x);
  }

  // Puts a packet into the local FIFO of `from` in the cycle that the next Step does; false where
  // that FIFO has no credit, or has taken a packet in this cycle.
  bool Inject(CoreCoordinates from, CoreCoordinates to, std::uint32_t tag) {
    return InjectInto(CoreIndex(from), Port::kLocal, from, to, tag);
  }
  // The same for the west input of the westernmost router of a row, which is the host's.
  bool InjectFromHost(std::int32_t row, CoreCoordinates to, std::uint32_t tag) {
    const CoreCoordinates from = {0, row};
    return InjectInto(CoreIndex(from), Port::kWest, from, to, tag);
  }

  // One cycle. The packets that reach their cores in it, valid until the next Step.
  std::span<const Arrival> Step();

  // Moves on to a later cycle while no packet is inside.
  void SkipTo(std::int64_t cycle);
  // Drops all packets and moves on to a later cycle, or to this one. Link counts stay.
  void Clear(std::int64_t cycle);

  // Of the next Step, from 0.
  std::int64_t cycle() const { return cycle_; }
  // Packets between Inject and arrival.
  std::int64_t packets_inside() const { return packets_inside_; }
  // Grants so far, ejections included: router-hops.
  std::int64_t grants() const { return grants_; }
  // Grants so far of every output, [core, row-major][Port].
  std::span<const std::int64_t> link_packets() const { return links_; }
  // Grants so far of one output of one core's router: the packets that its link took.
  std::int64_t LinkPackets(CoreCoordinates at, Port output) const {
    return links_[std::size_t{CoreIndex(at)} * kPorts + static_cast<std::size_t>(output)];
  }

 private:
  // A place in a FIFO, and the packet in it. The credit of an empty place is its `ready`: a FIFO is
  // filled in the order in which it was emptied, so that the place behind its last packet is the
  // one whose credit comes back first, and no credits need to be counted.
  struct Packet {
    std::uint32_t tag;
    std::uint32_t ready;   // clock_ from which the packet is eligible, or the place may be filled
    std::int16_t dx, dy;   // what is left of the way
    std::uint16_t output;  // wanted of the router in whose FIFO it is
  };
  // No bytes, which the compiler would have to take for aliases of everything else.
  struct Router {
    std::array<std::uint16_t, kPorts> requests;  // [output]: a bit for each input that wants it
    std::array<std::uint16_t, kPorts> pointers;  // [output]: the input that is asked first
    std::array<std::uint16_t, kPorts> heads;     // [input]: place of the first packet in its FIFO
    std::array<std::uint16_t, kPorts> counts;    // [input]
    std::uint16_t wanted;                        // bits of the outputs with requests
    std::uint16_t is_active;                     // in active_
    std::uint16_t leaves_chip;  // bits of the outputs whose links cross a chip edge
  };
  // A packet that was granted in this cycle and waits for its chip's serial link.
  struct Leaving {
    std::uint32_t edge;
    std::uint32_t input;  // that it leads into; of one edge, ascending by row (column)
    Packet packet;
  };
  // A head that becomes eligible: the input and the output that it wants.
  struct Head {
    std::uint32_t input;  // router * kPorts + port
    std::uint32_t output;
  };
  struct Later {
    std::int64_t cycle;
    Head head;
    bool operator>(const Later& other) const { return cycle > other.cycle; }
  };
  // What is due in one cycle.
  struct Due {
    std::vector<Head> heads;
    std::vector<Arrival> arrivals;
  };

  Due& DueIn(std::int32_t cycles) {
    return wheel_[(clock_ + static_cast<std::uint32_t>(cycles)) & (wheel_.size() - 1)];
  }
  Packet& Slot(std::uint32_t input, std::uint32_t place);
  std::uint16_t OutputAt(std::uint32_t input, const Packet& packet) const;
  bool HasPlace(std::uint32_t input);
  bool InjectInto(std::uint32_t router, Port port, CoreCoordinates from, CoreCoordinates to,
                  std::uint32_t tag);
  void Push(std::uint32_t input, Packet packet, std::int64_t cycles);
  void ExposeHeadIn(Head head, std::int64_t cycles);
  std::uint32_t EdgeOf(std::uint32_t router, std::uint32_t output) const;
  void PassEdges();
  void ExposeHead(Head head);
  void Activate(std::uint32_t router);
  void BeginCycle();
  void BringTimesNear();
  void Allocate(std::uint32_t router);
  void Grant(std::uint32_t router, std::uint32_t input, std::uint32_t output);

  MeshShape mesh_;
  std::int32_t width_;
  RouterParameters parameters_;
  const RouteTable* table_;  // X then Y where there is none
  // [output]: from the index of a router's first port to the input behind the output.
  std::array<std::uint32_t, kPorts> behind_;
  std::vector<Router> routers_;        // row-major
  std::vector<Packet> fifos_;          // [router][input][fifo_depth]
  std::vector<std::int64_t> links_;    // [router][output]
  std::vector<std::uint32_t> active_;  // routers with requests
  std::vector<Due> wheel_;             // [cycle mod size]
  std::vector<Arrival> arrived_;
  std::vector<Leaving> leaving_;
  std::vector<std::int64_t> edge_free_;  // [chip][output]: the cycle in which the link is free
  // Heads due beyond the wheel, the earliest first.
  std::priority_queue<Later, std::vector<Later>, std::greater<>> later_;
  std::int64_t cycle_ = 0;
  std::uint32_t clock_ = 0;  // cycles that were stepped through, its low 32 bits
  std::int64_t packets_inside_ = 0;
  std::int64_t grants_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_ROUTER_CYCLE_MESH_H_
