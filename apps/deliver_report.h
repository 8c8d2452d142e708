// SPDX-License-Identifier: Apache-2.0
// Where the report of a subcommand goes, as `--json` says.
#ifndef SPIKEMESH_APPS_DELIVER_REPORT_H_
#define SPIKEMESH_APPS_DELIVER_REPORT_H_

#include <string>
#include <string_view>

#include "core/base/json_fwd.h"
#include "core/base/status.h"

namespace spikemesh {

// Prints `text`, and writes `json` to the file `json_path` where it is not empty; for `-` prints
// `json` in the place of `text`. Errors: those of writing the file and of PrintResult.
absl::Status DeliverReport(const std::string& json_path, const Json& json, std::string_view text);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_DELIVER_REPORT_H_
