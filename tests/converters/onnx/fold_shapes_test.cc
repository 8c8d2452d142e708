// SPDX-License-Identifier: Apache-2.0
// Constants cut, joined and put into another shape: seen through the weights of a MatMul that reads
// the result.
#include <limits>

#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using Ints = std::vector<std::int64_t>;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

// Values 1..6 as "c" of `dims`, over one input feature.
ModelBuilder WithSix(const Ints& dims) {
  ModelBuilder model({1});
  return model.Floats("c", dims, {1, 2, 3, 4, 5, 6});
}

// The elements of value "v", whatever its shape.
std::vector<double> Elements(ModelBuilder& model) {
  model.Ints("row", {2}, {1, -1}).Node("Reshape", {"v", "row"}, "w");
  model.Node("MatMul", {"x", "w"}, "y");
  return RunModel(model, {1});
}

void ExpectV(ModelBuilder model, absl::StatusCode code, const std::vector<std::string>& parts) {
  model.Ints("row", {2}, {1, -1}).Node("Reshape", {"v", "row"}, "w");
  model.Node("MatMul", {"x", "w"}, "y");
  ExpectRefused(model, code, parts);
}

// Slice of "c" in the form of opset 10 and later.
ModelBuilder Slice(const Ints& dims, const Ints& starts, const Ints& ends, const Ints& axes,
                   const Ints& steps) {
  ModelBuilder model = WithSix(dims);
  const auto size = static_cast<std::int64_t>(starts.size());
  model.Ints("starts", {size}, starts).Ints("ends", {size}, ends);
  model.Ints("axes", {static_cast<std::int64_t>(axes.size())}, axes);
  model.Ints("steps", {static_cast<std::int64_t>(steps.size())}, steps);
  return model.Node("Slice", {"c", "starts", "ends", "axes", "steps"}, "v");
}

TEST(OnnxFoldShapesTest, SliceForwardsBackwardsAndWithSteps) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const auto slice = [](const Ints& dims, const Ints& starts, const Ints& ends, const Ints& axes,
                        const Ints& steps) {
    ModelBuilder model = Slice(dims, starts, ends, axes, steps);
    return Elements(model);
  };
  EXPECT_THAT(slice({6}, {1}, {3}, {0}, {1}), ElementsAre(2, 3));
  EXPECT_THAT(slice({6}, {-2}, {kMost}, {0}, {1}), ElementsAre(5, 6));
  EXPECT_THAT(slice({6}, {0}, {kMost}, {-1}, {4}), ElementsAre(1, 5));
  EXPECT_THAT(slice({6}, {-1}, {kLeast}, {0}, {-1}), ElementsAre(6, 5, 4, 3, 2, 1));
  EXPECT_THAT(slice({6}, {kMost}, {0}, {0}, {-2}), ElementsAre(6, 4, 2));
  EXPECT_THAT(slice({2, 3}, {1, 0}, {2, 2}, {0, 1}, {1, 1}), ElementsAre(4, 5));
  EXPECT_THAT(slice({3, 2}, {-1}, {-99}, {0}, {-1}), ElementsAre(5, 6, 3, 4, 1, 2));
}

TEST(OnnxFoldShapesTest, SlicesThatAreWrongAreRefused) {
  ExpectV(Slice({6}, {3}, {3}, {0}, {1}), kInvalid, {"node \"n0\" (op Slice)", "3:3:1 of 6"});
  ExpectV(Slice({6}, {0}, {3}, {0}, {0}), kInvalid, {"0:3:0"});
  ExpectV(Slice({6}, {0}, {3}, {1}, {1}), kInvalid, {"axis 1"});
  ExpectV(Slice({2, 3}, {0, 0}, {1, 1}, {0, 0}, {1, 1}), kInvalid, {"axis 0 is named twice"});
  ExpectV(Slice({6}, {0}, {3}, {0, 1}, {1}), kInvalid, {"2 axes", "as many of each"});
}

