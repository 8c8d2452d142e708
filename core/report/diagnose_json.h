// SPDX-License-Identifier: Apache-2.0
// A diagnosis as JSON.
#ifndef SPIKEMESH_CORE_REPORT_DIAGNOSE_JSON_H_
#define SPIKEMESH_CORE_REPORT_DIAGNOSE_JSON_H_

#include "core/base/json_fwd.h"
#include "core/report/diagnose_report.h"

namespace spikemesh {

// The `diagnosis` object of a run report.
Json DiagnoseJson(const DiagnoseReport& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_DIAGNOSE_JSON_H_
