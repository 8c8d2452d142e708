// SPDX-License-Identifier: Apache-2.0
#include "core/stats/bench_phases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stats/bench_report.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Powers of two, so that sums and differences are exact and no two are alike.
constexpr BenchPhases kPhases = {.host_seconds = 1,
                                 .update_seconds = 2,
                                 .send_seconds = 4,
                                 .deliver_seconds = 8,
                                 .wait_seconds = 16};

TEST(BenchPhasesTest, DifferenceIsTakenPhaseByPhase) {
  const BenchPhases later = {.host_seconds = 101,
                             .update_seconds = 202,
                             .send_seconds = 304,
                             .deliver_seconds = 408,
                             .wait_seconds = 516};
  const BenchPhases difference = {.host_seconds = 100,
                                  .update_seconds = 200,
                                  .send_seconds = 300,
                                  .deliver_seconds = 400,
                                  .wait_seconds = 500};
  EXPECT_EQ(later - kPhases, difference);
}

TEST(BenchPhasesTest, TotalIsOfAllFive) { EXPECT_EQ(kPhases.total_seconds(), 1 + 2 + 4 + 8 + 16); }

TEST(BenchPhasesTest, JsonHasEveryPhaseUnderItsName) {
  const Json expected = {{"host_seconds", 1.0},
                         {"update_seconds", 2.0},
                         {"send_seconds", 4.0},
                         {"deliver_seconds", 8.0},
                         {"wait_seconds", 16.0}};
  EXPECT_EQ(BenchPhasesJson(kPhases), expected);
}

TEST(BenchPhasesTest, TextHasSharesOfTheSumAndNanosecondsOfACoreTick) {
  // 8 s of 31 s are 25.81 %; over 2e9 core-ticks they are 4 ns, and 31 s are 15.5 ns.
  const std::string text = FormatBenchPhases(kPhases, 2e9);
  EXPECT_THAT(text, HasSubstr("deliver   8 s   25.81 %                     4\n"));
  EXPECT_THAT(text, HasSubstr("all      31 s  100.00 %                  15.5\n"));
}

TEST(BenchPhasesTest, NothingMeasuredDividesByNothing) {
  EXPECT_THAT(FormatBenchPhases(BenchPhases(), 0.0), HasSubstr("all       0 s  0.00 %"));
}

TEST(BenchPhasesTest, TheReportHasPhasesOnlyWhereTheyWereMeasured) {
  BenchReport report;
  EXPECT_FALSE(BenchReportJson(report).contains("phases"));
  EXPECT_THAT(FormatBenchReport(report), Not(HasSubstr("phase")));
  report.phases = kPhases;
  report.ticks = 100;
  report.cores = 10;
  EXPECT_EQ(BenchReportJson(report)["phases"], BenchPhasesJson(kPhases));
  EXPECT_THAT(FormatBenchReport(report), HasSubstr(FormatBenchPhases(kPhases, 1000.0)));
}

}  // namespace
}  // namespace spikemesh
