// SPDX-License-Identifier: Apache-2.0
// What `spikemesh profile MODEL.chip` found, as a value and as text.
#ifndef SPIKEMESH_CORE_PROFILE_PROFILE_REPORT_H_
#define SPIKEMESH_CORE_PROFILE_PROFILE_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/profile/latency_summary.h"
#include "core/profile/spike_traffic.h"
#include "core/report/run_report.h"

namespace spikemesh {

// A link, and what passes it by pair of layers, the most first.
struct HotLink {
  MeshLink link;
  std::vector<LayerTraffic> layers;
};

// All links over one side of a chip together.
struct ChipEdge {
  std::int32_t chip_x = 0;
  std::int32_t chip_y = 0;
  Port direction = Port::kEast;
  std::int64_t packets = 0;
};

// Packets of a tick on the links that carried any.
struct LinkLoads {
  std::int64_t links = 0;
  double mean = 0.0;
  double p50 = 0.0;
  double p95 = 0.0;
  double p99 = 0.0;
  double max = 0.0;
  std::int64_t peak = 0;  // packets of one link in one tick, at most
};

struct ProfileReport {
  RunReport run;  // model, data set, routing, energy and simulator
  std::int64_t ticks = 0;
  LatencySummary latency;  // between cores
  LatencySummary host_latency;
  std::vector<std::int64_t> hops;  // [hops]: packets between cores
  LinkLoads link_loads;
  std::vector<MeshLink> links;           // that carried anything, row-major, then by port
  std::vector<HotLink> hottest;          // the few that carried most
  std::vector<ChipEdge> chip_edges;      // row-major by chip, then by port
  std::vector<LayerTraffic> layers;      // ascending by (from, to)
  std::vector<std::string> layer_names;  // [layer + 1]: the host comes first
  std::int64_t router_hops = 0;
  std::optional<double> ideal_cpu_seconds;  // what the same run takes without routers

  // Packets a tick.
  double per_tick(std::int64_t packets) const;
  double hops_mean() const;  // of a packet between cores
  const std::string& layer_name(std::int32_t layer) const {
    return layer_names[static_cast<std::size_t>(std::int64_t{layer} + 1)];
  }
};

// `run` tells of the run that `traffic` looked at.
ProfileReport MakeProfileReport(const SpikeTraffic& traffic, RunReport run);

std::string FormatProfileReport(const ProfileReport& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_PROFILE_REPORT_H_
