// SPDX-License-Identifier: Apache-2.0
// The meaning of a Network: every node evaluated in double precision as it is written. The slow,
// obviously right oracle of the first stage, and the function that thresholds are folded from.
// Where all weights of an output channel are whole multiples of one scale, the sum is taken over
// the multiples (exact integers) and then scaled, so that ties at a threshold do not hang on
// rounding. Cost: one multiply-add per weight used and non-zero input; sums run over all output
// channels of a group at once, in the order (input channel, ky, kx).
#ifndef SPIKEMESH_NETWORKS_IR_RUN_NETWORK_H_
#define SPIKEMESH_NETWORKS_IR_RUN_NETWORK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "networks/ir/network.h"

namespace spikemesh {

// Weights of one output channel as `scale` times whole numbers.
struct IntegerWeights {
  double scale = 1.0;                // > 0
  std::vector<std::int32_t> values;  // coprime, |value| <= 255
};

// The factorisation of one channel's weights, or nothing where there is none within 255 (or a
// weight is not finite). Zero weights give scale 1. A float w counts as a multiple m when
// float(scale * m) == w. Cost: O(n log distinct) with at most 255 distinct magnitudes.
std::optional<IntegerWeights> FactorWeights(std::span<const float> weights);

// As a sum over one output channel takes its weights: scale * values.
struct ChannelWeights {
  double scale = 1.0;
  std::vector<double> values;  // [in_channels/groups, kernel_y, kernel_x]; whole where they factor
};

// That, of output channel `channel` of `node`.
ChannelWeights WeightsOfChannel(const ConvolutionNode& node, std::size_t channel);

// The factorisation of output channel `channel` of `node`, of its precise weights where it has them
// (to 2^-40 of each).
std::optional<IntegerWeights> FactorChannel(const ConvolutionNode& node, std::size_t channel);

// Scalar forms that converters evaluate at integers: exactly what RunNetwork computes.
// A convolution's output from its sum: over multiples and with their scale where the channel's
// weights factor, over the weights themselves with scale 1 elsewhere.
double ApplyScaleAndBias(double scale, double sum, double bias);
double ApplyBatchNorm(const BatchNormNode& node, std::size_t channel, double x);
double ApplyAffine(const AffineNode& node, std::size_t channel, double x);
bool StepIsHigh(const StepNode& node, double x);
double ApplySign(double x);  // -1, 0 or +1
double ApplyClip(const ClipNode& node, double x);
double ApplyRound(const RoundNode& node, double x);
double ApplyMultiThreshold(const MultiThresholdNode& node, std::size_t channel, double x);

// The shape of source `input` of `node`, the first where not said.
const FeatureShape& SourceShape(const Network& network, const NetworkNode& node,
                                std::size_t input = 0);

// The outputs of all nodes for one preprocessed input ([channels, height, width] row-major):
// result[i] has nodes[i].shape.size() values. Not thread safe; one runner a thread.
class NetworkRunner {
 public:
  explicit NetworkRunner(const Network& network);  // keeps a reference; factors weights once
  const std::vector<std::vector<double>>& Run(std::span<const double> input);
  // Goes on from other values of one node: takes `values`, [shape of the node], for its output and
  // runs the nodes behind it again. Earlier nodes keep the outputs that they have, of the last Run
  // or RunAfter, so calls with ascending nodes replace one after the other.
  const std::vector<std::vector<double>>& RunAfter(std::size_t node,
                                                   std::span<const double> values);
  // The class of the last run: index of the greatest output, ties to the lowest.
  std::int32_t predicted_class() const;

 private:
  // A convolution's weights rearranged for Run; empty for other nodes.
  struct PreparedWeights {
    // [groups, in_channels/groups, ky, kx, out_channels/groups]; the precise ones where there are.
    std::vector<float> by_input;
    std::vector<double> precise_by_input;
    std::vector<double> scale;  // [out_channels]; 1 where the channel does not factor
  };

  static PreparedWeights Prepare(const ConvolutionNode& node);
  template <typename Weight>
  void RunConvolution(std::size_t index, std::span<const double> input,
                      std::span<const Weight> weights);
  void RunNode(std::size_t index);
  void RunFrom(std::size_t first);

  const Network& network_;
  std::vector<PreparedWeights> prepared_;  // [node]
  std::vector<double> input_;
  std::vector<std::vector<double>> outputs_;
  std::vector<double> sums_;  // scratch: [out_channels of the widest group]
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_RUN_NETWORK_H_
