// SPDX-License-Identifier: Apache-2.0
// What `spikemesh inspect` shows, as JSON (`spikemesh.inspect/1`).
#ifndef SPIKEMESH_CORE_REPORT_INSPECT_JSON_H_
#define SPIKEMESH_CORE_REPORT_INSPECT_JSON_H_

#include <string>

#include "core/base/ids.h"
#include "core/base/json_fwd.h"
#include "core/base/remedy.h"
#include "core/chip/chip_model.h"
#include "core/report/network_inspection.h"

namespace spikemesh {

inline constexpr const char* kInspectSchema = "spikemesh.inspect/1";

Json ChipJson(const ChipModel& chip, const std::string& sha256);
Json CoreJson(const ChipModel& chip, CoreId core);
Json InspectionJson(const NetworkInspection& inspection, const RemedyWords& words);
Json InspectionJson(const SpikingInspection& inspection, const RemedyWords& words);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_INSPECT_JSON_H_
