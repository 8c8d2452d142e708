// SPDX-License-Identifier: Apache-2.0
#include "core/profile/synthetic_traffic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "core/base/random.h"
#include "core/base/strings.h"
#include "router/cycle_mesh.h"

namespace spikemesh {
namespace {

constexpr double kSaturationFactor = 3.0;  // mean latency over that of zero load

absl::Status CheckTraffic(const SyntheticTraffic& traffic) {
  SPIKEMESH_RETURN_IF_ERROR(CheckRouterParameters(traffic.router));
  SPIKEMESH_RETURN_IF_ERROR(CheckTrafficPattern(traffic.pattern, traffic.mesh));
  const std::int64_t cores = std::int64_t{traffic.mesh.width()} * traffic.mesh.height();
  if (cores < 1 || cores > kMeshRoutersMax) {
    return absl::OutOfRangeError(
        Concat("mesh: found ", cores, " cores, allowed: 1..", kMeshRoutersMax));
  }
  if (!(traffic.rate > 0.0 && traffic.rate <= 1.0)) {
    return absl::OutOfRangeError(
        Concat("rate: found ", traffic.rate, ", allowed: above 0, at most 1"));
  }
  for (const std::int64_t cycles : {traffic.warmup_cycles + 1, traffic.cycles}) {
    if (cycles < 1 || cycles > kTrafficCyclesMax) {
      return absl::OutOfRangeError(Concat("cycles: found ", traffic.warmup_cycles,
                                          " of warm-up and ", traffic.cycles,
                                          ", allowed: 0.. and 1..", kTrafficCyclesMax));
    }
  }
  return absl::OkStatus();
}

// What every core generates, one packet ahead.
class Sources {
 public:
  explicit Sources(const SyntheticTraffic& traffic)
      : traffic_(traffic),
        random_(traffic.seed, 0),
        gap_scale_(traffic.rate < 1.0 ? 1.0 / std::log1p(-traffic.rate) : 0.0) {
    for (std::int32_t y = 0; y < traffic.mesh.height(); ++y) {
      for (std::int32_t x = 0; x < traffic.mesh.width(); ++x) {
        places_.push_back({x, y});
        due_.push_back(Gap() - 1);
        targets_.push_back(NextTarget(places_.back()));
      }
    }
  }

  // Offers every packet that is due to the mesh; counts those generated in begin..end-1.
  void Offer(std::int64_t begin, std::int64_t end, CycleMesh& mesh) {
    const std::int64_t now = mesh.cycle();
    for (std::size_t core = 0; core < due_.size(); ++core) {
      if (due_[core] > now) {
        continue;
      }
      const auto tag = static_cast<std::uint32_t>(due_[core]);
      if (mesh.Inject(places_[core], targets_[core], tag)) {
        measured_ += due_[core] >= begin && due_[core] < end ? 1 : 0;
        due_[core] += Gap();
        targets_[core] = NextTarget(places_[core]);
      }
    }
  }

  // Packets generated in the measured cycles that were sent.
  std::int64_t measured() const { return measured_; }
  // Whether a packet generated before `cycle` waits.
  bool HasDueBefore(std::int64_t cycle) const {
    return std::ranges::any_of(due_, [cycle](std::int64_t due) { return due < cycle; });
  }
  // How many generated in begin..end-1 were not sent; ends the sources.
  std::int64_t DropUnsent(std::int64_t begin, std::int64_t end) {
    std::int64_t unsent = 0;
    for (std::int64_t& due : due_) {
      for (; due < end; due += Gap()) {
        unsent += due >= begin ? 1 : 0;
      }
    }
    return unsent;
  }

 private:
  // Cycles to the next packet: geometric, at least 1.
  std::int64_t Gap() {
    const double u = 1.0 - random_.NextUnit();  // (0, 1]
    return 1 + static_cast<std::int64_t>(std::log(u) * gap_scale_);
  }
  CoreCoordinates NextTarget(CoreCoordinates from) {
    if (traffic_.pattern != TrafficPattern::kUniform) {
      return PatternTarget(traffic_.pattern, traffic_.mesh, from);
    }
    const std::int32_t width = traffic_.mesh.width();
    const auto cores = static_cast<std::uint32_t>(width * traffic_.mesh.height());
    const auto core = static_cast<std::int32_t>(random_.NextBelow(cores));
    return {core % width, core / width};
  }

