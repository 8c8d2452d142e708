// SPDX-License-Identifier: Apache-2.0
// ReduceMean, ReduceSum and ReduceMax of activations, in the forms of all opsets.
#include <algorithm>
#include <set>

#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using Ints = std::vector<std::int64_t>;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

// One reduction of an image of shape `dims`, with axes in the form of `opset`.
ModelBuilder Reduce(const std::string& op, const Ints& dims, const Ints& axes, bool keep,
                    std::int64_t opset) {
  ModelBuilder model(dims);
  model.Opset(opset);
  const AttributeForTest keepdims = {"keepdims", std::int64_t{keep ? 1 : 0}};
  if (opset >= (op == "ReduceSum" ? 13 : 18)) {
    return model.Ints("axes", {static_cast<std::int64_t>(axes.size())}, axes)
        .Node(op, {"x", "axes"}, "y", {keepdims});
  }
  return model.Node(op, {"x"}, "y", {{"axes", axes}, keepdims});
}

// What is left of `image`, [2, 3, 4], in its order, straight from the definition.
std::vector<double> Expected(const std::string& op, const std::vector<double>& image,
                             const std::set<int>& axes) {
  const int extents[] = {2, 3, 4};
  std::vector<double> result;
  const auto left = [&](int axis) { return axes.contains(axis) ? 1 : extents[axis - 1]; };
  for (int c = 0; c < left(1); ++c) {
    for (int y = 0; y < left(2); ++y) {
      for (int x = 0; x < left(3); ++x) {
        std::vector<double> group;
        for (int i = 0; i < 24; ++i) {
          const bool same = (axes.contains(1) || i / 12 == c) &&
                            (axes.contains(2) || i / 4 % 3 == y) &&
                            (axes.contains(3) || i % 4 == x);
          if (same) {
            group.push_back(image[i]);
          }
        }
        double sum = 0;
        for (const double value : group) {
          sum += value;
        }
        result.push_back(op == "ReduceMax"   ? *std::max_element(group.begin(), group.end())
                         : op == "ReduceSum" ? sum
                                             : sum / static_cast<double>(group.size()));
      }
    }
  }
  return result;
}

TEST(OnnxReduceTest, EveryChoiceOfAxesInEveryForm) {
  std::vector<double> image;
  for (int i = 0; i < 24; ++i) {
    image.push_back(i * 7 % 23 - 11);
  }
  for (const std::string op : {"ReduceMean", "ReduceSum", "ReduceMax"}) {
    for (int set = 1; set < 8; ++set) {
      Ints axes;
      std::set<int> names;
      for (int axis = 1; axis <= 3; ++axis) {
        if ((set >> (axis - 1) & 1) != 0) {
          axes.push_back(axis % 2 == 0 ? axis : axis - 4);  // some counted from the end
          names.insert(axis);
        }
      }
      for (const bool keep : {true, false}) {
        for (const std::int64_t opset : {11, 13, 18, 21}) {
          const ModelBuilder model = Reduce(op, {2, 3, 4}, axes, keep, opset);
          if (op == "ReduceMax" && names.contains(1)) {
            ExpectRefused(model, kUnimplemented, {"a maximum over channels"});
          } else if (names.size() == 3 && !keep) {
            ExpectRefused(model, kUnimplemented, {"one number per image", "keepdim=True"});
          } else {
            const std::vector<double> expected = Expected(op, image, names);
            const std::vector<double> found = RunModel(model, image);
            ASSERT_EQ(found.size(), expected.size());
            for (std::size_t i = 0; i < found.size(); ++i) {
              EXPECT_NEAR(found[i], expected[i], 1e-12)
                  << op << " set " << set << " opset " << opset;
            }
          }
        }
      }
    }
  }
}

