// SPDX-License-Identifier: Apache-2.0
#include "core/stats/phase_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stats/bench_report.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Powers of two, so that sums and differences are exact and no two are alike.
constexpr PhaseTimes kPhases = {.host_seconds = 1,
                                .update_seconds = 2,
                                .send_seconds = 4,
                                .deliver_seconds = 8,
                                .wait_seconds = 16};

TEST(PhaseTimesTest, SumsAndDifferencesAreTakenPhaseByPhase) {
  const PhaseTimes later = {.host_seconds = 101,
                            .update_seconds = 202,
                            .send_seconds = 304,
                            .deliver_seconds = 408,
                            .wait_seconds = 516};
  const PhaseTimes difference = {.host_seconds = 100,
                                 .update_seconds = 200,
                                 .send_seconds = 300,
                                 .deliver_seconds = 400,
                                 .wait_seconds = 500};
  EXPECT_EQ(later - kPhases, difference);
  EXPECT_EQ(kPhases + difference, later);
}

TEST(PhaseTimesTest, TotalIsOfAllFive) { EXPECT_EQ(kPhases.total_seconds(), 1 + 2 + 4 + 8 + 16); }

TEST(PhaseTimesTest, JsonHasEveryPhaseUnderItsName) {
  const Json expected = {{"host_seconds", 1.0},
                         {"update_seconds", 2.0},
                         {"send_seconds", 4.0},
                         {"deliver_seconds", 8.0},
                         {"wait_seconds", 16.0}};
  EXPECT_EQ(PhaseTimesJson(kPhases), expected);
}

TEST(PhaseTimesTest, TextHasSharesOfTheSumAndNanosecondsOfACoreTick) {
  // 8 s of 31 s are 25.81 %; over 2e9 core-ticks they are 4 ns, and 31 s are 15.5 ns.
  const std::string text = FormatPhaseTimes(kPhases, 2e9);
  EXPECT_THAT(text, HasSubstr("deliver   8 s   25.81 %                     4\n"));
  EXPECT_THAT(text, HasSubstr("all      31 s  100.00 %                  15.5\n"));
}

TEST(PhaseTimesTest, NothingMeasuredDividesByNothing) {
  EXPECT_THAT(FormatPhaseTimes(PhaseTimes(), 0.0), HasSubstr("all       0 s  0.00 %"));
}

TEST(PhaseTimesTest, TheReportHasPhasesOnlyWhereTheyWereMeasured) {
  BenchReport report;
  EXPECT_FALSE(BenchReportJson(report).contains("phases"));
  EXPECT_THAT(FormatBenchReport(report), Not(HasSubstr("phase")));
  report.phases = kPhases;
  report.ticks = 100;
  report.cores = 10;
  EXPECT_EQ(BenchReportJson(report)["phases"], PhaseTimesJson(kPhases));
  EXPECT_THAT(FormatBenchReport(report), HasSubstr(FormatPhaseTimes(kPhases, 1000.0)));
}

}  // namespace
}  // namespace spikemesh
