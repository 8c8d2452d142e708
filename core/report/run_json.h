// SPDX-License-Identifier: Apache-2.0
// The report of `spikemesh run` as JSON, and the parts of it that other reports repeat.
#ifndef SPIKEMESH_CORE_REPORT_RUN_JSON_H_
#define SPIKEMESH_CORE_REPORT_RUN_JSON_H_

#include <optional>
#include <string_view>

#include "core/base/json_fwd.h"
#include "core/report/run_report.h"

namespace spikemesh {

inline constexpr std::string_view kRunSchema = "spikemesh.run/1";

Json RunReportJson(const RunReport& report);

// The `model`, `dataset` and `simulator` objects.
Json ModelJson(const ModelSummary& model);
Json DatasetJson(const std::optional<DatasetSummary>& dataset);
Json SimulatorJson(const RunReport& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_RUN_JSON_H_