TEST(OnnxFoldShapesTest, ConcatAlongEitherAxis) {
  const auto concat = [](std::int64_t axis) {
    ModelBuilder model = WithSix({2, 3});
    model.Floats("d", axis == 0 ? Ints{1, 3} : Ints{2, 1},
                 axis == 0 ? std::vector<float>{7, 8, 9} : std::vector<float>{7, 8});
    model.Node("Concat", {"c", "d"}, "v", {{"axis", axis}});
    return Elements(model);
  };
  EXPECT_THAT(concat(0), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_THAT(concat(1), ElementsAre(1, 2, 3, 7, 4, 5, 6, 8));
}

TEST(OnnxFoldShapesTest, ConcatOfShapesThatDoNotFitIsRefused) {
  ModelBuilder model = WithSix({2, 3});
  model.Floats("d", {1, 2}, {7, 8}).Node("Concat", {"c", "d"}, "v", {{"axis", std::int64_t{0}}});
  ExpectV(model, kInvalid, {"node \"n0\"", "[2, 3] and [1, 2]"});
}

TEST(OnnxFoldShapesTest, GatherTakesOneIndex) {
  const auto gather = [](std::int64_t index, std::int64_t axis) {
    ModelBuilder model = WithSix({2, 3});
    model.Ints("i", {}, {index}).Node("Gather", {"c", "i"}, "v", {{"axis", axis}});
    return Elements(model);
  };
  EXPECT_THAT(gather(1, 0), ElementsAre(4, 5, 6));
  EXPECT_THAT(gather(-1, 1), ElementsAre(3, 6));
  ModelBuilder beyond = WithSix({6});
  ExpectV(beyond.Ints("i", {}, {6}).Node("Gather", {"c", "i"}, "v"), kInvalid, {"index 6"});
  ModelBuilder two = WithSix({6});
  ExpectV(two.Ints("i", {2}, {0, 1}).Node("Gather", {"c", "i"}, "v"), kUnimplemented,
          {"indices of shape [2]"});
}

TEST(OnnxFoldShapesTest, SqueezeAndUnsqueezeLetConstantsBroadcast) {
  ModelBuilder model = WithSix({1, 6, 1});
  model.Ints("one", {1}, {0}).Node("Squeeze", {"c", "one"}, "a");      // [6, 1]
  model.Ints("two", {1}, {1}).Node("Unsqueeze", {"a", "two"}, "b");    // [6, 1, 1]
  model.Floats("d", {1, 1, 2}, {1, 10}).Node("Mul", {"b", "d"}, "v");  // [6, 1, 2]
  EXPECT_THAT(Elements(model), ElementsAre(1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60));
}

TEST(OnnxFoldShapesTest, MeanOverAxes) {
  const auto mean = [](const std::vector<AttributeForTest>& attributes) {
    ModelBuilder model = WithSix({2, 3});
    model.Node("ReduceMean", {"c"}, "v", attributes);
    return Elements(model);
  };
  EXPECT_THAT(mean({{"axes", Ints{1}}, {"keepdims", std::int64_t{0}}}), ElementsAre(2, 5));
  EXPECT_THAT(mean({{"axes", Ints{-2}}}), ElementsAre(2.5, 3.5, 4.5));
  EXPECT_THAT(mean({}), ElementsAre(3.5));
}

TEST(OnnxFoldShapesTest, SumsAndMaximaInEachForm) {
  const auto reduce = [](const char* op, std::int64_t opset) {
    ModelBuilder model = WithSix({2, 3});
    model.Opset(opset).Ints("axes", {1}, {1});
    model.Node(op, {"c", "axes"}, "v", {{"keepdims", std::int64_t{0}}});
    return Elements(model);
  };
  EXPECT_THAT(reduce("ReduceSum", 13), ElementsAre(6, 15));
  EXPECT_THAT(reduce("ReduceMax", 18), ElementsAre(3, 6));
  EXPECT_THAT(reduce("ReduceMean", 18), ElementsAre(2, 5));
}

TEST(OnnxFoldShapesTest, PartOfAShapeSinceOpset15) {
  const auto part = [](std::int64_t start, std::int64_t end) {
    ModelBuilder model = WithSix({1, 2, 3});
    model.Node("Shape", {"c"}, "s", {{"start", start}, {"end", end}});
    model.Node("ConstantOfShape", {"s"}, "zeros").Floats("one", {}, {1});
    model.Node("Add", {"zeros", "one"}, "v");
    return Elements(model).size();
  };
  EXPECT_EQ(part(1, 3), 6u);
  EXPECT_EQ(part(-1, 9), 3u);
  EXPECT_EQ(part(-9, -1), 2u);
}

// As XNOR-Net: sign(w) times the mean of |w|, per output channel.
TEST(OnnxFoldShapesTest, ScaleOfBinarizedWeights) {
  ModelBuilder model({1, 1, 2});
  model.Floats("c", {2, 1, 1, 2}, {3, -5, -1, -2}).Node("Abs", {"c"}, "a");
  model.Node("ReduceMean", {"a"}, "m", {{"axes", Ints{1, 2, 3}}}).Node("Sign", {"c"}, "s");
  model.Node("Mul", {"s", "m"}, "w").Node("Conv", {"x", "w"}, "y");
  EXPECT_THAT(RunModel(model, {1, 10}), ElementsAre(4 - 40, -1.5 - 15));
}

TEST(OnnxFoldShapesTest, ReshapeToAnotherNumberOfElementsIsRefused) {
  ModelBuilder model = WithSix({6});
  model.Ints("shape", {2}, {4, -1}).Node("Reshape", {"c", "shape"}, "v");
  ExpectV(model, kInvalid, {"node \"n0\" (op Reshape)", "[6] reshaped to [4, 1]"});
}

// How PyTorch computes the pads of F.pad(x, (1, 0)): filled up with zeros, in pairs, reversed.
TEST(OnnxFoldShapesTest, PadsAsPyTorchComputesThem) {
  ModelBuilder model({1, 1, 2});
  model.Ints("given", {2}, {1, 0}).Ints("eight", {}, {8}).Ints("zero", {}, {0});
  model.Node("Shape", {"given"}, "s").Node("Gather", {"s", "zero"}, "two");
  model.Node("Sub", {"eight", "two"}, "six").Ints("axis", {1}, {0});
  model.Node("Unsqueeze", {"six", "axis"}, "count").Node("ConstantOfShape", {"count"}, "zeros");
  auto* value = model.graph().mutable_node(4)->add_attribute();
  value->set_name("value");
  value->set_type(onnx::AttributeProto::TENSOR);
  value->mutable_t()->set_data_type(onnx::TensorProto::INT64);
  value->mutable_t()->add_dims(1);
  value->mutable_t()->add_int64_data(0);
  model.Node("Concat", {"given", "zeros"}, "all", {{"axis", std::int64_t{0}}});
  model.Ints("pairs", {2}, {-1, 2}).Node("Reshape", {"all", "pairs"}, "p");
  model.Ints("minus", {1}, {-1}).Ints("first", {1}, {-99});
  model.Node("Slice", {"p", "minus", "first", "axis", "minus"}, "r").Node("Transpose", {"r"}, "t");
  model.Node("Reshape", {"t", "minus"}, "pads").Node("Pad", {"x", "pads"}, "padded");
  model.Floats("w", {1, 1, 1, 2}, {1, 10}).Node("Conv", {"padded", "w"}, "y");
  EXPECT_THAT(RunModel(model, {3, 4}), ElementsAre(30, 43));
}

}  // namespace
}  // namespace spikemesh
