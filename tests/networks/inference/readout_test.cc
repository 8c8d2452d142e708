// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/readout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "core/chip/validate.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

std::vector<PinIndex> Pins(const std::vector<std::uint32_t>& pins) {
  std::vector<PinIndex> indices;
  for (const std::uint32_t pin : pins) {
    indices.emplace_back(pin);
  }
  return indices;
}

// The class that wins where `pins` have fired.
std::int32_t Winner(const std::vector<std::int32_t>& pin_classes,
                    const std::vector<std::uint32_t>& pins) {
  Readout readout(pin_classes, 1);
  readout.Add(1, Pins(pins), 0);
  return readout.answer();
}

TEST(ReadoutTest, MostSpikesWin) {
  // Pins 0 and 2 vote for class 1, pin 1 for class 0.
  EXPECT_EQ(Winner({1, 0, 1}, {0, 1, 2}), 1);
  EXPECT_EQ(Winner({1, 0, 1}, {1, 1, 0}), 0);
}

TEST(ReadoutTest, TiesGoToTheLowestClass) {
  EXPECT_EQ(Winner({2, 1, 0}, {1}), 1);
  EXPECT_EQ(Winner({2, 1, 0}, {0, 1}), 1);
  EXPECT_EQ(Winner({2, 1, 0}, {}), 0);
}

TEST(ReadoutTest, PinsWithoutClassDoNotVote) { EXPECT_EQ(Winner({-1, 1, -1}, {0, 0, 1, 2}), 1); }

TEST(ReadoutTest, VotesOfAnImageAddUpAndTheNextBeginsWithNone) {
  const std::vector<std::int32_t> classes = {0, 1};
  Readout readout(classes, 3);
  readout.Add(1, Pins({1}), 1);
  readout.Add(2, Pins({0}), 1);
  readout.Add(3, Pins({1}), 1);
  EXPECT_EQ(readout.answer(), 1);
  readout.Add(1, Pins({}), 1);
  EXPECT_EQ(readout.answer(), 0);
}

// Cuts after 1, 2 and 3 ticks: class 1, a tie, class 1 again.
TEST(ReadoutTest, TellsHowManyImagesWereRightByEachCut) {
  const std::vector<std::int32_t> classes = {0, 1};
  Readout readout(classes, 3);
  for (const std::int32_t label : {1, 0}) {
    readout.Add(1, Pins({1}), label);
    readout.Add(2, Pins({0}), label);
    readout.Add(3, Pins({1}), label);
  }
  EXPECT_THAT(readout.correct(), ElementsAre(1, 1, 1));
  EXPECT_THAT(SumAccuracy(std::vector{readout.correct(), {1, 0, 2}}, 3, 4),
              ElementsAre(AccuracyAfter{1, 0.5}, AccuracyAfter{2, 0.25}, AccuracyAfter{3, 0.75}));
}

TEST(ReadoutCutsTest, ArePowersOfTwoAndTheEnd) {
  EXPECT_THAT(ReadoutCuts(1), ElementsAre(1));
  EXPECT_THAT(ReadoutCuts(2), ElementsAre(1, 2));
  EXPECT_THAT(ReadoutCuts(3), ElementsAre(1, 2, 3));
  EXPECT_THAT(ReadoutCuts(8), ElementsAre(1, 2, 4, 8));
  EXPECT_THAT(ReadoutCuts(9), ElementsAre(1, 2, 4, 8, 9));
  EXPECT_EQ(ReadoutCuts(kPresentationTicksMax).size(), 21u);
}

TEST(ClassCountTest, IsOneMoreThanTheLargestClass) {
  EXPECT_EQ(ClassCount({}), 0);
  EXPECT_EQ(ClassCount(std::vector{-1, -1}), 0);
  EXPECT_EQ(ClassCount(std::vector{-1, 3, 0}), 4);
}

}  // namespace
}  // namespace spikemesh
