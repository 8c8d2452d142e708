// SPDX-License-Identifier: Apache-2.0
// Sign, and comparisons with Cast or Where.
#include <cmath>

#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;
constexpr std::int64_t kFloatType = 1;
constexpr std::int64_t kFloat16Type = 10;

TEST(OnnxSignTest, SignOfZeroIsZero) {
  ModelBuilder model({3});
  model.Node("Sign", {"x"}, "y");
  EXPECT_THAT(RunModel(model, {-0.5, 0, 2}), ElementsAre(-1, 0, 1));
  EXPECT_THAT(RunModel(model, {-0.0, 1e-300, -1e-300}), ElementsAre(0, 1, -1));
  EXPECT_THAT(ImportOrFail(model).warnings, IsEmpty());
}

TEST(OnnxSignTest, SignOfZeroIsPlusOneWhereAskedForAndSaysSo) {
  ModelBuilder model({3});
  model.Node("Sign", {"x"}, "s").Node("Sign", {"s"}, "y");
  const auto imported = ImportOnnx(model.Bytes(), "", {.sign_zero = SignZero::kPlus});
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_THAT(NetworkRunner(imported->network).Run(std::vector<double>{-0.5, 0, 2}).back(),
              ElementsAre(-1, 1, 1));
  EXPECT_THAT(imported->network.warnings,
              ElementsAre("Sign(0) is taken as +1, not as ONNX's 0, in 2 nodes"));
}

struct ComparisonCase {
  const char* name;
  const char* op;
  bool constant_first;
  std::vector<double> expected;  // for x = 1, 2, 3 against the constant 2
};

class OnnxComparisonTest : public ::testing::TestWithParam<ComparisonCase> {};

TEST_P(OnnxComparisonTest, CastGivesOneWhereItHolds) {
  ModelBuilder model({3});
  model.Floats("c", {}, {2});
  const bool first = GetParam().constant_first;
  model.Node(GetParam().op, {first ? "c" : "x", first ? "x" : "c"}, "b");
  model.Node("Cast", {"b"}, "y", {{"to", kFloatType}});
  EXPECT_EQ(RunModel(model, {1, 2, 3}), GetParam().expected);
}

TEST_P(OnnxComparisonTest, NotTurnsItRound) {
  ModelBuilder model({3});
  model.Floats("c", {}, {2});
  const bool first = GetParam().constant_first;
  model.Node(GetParam().op, {first ? "c" : "x", first ? "x" : "c"}, "b");
  model.Node("Not", {"b"}, "nb").Node("Cast", {"nb"}, "y", {{"to", kFloatType}});
  std::vector<double> turned;
  for (const double value : GetParam().expected) {
    turned.push_back(1 - value);
  }
  EXPECT_EQ(RunModel(model, {1, 2, 3}), turned);
}

TEST_P(OnnxComparisonTest, WhereGivesItsTwoConstants) {
  ModelBuilder model({3});
  model.Floats("c", {}, {2}).Floats("p", {}, {5}).Floats("m", {1}, {-7});
  const bool first = GetParam().constant_first;
  model.Node(GetParam().op, {first ? "c" : "x", first ? "x" : "c"}, "b");
  model.Node("Where", {"b", "p", "m"}, "y");
  std::vector<double> chosen;
  for (const double value : GetParam().expected) {
    chosen.push_back(value == 1 ? 5 : -7);
  }
  EXPECT_EQ(RunModel(model, {1, 2, 3}), chosen);
}

