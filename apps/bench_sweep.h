// SPDX-License-Identifier: Apache-2.0
// `spikemesh bench --sweep`: the standard workload at every point of a grid of firing rates and
// synapses. A point is what `bench --rate R --synapses S` with the same flags would measure: it is
// built anew, so that its bytes are the same, too. Cost: a minute or two for 64 x 64 cores, of
// which building is about a third.
#ifndef SPIKEMESH_APPS_BENCH_SWEEP_H_
#define SPIKEMESH_APPS_BENCH_SWEEP_H_

#include <array>
#include <cstdint>

#include "core/base/status.h"
#include "core/chip/standard_workload.h"
#include "core/report/bench_sweep.h"
#include "core/session/bench.h"

namespace spikemesh {

// Evenly spaced over the published ranges. They hold the two points with published figures, 20 Hz
// and 128 synapses, and 200 Hz and 256.
inline constexpr std::array<double, 11> kSweepRatesHz = {0,   20,  40,  60,  80, 100,
                                                         120, 140, 160, 180, 200};
inline constexpr std::array<std::int32_t, 9> kSweepSynapses = {0,   32,  64,  96, 128,
                                                               160, 192, 224, 256};

// Measures each point; rate and synapses of `workload` are replaced, and the progress line counts
// points. Errors: those of BuildStandardWorkload and Machine::Create.
absl::StatusOr<BenchSweep> MeasureSweep(WorkloadOptions workload, BenchRun run);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_BENCH_SWEEP_H_
