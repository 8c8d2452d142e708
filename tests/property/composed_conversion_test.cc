// SPDX-License-Identifier: Apache-2.0
// Blocks of published networks that hold linear layers without activations between: what is read is
// what ONNX defines, what is composed computes the same, and it folds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "converters/onnx/import_onnx.h"
#include "converters/spiking/calibration.h"
#include "converters/spiking/compose_linear.h"
#include "converters/spiking/fold_network.h"
#include "converters/spiking/fold_rate.h"
#include "core/base/random.h"
#include "core/base/strings.h"
#include "networks/ir/network.h"
#include "networks/ir/run_network.h"
#include "networks/ir/run_spiking.h"
#include "tests/converters/onnx/model_builder.h"
#include "tests/property/onnx_interpreter.h"
#include "tests/testing/random_network.h"

namespace spikemesh {
namespace {

// An ONNX graph of 4x4 images that grows by layers of random weights; the image is 2x4x4.
class BlockBuilder {
 public:
  explicit BlockBuilder(RandomSequence& random) : random_(random), model_({2, 4, 4}) {}

  std::string Conv(const std::string& x, std::int64_t in, std::int64_t out, std::int64_t kernel,
                   std::int64_t stride, std::int64_t groups) {
    const std::string w = Floats({out, in / groups, kernel, kernel});
    const std::string b = Floats({out});
    const std::int64_t pad = kernel / 2;
    return Node(
        "Conv", {x, w, b},
        {{"group", groups}, {"strides", Dims{stride, stride}}, {"pads", Dims{pad, pad, pad, pad}}});
  }
  std::string Norm(const std::string& x, std::int64_t channels) {
    const std::string gamma = Floats({channels});
    const std::string beta = Floats({channels});
    const std::string mean = Floats({channels});
    const std::string variance = Name();
    model_.Floats(variance, {channels}, std::vector<float>(channels, 0.7F));
    return Node("BatchNormalization", {x, gamma, beta, mean, variance}, {});
  }
  std::string Relu(const std::string& x) { return Node("Relu", {x}, {}); }
  std::string Ints(const Dims& values) {
    std::string name = Name();
    model_.Ints(name, {static_cast<std::int64_t>(values.size())}, values);
    return name;
  }
  std::string Node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::vector<AttributeForTest>& attributes) {
    std::string name = Name();
    model_.Node(op, inputs, name, attributes);
    return name;
  }
  void MoreOutput(const std::string& name) {
    model_.graph().mutable_node(model_.graph().node_size() - 1)->add_output(name);
  }
  std::string Name() { return Concat("v", names_++); }

  // A global mean and a dense layer of three classes.
  ModelBuilder Finish(const std::string& x, std::int64_t channels) {
    const std::string mean = Node("GlobalAveragePool", {x}, {});
    const std::string flat = Node("Flatten", {mean}, {});
    const std::string w = Floats({3, channels});
    const std::string y = Node("Gemm", {flat, w}, {{"transB", std::int64_t{1}}});
    model_.graph().mutable_output(0)->set_name(y);
    return std::move(model_);
  }

 private:
  std::string Floats(const Dims& dims) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < SizeOf(dims); ++i) {
      values.push_back(static_cast<float>(1.6 * random_.NextUnit() - 0.7));
    }
    std::string name = Name();
    model_.Floats(name, dims, values);
    return name;
  }

  RandomSequence& random_;
  ModelBuilder model_;
  int names_ = 0;
};

void ExpectConverts(ModelBuilder model, RandomSequence& random,
                    LinearCut cut = LinearCut::kRefuse) {
  const auto imported = ImportOnnx(model.Bytes(), "");
  ASSERT_TRUE(imported.ok()) << imported.status();
  const absl::StatusOr<Network> composed = ComposeLinear(imported->network, cut);
  ASSERT_TRUE(composed.ok()) << composed.status();
  NetworkRunner runner(*composed);
  CalibrationImages calibration;
  for (int image = 0; image < 8; ++image) {
    Tensor x({1, 2, 4, 4});
    for (double& value : x.values) {
      value = random.NextUnit();
    }
    const auto values = InterpretOnnx(model.graph(), x);
    const std::vector<double>& expected = values.at(model.graph().output(0).name()).values;
    const std::vector<double>& found = runner.Run(x.values).back();
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_NEAR(found[i], expected[i], 1e-9 * std::max(1.0, std::abs(expected[i])));
    }
    calibration.images.push_back(x.values);
    calibration.labels.push_back(0);
  }
  const auto folded = FoldRateNetwork(*composed, {}, calibration, {});
  EXPECT_TRUE(folded.ok()) << folded.status();
}

