// SPDX-License-Identifier: Apache-2.0
// Flatten, Reshape, arithmetic on shapes, and what passes values on.
#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using Ints = std::vector<std::int64_t>;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

FeatureShape OutputShape(const ModelBuilder& model) {
  const Network network = ImportOrFail(model);
  return network.nodes.empty() ? FeatureShape{} : network.nodes.back().shape;
}

TEST(OnnxFlattenTest, KeepsTheOrderOfValues) {
  ModelBuilder model({2, 1, 2});
  model.Node("Flatten", {"x"}, "y");
  EXPECT_EQ(OutputShape(model), FeatureShape{4});
  EXPECT_THAT(RunModel(model, {1, 2, 3, 4}), ElementsAre(1, 2, 3, 4));
}

TEST(OnnxFlattenTest, NegativeAxisCountsTheBatch) {
  ModelBuilder model({2, 1, 2});
  model.Node("Flatten", {"x"}, "y", {{"axis", std::int64_t{-3}}});
  EXPECT_EQ(OutputShape(model), FeatureShape{4});
}

TEST(OnnxFlattenTest, OtherAxesAreNotSupported) {
  for (const std::int64_t axis : {-4, -2, 0, 2}) {
    ModelBuilder model({2, 1, 2});
    model.Node("Flatten", {"x"}, "y", {{"axis", axis}});
    ExpectRefused(model, kUnimplemented, {"node \"n0\" (op Flatten)", "axis"});
  }
}

struct Target {
  const char* name;
  Ints shape;
  FeatureShape expected;  // of values {2, 3, 4}
};

class OnnxReshapeTest : public ::testing::TestWithParam<Target> {};

