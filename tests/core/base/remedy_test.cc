// SPDX-License-Identifier: Apache-2.0
#include "core/base/remedy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RemedyTest, AStatusKeepsItsRemediesInOrderAndThroughAnnotations) {
  absl::Status status = absl::OutOfRangeError("no");
  EXPECT_THAT(RemediesOf(status), IsEmpty());
  status = WithRemedy(status, {RemedyKind::kLossySplit, "which costs"});
  status = WithRemedy(Annotate(status, "here"), {RemedyKind::kCalibrate});
  EXPECT_THAT(RemediesOf(status), ElementsAre(Remedy{RemedyKind::kLossySplit, "which costs"},
                                              Remedy{RemedyKind::kCalibrate}));
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(status.message(), "here: no");
  EXPECT_THAT(RemediesOf(absl::OkStatus()), IsEmpty());
}

TEST(RemedyTest, EveryKindSurvives) {
  for (int kind = 0; kind < kRemedyKinds; ++kind) {
    const Remedy remedy = {static_cast<RemedyKind>(kind)};
    EXPECT_THAT(RemediesOf(WithRemedy(absl::InternalError(""), remedy)), ElementsAre(remedy));
  }
}

TEST(RemedyTest, WordsFollowTheMessage) {
  const auto words = [](const Remedy& remedy) { return "do " + remedy.detail; };
  const std::vector<Remedy> two = {{RemedyKind::kRateMode, "a"}, {RemedyKind::kRateMode, "b"}};
  EXPECT_EQ(WithWords("no", {}, words), "no");
  EXPECT_EQ(WithWords("no", two, words), "no; do a; or do b");
}

}  // namespace
}  // namespace spikemesh
