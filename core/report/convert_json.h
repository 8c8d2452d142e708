// SPDX-License-Identifier: Apache-2.0
// The report of `spikemesh convert` as JSON.
#ifndef SPIKEMESH_CORE_REPORT_CONVERT_JSON_H_
#define SPIKEMESH_CORE_REPORT_CONVERT_JSON_H_

#include <string_view>

#include "core/base/json_fwd.h"
#include "core/report/convert_report.h"

namespace spikemesh {

inline constexpr std::string_view kConvertSchema = "spikemesh.convert/1";

Json ConvertReportJson(const ConvertReport& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_CONVERT_JSON_H_
