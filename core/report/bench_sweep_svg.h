// SPDX-License-Identifier: Apache-2.0
// The sweep as a picture: two heat maps over firing rate and synapses, the simulator's speed in
// times real time (logarithmic colours, real time outlined) and the chip's modelled GSOPS/W.
// Self-contained SVG with a background of its own, for light and dark viewers.
#ifndef SPIKEMESH_CORE_REPORT_BENCH_SWEEP_SVG_H_
#define SPIKEMESH_CORE_REPORT_BENCH_SWEEP_SVG_H_

#include <string>

#include "core/report/bench_sweep.h"

namespace spikemesh {

// The whole file. The sweep is as BenchSweepJson needs it.
std::string FormatSweepSvg(const BenchSweep& sweep);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_BENCH_SWEEP_SVG_H_
