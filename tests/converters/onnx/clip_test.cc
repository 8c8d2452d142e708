// SPDX-License-Identifier: Apache-2.0
// Relu, Clip, Max and Min with a number, Floor, Ceil and Round.
#include <cmath>
#include <limits>

#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

ClipNode OnlyClip(const ModelBuilder& model) {
  const Network network = ImportOrFail(model);
  EXPECT_EQ(network.nodes.size(), 1u);
  return std::get<ClipNode>(network.nodes.at(0).operation);
}

TEST(OnnxClipTest, ReluKeepsWhatIsPositive) {
  ModelBuilder model({3});
  model.Node("Relu", {"x"}, "y");
  EXPECT_THAT(RunModel(model, {-1, 0, 2.5}), ElementsAre(0, 0, 2.5));
  EXPECT_EQ(OnlyClip(model).high, kInfinity);
}

TEST(OnnxClipTest, BoundsAreInputsSinceOpset11) {
  ModelBuilder model({4});
  model.Floats("low", {}, {-1}).Floats("high", {}, {6});
  model.Node("Clip", {"x", "low", "high"}, "y");
  EXPECT_THAT(RunModel(model, {-2, -1, 5, 7}), ElementsAre(-1, -1, 5, 6));
}

TEST(OnnxClipTest, BoundsAreAttributesBefore) {
  ModelBuilder model({3});
  model.Opset(10).Node("Clip", {"x"}, "y", {{"min", 0.0F}, {"max", 6.0F}});
  EXPECT_THAT(RunModel(model, {-2, 5, 7}), ElementsAre(0, 5, 6));
}

TEST(OnnxClipTest, BoundLeftOutIsOpen) {
  ModelBuilder upper({1});
  upper.Floats("high", {}, {6}).Node("Clip", {"x", "", "high"}, "y");
  EXPECT_EQ(OnlyClip(upper).low, -kInfinity);
  ModelBuilder lower({1});
  lower.Opset(9).Node("Clip", {"x"}, "y", {{"min", 2.0F}});
  EXPECT_EQ(OnlyClip(lower).low, 2.0);
  EXPECT_EQ(OnlyClip(lower).high, kInfinity);
}

TEST(OnnxClipTest, GreatestFloatIsNoBound) {
  ModelBuilder model({1});
  const float greatest = std::numeric_limits<float>::max();
  model.Floats("low", {}, {0}).Floats("high", {}, {greatest});
  model.Node("Clip", {"x", "low", "high"}, "y");
  EXPECT_EQ(OnlyClip(model).high, kInfinity);
}

TEST(OnnxClipTest, ClipWithoutBoundsLeavesNoNode) {
  ModelBuilder model({2});
  model.Node("Clip", {"x"}, "a").Node("Sign", {"a"}, "y");
  EXPECT_EQ(ImportOrFail(model).nodes.size(), 1u);
}

TEST(OnnxClipTest, CrossedBoundsAreRefused) {
  for (const float high : {-1.0F, 1.0F, std::nanf("")}) {
    ModelBuilder model({1});
    model.Floats("low", {}, {1}).Floats("high", {}, {high});
    model.Node("Clip", {"x", "low", "high"}, "y");
    ExpectRefused(model, kInvalid, {"node \"n0\" (op Clip)", "min 1", "below the second"});
  }
}

TEST(OnnxClipTest, BoundPerChannelIsRefused) {
  ModelBuilder model({2});
  model.Floats("low", {2}, {1, 2}).Node("Clip", {"x", "low"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\"", "min of shape [2]"});
}

TEST(OnnxClipTest, BoundThatIsComputedIsNotSupported) {
  ModelBuilder model({1});
  model.Node("Sign", {"x"}, "s").Node("Clip", {"x", "s"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n1\" (op Clip)", "input 1 \"s\"", "a constant"});
}

TEST(OnnxClipTest, MaxAndMinWithANumberAreClips) {
  ModelBuilder model({3});
  model.Floats("low", {1}, {0}).Floats("high", {}, {1});
  model.Node("Max", {"x", "low"}, "a").Node("Min", {"high", "a"}, "y");
  EXPECT_THAT(RunModel(model, {-1, 0.5, 2}), ElementsAre(0, 0.5, 1));
}

TEST(OnnxClipTest, MaxOfTwoActivationsIsNotSupported) {
  ModelBuilder model({2});
  model.Node("Sign", {"x"}, "a").Node("Max", {"x", "a"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n1\" (op Max)", "a constant"});
}

TEST(OnnxClipTest, ConstantsAreClippedToo) {
  ModelBuilder model({1});
  model.Floats("c", {1, 3}, {-9, 0.5, 9}).Floats("low", {}, {-1}).Floats("high", {}, {1});
  model.Node("Clip", {"c", "low", "high"}, "w").Node("MatMul", {"x", "w"}, "y");
  EXPECT_THAT(RunModel(model, {2}), ElementsAre(-2, 1, 2));
}

TEST(OnnxRoundTest, EachRoundingAndHalvesToEven) {
  const std::vector<double> image = {-1.5, -0.5, 0.5, 1.25, 2.5};
  const auto run = [&](const char* op) {
    ModelBuilder model({5});
    model.Node(op, {"x"}, "y");
    return RunModel(model, image);
  };
  EXPECT_THAT(run("Floor"), ElementsAre(-2, -1, 0, 1, 2));
  EXPECT_THAT(run("Ceil"), ElementsAre(-1, 0, 1, 2, 3));
  EXPECT_THAT(run("Round"), ElementsAre(-2, 0, 0, 1, 2));
}

TEST(OnnxRoundTest, RoundingOfConstants) {
  ModelBuilder model({1});
  model.Floats("c", {1, 4}, {-1.5, 0.5, 1.5, 2.25});
  model.Node("Round", {"c"}, "w").Node("MatMul", {"x", "w"}, "y");
  EXPECT_THAT(RunModel(model, {1}), ElementsAre(-2, 0, 2, 2));
}

}  // namespace
}  // namespace spikemesh
