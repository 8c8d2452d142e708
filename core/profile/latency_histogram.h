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

 private:
  std::vector<std::int64_t> counts_;  // [cycles]
  std::int64_t packets_ = 0;
  std::int64_t sum_ = 0;
  std::int64_t min_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t max_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_LATENCY_HISTOGRAM_H_
