// SPDX-License-Identifier: Apache-2.0
// Reports of `spikemesh bench` as JSON.
#ifndef SPIKEMESH_CORE_REPORT_BENCH_JSON_H_
#define SPIKEMESH_CORE_REPORT_BENCH_JSON_H_

#include <string_view>

#include "core/base/json_fwd.h"
#include "core/report/bench_report.h"
#include "core/report/bench_sweep.h"

namespace spikemesh {

inline constexpr std::string_view kBenchSchema = "spikemesh.bench/1";
inline constexpr std::string_view kBenchSweepSchema = "spikemesh.bench-sweep/1";

// `phases` is there only where they were measured.
Json BenchReportJson(const BenchReport& report);

// The circumstances, which all points share, and `points[]` row by row. Power and GSOPS/W are those
// of whole chips.
Json BenchSweepJson(const BenchSweep& sweep);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_BENCH_JSON_H_
