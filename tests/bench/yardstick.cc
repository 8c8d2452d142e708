// SPDX-License-Identifier: Apache-2.0
// A fixed piece of work by which times taken on a shared machine can be compared: what slows the
// simulator down there (a lower clock, neighbours on the memory bus, others who take turns with it
// and leave the caches cold) slows this down, too, and the ratio of the two moves less than either.
// One round is, roughly as a tick is, arithmetic on arrays in the second-level cache (a sixth of
// the time), reads of 32 bytes at random places of 8 MB, which the last-level cache holds as long
// as nobody else needs it (two thirds), and the same in 48 MB (a sixth); all reads are fetched
// ahead. It is compiled for the baseline processor (CMakeLists.txt) and uses nothing of the
// simulator but its allocator of huge pages. Never change it: every ratio recorded in README.md
// would lose its meaning. If it must change, count kVersion up and record all of them anew. Prints
// one line of JSON: the version, and the processor time of a round, the mean of a few. (The best of
// them would leave out what is to be seen.) A call takes about 0.3 seconds.
#include <time.h>

#include <algorithm>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "core/base/large_vector.h"

namespace spikemesh {
namespace {

constexpr int kVersion = 1;
constexpr int kRounds = 12;

constexpr std::size_t kSmallWords = (std::size_t{256} << 10) / sizeof(std::uint64_t);  // of each
constexpr int kPasses = 240;

struct Row {
  std::uint64_t words[4];
};
constexpr std::size_t kMegabyteRows = (std::size_t{1} << 20) / sizeof(Row);
constexpr std::size_t kRows = 48 * kMegabyteRows;
constexpr std::size_t kCachedRows = 8 * kMegabyteRows;
constexpr int kReads = 450'000;
constexpr int kCachedReads = 1'600'000;
constexpr int kReadsAhead = 8;

// What a round comes to; anything else is not the work it was.
constexpr std::uint64_t kChecksum = 9'998'032'890'704'100'839u;

// Knuth's linear congruential generator (MMIX): one multiplication, good in the upper bits.
class Generator {
 public:
  std::uint64_t Next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return state_ >> 16;
  }

 private:
  std::uint64_t state_ = 1;
};

// Two arrays of 256 KB, in the second-level cache from the first pass on.
std::uint64_t Compute(std::vector<std::uint64_t>& sums, const std::vector<std::uint64_t>& terms) {
  for (int pass = 0; pass < kPasses; ++pass) {
    for (std::size_t i = 0; i < kSmallWords; ++i) {
      sums[i] += terms[i] ^ (sums[i] >> 7);
    }
  }
  return sums[kSmallWords / 2];
}

// Reads `reads` times among the first `count` rows.
std::uint64_t ReadAtRandom(const LargeVector<Row>& rows, std::size_t count, int reads) {
  Generator generator;
  std::size_t ahead[kReadsAhead] = {};
  std::uint64_t sum = 0;
  for (int read = 0; read < reads; ++read) {
    std::size_t& place = ahead[read % kReadsAhead];
    for (const std::uint64_t word : rows[place].words) {
      sum += word;
    }
    place = generator.Next() % count;
    __builtin_prefetch(&rows[place]);
  }
  return sum;
}

// Nothing in a round calls the kernel, so that this is user time, and finer than getrusage's.
double CpuMilliseconds() {
  struct timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

int Main() {
  Generator generator;
  std::vector<std::uint64_t> terms(kSmallWords);
  std::ranges::generate(terms, [&generator] { return generator.Next(); });
  LargeVector<Row> rows(kRows);
  for (Row& row : rows) {
    std::ranges::generate(row.words, [&generator] { return generator.Next(); });
  }
  std::vector<std::uint64_t> sums(kSmallWords);
  double total_ms = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::ranges::fill(sums, 0);
    const double begin_ms = CpuMilliseconds();
    const std::uint64_t checksum = Compute(sums, terms) +
                                   ReadAtRandom(rows, kCachedRows, kCachedReads) +
                                   ReadAtRandom(rows, kRows, kReads);
    total_ms += CpuMilliseconds() - begin_ms;
    if (checksum != kChecksum) {
      std::fprintf(stderr, "yardstick: checksum %" PRIu64 ", version %d has %" PRIu64 "\n",
                   checksum, kVersion, kChecksum);
      return 1;
    }
  }
  std::printf("{\"yardstick_version\": %d, \"cpu_ms\": %.3f}\n", kVersion, total_ms / kRounds);
  return 0;
}

}  // namespace
}  // namespace spikemesh

int main() { return spikemesh::Main(); }
