// SPDX-License-Identifier: Apache-2.0
// The reports of all subcommands in their two forms, and where these go, as `--json` says. The one
// place of the command that knows JSON.
#ifndef SPIKEMESH_APPS_DELIVER_REPORT_H_
#define SPIKEMESH_APPS_DELIVER_REPORT_H_

#include <string>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/profile/profile_report.h"
#include "core/profile/traffic_report.h"
#include "core/report/bench_sweep.h"
#include "core/report/convert_report.h"
#include "core/report/network_inspection.h"
#include "core/report/run_report.h"

namespace spikemesh {

struct ReportForms {
  std::string json;  // the whole file
  std::string text;
};
ReportForms FormsOf(const RunReport& report, bool with_constants);
ReportForms FormsOf(const ConvertReport& report);
ReportForms FormsOf(const BenchReport& report);
ReportForms FormsOf(const BenchSweep& sweep);
ReportForms FormsOf(const ProfileReport& report);
ReportForms FormsOf(const TrafficReport& report);
// Remedies are worded as flags.
ReportForms FormsOf(const NetworkInspection& inspection);
ReportForms FormsOf(const SpikingInspection& inspection);
// A chip, whose file has this digest, and one of its cores.
ReportForms FormsOf(const ChipModel& chip, const std::string& sha256);
ReportForms FormsOf(const ChipModel& chip, CoreId core);

// Prints the text, and writes the JSON to the file `json_path` where it is not empty; for `-`
// prints the JSON in the place of the text. Errors: those of writing the file and of PrintResult.
absl::Status DeliverReport(const std::string& json_path, const ReportForms& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_DELIVER_REPORT_H_
