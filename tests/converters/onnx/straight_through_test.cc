// SPDX-License-Identifier: Apache-2.0
#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// s = sign(x), c and e = max(x, 0.5), which the code has written twice, and `d` = s - c.
ModelBuilder SignAndClips() {
  ModelBuilder model({3});
  model.Node("Sign", {"x"}, "s").Floats("half", {}, {0.5F});
  model.Node("Max", {"x", "half"}, "c").Node("Max", {"x", "half"}, "e");
  model.Node("Sub", {"s", "c"}, "d");
  return model;
}

void ExpectSign(ModelBuilder& model) {
  const Network network = ImportOrFail(model);
  EXPECT_EQ(network.nodes.size(), 1u);
  EXPECT_THAT(network.warnings, ::testing::Contains(HasSubstr("is taken as a")));
  EXPECT_THAT(network.warnings, ::testing::Contains(HasSubstr("(op Max)"))) << "left out";
  EXPECT_THAT(RunModel(model, {-3, 0.25, 2}), ElementsAre(-1, 1, 1));
}

TEST(StraightThroughTest, WhatIsSubtractedAndAddedIsCancelled) {
  ModelBuilder model = SignAndClips();
  ExpectSign(model.Node("Add", {"d", "c"}, "y"));
}

TEST(StraightThroughTest, TheSumMayBeTurnedAndTheOperandRepeated) {
  ModelBuilder model = SignAndClips();
  ExpectSign(model.Node("Add", {"e", "d"}, "y"));
}

TEST(StraightThroughTest, DifferenceOfADifference) {
  ModelBuilder model = SignAndClips();
  ExpectSign(model.Node("Sub", {"c", "s"}, "f").Node("Sub", {"e", "f"}, "y"));
}

TEST(StraightThroughTest, OtherOperandsAreRefusedAsBefore) {
  ModelBuilder model = SignAndClips();
  model.Floats("other", {}, {0.75F}).Node("Max", {"x", "other"}, "g");
  ExpectRefused(model.Node("Add", {"d", "g"}, "y"), absl::StatusCode::kUnimplemented, {"(op Sub)"});
}

}  // namespace
}  // namespace spikemesh