  const SyntheticTraffic& traffic_;
  RandomSequence random_;
  double gap_scale_;
  std::vector<CoreCoordinates> places_;
  std::vector<CoreCoordinates> targets_;  // of the next packet
  std::vector<std::int64_t> due_;         // cycle in which it is generated
  std::int64_t measured_ = 0;
};

// What the links take in the measured cycles, and in their busiest window.
class LinkMeter {
 public:
  LinkMeter(const SyntheticTraffic& traffic, TrafficMeasurement& result)
      : begin_(traffic.warmup_cycles),
        end_(traffic.warmup_cycles + traffic.cycles),
        window_(PeakWindowCycles(traffic)),
        result_(result) {}

  // To be called after every cycle.
  void Look(std::int64_t cycle, const CycleMesh& mesh) {
    const std::int64_t done = cycle + 1;
    if (done < begin_ || done > end_ || ((done - begin_) % window_ != 0 && done != end_)) {
      return;
    }
    const std::span<const std::int64_t> now = mesh.link_packets();
    if (done > begin_) {
      for (std::size_t link = 0; link < now.size(); ++link) {
        const std::int64_t packets = now[link] - before_[link];
        result_.links[link] += packets;
        result_.link_peaks[link] = std::max(result_.link_peaks[link], packets);
      }
    } else {
      result_.links.assign(now.size(), 0);
      result_.link_peaks.assign(now.size(), 0);
    }
    before_.assign(now.begin(), now.end());
  }

 private:
  std::int64_t begin_;
  std::int64_t end_;
  std::int64_t window_;
  TrafficMeasurement& result_;
  std::vector<std::int64_t> before_;
};

// Accepted load and hops, from the packets of each link: what the local output took arrived.
void SumLinks(const SyntheticTraffic& traffic, TrafficMeasurement& result) {
  std::int64_t arrived = 0;
  std::int64_t fewest = std::numeric_limits<std::int64_t>::max();
  for (std::size_t local = 0; local < result.links.size(); local += kPorts) {
    arrived += result.links[local];
    fewest = std::min(fewest, result.links[local]);
  }
  const std::int64_t all =
      std::accumulate(result.links.begin(), result.links.end(), std::int64_t{0});
  const std::size_t cores = result.links.size() / kPorts;
  const auto core_cycles = static_cast<double>(traffic.cycles) * static_cast<double>(cores);
  result.accepted_mean = static_cast<double>(arrived) / core_cycles;
  result.accepted_worst = static_cast<double>(fewest) / static_cast<double>(traffic.cycles);
  result.hops_mean =
      arrived == 0 ? 0.0 : static_cast<double>(all - arrived) / static_cast<double>(arrived);
}

}  // namespace

absl::StatusOr<TrafficMeasurement> MeasureTraffic(const SyntheticTraffic& traffic) {
  SPIKEMESH_RETURN_IF_ERROR(CheckTraffic(traffic));
  CycleMesh mesh(traffic.mesh, traffic.router);
  Sources sources(traffic);
  TrafficMeasurement result;
  const std::int64_t begin = traffic.warmup_cycles;
  const std::int64_t end = begin + traffic.cycles;
  LinkMeter meter(traffic, result);
  meter.Look(-1, mesh);  // where there is no warm-up
  const auto all_arrived = [&] {
    return result.latency.packets() == sources.measured() && !sources.HasDueBefore(end);
  };
  while (mesh.cycle() < end || (mesh.cycle() < end + traffic.cycles && !all_arrived())) {
    const std::int64_t now = mesh.cycle();
    sources.Offer(begin, end, mesh);
    for (const CycleMesh::Arrival& arrival : mesh.Step()) {
      const std::int64_t generated = arrival.tag;
      if (generated >= begin && generated < end) {
        result.latency.Add(now - generated);
      }
    }
    meter.Look(now, mesh);
  }
  result.packets_left =
      sources.measured() + sources.DropUnsent(begin, end) - result.latency.packets();
  result.grants = mesh.grants();
  SumLinks(traffic, result);
  return result;
}

double ZeroLoadLatency(const SyntheticTraffic& traffic) {
  return traffic.router.inject_cycles +
         PatternHopsMean(traffic.pattern, traffic.mesh) * traffic.router.hop_cycles +
         traffic.router.eject_cycles;
}

absl::StatusOr<double> FindSaturation(SyntheticTraffic traffic, double resolution) {
  const double latency_max = kSaturationFactor * ZeroLoadLatency(traffic);
  double below = 0.0;
  double above = 1.0 + resolution;
  while (above - below > resolution) {
    traffic.rate = std::min(0.5 * (below + above), 1.0);
    SPIKEMESH_ASSIGN_OR_RETURN(const TrafficMeasurement measured, MeasureTraffic(traffic));
    const bool flows = measured.packets_left == 0 && measured.latency.mean() <= latency_max;
    (flows ? below : above) = traffic.rate;
    if (flows && traffic.rate == 1.0) {
      break;
    }
  }
  return below;
}

}  // namespace spikemesh