TEST(ComposedConversionTest, ResNetShortcutsOfOptionA) {
  RandomSequence random(81, 0);
  BlockBuilder b(random);
  const std::string x = b.Relu(b.Conv("x", 2, 4, 3, 1, 1));
  const std::string inner = b.Relu(b.Norm(b.Conv(x, 4, 8, 3, 2, 1), 8));
  const std::string sum = b.Norm(b.Conv(inner, 8, 8, 3, 1, 1), 8);
  const std::string cut =
      b.Node("Slice", {x, b.Ints({0, 0}), b.Ints({4, 4}), b.Ints({2, 3}), b.Ints({2, 2})}, {});
  const std::string shortcut = b.Node("Pad", {cut, b.Ints({0, 2, 0, 0, 0, 2, 0, 0})}, {});
  ExpectConverts(b.Finish(b.Relu(b.Node("Add", {sum, shortcut}, {})), 8), random);
}

TEST(ComposedConversionTest, SeparableConvolutionsOfXception) {
  RandomSequence random(82, 0);
  BlockBuilder b(random);
  const std::string x = b.Relu(b.Conv("x", 2, 4, 3, 1, 1));
  const std::string first = b.Norm(b.Conv(b.Conv(x, 4, 4, 3, 1, 4), 4, 6, 1, 1, 1), 6);
  const std::string second = b.Norm(b.Conv(b.Conv(b.Relu(first), 6, 6, 3, 2, 6), 6, 6, 1, 1, 1), 6);
  const std::string shortcut = b.Norm(b.Conv(x, 4, 6, 1, 2, 1), 6);
  ExpectConverts(b.Finish(b.Relu(b.Node("Add", {second, shortcut}, {})), 6), random);
}

TEST(ComposedConversionTest, LinearBottlenecksOfMobileNetV2) {
  RandomSequence random(83, 0);
  BlockBuilder b(random);
  std::string x = b.Norm(b.Conv(b.Relu(b.Conv("x", 2, 4, 3, 1, 1)), 4, 3, 1, 1, 1), 3);
  for (int block = 0; block < 3; ++block) {
    const std::string wide = b.Relu(b.Norm(b.Conv(x, 3, 8, 1, 1, 1), 8));
    const std::string deep = b.Relu(b.Norm(b.Conv(wide, 8, 8, 3, 1, 8), 8));
    x = b.Node("Add", {x, b.Norm(b.Conv(deep, 8, 3, 1, 1, 1), 3)}, {});
  }
  ExpectConverts(b.Finish(b.Relu(b.Conv(x, 3, 8, 1, 1, 1)), 8), random);
}

TEST(ComposedConversionTest, ShufflesOfShuffleNet) {
  RandomSequence random(84, 0);
  BlockBuilder b(random);
  const std::string x = b.Relu(b.Conv("x", 2, 6, 3, 1, 1));
  const std::string left = b.Node("Split", {x, b.Ints({3, 3})}, {{"axis", std::int64_t{1}}});
  const std::string right = b.Name();
  b.MoreOutput(right);
  const std::string deep = b.Norm(b.Conv(b.Relu(b.Conv(right, 3, 3, 1, 1, 1)), 3, 3, 3, 1, 3), 3);
  const std::string both =
      b.Node("Concat", {left, b.Relu(b.Conv(deep, 3, 3, 1, 1, 1))}, {{"axis", std::int64_t{1}}});
  const std::string groups = b.Node("Reshape", {both, b.Ints({1, 2, 3, 4, 4})}, {});
  const std::string turned = b.Node("Transpose", {groups}, {{"perm", Dims{0, 2, 1, 3, 4}}});
  const std::string shuffled = b.Node("Reshape", {turned, b.Ints({1, 6, 4, 4})}, {});
  ExpectConverts(b.Finish(b.Relu(b.Conv(shuffled, 6, 6, 3, 1, 1)), 6), random);
}

