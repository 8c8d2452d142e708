// SPDX-License-Identifier: Apache-2.0
// The surface that a chip of this kind is characterised by: firing rate x active synapses, and
// above each point the speed of the simulator and the modelled energy of the chip. Source of the
// form: Merolla et al., Science 345 (2014), Fig. 4, and Akopyan et al., TCAD 2015, par. VII, which
// show TrueNorth over 0..200 Hz and 0..256 synapses.
// Every point is a BenchReport of its own, and every number here is a number of that report.
#ifndef SPIKEMESH_CORE_REPORT_BENCH_SWEEP_H_
#define SPIKEMESH_CORE_REPORT_BENCH_SWEEP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/report/bench_report.h"

namespace spikemesh {

// Has a point for each row and column, and at least one.
struct BenchSweep {
  std::vector<double> rates_hz;        // as asked, ascending: the columns
  std::vector<std::int32_t> synapses;  // set bits of an axon row, ascending: the rows
  std::vector<BenchReport> points;     // [synapses, rates_hz], row-major

  const BenchReport& At(std::size_t row, std::size_t column) const {
    return points[row * rates_hz.size() + column];
  }
  // The first point, which shares its circumstances with all others.
  const BenchReport& common() const;
};

// Matrices of ms per tick, times real time and GSOPS/W; rows are synapses, columns rates.
std::string FormatBenchSweep(const BenchSweep& sweep);

// One line of the circumstances: cores, ticks, threads, instruction set, seed, volts.
std::string FormatSweepConditions(const BenchSweep& sweep);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_BENCH_SWEEP_H_
