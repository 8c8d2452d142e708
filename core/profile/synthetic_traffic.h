// SPDX-License-Identifier: Apache-2.0
// Synthetic traffic on the cycle-accurate mesh: latency, accepted load and saturation.
//
// Every core generates a packet in each cycle with probability `rate`, independently (Bernoulli),
// into a source queue without bound, which offers its oldest packet to the router once a cycle.
// Packets generated in the measured cycles, which follow the warm-up, are timed from their
// generation, source queue included. Generation goes on until they have all arrived, or for as many
// cycles again; what has not arrived by then is told. Queues are not kept: a source that has
// fallen behind makes its next packet when it can send it, with the cycle in which it was due.
// Method: Dally, Towles (2004), chapter 23; as in BookSim2. Cost: that of CycleMesh, and a
// comparison for each core and cycle.
#ifndef SPIKEMESH_CORE_PROFILE_SYNTHETIC_TRAFFIC_H_
#define SPIKEMESH_CORE_PROFILE_SYNTHETIC_TRAFFIC_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/status.h"
#include "core/profile/latency_histogram.h"
#include "router/mesh.h"
#include "router/router_parameters.h"
#include "router/traffic_pattern.h"

namespace spikemesh {

inline constexpr std::int64_t kTrafficCyclesMax = std::int64_t{1} << 30;  // warm-up, and measured

struct SyntheticTraffic {
  TrafficPattern pattern = TrafficPattern::kUniform;
  double rate = 0.1;  // packets a core and cycle, above 0, at most 1
  MeshShape mesh = {.cores_x = 8, .cores_y = 8};
  RouterParameters router;
  std::int64_t warmup_cycles = 10000;
  std::int64_t cycles = 100000;
  std::uint64_t seed = 0;
};

// Windows follow each other from the first measured cycle; the last may be shorter.
inline std::int64_t PeakWindowCycles(const SyntheticTraffic& traffic) {
  return std::min<std::int64_t>(1000, traffic.cycles);
}

struct TrafficMeasurement {
  LatencyHistogram latency;         // cycles, of the measured packets that arrived
  std::int64_t packets_left = 0;    // measured packets that did not arrive in time
  double hops_mean = 0.0;           // of the packets of the measured cycles
  double accepted_mean = 0.0;       // packets a core and measured cycle that arrived
  double accepted_worst = 0.0;      // of the core at which fewest arrived
  std::vector<std::int64_t> links;  // [core, row-major][Port]: packets in the measured cycles
  // The same in the window of PeakWindowCycles measured ones in which the link took most.
  std::vector<std::int64_t> link_peaks;
  std::int64_t grants = 0;  // of the whole run
};

// Errors: InvalidArgument (a pattern that does not go with the mesh), OutOfRange (rate, cycles,
// cores, router parameters).
absl::StatusOr<TrafficMeasurement> MeasureTraffic(const SyntheticTraffic& traffic);

// The mean latency of packets that never wait.
double ZeroLoadLatency(const SyntheticTraffic& traffic);

// The highest rate, within `resolution`, whose mean latency is at most three times that of zero
// load; 1 where every rate is. `traffic.rate` does not matter. Bisection. Errors: those of
// MeasureTraffic.
absl::StatusOr<double> FindSaturation(SyntheticTraffic traffic, double resolution);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_SYNTHETIC_TRAFFIC_H_
