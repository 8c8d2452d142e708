// SPDX-License-Identifier: Apache-2.0
// Networks in a few lines, for tests: each call appends a node to a chain and works out its shape.
//   Network network = NetworkBuilder({1, 28, 28}).Step(0.5).Convolution(...).Sign().Build();
#ifndef SPIKEMESH_TESTS_TESTING_NETWORK_BUILDER_H_
#define SPIKEMESH_TESTS_TESTING_NETWORK_BUILDER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "networks/ir/network.h"
#include "networks/ir/window.h"

namespace spikemesh {

class NetworkBuilder {
 public:
  explicit NetworkBuilder(FeatureShape input_shape) {
    network_.name = "test";
    network_.input_shape = input_shape;
  }

  const FeatureShape& shape() const {
    return network_.nodes.empty() ? network_.input_shape : network_.nodes.back().shape;
  }

  // `bias` empty: 0 for all.
  NetworkBuilder& Convolution(const WindowGeometry& window, std::int32_t groups,
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
  NetworkBuilder& Dense(std::int32_t out, std::vector<float> weights,
                        std::vector<float> bias = {}) {
    return Convolution({}, 1, out, std::move(weights), std::move(bias));
  }
  NetworkBuilder& BatchNorm(BatchNormNode node) { return Add("bn", std::move(node), shape()); }
  NetworkBuilder& Affine(std::vector<double> scale, std::vector<double> offset) {
    return Add("affine", AffineNode{std::move(scale), std::move(offset)}, shape());
  }
  // One scale and offset for all channels.
  NetworkBuilder& Affine(double scale, double offset) {
    const auto channels = static_cast<std::size_t>(shape().channels);
    return Affine(std::vector<double>(channels, scale), std::vector<double>(channels, offset));
  }
  NetworkBuilder& Step(const StepNode& node) { return Add("step", node, shape()); }
  NetworkBuilder& Clip(const ClipNode& node) { return Add("clip", node, shape()); }
  NetworkBuilder& Round(const RoundNode& node) { return Add("round", node, shape()); }
  NetworkBuilder& Pool(const PoolNode& node) {
    return Add("pool", node,
               {shape().channels,
                static_cast<std::int32_t>(OutputExtent(AxisY(node.window), shape().height)),
                static_cast<std::int32_t>(OutputExtent(AxisX(node.window), shape().width))});
  }
  NetworkBuilder& Sign() { return Step({.threshold = 0, .strict = false, .low = -1, .high = 1}); }
  NetworkBuilder& Reshape(FeatureShape to) { return Add("reshape", ReshapeNode{}, to); }
  NetworkBuilder& Flatten() { return Reshape({static_cast<std::int32_t>(shape().size()), 1, 1}); }

  Network Build() const { return network_; }

 private:
  // Names count from 0 over the whole chain: "step0", "conv1", "bn2".
  NetworkBuilder& Add(const char* kind, NodeOperation operation, FeatureShape output) {
    network_.nodes.push_back({.name = Concat(kind, network_.nodes.size()),
                              .sources = {network_.output()},
                              .operation = std::move(operation),
                              .shape = output});
    return *this;
  }

  Network network_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_TESTING_NETWORK_BUILDER_H_
