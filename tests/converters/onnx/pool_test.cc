// SPDX-License-Identifier: Apache-2.0
// Pools over windows and whole images, and Pad before a Conv or a pool.
#include "tests/converters/onnx/import_helpers.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using Ints = std::vector<std::int64_t>;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

// One pool of an image of one channel.
ModelBuilder Pool(const char* op, const Ints& image, std::vector<AttributeForTest> attributes,
                  const Ints& kernel = {2, 2}) {
  ModelBuilder model({1, image[0], image[1]});
  attributes.emplace_back("kernel_shape", kernel);
  model.Node(op, {"x"}, "y", attributes);
  return model;
}

const std::vector<double> kThreeByThree = {1, 2, 3, 4, 5, 6, 7, 8, 9};

TEST(OnnxPoolTest, MaxAndMeanOfEachWindow) {
  EXPECT_THAT(RunModel(Pool("MaxPool", {3, 3}, {}), kThreeByThree), ElementsAre(5, 6, 8, 9));
  EXPECT_THAT(RunModel(Pool("AveragePool", {3, 3}, {}), kThreeByThree), ElementsAre(3, 4, 6, 7));
}

TEST(OnnxPoolTest, ChannelsStayApart) {
  ModelBuilder model({2, 1, 2});
  model.Node("MaxPool", {"x"}, "y", {{"kernel_shape", Ints{1, 2}}});
  EXPECT_THAT(RunModel(model, {1, 2, -4, -3}), ElementsAre(2, -3));
}

TEST(OnnxPoolTest, StridesAndDilations) {
  const ModelBuilder strided = Pool("MaxPool", {1, 5}, {{"strides", Ints{1, 3}}}, {1, 2});
  EXPECT_THAT(RunModel(strided, {5, 1, 9, 2, 3}), ElementsAre(5, 3));
  const ModelBuilder dilated = Pool("MaxPool", {1, 5}, {{"dilations", Ints{1, 3}}}, {1, 2});
  EXPECT_THAT(RunModel(dilated, {5, 1, 9, 2, 3}), ElementsAre(5, 3));
}

TEST(OnnxPoolTest, PaddingIsNeverTheGreatest) {
  const ModelBuilder model = Pool("MaxPool", {1, 2}, {{"pads", Ints{0, 1, 0, 1}}}, {1, 2});
  EXPECT_THAT(RunModel(model, {-3, -4}), ElementsAre(-3, -3, -4));
}

TEST(OnnxPoolTest, PaddingIsLeftOutOfTheMeanUnlessItCounts) {
  const Ints pads = {0, 1, 0, 1};
  const ModelBuilder out = Pool("AveragePool", {1, 2}, {{"pads", pads}}, {1, 2});
  EXPECT_THAT(RunModel(out, {3, 5}), ElementsAre(3, 4, 5));
  const ModelBuilder in =
      Pool("AveragePool", {1, 2}, {{"pads", pads}, {"count_include_pad", std::int64_t{1}}}, {1, 2});
  EXPECT_THAT(RunModel(in, {3, 5}), ElementsAre(1.5, 4, 2.5));
}

TEST(OnnxPoolTest, AutoPadSameUpper) {
  const ModelBuilder model =
      Pool("AveragePool", {1, 3},
           {{"auto_pad", std::string("SAME_UPPER")}, {"strides", Ints{1, 2}}}, {1, 2});
  EXPECT_THAT(RunModel(model, {2, 4, 9}), ElementsAre(3, 9));
}

// Outputs along an axis as PyTorch counts them: ceil((input + pads - reach) / stride) + 1, but none
// that begins in the padding at the end.
std::int64_t CeilOutputs(std::int64_t input, std::int64_t pad, std::int64_t kernel,
                         std::int64_t stride) {
  std::int64_t outputs = 1;
  while (outputs * stride - pad < input && (outputs - 1) * stride + kernel < input + 2 * pad) {
    ++outputs;
  }
  return outputs;
}