INSTANTIATE_TEST_SUITE_P(
    Operators, OnnxComparisonTest,
    ::testing::Values(ComparisonCase{"Greater", "Greater", false, {0, 0, 1}},
                      ComparisonCase{"GreaterFirst", "Greater", true, {1, 0, 0}},
                      ComparisonCase{"GreaterOrEqual", "GreaterOrEqual", false, {0, 1, 1}},
                      ComparisonCase{"GreaterOrEqualFirst", "GreaterOrEqual", true, {1, 1, 0}},
                      ComparisonCase{"Less", "Less", false, {1, 0, 0}},
                      ComparisonCase{"LessFirst", "Less", true, {0, 0, 1}},
                      ComparisonCase{"LessOrEqual", "LessOrEqual", false, {1, 1, 0}},
                      ComparisonCase{"LessOrEqualFirst", "LessOrEqual", true, {0, 1, 1}}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(OnnxStepTest, ThresholdsMayDifferByChannelAndStayExact) {
  ModelBuilder model({2});
  model.Floats("t", {2}, {0.1F, 0.3F});
  model.Node("GreaterOrEqual", {"x", "t"}, "b").Node("Cast", {"b"}, "y", {{"to", kFloatType}});
  const double t0 = double{0.1F};
  const double t1 = double{0.3F};
  EXPECT_THAT(RunModel(model, {t0, t1}), ElementsAre(1, 1));
  EXPECT_THAT(RunModel(model, {std::nextafter(t0, 0.0), std::nextafter(t1, 0.0)}),
              ElementsAre(0, 0));
}

TEST(OnnxStepTest, FullTensorsOfOneNumberAreConstantsOfWhere) {
  ModelBuilder model({2});
  model.Floats("c", {}, {0}).Floats("p", {1, 2}, {1, 1}).Floats("m", {1, 2}, {-1, -1});
  model.Node("GreaterOrEqual", {"x", "c"}, "b").Node("Where", {"b", "p", "m"}, "y");
  EXPECT_THAT(RunModel(model, {-3, 3}), ElementsAre(-1, 1));
}

TEST(OnnxStepTest, WhereOfVaryingConstantsIsNotSupported) {
  ModelBuilder model({2});
  model.Floats("c", {}, {0}).Floats("p", {2}, {1, 2});
  model.Node("GreaterOrEqual", {"x", "c"}, "b").Node("Where", {"b", "p", "c"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n1\" (op Where)", "one number for all"});
}

TEST(OnnxStepTest, WhereThatEnlargesTheValuesIsRefused) {
  ModelBuilder model({1});
  model.Floats("c", {}, {0}).Floats("p", {1, 2}, {1, 1});
  model.Node("GreaterOrEqual", {"x", "c"}, "b").Node("Where", {"b", "p", "c"}, "y");
  ExpectRefused(model, kInvalid, {"node \"n1\" (op Where)", "[1, 2]"});
}

TEST(OnnxStepTest, WhereThatPassesAnActivationOnIsNotSupported) {
  ModelBuilder model({1});
  model.Floats("c", {}, {0});
  model.Node("GreaterOrEqual", {"x", "c"}, "b").Node("Where", {"b", "x", "c"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n1\" (op Where)", "input 1 \"x\""});
}

TEST(OnnxStepTest, CastToAnotherTypeIsNotSupported) {
  ModelBuilder model({1});
  model.Floats("c", {}, {0});
  model.Node("Less", {"x", "c"}, "b").Node("Cast", {"b"}, "y", {{"to", kFloat16Type}});
  ExpectRefused(model, kUnimplemented, {"node \"n1\" (op Cast)", "element type 10"});
}

TEST(OnnxStepTest, NotOfNumbersIsNotSupported) {
  ModelBuilder model({1});
  model.Node("Not", {"x"}, "y");
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op Not)", "no comparison"});
}

TEST(OnnxStepTest, BooleanOutputIsRefused) {
  ModelBuilder model({1});
  model.Floats("c", {}, {0}).Node("Less", {"x", "c"}, "y");
  ExpectRefused(model, kInvalid, {"output \"y\"", "numbers"});
}

TEST(OnnxStepTest, ComparisonOfTwoActivationsIsNotSupported) {
  ModelBuilder model({1});
  model.Node("Less", {"x", "x"}, "b").Node("Cast", {"b"}, "y", {{"to", kFloatType}});
  ExpectRefused(model, kUnimplemented, {"node \"n0\" (op Less)", "a constant"});
}

}  // namespace
}  // namespace spikemesh
