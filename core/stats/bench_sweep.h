// SPDX-License-Identifier: Apache-2.0
// The surface that a chip of this kind is characterised by: firing rate x active synapses, and
// above each point the speed of the simulator and the modelled energy of the chip. Source of the
// form: Merolla et al., Science 345 (2014), Fig. 4, and Akopyan et al., TCAD 2015, par. VII, which
// show TrueNorth over 0..200 Hz and 0..256 synapses.
// Every point is a BenchReport of its own, and every number here is a number of that report.
#ifndef SPIKEMESH_CORE_STATS_BENCH_SWEEP_H_
#define SPIKEMESH_CORE_STATS_BENCH_SWEEP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/stats/bench_report.h"

namespace spikemesh {

inline constexpr std::string_view kBenchSweepSchema = "spikemesh.bench-sweep/1";

struct BenchSweep {
  std::vector<double> rates_hz;        // as asked, ascending: the columns
  std::vector<std::int32_t> synapses;  // set bits of an axon row, ascending: the rows
  std::vector<BenchReport> points;     // [synapses, rates_hz], row-major

  const BenchReport& At(std::size_t row, std::size_t column) const {
    return points[row * rates_hz.size() + column];
  }
};

// `spikemesh.bench-sweep/1`: the circumstances, which all points share, and `points[]` row by row.
// Power and GSOPS/W are those of whole chips. The sweep must have a point for each row and column,
// and at least one.
Json BenchSweepJson(const BenchSweep& sweep);

// Matrices of ms per tick, times real time and GSOPS/W; rows are synapses, columns rates.
std::string FormatBenchSweep(const BenchSweep& sweep);

// One line of the circumstances: cores, ticks, threads, instruction set, seed, volts.
std::string FormatSweepConditions(const BenchSweep& sweep);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_STATS_BENCH_SWEEP_H_
