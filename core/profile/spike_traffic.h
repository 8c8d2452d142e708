// SPDX-License-Identifier: Apache-2.0
// What the spikes of a run did to the mesh: who sent how much to whom, what each link carried, how
// long packets took, how much slack they had, and which came late and why.
//
// Everything is counted as packets arrive (CycleTransport::RunTick), the host's apart from the
// cores'. Sums over pairs of cores (hops, layers, what loads a link) are made from one table when
// asked for. Memory: 32 bytes a pair of cores that talk, 80 bytes a router.
#ifndef SPIKEMESH_CORE_PROFILE_SPIKE_TRAFFIC_H_
#define SPIKEMESH_CORE_PROFILE_SPIKE_TRAFFIC_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/ids.h"
#include "core/chip/chip_model.h"
#include "core/profile/latency_histogram.h"
#include "core/report/routing_summary.h"
#include "router/cycle_transport.h"

namespace spikemesh {

// Of a packet that arrived after its due tick.
LateSpike LateSpikeOf(const CycleTransport::Arrival& arrival, const MeshShape& mesh,
                      const RouterParameters& router, const RouteTable* table);

// The link behind one output of a router.
struct MeshLink {
  CoreCoordinates at;
  Port output = Port::kEast;
  std::int64_t packets = 0;       // of the whole run
  std::int64_t peak_packets = 0;  // of the tick in which it carried most
};

// Where the host's packets come from.
inline constexpr std::int32_t kHostLayer = -1;
// The layer of a core, by position in ChipModel::cores: a position in ProvenanceModel::layers, or
// one more for a core of none.
std::int32_t LayerOfCore(const ChipModel& chip, std::size_t core);

// Packets of one pair of layers: positions in ProvenanceModel::layers; one more for cores of none.
struct LayerTraffic {
  std::int32_t from = kHostLayer;
  std::int32_t to = 0;
  std::int64_t packets = 0;
  std::int64_t hops = 0;
};

class SpikeTraffic {
 public:
  static constexpr std::size_t kLateSpikesKept = 20;

  // `chip` must outlive this, and so must the transports that are looked at.
  explicit SpikeTraffic(const ChipModel& chip);

  // To be called once after every tick, with what the mesh delivered before it.
  void Look(const CycleTransport& transport, std::span<const CycleTransport::Arrival> arrivals);

  std::int64_t ticks() const { return ticks_; }  // in which the mesh ran
  const ChipModel& chip() const { return chip_; }
  const MeshShape& mesh() const { return chip_.spec.mesh; }
  const RouterParameters& router() const { return router_; }

  // Of packets between cores, and of the host's.
  const LatencyHistogram& latency() const { return latency_; }
  const LatencyHistogram& host_latency() const { return host_latency_; }
  // Cycles that were left when a packet arrived in time; the host's included.
  const LatencyHistogram& slack() const { return slack_; }

  // What a run report tells of it.
  RoutingSummary Summarize() const;

  // Spikes that were late or that have not arrived though their tick has passed.
  std::int64_t late() const { return late_ + overdue_; }
  std::int64_t late_of_host() const { return late_of_host_; }
  // Packets that a reset dropped on their way.
  std::int64_t dropped() const { return dropped_; }
  // The first kLateSpikesKept of those that arrived.
  const std::vector<LateSpike>& late_spikes() const { return late_spikes_; }

  // Links between routers that carried anything, row-major, then by port.
  std::vector<MeshLink> Links() const;
  // Grants of routers: hops and ejections.
  std::int64_t router_hops() const { return router_hops_; }
  // [hops]: packets between cores.
  std::vector<std::int64_t> HopHistogram() const;
  // Ascending by (from, to); pairs without packets are left out. The host's have no hops.
  std::vector<LayerTraffic> Layers() const;
  // What passes a link, by pair of layers, the most first.
  std::vector<LayerTraffic> LayersOn(const MeshLink& link) const;
  // A position in ProvenanceModel::layers, or one more.
  std::int32_t LayerOf(CoreId core) const { return LayerOf(core.value()); }
  std::string LayerName(std::int32_t layer) const;

 private:
  struct Pair {
    std::uint32_t from;  // kHost, or position in ChipModel::cores
    std::uint32_t to;
    bool operator==(const Pair&) const = default;
    template <typename H>
    friend H AbslHashValue(H hash, Pair pair) {
      return H::combine(std::move(hash), pair.from, pair.to);
    }
  };
  static constexpr std::uint32_t kHost = UINT32_MAX;

  std::uint32_t CoreAt(CoreCoordinates at) const {
    return core_at_[static_cast<std::size_t>(at.y) * mesh().width() + at.x];
  }
  std::int32_t LayerOf(std::uint32_t core) const;
  // Where a pair's packets enter the mesh.
  CoreCoordinates EnteredAt(const Pair& pair) const;
  std::int32_t HopsOf(const Pair& pair) const;
  bool Passes(const Pair& pair, const MeshLink& link) const;
  void AddLate(const CycleTransport::Arrival& arrival);
  void LookAtLinks(const CycleMesh& mesh);

  const ChipModel& chip_;
  RouterParameters router_;
  const RouteTable* table_ = nullptr;   // of the transport, where a link is dead
  std::vector<std::uint32_t> core_at_;  // [place, row-major]
  absl::flat_hash_map<Pair, std::int64_t> pairs_;
  LatencyHistogram latency_;
  LatencyHistogram host_latency_;
  LatencyHistogram slack_;
  std::vector<LateSpike> late_spikes_;
  std::vector<std::int64_t> links_;  // [place][Port]
  std::vector<std::int64_t> peaks_;
  std::int64_t router_hops_ = 0;
  std::int64_t ticks_ = 0;
  std::int64_t late_ = 0;
  std::int64_t late_of_host_ = 0;
  std::int64_t overdue_ = 0;
  std::int64_t dropped_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_SPIKE_TRAFFIC_H_
