// SPDX-License-Identifier: Apache-2.0
#include "core/profile/binned_counts.h"

#include "core/base/status.h"

namespace spikemesh {

BinnedCounts::BinnedCounts(std::size_t things, std::size_t bins)
    : bins_(bins), row_of_(things, kNone) {}

void BinnedCounts::Add(Cell cell, std::int64_t count) {
  SPIKEMESH_CHECK(cell.bin < bins_);
  std::uint32_t& row = row_of_[cell.thing];
  if (row == kNone) {
    row = static_cast<std::uint32_t>(counts_.size() / bins_);
    counts_.resize(counts_.size() + bins_);
  }
  counts_[row * bins_ + cell.bin] += count;
}

void BinnedCounts::MergeNeighbours() {
  for (std::size_t row = 0; row < counts_.size(); row += bins_) {
    const std::span<std::int64_t> bins(&counts_[row], bins_);
    for (std::size_t bin = 0; bin < bins_; ++bin) {
      const std::size_t first = 2 * bin;
      bins[bin] = (first < bins_ ? bins[first] : 0) + (first + 1 < bins_ ? bins[first + 1] : 0);
    }
  }
}

std::span<const std::int64_t> BinnedCounts::Of(std::size_t thing) const {
  const std::uint32_t row = row_of_[thing];
  return row == kNone ? std::span<const std::int64_t>() : std::span(&counts_[row * bins_], bins_);
}

}  // namespace spikemesh
