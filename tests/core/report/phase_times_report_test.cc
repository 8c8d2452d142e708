// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/json.h"
#include "core/report/bench_json.h"
#include "core/report/report_text.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Powers of two, so that sums and differences are exact and no two are alike.
constexpr PhaseTimes kSample = {.host_seconds = 1,
                                .update_seconds = 2,
                                .send_seconds = 4,
                                .deliver_seconds = 8,
                                .wait_seconds = 16};

TEST(PhaseTimesReportTest, JsonHasEveryPhaseUnderItsName) {
  const Json expected = {{"host_seconds", 1.0},
                         {"update_seconds", 2.0},
                         {"send_seconds", 4.0},
                         {"deliver_seconds", 8.0},
                         {"wait_seconds", 16.0}};
  BenchReport report;
  report.phases = kSample;
  EXPECT_EQ(BenchReportJson(report)["phases"], expected);
}

TEST(PhaseTimesReportTest, TextHasSharesOfTheSumAndNanosecondsOfACoreTick) {
  // 8 s of 31 s are 25.81 %; over 2e9 core-ticks they are 4 ns, and 31 s are 15.5 ns.
  const std::string text = FormatPhaseTimes(kSample, 2e9);
  EXPECT_THAT(text, HasSubstr("deliver   8 s   25.81 %                     4\n"));
  EXPECT_THAT(text, HasSubstr("all      31 s  100.00 %                  15.5\n"));
}

TEST(PhaseTimesReportTest, NothingMeasuredDividesByNothing) {
  EXPECT_THAT(FormatPhaseTimes(PhaseTimes(), 0.0), HasSubstr("all       0 s  0.00 %"));
}

TEST(PhaseTimesReportTest, TheReportHasPhasesOnlyWhereTheyWereMeasured) {
  BenchReport report;
  EXPECT_FALSE(BenchReportJson(report).contains("phases"));
  EXPECT_THAT(FormatBenchReport(report), Not(HasSubstr("phase")));
  report.phases = kSample;
  report.ticks = 100;
  report.cores = 10;
  EXPECT_TRUE(BenchReportJson(report).contains("phases"));
  EXPECT_THAT(FormatBenchReport(report), HasSubstr(FormatPhaseTimes(kSample, 1000.0)));
}

}  // namespace
}  // namespace spikemesh
