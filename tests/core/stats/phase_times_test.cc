// SPDX-License-Identifier: Apache-2.0
#include "core/stats/phase_times.h"

#include <gtest/gtest.h>

namespace spikemesh {
namespace {

// Powers of two, so that sums and differences are exact and no two are alike.
constexpr PhaseTimes kSample = {.host_seconds = 1,
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
  EXPECT_EQ(later - kSample, difference);
  EXPECT_EQ(kSample + difference, later);
}

TEST(PhaseTimesTest, TotalIsOfAllFive) { EXPECT_EQ(kSample.total_seconds(), 1 + 2 + 4 + 8 + 16); }

}  // namespace
}  // namespace spikemesh