TEST_P(OnnxReshapeTest, GivesTheShape) {
  ModelBuilder model({2, 3, 4});
  const Ints& shape = GetParam().shape;
  model.Ints("s", {static_cast<std::int64_t>(shape.size())}, shape);
  model.Floats("one", {}, {1}).Node("Reshape", {"x", "s"}, "r").Node("Mul", {"r", "one"}, "y");
  EXPECT_EQ(OutputShape(model), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Targets, OnnxReshapeTest,
                         ::testing::Values(Target{"BatchCopied", {0, 24}, {24}},
                                           Target{"BatchInferred", {-1, 24}, {24}},
                                           Target{"OneImage", {1, 24}, {24}},
                                           Target{"FeaturesInferred", {0, -1}, {24}},
                                           Target{"OneImageInferred", {1, -1}, {24}},
                                           Target{"Image", {0, 4, 3, 2}, {4, 3, 2}},
                                           Target{"ImageInferred", {0, 4, -1, 2}, {4, 3, 2}},
                                           Target{"ExtentCopied", {0, 0, -1}, {1, 2, 12}}),
                         [](const auto& param) { return std::string(param.param.name); });

class OnnxBadReshapeTest : public ::testing::TestWithParam<Target> {};

TEST_P(OnnxBadReshapeTest, IsRefused) {
  ModelBuilder model({2, 3, 4});
  const Ints& shape = GetParam().shape;
  model.Ints("s", {static_cast<std::int64_t>(shape.size())}, shape);
  model.Node("Reshape", {"x", "s"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n0\" (op Reshape)", "reshaped to [", "allowed"});
}

INSTANTIATE_TEST_SUITE_P(Targets, OnnxBadReshapeTest,
                         ::testing::Values(Target{"OtherSize", {0, 25}, {}},
                                           Target{"NoDivisor", {0, 7, -1}, {}},
                                           Target{"TwoInferred", {0, -1, -1}, {}},
                                           Target{"BatchAndOneInferred", {-1, -1}, {}},
                                           Target{"BatchFlattened", {-1}, {}},
                                           Target{"BatchIsAFixedOther", {2, 12}, {}},
                                           Target{"Negative", {0, -24}, {}},
                                           Target{"Huge", {0, INT64_MAX, INT64_MAX}, {}},
                                           Target{"ZeroBeyondInput", {0, 2, 3, 4, 0}, {}}),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(OnnxReshapeFormTest, FixedBatchOfTheFileIsTheBatch) {
  ModelBuilder model({4});
  model.graph()
      .mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_value(64);
  model.Ints("s", {4}, {64, 1, 2, 2}).Node("Reshape", {"x", "s"}, "y");
  EXPECT_EQ(OutputShape(model), (FeatureShape{1, 2, 2}));
}

// PyTorch's newer exporter writes allowzero 1 everywhere; only a 0 among the extents tells it from
// 0.
TEST(OnnxReshapeFormTest, AllowZeroMattersWhereThereIsAZero) {
  const auto reshape = [](const std::vector<std::int64_t>& target) {
    ModelBuilder model({2, 2});
    model.Ints("s", {static_cast<std::int64_t>(target.size())}, target);
    model.Node("Reshape", {"x", "s"}, "a", {{"allowzero", std::int64_t{1}}});
    return model.Floats("w", {4, 1}, {1, 2, 3, 4}).Node("MatMul", {"a", "w"}, "y");
  };
  EXPECT_THAT(RunModel(reshape({1, 4}), {1, 1, 1, 2}), ElementsAre(14));
  EXPECT_THAT(RunModel(reshape({-1, 4}), {1, 1, 1, 2}), ElementsAre(14));
  for (const std::vector<std::int64_t>& target :
       {std::vector<std::int64_t>{0, 4}, std::vector<std::int64_t>{1, 0}}) {
    ExpectRefused(reshape(target), absl::StatusCode::kInvalidArgument,
                  {"node \"n0\"", "without 0", "allowzero 1"});
  }
}

TEST(OnnxReshapeFormTest, ComputedNumbersAreNoShape) {
  ModelBuilder model({4});
  model.Node("Reshape", {"x", "x"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\"", "input 1"});
}

// x.view(x.size(0), -1), as opset 9 traces it.
TEST(OnnxShapeTest, ViewByTheBatchOfAShape) {
  ModelBuilder model({2, 3, 4});
  model.Opset(9).Ints("zero", {}, {0}).Ints("rest", {1}, {-1});
  model.Node("Shape", {"x"}, "shape").Node("Gather", {"shape", "zero"}, "n");
  model.Node("Unsqueeze", {"n"}, "n1", {{"axes", Ints{0}}});
  model.Node("Concat", {"n1", "rest"}, "target", {{"axis", std::int64_t{0}}});
  model.Node("Reshape", {"x", "target"}, "y");
  EXPECT_EQ(OutputShape(model), FeatureShape{24});
}

// x.reshape(x.shape[0], x.shape[1] * x.shape[2], ...) by Slice, Squeeze and Mul.
TEST(OnnxShapeTest, ProductsAndSlicesOfAShape) {
  ModelBuilder model({2, 3, 4});
  model.Ints("i0", {1}, {0}).Ints("i1", {1}, {1}).Ints("i2", {1}, {2}).Ints("i3", {1}, {3});
  model.Ints("minus1", {1}, {-1}).Ints("axis", {1}, {0});
  model.Node("Shape", {"x"}, "shape");
  model.Node("Slice", {"shape", "i0", "i1", "axis"}, "n");
  model.Node("Slice", {"shape", "i1", "i2"}, "c").Node("Slice", {"shape", "i2", "i3"}, "h");
  model.Node("Squeeze", {"c"}, "cs").Node("Squeeze", {"h", "axis"}, "hs");
  model.Node("Mul", {"cs", "hs"}, "ch").Node("Unsqueeze", {"ch", "axis"}, "ch1");
  model.Node("Gather", {"shape", "minus1"}, "w");
  model.Node("Cast", {"w"}, "w1", {{"to", std::int64_t{7}}});
  model.Node("Concat", {"n", "w1", "ch1"}, "target", {{"axis", std::int64_t{0}}});
  model.Node("Reshape", {"x", "target"}, "y");
  EXPECT_EQ(OutputShape(model), (FeatureShape{1, 4, 6}));
}

TEST(OnnxShapeTest, BatchBehindTheFirstExtentIsRefused) {
  ModelBuilder model({4});
  model.Ints("i", {1}, {0}).Ints("rest", {1}, {-1});
  model.Node("Shape", {"x"}, "shape").Node("Gather", {"shape", "i"}, "n");
  model.Node("Concat", {"rest", "n"}, "target", {{"axis", std::int64_t{0}}});
  model.Node("Reshape", {"x", "target"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n3\"", "[-1, batch]"});
}

TEST(OnnxShapeTest, IndexBeyondTheShapeIsRefused) {
  for (const std::int64_t index : {2, -3}) {
    ModelBuilder model({4});
    model.Ints("i", {1}, {index});
    model.Node("Shape", {"x"}, "s")
        .Node("Gather", {"s", "i"}, "t")
        .Node("Reshape", {"x", "t"}, "y");
    ExpectRefused(model, kInvalid, {"node \"n1\" (op Gather)", "2 extents"});
  }
}

TEST(OnnxShapeTest, DoublingConcatEndsAtItsBound) {
  ModelBuilder model({4});
  model.Node("Shape", {"x"}, "s0");
  for (int i = 0; i < 40; ++i) {
    const std::string from = "s" + std::to_string(i);
    model.Node("Concat", {from, from}, "s" + std::to_string(i + 1), {{"axis", std::int64_t{0}}});
  }
  model.Node("Reshape", {"x", "s40"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n4\" (op Concat)", "up to 16 extents"});
}

TEST(OnnxPassingTest, IdentityAndDropoutLeaveNoNode) {
  ModelBuilder model({2});
  model.Floats("ratio", {}, {0.5});
  model.Node("Identity", {"x"}, "a").Node("Dropout", {"a", "ratio"}, "b");
  model.Node("Sign", {"b"}, "y");
  EXPECT_EQ(ImportOrFail(model).nodes.size(), 1u);
}

TEST(OnnxPassingTest, DropoutWithARatioAttributePasses) {
  ModelBuilder model({2});
  model.Opset(9).Node("Sign", {"x"}, "a").Node("Dropout", {"a"}, "y", {{"ratio", 0.5F}});
  EXPECT_EQ(ImportOrFail(model).nodes.size(), 1u);
}

TEST(OnnxPassingTest, DropoutInTrainingIsNotSupported) {
  ModelBuilder model({2});
  model.Floats("ratio", {}, {0.5}).Ints("training", {}, {1});
  model.Node("Dropout", {"x", "ratio", "training"}, "a").Node("Sign", {"a"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op Dropout)", "training_mode"});
}

TEST(OnnxPassingTest, DropoutMaskIsNotSupported) {
  ModelBuilder model({2});
  model.Node("Dropout", {"x"}, "a").Node("Sign", {"mask"}, "y");
  model.graph().mutable_node(0)->add_output("mask");
  ExpectRefused(model, kUnimplemented, {"node \"n1\" (op Sign)", "\"mask\""});
}

TEST(OnnxPassingTest, SoftmaxAtTheEndIsLeftOutWithAWarning) {
  for (const char* op : {"Softmax", "LogSoftmax", "Sigmoid", "Tanh", "Exp"}) {
    ModelBuilder model({3});
    model.Floats("c", {}, {2}).Node("Mul", {"x", "c"}, "h").Node(op, {"h"}, "y");
    EXPECT_THAT(RunModel(model, {1, 2, 3}), ElementsAre(2, 4, 6));
    EXPECT_THAT(ImportOrFail(model).warnings,
                ElementsAre(::testing::HasSubstr(std::string("node \"n1\" (op ") + op + ")")));
  }
}

TEST(OnnxPassingTest, SoftmaxElsewhereIsNotSupported) {
  ModelBuilder model({3});
  model.Node("Softmax", {"x"}, "h").Node("Sign", {"h"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op Softmax)", "last node"});
}

TEST(OnnxPassingTest, SoftmaxOverTheBatchIsNotSupported) {
  ModelBuilder model({3});
  model.Node("Sign", {"x"}, "h").Node("Softmax", {"h"}, "y", {{"axis", std::int64_t{0}}});
  ExpectRefused(model, kUnimplemented, {"node \"n1\" (op Softmax)", "axis 0"});
}

}  // namespace
}  // namespace spikemesh
