// SPDX-License-Identifier: Apache-2.0
// A fixed piece of work by which times taken on a shared machine can be compared: what slows the
// simulator down there (a lower clock, neighbours in the cache and on the memory bus) slows this
// down, too, and the ratio of the two stays.
// One round is, as a tick is, half arithmetic on arrays that stay in the second-level cache and
// half reads of 32 bytes at random places of 48 MB of huge pages, fetched ahead. It is compiled
// without vector units beyond the baseline's (CMakeLists.txt) and uses nothing of the simulator.
// Never change it: every ratio recorded in README.md would lose its meaning. If it must change,
// count kVersion up and record all of them anew.
// Prints one line of JSON: the version, and the processor time of the fastest of a few rounds. A
// call takes about 0.3 seconds.
#include <time.h>

#include <algorithm>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <vector>

#include "core/base/large_vector.h"

namespace spikemesh {
namespace {

constexpr int kVersion = 1;
constexpr int kRounds = 8;

constexpr std::size_t kSmallWords = (std::size_t{256} << 10) / sizeof(std::uint64_t);  // of each
constexpr int kPasses = 1000;

struct Row {
  std::uint64_t words[4];
};
constexpr std::size_t kRows = (std::size_t{48} << 20) / sizeof(Row);
constexpr int kReads = 1'600'000;
constexpr int kReadsAhead = 32;

// What a round comes to; anything else is not the work it was.
constexpr std::uint64_t kChecksum = 15'289'740'957'350'207'905u;

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

std::uint64_t ReadAtRandom(const LargeVector<Row>& rows) {
  Generator generator;
  std::size_t ahead[kReadsAhead] = {};
  std::uint64_t sum = 0;
  for (int read = 0; read < kReads; ++read) {
    std::size_t& place = ahead[read % kReadsAhead];
    for (const std::uint64_t word : rows[place].words) {
      sum += word;
    }
    place = generator.Next() % kRows;
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
  double best_ms = std::numeric_limits<double>::infinity();
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::uint64_t> sums(kSmallWords, 0);
    const double begin_ms = CpuMilliseconds();
    const std::uint64_t checksum = Compute(sums, terms) + ReadAtRandom(rows);
    best_ms = std::min(best_ms, CpuMilliseconds() - begin_ms);
    if (checksum != kChecksum) {
      std::fprintf(stderr, "yardstick: checksum %" PRIu64 ", version %d has %" PRIu64 "\n",
                   checksum, kVersion, kChecksum);
      return 1;
    }
  }
  std::printf("{\"yardstick_version\": %d, \"cpu_ms\": %.3f}\n", kVersion, best_ms);
  return 0;
}

}  // namespace
}  // namespace spikemesh

int main() { return spikemesh::Main(); }