// x.mean(-1).mean(-1), and with the axes kept.
TEST(OnnxReduceTest, MeanOfAMeanIsOnePool) {
  const std::pair<Ints, Ints> orders[] = {{{3}, {2}}, {{-1}, {-1}}, {{2}, {-1}}, {{2}, {2}}};
  for (const auto& [first, second] : orders) {
    for (const std::int64_t keep : {0, 1}) {
      ModelBuilder model({2, 2, 3});
      const Ints rest = keep == 1 ? Ints{5 - (first[0] < 0 ? 3 : first[0])} : second;
      model.Node("ReduceMean", {"x"}, "a", {{"axes", first}, {"keepdims", keep}});
      model.Node("ReduceMean", {"a"}, "b", {{"axes", rest}, {"keepdims", keep}});
      model.Node("Flatten", {"b"}, "c")
          .Floats("w", {2, 1}, {1, 10})
          .Node("MatMul", {"c", "w"}, "y");
      const Network network = ImportOrFail(model);
      ASSERT_EQ(network.nodes.size(), keep == 1 ? 3u : 2u);  // with the Flatten
      EXPECT_EQ(std::get<PoolNode>(network.nodes[0].operation).window.kernel_x, 3);
      EXPECT_EQ(std::get<PoolNode>(network.nodes[0].operation).window.kernel_y, 2);
      EXPECT_THAT(RunModel(model, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
                  ElementsAre(DoubleNear(3.5 + 95, 1e-9)));
    }
  }
}

// The second mean goes over channels: [2, 3] of the first is not its height.
TEST(OnnxReduceTest, MeanOverChannelsBehindAMeanIsNoPoolOfTheImage) {
  ModelBuilder model({2, 2, 3});
  model.Node("ReduceMean", {"x"}, "a", {{"axes", Ints{3}}, {"keepdims", std::int64_t{0}}});
  model.Node("ReduceMean", {"a"}, "y", {{"axes", Ints{1}}, {"keepdims", std::int64_t{0}}});
  EXPECT_THAT(RunModel(model, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
              ElementsAre(DoubleNear(5, 1e-9), DoubleNear(8, 1e-9)));
}

TEST(OnnxReduceTest, WithoutAxesTheBatchGoesToo) {
  for (const std::int64_t opset : {13, 18}) {
    ModelBuilder none({2, 2, 2});
    none.Opset(opset).Node("ReduceMean", {"x"}, "y");
    ExpectRefused(none, kUnimplemented, {"\"n0\" (op ReduceMean)", "over the batch", "dim=(2, 3)"});
  }
  ExpectRefused(Reduce("ReduceMean", {2, 2, 2}, {0, 2, 3}, true, 13), kUnimplemented,
                {"over the batch"});
  EXPECT_THAT(RunModel(Reduce("ReduceMean", {1, 2, 2}, {2, 3}, true, 13), {1, 2, 3, 6}),
              ElementsAre(3));  // what the message says
}

TEST(OnnxReduceTest, NoAxesCanMeanNothingSinceOpset18) {
  ModelBuilder model({3});
  model.Opset(18).Node("ReduceMean", {"x"}, "a", {{"noop_with_empty_axes", std::int64_t{1}}});
  model.Node("Neg", {"a"}, "y");
  EXPECT_THAT(RunModel(model, {1, 2, 3}), ElementsAre(-1, -2, -3));
}

TEST(OnnxReduceTest, AxesBeyondOrTwiceAreRefused) {
  ExpectRefused(Reduce("ReduceMean", {2, 2, 2}, {4}, true, 18), kInvalid, {"axis 4"});
  ExpectRefused(Reduce("ReduceMean", {2, 2, 2}, {-5}, true, 11), kInvalid, {"axis -5"});
  ExpectRefused(Reduce("ReduceMean", {2, 2, 2}, {2, -2}, true, 18), kInvalid, {"named twice"});
}

TEST(OnnxReduceTest, HeightAndWidthOfAnImageWithChannelsLast) {
  ModelBuilder model({8, 8, 3});  // Keras: a transpose, a pool, a transpose back, a mean
  model.Node("Transpose", {"x"}, "a", {{"perm", Ints{0, 3, 1, 2}}});
  model.Node("MaxPool", {"a"}, "b", {{"kernel_shape", Ints{4, 4}}, {"strides", Ints{4, 4}}});
  model.Node("Transpose", {"b"}, "c", {{"perm", Ints{0, 2, 3, 1}}});
  model.Node("ReduceMean", {"c"}, "d", {{"axes", Ints{1}}, {"keepdims", std::int64_t{1}}});
  model.Node("ReduceMean", {"d"}, "e", {{"axes", Ints{2}}, {"keepdims", std::int64_t{1}}});
  model.Node("Flatten", {"e"}, "y");
  std::vector<double> image(3 * 8 * 8);
  for (std::size_t i = 0; i < image.size(); ++i) {
    image[i] = static_cast<double>(i);
  }
  EXPECT_THAT(RunModel(model, image), ElementsAre(45, 45 + 64, 45 + 128));
}

}  // namespace
}  // namespace spikemesh
