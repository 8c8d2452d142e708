// SPDX-License-Identifier: Apache-2.0
// What the chip did, in whole numbers. One definition each; counted in one place (core/machine);
// never what the simulator did (a skipped core still sweeps its neurons on the chip).
#ifndef SPIKEMESH_CORE_STATS_COUNTERS_H_
#define SPIKEMESH_CORE_STATS_COUNTERS_H_

#include <cstdint>

namespace spikemesh {

struct Counters {
  std::int64_t spikes = 0;          // threshold crossings, target none included
  std::int64_t axon_events = 0;     // active axons after merging, the host's included
  std::int64_t synaptic_ops = 0;    // set crossbar bits in the rows of active axons
  std::int64_t hops = 0;            // |dx| + |dy| of neuron-to-core packets
  std::int64_t host_packets = 0;    // one per (core, axon) that an input reaches
  std::int64_t pin_packets = 0;     // spikes to output pins
  std::int64_t chip_crossings = 0;  // chip edges passed by neuron-to-core packets
  std::int64_t merged_spikes = 0;   // arrivals that found their bit set
  std::int64_t neuron_updates = 0;  // 256 x used cores x ticks

  bool operator==(const Counters&) const = default;

  template <typename Combine>
  static Counters Zip(const Counters& a, const Counters& b, Combine combine) {
    return {combine(a.spikes, b.spikes),
            combine(a.axon_events, b.axon_events),
            combine(a.synaptic_ops, b.synaptic_ops),
            combine(a.hops, b.hops),
            combine(a.host_packets, b.host_packets),
            combine(a.pin_packets, b.pin_packets),
            combine(a.chip_crossings, b.chip_crossings),
            combine(a.merged_spikes, b.merged_spikes),
            combine(a.neuron_updates, b.neuron_updates)};
  }
  friend Counters operator+(const Counters& a, const Counters& b) {
    return Zip(a, b, [](std::int64_t x, std::int64_t y) { return x + y; });
  }
  friend Counters operator-(const Counters& a, const Counters& b) {
    return Zip(a, b, [](std::int64_t x, std::int64_t y) { return x - y; });
  }
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_STATS_COUNTERS_H_
