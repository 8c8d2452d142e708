// SPDX-License-Identifier: Apache-2.0
#include "apps/deliver_report.h"

#include "apps/file_arguments.h"
#include "apps/terminal.h"
#include "core/base/atomic_file.h"
#include "core/base/json.h"

namespace spikemesh {

absl::Status DeliverReport(const std::string& json_path, const Json& json, std::string_view text) {
  const std::string file = FormatJsonFile(json);
  if (json_path == kStandardOutput) {
    return PrintResult(file);
  }
  if (!json_path.empty()) {
    SPIKEMESH_RETURN_IF_ERROR(WriteFileAtomically(json_path, file));
  }
  return PrintResult(text);
}

}  // namespace spikemesh
