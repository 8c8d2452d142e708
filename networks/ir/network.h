// SPDX-License-Identifier: Apache-2.0
// A trained network as its exporter wrote it, in a few kinds of node: the value that importers make
// and converters fold. Nodes are in topological order; a batch dimension is never stored.
// RunNetwork (run_network.h) is its meaning.
#ifndef SPIKEMESH_NETWORKS_IR_NETWORK_H_
#define SPIKEMESH_NETWORKS_IR_NETWORK_H_

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace spikemesh {

// Channels, height, width. A vector of n features is {n, 1, 1}; flat index (c*height + y)*width +
// x, so that Flatten keeps every index.
struct FeatureShape {
  std::int32_t channels = 0;
  std::int32_t height = 1;
  std::int32_t width = 1;
  bool operator==(const FeatureShape&) const = default;
  std::int64_t size() const { return std::int64_t{channels} * height * width; }
};

// A 2-D sliding window.
struct WindowGeometry {
  std::int32_t kernel_y = 1, kernel_x = 1;
  std::int32_t stride_y = 1, stride_x = 1;
  std::int32_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;  // zeros
  std::int32_t dilation_y = 1, dilation_x = 1;
  bool operator==(const WindowGeometry&) const = default;
};

// y[o] = sum of weights[o, i, ky, kx] x[...] + bias[o]. A dense layer is a convolution of a
// {features, 1, 1} input with a 1x1 window.
struct ConvolutionNode {
  WindowGeometry window;
  std::int32_t groups = 1;
  std::vector<float> weights;  // [out_channels, in_channels/groups, kernel_y, kernel_x], row-major
  std::vector<float> bias;     // [out_channels]
  // As `weights`, where those are rounded from more precise ones (of several layers composed into
  // one); else empty. RunNetwork takes these; spikes are weighed with `weights`.
  std::vector<double> precise_weights = {};
};

// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, per channel.
struct BatchNormNode {
  std::vector<float> gamma, beta, mean, variance;  // [channels]
  double epsilon = 1e-5;
};

// y = scale[c] x + offset[c], per channel: Mul, Div, Add, Sub by constants.
struct AffineNode {
  std::vector<double> scale, offset;  // [channels]
};

// y = high if x >= threshold (strict: x > threshold), else low.
struct StepNode {
  double threshold = 0.0;
  bool strict = false;
  double low = 0.0;
  double high = 1.0;
};

// y = -1 where x < 0, 0 where x is 0, +1 where x > 0: ONNX's Sign. A sign that is +1 at 0 (Larq's,
// BipolarQuant, x >= 0) is a StepNode.
struct SignNode {};

// Same values, other shape: Flatten, Reshape.
struct ReshapeNode {};

// y = min(max(x, low), high): Relu is {0, infinity}, Clip and ReLU6 have both ends.
struct ClipNode {
  double low = 0.0;
  double high = std::numeric_limits<double>::infinity();
};

// y = x rounded to a whole number: Floor, Ceil, Round (halves to even), and toward zero. With an
// affine node on each side it is a uniform quantiser (QuantizeLinear, Quant, QCFS).
enum class Rounding : std::uint8_t { kFloor, kCeil, kHalfEven, kTowardZero };
struct RoundNode {
  Rounding rounding = Rounding::kHalfEven;
};

// y = scale * (number of thresholds of x's channel with x >= threshold) + offset.
struct MultiThresholdNode {
  std::int32_t levels = 1;         // thresholds a channel
  std::vector<double> thresholds;  // [channels, levels], ascending within a channel
  double scale = 1.0;
  double offset = 0.0;
};

// The greatest or the mean value of each window, channel by channel. Padding: never the greatest;
// counted in the mean as zeros where count_padding, else left out of it. The last rows and columns
// of the pads may be overhang, which the last windows reach over and which never counts
// (ceil_mode); the divisor of each mean is CountedTaps of window.h.
enum class PoolKind : std::uint8_t { kMax, kAverage };
struct PoolNode {
  PoolKind kind = PoolKind::kMax;
  WindowGeometry window;
  bool count_padding = false;
  std::int32_t overhang_bottom = 0;  // of pad_bottom, at most all of it
  std::int32_t overhang_right = 0;   // of pad_right
};

// The sum of all sources, which have one shape.
struct AddNode {};

// The sources one after the other along channels; heights and widths agree.
struct ConcatNode {};

using NodeOperation =
    std::variant<ConvolutionNode, BatchNormNode, AffineNode, StepNode, ReshapeNode, ClipNode,
                 RoundNode, MultiThresholdNode, PoolNode, AddNode, ConcatNode, SignNode>;

inline constexpr std::int32_t kNetworkInput = -1;

struct NetworkNode {
  std::string name;  // of the ONNX node, or "op_type#index" where that is empty
  // Positions in Network::nodes of the inputs: two or more for Add and Concat, else one.
  std::vector<std::int32_t> sources = {kNetworkInput};
  NodeOperation operation;
  FeatureShape shape;  // of the output
};

struct Network {
  std::string name;
  FeatureShape input_shape;
  std::vector<NetworkNode> nodes;
  std::vector<std::string> warnings;  // e.g. a Softmax left out; one sentence each
  std::int32_t output() const { return static_cast<std::int32_t>(nodes.size()) - 1; }
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_NETWORK_H_
