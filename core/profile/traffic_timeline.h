// SPDX-License-Identifier: Apache-2.0
// How the traffic of a run goes on in time: what every core sends and receives and every link
// carries, in at most kBinsMax bins of equally many ticks (the last may hold fewer).
//
// How many ticks there will be is not known beforehand. Bins begin one tick wide; when all are in
// use neighbours are merged and bins are twice as wide, so every count stays exact and at least
// half of the bins are in use. As in SpikeTraffic, a packet counts in the tick in which it arrives,
// and on a link in the tick in which it passes. Cost: a look at every link in each tick in which
// routers granted anything. Memory: 1.6 kB for each core that sends, for each that receives from
// cores or from the host, and for each link that carries anything; 72 bytes a router.
#ifndef SPIKEMESH_CORE_PROFILE_TRAFFIC_TIMELINE_H_
#define SPIKEMESH_CORE_PROFILE_TRAFFIC_TIMELINE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/profile/binned_counts.h"
#include "router/cycle_transport.h"
#include "router/mesh.h"

namespace spikemesh {

class TrafficTimeline {
 public:
  static constexpr std::size_t kBinsMax = 200;

  explicit TrafficTimeline(const MeshShape& mesh);

  // To be called once after every tick, with what the mesh delivered before it.
  void Look(const CycleTransport& transport, std::span<const CycleTransport::Arrival> arrivals);

  // Makes bins twice as wide.
  void MergeNeighbours();

  std::int64_t ticks() const { return ticks_; }
  std::int64_t ticks_per_bin() const { return ticks_per_bin_; }
  // Those in use: ticks() / ticks_per_bin(), rounded up.
  std::size_t bins() const;

  // Packets by bin, [bins()]; empty where there was never any.
  std::span<const std::int64_t> Sent(CoreCoordinates core) const;
  std::span<const std::int64_t> ReceivedFromCores(CoreCoordinates core) const;
  std::span<const std::int64_t> ReceivedFromHost(CoreCoordinates core) const;
  std::span<const std::int64_t> Carried(CoreCoordinates router, Port output) const;

 private:
  std::size_t Place(CoreCoordinates at) const {
    return static_cast<std::size_t>(at.y) * mesh_.width() + at.x;
  }
  std::span<const std::int64_t> InUse(std::span<const std::int64_t> all) const;
  void LookAtLinks(const CycleMesh& mesh, std::size_t bin);

  MeshShape mesh_;
  BinnedCounts sent_;  // by place, row-major
  BinnedCounts received_from_cores_;
  BinnedCounts received_from_host_;
  BinnedCounts carried_;                // [place][Port]
  std::vector<std::int64_t> link_now_;  // all of the run so far, [place][Port]
  std::int64_t grants_ = 0;
  std::int64_t ticks_ = 0;
  std::int64_t ticks_per_bin_ = 1;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_TRAFFIC_TIMELINE_H_