// A mean of each window over a row: windows end where the padded input ends.
std::vector<double> CeilMeans(const std::vector<double>& row, std::int64_t pad, std::int64_t kernel,
                              std::int64_t stride, bool counts_pads) {
  const auto width = static_cast<std::int64_t>(row.size());
  std::vector<double> means;
  for (std::int64_t o = 0; o < CeilOutputs(width, pad, kernel, stride); ++o) {
    double sum = 0;
    double divisor = 0;
    for (std::int64_t x = o * stride - pad; x < o * stride - pad + kernel; ++x) {
      const bool inside = x >= 0 && x < width;
      sum += inside ? row[x] : 0;
      divisor += inside || (counts_pads && x < width + pad) ? 1 : 0;
    }
    means.push_back(sum / divisor);
  }
  return means;
}

TEST(OnnxPoolTest, CeilModeAddsTheWindowThatHangsOver) {
  const AttributeForTest ceil = {"ceil_mode", std::int64_t{1}};
  const std::vector<double> numbers = {3, -1, 4, -2, 5, 9, -7, 6, 8};
  int hanging = 0;
  for (const std::int64_t kernel : {1, 2, 3, 4}) {
    for (const std::int64_t stride : {1, 2, 3}) {
      for (std::int64_t pad = 0; 2 * pad <= kernel; ++pad) {
        for (std::int64_t width = kernel; width <= 9; ++width) {
          const std::vector<double> row(numbers.begin(), numbers.begin() + width);
          const std::vector<AttributeForTest> window = {
              ceil, {"strides", Ints{1, stride}}, {"pads", Ints{0, pad, 0, pad}}};
          std::vector<AttributeForTest> counting = window;
          counting.emplace_back("count_include_pad", std::int64_t{1});
          const auto run = [&](const std::vector<AttributeForTest>& attributes) {
            return RunModel(Pool("AveragePool", {1, width}, attributes, {1, kernel}), row);
          };
          EXPECT_EQ(run(window), CeilMeans(row, pad, kernel, stride, false));
          EXPECT_EQ(run(counting), CeilMeans(row, pad, kernel, stride, true))
              << "kernel " << kernel << " stride " << stride << " pad " << pad << " width "
              << width;
          hanging += (width + 2 * pad - kernel) % stride != 0 ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(hanging, 20);
}

TEST(OnnxPoolTest, CeilModeOfTheGreatestValue) {
  const AttributeForTest ceil = {"ceil_mode", std::int64_t{1}};
  const ModelBuilder even = Pool("MaxPool", {4, 4}, {{"strides", Ints{2, 2}}, ceil});
  EXPECT_EQ(ImportOrFail(even).nodes[0].shape, (FeatureShape{1, 2, 2}));
  const ModelBuilder cut = Pool("MaxPool", {1, 5}, {{"strides", Ints{1, 2}}, ceil}, {1, 2});
  EXPECT_THAT(RunModel(cut, {-1, -2, -3, -4, -5}), ElementsAre(-1, -3, -5));
  // The last window would begin in the padding, at column 4.
  const ModelBuilder padded =
      Pool("MaxPool", {1, 4}, {{"strides", Ints{1, 3}}, {"pads", Ints{0, 1, 0, 1}}, ceil}, {1, 2});
  EXPECT_THAT(RunModel(padded, {-1, -2, -3, -4}), ElementsAre(-1, -3));
  // One window, larger than the input.
  const ModelBuilder larger = Pool("MaxPool", {1, 1}, {{"strides", Ints{1, 2}}, ceil}, {1, 2});
  EXPECT_THAT(RunModel(larger, {-7}), ElementsAre(-7));
}

TEST(OnnxPoolTest, MeansOverDilatedWindowsAsOpset19HasThem) {
  ModelBuilder model = Pool("AveragePool", {1, 5}, {{"dilations", Ints{1, 3}}}, {1, 2});
  EXPECT_THAT(RunModel(model.Opset(19), {5, 1, 9, 2, 3}), ElementsAre(3.5, 2));
}

TEST(OnnxPoolTest, WindowInThePaddingAloneIsRefused) {
  ExpectRefused(Pool("MaxPool", {1, 4}, {{"pads", Ints{0, 2, 0, 0}}}, {1, 2}), kInvalid,
                {"node \"n0\" (op MaxPool)", "padding alone"});
}

// A Pad of two on both sides of 13 columns, a window of 4 in steps of 3: one more would begin in
// the zeros at the end.
TEST(OnnxPoolTest, WindowsThatCeilModeAddsInThePaddingAloneGoWithoutIt) {
  const auto pool = [](std::int64_t ceil) {
    ModelBuilder model({1, 1, 13});
    model.Ints("pads", {8}, {0, 0, 0, 2, 0, 0, 0, 2}).Node("Pad", {"x", "pads"}, "p");
    return model.Node("AveragePool", {"p"}, "y",
                      {{"kernel_shape", Ints{1, 4}}, {"strides", Ints{1, 3}}, {"ceil_mode", ceil}});
  };
  ExpectRefused(pool(1), kInvalid, {"padding alone", "use less padding, or ceil_mode=False"});
  EXPECT_THAT(RunModel(pool(0), std::vector<double>(13, 4.0)), ElementsAre(2, 4, 4, 4, 3));
}

TEST(OnnxPoolTest, MissingOrBadKernelShapeIsRefused) {
  ModelBuilder none({1, 4, 4});
  none.Node("MaxPool", {"x"}, "y");
  ExpectRefused(none, kInvalid, {"node \"n0\"", "\"kernel_shape\" is missing"});
  ExpectRefused(Pool("MaxPool", {4, 4}, {}, {0, 2}), kInvalid, {"kernel_shape", "positive"});
  ExpectRefused(Pool("MaxPool", {4, 4}, {}, {5, 2}), kInvalid, {"reaches over 5 x 2"});
  ExpectRefused(Pool("MaxPool", {4, 4}, {}, {2}), kUnimplemented, {"a 1-D window"});
}

TEST(OnnxPoolTest, PoolOfAVectorIsNotSupported) {
  for (const char* op : {"MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"}) {
    ModelBuilder model({4});
    model.Node(op, {"x"}, "y");
    ExpectRefused(model, kUnimplemented, {"node \"n0\"", "[4]"});
  }
}

TEST(OnnxGlobalPoolTest, OneValuePerChannel) {
  const std::vector<double> image = {1, 2, 3, 6, -1, -2, -3, -4};
  const auto run = [&](const char* op) {
    ModelBuilder model({2, 2, 2});
    model.Node(op, {"x"}, "y");
    EXPECT_EQ(ImportOrFail(model).nodes[0].shape, (FeatureShape{2, 1, 1}));
    return RunModel(model, image);
  };
  EXPECT_THAT(run("GlobalAveragePool"), ElementsAre(3, -2.5));
  EXPECT_THAT(run("GlobalMaxPool"), ElementsAre(6, -1));
}

// A Pad of one column on the left, in the form of `opset`, then `op`.
ModelBuilder PadThen(const char* op, std::int64_t opset,
                     const std::vector<AttributeForTest>& attributes) {
  ModelBuilder model({1, 1, 3});
  model.Opset(opset);
  const Ints pads = {0, 0, 0, 1, 0, 0, 0, 0};
  if (opset < 11) {
    model.Node("Pad", {"x"}, "p", {{"pads", pads}, {"value", 0.0F}});
  } else {
    model.Ints("pads", {8}, pads).Node("Pad", {"x", "pads"}, "p");
  }
  model.Floats("w", {1, 1, 1, 2}, {1, 10});
  model.Node(op,
             op == std::string("Conv") ? std::vector<std::string>{"p", "w"}
                                       : std::vector<std::string>{"p"},
             "y", attributes);
  return model;
}

TEST(OnnxPadTest, ConvTakesTheZerosIntoItsWindow) {
  for (const std::int64_t opset : {9, 13}) {
    const ModelBuilder model = PadThen("Conv", opset, {{"pads", Ints{0, 0, 0, 1}}});
    EXPECT_EQ(ImportOrFail(model).nodes.size(), 1u);
    EXPECT_THAT(RunModel(model, {1, 2, 3}), ElementsAre(10, 21, 32, 3));
  }
}

TEST(OnnxPadTest, AutoPadSeesThePaddedImage) {
  const ModelBuilder model =
      PadThen("Conv", 13, {{"auto_pad", std::string("SAME_UPPER")}, {"strides", Ints{1, 2}}});
  EXPECT_THAT(RunModel(model, {1, 2, 3}), ElementsAre(10, 32));  // 0 1 2 3: even, nothing added
}

TEST(OnnxPadTest, ZerosCountInAMean) {
  const ModelBuilder model = PadThen("AveragePool", 13, {{"kernel_shape", Ints{1, 2}}});
  EXPECT_THAT(RunModel(model, {2, 4, 6}), ElementsAre(1, 3, 5));
}

TEST(OnnxPadTest, PadBesideOwnPadsThatDoNotCountIsNotSupported) {
  const AttributeForTest kernel = {"kernel_shape", Ints{1, 3}};
  const AttributeForTest pads = {"pads", Ints{0, 1, 0, 0}};
  ExpectRefused(PadThen("AveragePool", 13, {kernel, pads}), kUnimplemented,
                {"node \"n1\" (op AveragePool)", "one of both, or count_include_pad 1"});
  // What the message says, either way.
  const AttributeForTest counts = {"count_include_pad", std::int64_t{1}};
  EXPECT_THAT(RunModel(PadThen("AveragePool", 13, {kernel, pads, counts}), {3, 6, 9}),
              ElementsAre(1, 3, 6));
  EXPECT_THAT(RunModel(PadThen("AveragePool", 13, {kernel}), {3, 6, 9}), ElementsAre(3, 6));
}

TEST(OnnxPadTest, OwnPadsAtTheEndDoNotCountBesideAPad) {
  EXPECT_THAT(RunModel(PadThen("AveragePool", 9,
                               {{"kernel_shape", Ints{1, 2}}, {"pads", Ints{0, 0, 0, 1}}}),
                       {2, 4, 6}),
              ElementsAre(1, 3, 5, 6));
}

TEST(OnnxPoolTest, NegativePadsAreRefusedWithTheExporterThatWritesNone) {
  for (const Ints& pads : {Ints{0, 0, 0, -1}, Ints{0, -1, 0, 0}}) {
    ExpectRefused(Pool("AveragePool", {1, 3}, {{"pads", pads}}, {1, 2}), kInvalid,
                  {"-1", "opset_version=17"});
  }
}

TEST(OnnxPadTest, AxesAreAnInputSinceOpset18) {
  for (const Ints& axes : {Ints{3, 2}, Ints{-1, -2}}) {
    ModelBuilder model({1, 1, 3});
    model.Opset(18).Ints("pads", {4}, {1, 0, 0, 0}).Ints("axes", {2}, axes);
    model.Node("Pad", {"x", "pads", "", "axes"}, "p").Floats("w", {1, 1, 1, 2}, {1, 10});
    model.Node("Conv", {"p", "w"}, "y");
    EXPECT_THAT(RunModel(model, {1, 2, 3}), ElementsAre(10, 21, 32));
  }
  for (const Ints& axes : {Ints{4, 2}, Ints{-5, 2}, Ints{2, 2}, Ints{2, -2}}) {
    ModelBuilder model({1, 1, 3});
    model.Opset(18).Ints("pads", {4}, {1, 0, 0, 0}).Ints("axes", {2}, axes);
    model.Node("Pad", {"x", "pads", "", "axes"}, "y");
    ExpectRefused(model, kInvalid, {"\"n0\"", "axis ", "each once"});
  }
}

TEST(OnnxPadTest, MaxPoolOfAPaddedImageIsNotSupported) {
  ExpectRefused(PadThen("MaxPool", 13, {{"kernel_shape", Ints{1, 2}}}), kUnimplemented,
                {"node \"n1\" (op MaxPool)", "pads of the MaxPool"});
}

TEST(OnnxPadTest, OtherReadersAreNotSupported) {
  ExpectRefused(PadThen("Relu", 13, {}), kUnimplemented,
                {"node \"n1\" (op Relu)", "padded with zeros"});
}

TEST(OnnxPadTest, PadOfNothingLeavesNoTrace) {
  ModelBuilder model({1, 1, 2});
  model.Ints("pads", {8}, Ints(8, 0)).Node("Pad", {"x", "pads"}, "p").Node("Relu", {"p"}, "y");
  EXPECT_THAT(RunModel(model, {-1, 2}), ElementsAre(0, 2));
}

// As networks of -1 and +1 pad; each with zeros around, one with a bias that is no float.
TEST(OnnxPadTest, AnotherValueAroundIsThatValue) {
  for (const float bias : {0.5F, 0x1p-40F}) {
    ModelBuilder model({1, 2, 2});
    model.Ints("pads", {8}, {0, 0, 1, 1, 0, 0, 0, 0}).Floats("v", {}, {3.0F});
    model.Floats("w", {1, 1, 2, 2}, {1, 2, 4, 8}).Floats("b", {1}, {bias});
    model.Node("Pad", {"x", "pads", "v"}, "p").Node("Conv", {"p", "w", "b"}, "y");
    // 3 3 3 / 3 1 2 / 3 5 6 under windows of 1 2 / 4 8.
    const double b = double{bias};
    EXPECT_THAT(
        RunModel(model, {1, 2, 5, 6}),
        ElementsAre(9 + 12 + 8 + b, 9 + 4 + 16 + b, 3 + 2 + 12 + 40 + b, 1 + 4 + 20 + 48 + b));
  }
}

TEST(OnnxPadTest, OtherModesValuesAndAxesAreNotSupported) {
  const auto model = [](const Ints& pads, float value, const char* mode) {
    ModelBuilder result({1, 2, 2});
    result.Ints("pads", {static_cast<std::int64_t>(pads.size())}, pads).Floats("v", {}, {value});
    result.Floats("w", {1, 1, 1, 1}, {1});
    result.Node("Pad", {"x", "pads", "v"}, "p", {{"mode", std::string(mode)}});
    return result.Node("Conv", {"p", "w"}, "y");
  };
  const Ints around = {0, 0, 1, 1, 0, 0, 1, 1};
  ExpectRefused(model(around, 0, "reflect"), kUnimplemented, {"\"n0\"", "mode \"reflect\""});
  ModelBuilder mean({1, 2, 2});
  mean.Ints("pads", {8}, around).Floats("v", {}, {1.0F}).Node("Pad", {"x", "pads", "v"}, "p");
  mean.Node("AveragePool", {"p"}, "y", {{"kernel_shape", Ints{2, 2}}});
  ExpectRefused(mean, kUnimplemented, {"\"n1\"", "padding with 1 before an AveragePool"});
  ExpectRefused(model({0, 1, 0, 0, 0, 0, 0, 0}, 1, "constant"), kUnimplemented,
                {"\"n0\"", "channels of 1"});
  ExpectRefused(model({1, 0, 0, 0, 0, 0, 0, 0}, 0, "constant"), kUnimplemented, {"pads [1, 0"});
  ExpectRefused(model({0, -1, 0, 0, 0, 0, 0, 0}, 0, "constant"), kUnimplemented, {"pads [0, -1"});
  ExpectRefused(model({0, 0, -1, 0, 0, 0, 0, 0}, 0, "constant"), kUnimplemented, {"[0, 0, -1"});
  ExpectRefused(model({1, 1}, 0, "constant"), kInvalid, {"2 pads", "allowed: 8"});
}

}  // namespace
}  // namespace spikemesh
