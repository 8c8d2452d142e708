// SPDX-License-Identifier: Apache-2.0
// Parts of activations, and their channels in another order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using Ints = std::vector<std::int64_t>;

constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
const std::vector<double> kFour = {1, 2, 3, 4};

ModelBuilder Slice(const Ints& dims, const Ints& starts, const Ints& ends, const Ints& axes,
                   const Ints& steps) {
  ModelBuilder model(dims);
  const auto count = static_cast<std::int64_t>(starts.size());
  model.Ints("starts", {count}, starts).Ints("ends", {count}, ends);
  model.Ints("axes", {count}, axes).Ints("steps", {count}, steps);
  return model.Node("Slice", {"x", "starts", "ends", "axes", "steps"}, "y");
}

TEST(OnnxPickTest, SliceTakesChannelsRowsAndColumns) {
  EXPECT_THAT(RunModel(Slice({4, 1, 1}, {1}, {3}, {1}, {1}), kFour), ElementsAre(2, 3));
  EXPECT_THAT(RunModel(Slice({4}, {-2}, {INT64_MAX}, {-1}, {1}), kFour), ElementsAre(3, 4));
  EXPECT_THAT(RunModel(Slice({1, 2, 2}, {1}, {2}, {2}, {1}), kFour), ElementsAre(3, 4));
  EXPECT_THAT(RunModel(Slice({2, 2}, {1}, {2}, {2}, {1}), kFour), ElementsAre(2, 4));
  // x[:, :, ::2, 1::2] of 3 x 4.
  const std::vector<double> image = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  EXPECT_THAT(RunModel(Slice({1, 3, 4}, {0, 1}, {3, 4}, {2, 3}, {2, 2}), image),
              ElementsAre(1, 3, 9, 11));
}

TEST(OnnxPickTest, SliceOfAllIsTheSameValue) {
  ModelBuilder model({4, 1, 1});
  model.Node("Relu", {"x"}, "a").Ints("from", {1}, {0}).Ints("to", {1}, {9}).Ints("axis", {1}, {1});
  model.Node("Slice", {"a", "from", "to", "axis"}, "b").Node("Relu", {"b"}, "y");
  EXPECT_EQ(ImportOrFail(model).nodes.size(), 2U);
}

TEST(OnnxPickTest, SliceByArithmeticOnShapesAsTracedChunksAre) {
  ModelBuilder chunk({4, 1, 1});  // the second half of x.chunk(2, 1)
  chunk.Node("Relu", {"x"}, "a").Node("Shape", {"a"}, "s").Ints("axis", {1}, {1});
  chunk.Node("Gather", {"s", "axis"}, "n").Ints("one", {1}, {1}).Ints("two", {1}, {2});
  chunk.Node("Add", {"n", "one"}, "n1")
      .Node("Sub", {"n1", "one"}, "n2")
      .Node("Div", {"n2", "two"}, "half");
  chunk.Node("Mul", {"half", "one"}, "from").Node("Mul", {"half", "two"}, "to");
  chunk.Node("Slice", {"a", "from", "to", "axis"}, "y");
  EXPECT_THAT(RunModel(chunk, kFour), ElementsAre(3, 4));
}

TEST(OnnxPickTest, SplitGivesAPartForEachOutput) {
  const auto model = [](const char* output, const Ints& parts) {
    ModelBuilder split({4, 1, 1});
    split.Node("Relu", {"x"}, "r");
    std::vector<std::string> inputs = {"r"};
    if (!parts.empty()) {
      split.Ints("parts", {static_cast<std::int64_t>(parts.size())}, parts);
      inputs.push_back("parts");
    }
    split.Node("Split", inputs, "a", {{"axis", std::int64_t{1}}});
    split.graph().mutable_node(1)->add_output("b");
    return split.Node("Relu", {output}, "y");
  };
  EXPECT_THAT(RunModel(model("a", {}), kFour), ElementsAre(1, 2));
  EXPECT_THAT(RunModel(model("b", {}), kFour), ElementsAre(3, 4));
  EXPECT_THAT(RunModel(model("b", {1, 3}), kFour), ElementsAre(2, 3, 4));
  ExpectRefused(model("b", {1, 2}), kInvalid, {"(op Split)", "parts [1, 2]", "4 in all"});
  ExpectRefused(model("b", {4}), kInvalid, {"2 outputs"});
  ExpectRefused(model("b", {4, 0}), kInvalid, {"nothing is left"});
}

