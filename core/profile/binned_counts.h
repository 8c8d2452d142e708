// SPDX-License-Identifier: Apache-2.0
// Counts of many things over few bins of time. A thing takes room (8 bytes a bin) when it is first
// counted; until then 4 bytes.
#ifndef SPIKEMESH_CORE_PROFILE_BINNED_COUNTS_H_
#define SPIKEMESH_CORE_PROFILE_BINNED_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spikemesh {

class BinnedCounts {
 public:
  struct Cell {
    std::size_t thing = 0;
    std::size_t bin = 0;
  };

  BinnedCounts(std::size_t things, std::size_t bins);

  void Add(Cell cell, std::int64_t count);

  // Bin i becomes the sum of bins 2 i and 2 i + 1; the upper half is 0 then.
  void MergeNeighbours();

  // By bin, all of them; empty where nothing was ever added.
  std::span<const std::int64_t> Of(std::size_t thing) const;

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::size_t bins_;
  std::vector<std::uint32_t> row_of_;  // [thing]
  std::vector<std::int64_t> counts_;   // [row][bin]
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_BINNED_COUNTS_H_