// Padding of what is computed at a border: neurons between carry both signs.
TEST(ComposedConversionTest, PaddedConvolutionsInARowTakeRails) {
  RandomSequence random(86, 0);
  BlockBuilder b(random);
  const std::string x = b.Relu(b.Conv("x", 2, 4, 3, 1, 1));
  const std::string y = b.Norm(b.Conv(b.Norm(b.Conv(x, 4, 4, 3, 1, 1), 4), 4, 4, 3, 1, 1), 4);
  ExpectConverts(b.Finish(b.Relu(b.Node("Add", {y, x}, {})), 4), random, LinearCut::kRails);
}

// Leaky neurons over `ticks`, each tick's potential half the last one, the layer's sum, less a
// spike.
Network UnrolledNeurons(RandomSequence& random, int ticks) {
  Network network{"lif", {1, 3, 3}, {}, {}};
  const auto add = [&](NodeOperation operation, const FeatureShape& shape,
                       std::vector<std::int32_t> sources) {
    network.nodes.push_back(
        {Concat("n", network.nodes.size()), std::move(sources), std::move(operation), shape});
    return network.output();
  };
  const auto affine = [](std::size_t count, double scale, double offset) {
    return AffineNode{std::vector<double>(count, scale), std::vector<double>(count, offset)};
  };
  const auto dense = [&](std::int32_t in, std::int32_t out) {
    std::vector<float> weights;
    for (std::int32_t i = 0; i < in * out; ++i) {
      weights.push_back(static_cast<float>(DrawBetween(random, -1, 1)));
    }
    return ConvolutionNode{{}, 1, std::move(weights), std::vector<float>(out, 0.5F)};
  };
  const FeatureShape neurons = {5, 1, 1};
  const std::int32_t bits = add(StepNode{.threshold = 0.5}, {1, 3, 3}, {kNetworkInput});
  const std::int32_t flat = add(ReshapeNode{}, {9, 1, 1}, {bits});
  const std::int32_t current = add(dense(9, 5), neurons, {flat});
  std::int32_t potential = current;
  std::vector<std::int32_t> spikes;
  for (int tick = 0; tick < ticks; ++tick) {
    const std::int32_t above = add(affine(5, 1.0, -1.0), neurons, {potential});
    spikes.push_back(add(StepNode{}, neurons, {above}));
    const std::int32_t taken = add(affine(5, -1.0, 0.0), neurons, {spikes.back()});
    const std::int32_t rest = add(AddNode{}, neurons, {potential, taken});
    const std::int32_t leaked = add(affine(5, 0.5, 0.0), neurons, {rest});
    potential = add(AddNode{}, neurons, {leaked, current});
  }
  network.nodes.resize(static_cast<std::size_t>(spikes.back()) + 1);  // the last tick has no next
  const std::int32_t sum = add(AddNode{}, neurons, spikes);
  const std::int32_t scores = add(dense(5, 3), {3, 1, 1}, {sum});
  add(StepNode{.threshold = 0.25}, {3, 1, 1}, {scores});
  return network;
}

TEST(ComposedConversionTest, UnrolledLeakyNeuronsKeepEveryBit) {
  RandomSequence random(85, 0);
  for (int i = 0; i < 20; ++i) {
    SCOPED_TRACE(Concat("network ", i));
    const Network network = UnrolledNeurons(random, 3);
    const absl::StatusOr<Network> composed = ComposeLinear(network);
    ASSERT_TRUE(composed.ok()) << composed.status();
    const auto folded = FoldNetwork(*composed, {});
    ASSERT_TRUE(folded.ok()) << folded.status();
    NetworkRunner trained(network);
    NetworkRunner floats(*composed);
    SpikingRunner integers(folded->network);
    for (int image = 0; image < 16; ++image) {
      const auto bytes = DrawImage(random, 9);
      const std::vector<double> x = Preprocess(folded->network.input, bytes);
      const auto& values = floats.Run(x);
      EXPECT_EQ(trained.Run(x).back(), values.back());
      const auto& spikes = integers.Run(ActiveLines(folded->network.input, bytes));
      for (std::size_t layer = 0; layer < spikes.size(); ++layer) {
        const auto node = static_cast<std::size_t>(folded->layer_nodes[layer]);
        const std::vector<double> bits(spikes[layer].begin(), spikes[layer].end());
        EXPECT_EQ(bits, values[node]) << "layer " << layer;
      }
    }
  }
}

}  // namespace
}  // namespace spikemesh
