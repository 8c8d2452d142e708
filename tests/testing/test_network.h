// SPDX-License-Identifier: Apache-2.0
// Networks in a few lines, for tests: each call appends a node to a chain and works out its shape.
//   Network network = TestNetwork({1, 28, 28}).Step(0.5).Convolution(...).Sign().Build();
#ifndef SPIKEMESH_TESTS_TESTING_TEST_NETWORK_H_
#define SPIKEMESH_TESTS_TESTING_TEST_NETWORK_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "networks/ir/network.h"
#include "networks/ir/window.h"

namespace spikemesh {

class TestNetwork {
 public:
  explicit TestNetwork(FeatureShape input_shape) {
    network_.name = "test";
    network_.input_shape = input_shape;
  }

  const FeatureShape& shape() const {
    return network_.nodes.empty() ? network_.input_shape : network_.nodes.back().shape;
  }

  // `bias` empty: 0 for all.
  TestNetwork& Convolution(const WindowGeometry& window, std::int32_t groups,
                           std::int32_t out_channels, std::vector<float> weights,
                           std::vector<float> bias = {}) {
    const FeatureShape output = {
        out_channels, static_cast<std::int32_t>(OutputExtent(AxisY(window), shape().height)),
        static_cast<std::int32_t>(OutputExtent(AxisX(window), shape().width))};
    if (bias.empty()) {
      bias.resize(static_cast<std::size_t>(out_channels));
    }
    return Add("conv", ConvolutionNode{window, groups, std::move(weights), std::move(bias)},
               output);
  }
  TestNetwork& Dense(std::int32_t out, std::vector<float> weights, std::vector<float> bias = {}) {
    return Convolution({}, 1, out, std::move(weights), std::move(bias));
  }
  TestNetwork& BatchNorm(BatchNormNode node) { return Add("bn", std::move(node), shape()); }
  TestNetwork& Affine(std::vector<double> scale, std::vector<double> offset) {
    return Add("affine", AffineNode{std::move(scale), std::move(offset)}, shape());
  }
  // One scale and offset for all channels.
  TestNetwork& Affine(double scale, double offset) {
    const auto channels = static_cast<std::size_t>(shape().channels);
    return Affine(std::vector<double>(channels, scale), std::vector<double>(channels, offset));
  }
  TestNetwork& Step(const StepNode& node) { return Add("step", node, shape()); }
  TestNetwork& Clip(const ClipNode& node) { return Add("clip", node, shape()); }
  TestNetwork& Round(const RoundNode& node) { return Add("round", node, shape()); }
  TestNetwork& Pool(const PoolNode& node) {
    return Add("pool", node,
               {shape().channels,
                static_cast<std::int32_t>(OutputExtent(AxisY(node.window), shape().height)),
                static_cast<std::int32_t>(OutputExtent(AxisX(node.window), shape().width))});
  }
  TestNetwork& TernarySign() { return Add("sign", SignNode(), shape()); }  // 0 at 0
  TestNetwork& Sign() { return Step({.threshold = 0, .strict = false, .low = -1, .high = 1}); }
  TestNetwork& Reshape(FeatureShape to) { return Add("reshape", ReshapeNode{}, to); }
  TestNetwork& Flatten() { return Reshape({static_cast<std::int32_t>(shape().size()), 1, 1}); }

  Network Build() const { return network_; }

 private:
  // Names count from 0 over the whole chain: "step0", "conv1", "bn2".
  TestNetwork& Add(const char* kind, NodeOperation operation, FeatureShape output) {
    network_.nodes.push_back({.name = Concat(kind, network_.nodes.size()),
                              .sources = {network_.output()},
                              .operation = std::move(operation),
                              .shape = output});
    return *this;
  }

  Network network_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_TESTING_TEST_NETWORK_H_