TEST(OnnxPickTest, GatherTakesChannelsByTheirList) {
  const auto model = [](const Ints& indices, std::int64_t axis) {
    ModelBuilder gather({4, 1, 1});
    gather.Ints("i", {static_cast<std::int64_t>(indices.size())}, indices);
    return gather.Node("Gather", {"x", "i"}, "y", {{"axis", axis}});
  };
  EXPECT_THAT(RunModel(model({3, 0, -3, 3}, 1), kFour), ElementsAre(4, 1, 2, 4));
  ExpectRefused(model({4}, 1), kInvalid, {"index 4 of 4"});
  ExpectRefused(model({0}, 2), kUnimplemented, {"other positions than channels"});
  ExpectRefused(model({0}, 0), kUnimplemented, {"a part of the batch"});
}

// x[:, 1] of channels, rows and columns is an image of rows and columns; so is x[:, 0] of one.
TEST(OnnxPickTest, GatherOfOneChannelTakesItsExtentAway) {
  for (const std::int64_t channels : {1, 2}) {
    ModelBuilder model({channels, 2, 2});
    model.Ints("i", {}, {channels - 1})
        .Node("Gather", {"x", "i"}, "a", {{"axis", std::int64_t{1}}});
    model.Node("Flatten", {"a"}, "f").Node("Relu", {"f"}, "y");
    std::vector<double> image(static_cast<std::size_t>(4 * channels), 0.0);
    std::copy(kFour.begin(), kFour.end(), image.end() - 4);
    EXPECT_THAT(RunModel(model, image), ElementsAre(1, 2, 3, 4));
    ModelBuilder again({channels, 2, 2});
    again.Ints("i", {}, {channels - 1}).Ints("one", {1}, {1});
    again.Node("Gather", {"x", "i"}, "a", {{"axis", std::int64_t{1}}});
    again.Node("Unsqueeze", {"a", "one"}, "b").Node("Relu", {"b"}, "y");
    EXPECT_THAT(RunModel(again, image), ElementsAre(1, 2, 3, 4));
  }
}

TEST(OnnxPickTest, PadPutsChannelsOfZerosAround) {
  ModelBuilder model({2, 1, 2});
  model.Ints("pads", {8}, {0, 1, 0, 0, 0, 2, 0, 0});
  model.Node("Pad", {"x", "pads"}, "y");
  EXPECT_THAT(RunModel(model, kFour), ElementsAre(0, 0, 1, 2, 3, 4, 0, 0, 0, 0));
}

ModelBuilder Shuffle(const Ints& perm, const Ints& to) {
  ModelBuilder model({4, 1, 1});
  model.Node("Relu", {"x"}, "a").Ints("groups", {5}, {0, 2, 2, 1, 1});
  model.Ints("to", {static_cast<std::int64_t>(to.size())}, to);
  model.Node("Reshape", {"a", "groups"}, "b").Node("Transpose", {"b"}, "c", {{"perm", perm}});
  return model.Node("Reshape", {"c", "to"}, "y");
}

TEST(OnnxPickTest, ChannelsInGroupsAreShuffled) {
  EXPECT_THAT(RunModel(Shuffle({0, 2, 1, 3, 4}, {0, 4, 1, 1}), kFour), ElementsAre(1, 3, 2, 4));
  ExpectRefused(Shuffle({0, 3, 1, 2, 4}, {0, 4, 1, 1}), kUnimplemented, {"(op Transpose)"});
  ExpectRefused(Shuffle({0, 2, 1, 3, 4}, {0, 2, 2, 1}), kUnimplemented, {"back to [4, 1, 1]"});
}

TEST(OnnxPickTest, WhatIsMalformedIsSaid) {
  ExpectRefused(Slice({4, 1, 1}, {3}, {1}, {1}, {1}), kInvalid, {"nothing is left"});
  ExpectRefused(Slice({4, 1, 1}, {0}, {2}, {4}, {1}), kInvalid, {"axis 4"});
  ExpectRefused(Slice({4, 1, 1}, {0}, {2}, {0}, {1}), kUnimplemented, {"a part of the batch"});
  ExpectRefused(Slice({4, 1, 1}, {3}, {0}, {1}, {-1}), kUnimplemented, {"step -1"});
  ExpectRefused(Slice({4, 1, 1}, {0, 0}, {2, 2}, {1, 1}, {1, 1}), kUnimplemented, {"named twice"});
}

}  // namespace
}  // namespace spikemesh
