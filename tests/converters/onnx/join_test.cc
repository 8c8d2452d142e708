// SPDX-License-Identifier: Apache-2.0
// Sums of activations, and Concat along channels.
#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

TEST(OnnxJoinTest, AddOfTwoActivationsHasTwoSources) {
  ModelBuilder model({2});
  model.Floats("c", {}, {10}).Node("Mul", {"x", "c"}, "a").Node("Add", {"a", "x"}, "y");
  const Network network = ImportOrFail(model);
  ASSERT_EQ(network.nodes.size(), 2u);
  EXPECT_THAT(network.nodes[1].sources, ElementsAre(0, kNetworkInput));
  EXPECT_THAT(RunModel(model, {1, -2}), ElementsAre(11, -22));
}

TEST(OnnxJoinTest, AddOfOneActivationToItself) {
  ModelBuilder model({1});
  model.Node("Sign", {"x"}, "a").Node("Add", {"a", "a"}, "y");
  EXPECT_THAT(RunModel(model, {5}), ElementsAre(2));
}

TEST(OnnxJoinTest, NodesThatBothSourcesNeedAreKeptOnce) {
  ModelBuilder model({1});
  model.Floats("c", {}, {3}).Node("Mul", {"x", "c"}, "a");
  model.Node("Relu", {"a"}, "b").Node("Neg", {"a"}, "d").Node("Sign", {"x"}, "unused");
  model.Node("Add", {"b", "d"}, "y");
  EXPECT_EQ(ImportOrFail(model).nodes.size(), 4u);
  EXPECT_THAT(RunModel(model, {2}), ElementsAre(0));
  EXPECT_THAT(RunModel(model, {-2}), ElementsAre(6));
}

TEST(OnnxJoinTest, AddThatBroadcastsIsNotSupported) {
  ModelBuilder model({2, 2, 2});
  model.Node("GlobalAveragePool", {"x"}, "a").Node("Add", {"x", "a"}, "y");
  ExpectRefused(model, kUnimplemented,
                {"node \"n1\" (op Add)", "[2, 2, 2] and [2, 1, 1]", "one shape"});
}

TEST(OnnxJoinTest, ConcatPutsChannelsOneAfterTheOther) {
  ModelBuilder model({2, 1, 2});
  model.Node("Neg", {"x"}, "a");
  model.Node("Concat", {"x", "a", "x"}, "y", {{"axis", std::int64_t{-3}}});
  EXPECT_EQ(ImportOrFail(model).nodes.back().shape, (FeatureShape{6, 1, 2}));
  EXPECT_THAT(RunModel(model, {1, 2, 3, 4}), ElementsAre(1, 2, 3, 4, -1, -2, -3, -4, 1, 2, 3, 4));
}

TEST(OnnxJoinTest, ConcatOfVectors) {
  ModelBuilder model({2});
  model.Node("Neg", {"x"}, "a").Node("Concat", {"a", "x"}, "y", {{"axis", std::int64_t{1}}});
  EXPECT_THAT(RunModel(model, {1, 2}), ElementsAre(-1, -2, 1, 2));
}

TEST(OnnxJoinTest, ConcatAlongAnotherAxisIsNotSupported) {
  for (const std::int64_t axis : {0, 2, 3}) {
    ModelBuilder model({2, 1, 2});
    model.Node("Neg", {"x"}, "a").Node("Concat", {"a", "x"}, "y", {{"axis", axis}});
    ExpectRefused(model, kUnimplemented, {"node \"n1\" (op Concat)", "the axis of channels"});
  }
}

TEST(OnnxJoinTest, ConcatOfOtherImageSizesIsRefused) {
  ModelBuilder model({2, 2, 2});
  model.Node("GlobalAveragePool", {"x"}, "a");
  model.Node("Concat", {"x", "a"}, "y", {{"axis", std::int64_t{1}}});
  ExpectRefused(model, kInvalid, {"node \"n1\"", "[2, 2, 2] and [2, 1, 1]"});
}

TEST(OnnxJoinTest, ConcatWithAConstantIsNotSupported) {
  ModelBuilder model({2});
  model.Floats("c", {1, 2}, {1, 2});
  model.Node("Concat", {"x", "c"}, "y", {{"axis", std::int64_t{1}}});
  ExpectRefused(model, kUnimplemented, {"node \"n0\"", "input 1 \"c\" is a constant"});
}

}  // namespace
}  // namespace spikemesh
