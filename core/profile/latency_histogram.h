// SPDX-License-Identifier: Apache-2.0
// Latencies of packets, counted by cycle, so that every percentile is exact.
#ifndef SPIKEMESH_CORE_PROFILE_LATENCY_HISTOGRAM_H_
#define SPIKEMESH_CORE_PROFILE_LATENCY_HISTOGRAM_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace spikemesh {

class LatencyHistogram {
 public:
  // Latencies from here on are told apart by their sum and maximum only.
  static constexpr std::int64_t kCyclesMax = std::int64_t{1} << 22;

  // `cycles` >= 0.
  void Add(std::int64_t cycles) {
    const auto bin = static_cast<std::size_t>(std::min(cycles, kCyclesMax));
    if (bin >= counts_.size()) {
      counts_.resize(std::max(bin + 1, counts_.size() * 2));
    }
    ++counts_[bin];
    ++packets_;
    sum_ += cycles;
    min_ = std::min(min_, cycles);
    max_ = std::max(max_, cycles);
  }

  std::int64_t packets() const { return packets_; }
  std::int64_t min() const { return packets_ == 0 ? 0 : min_; }
  std::int64_t max() const { return max_; }  // 0 without packets
  double mean() const {
    return packets_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(packets_);
  }

  // The least latency that at least `share` (0..1] of the packets do not exceed; 0 without packets.
  std::int64_t Percentile(double share) const {
    const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(packets_)));
    std::int64_t seen = 0;
    for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
      seen += counts_[bin];
      if (seen >= wanted && seen > 0) {
        return bin == static_cast<std::size_t>(kCyclesMax) ? max_ : static_cast<std::int64_t>(bin);
      }
    }
    return 0;
  }

  // The counts by cycle, neighbours summed so that at most some bins are left: bin i holds those of
  // `width` cycles from first + i * width on. The last holds all from kCyclesMax on too.
  struct Binned {
    std::int64_t first = 0;
    std::int64_t width = 1;
    std::vector<std::int64_t> counts;  // empty without packets
  };
  Binned Bins(std::size_t bins_max) const {
    Binned binned;
    if (packets_ == 0) {
      return binned;
    }
    const std::int64_t last = std::min(max_, kCyclesMax);
    binned.first = std::min(min_, kCyclesMax);
    const std::int64_t cycles = last - binned.first + 1;
    const auto bins = static_cast<std::int64_t>(bins_max);
    binned.width = (cycles + bins - 1) / bins;
    binned.counts.resize(static_cast<std::size_t>((cycles + binned.width - 1) / binned.width));
    for (std::int64_t cycle = binned.first; cycle <= last; ++cycle) {
      binned.counts[static_cast<std::size_t>((cycle - binned.first) / binned.width)] +=
          counts_[static_cast<std::size_t>(cycle)];
    }
    return binned;
  }

 private:
  std::vector<std::int64_t> counts_;  // [cycles]
  std::int64_t packets_ = 0;
  std::int64_t sum_ = 0;
  std::int64_t min_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t max_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_LATENCY_HISTOGRAM_H_
