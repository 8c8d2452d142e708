// SPDX-License-Identifier: Apache-2.0
#include "apps/deliver_report.h"

#include "apps/file_arguments.h"
#include "apps/remedies.h"
#include "apps/terminal.h"
#include "core/base/atomic_file.h"
#include "core/base/json.h"
#include "core/profile/profile_json.h"
#include "core/report/bench_json.h"
#include "core/report/chip_text.h"
#include "core/report/convert_json.h"
#include "core/report/inspect_json.h"
#include "core/report/run_json.h"

namespace spikemesh {

ReportForms FormsOf(const RunReport& report, bool with_constants) {
  return {FormatJsonFile(RunReportJson(report)), FormatRunReport(report, with_constants)};
}

ReportForms FormsOf(const ConvertReport& report) {
  return {FormatJsonFile(ConvertReportJson(report)), FormatConvertReport(report)};
}

ReportForms FormsOf(const BenchReport& report) {
  return {FormatJsonFile(BenchReportJson(report)), FormatBenchReport(report)};
}

ReportForms FormsOf(const BenchSweep& sweep) {
  return {FormatJsonFile(BenchSweepJson(sweep)), FormatBenchSweep(sweep)};
}

ReportForms FormsOf(const ProfileReport& report) {
  return {FormatJsonFile(ProfileReportJson(report)), FormatProfileReport(report)};
}

ReportForms FormsOf(const TrafficReport& report) {
  return {FormatJsonFile(TrafficReportJson(report)), FormatTrafficReport(report)};
}

ReportForms FormsOf(const NetworkInspection& inspection) {
  return {FormatJsonFile(InspectionJson(inspection, WordRemedy)),
          FormatInspection(inspection, WordRemedy)};
}

ReportForms FormsOf(const SpikingInspection& inspection) {
  return {FormatJsonFile(InspectionJson(inspection, WordRemedy)),
          FormatInspection(inspection, WordRemedy)};
}

ReportForms FormsOf(const ChipModel& chip, const std::string& sha256) {
  return {FormatJsonFile(ChipJson(chip, sha256)), FormatChip(chip)};
}

ReportForms FormsOf(const ChipModel& chip, CoreId core) {
  return {FormatJsonFile(CoreJson(chip, core)), FormatCore(chip, core)};
}

absl::Status DeliverReport(const std::string& json_path, const ReportForms& report) {
  if (json_path == kStandardOutput) {
    return PrintResult(report.json);
  }
  if (!json_path.empty()) {
    SPIKEMESH_RETURN_IF_ERROR(WriteFileAtomically(json_path, report.json));
  }
  return PrintResult(report.text);
}

}  // namespace spikemesh
