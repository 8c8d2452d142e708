// SPDX-License-Identifier: Apache-2.0
// From a trained network whose activations are steps (or few-valued staircases) to a pipelined
// SpikingNetwork: BatchNorm and step fold into integer thresholds, found by evaluating the very
// function that RunNetwork computes at every possible integer sum, so that both agree by
// construction. A function that falls with the sum (negative gamma) negates the channel's weights.
// Input: steps directly on the image (or on a 1x1 convolution that scales one channel) become the
// encoder's levels. Read-out: a last dense layer that only counts votes (one equal positive weight
// per feature, for one class) becomes class pins; any other becomes a layer of levels a class.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_NETWORK_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_NETWORK_H_

#include <span>
#include <string>
#include <vector>

#include "converters/spiking/calibration.h"
#include "converters/spiking/quantize_weights.h"
#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// How the weights of one layer become whole numbers.
struct LayerOptions {
  WeightKind weights = WeightKind::kKeep;
  std::int32_t magnitude_max = 31;  // of a codebook's values
  bool unit_scale = false;          // binary weights are the signs alone, not signs times a mean
  // Of the inputs of the channel, in spikes, [inputs, inputs]: quantised weights are refined by it
  // (refine_weights.h). Empty: not.
  std::span<const float> covariance = {};
};

struct FoldOptions {
  LayerOptions layer;                // of all layers not named
  std::vector<LayerOptions> layers;  // empty, or one for each stage of the network and its tail
  const CalibrationImages* calibration = nullptr;  // for bias correction; may be absent
};

// Preprocessing that is not inside the ONNX file.
struct Preprocessing {
  double range_max = 1.0;     // bytes 0..255 become 0..range_max
  std::vector<double> mean;   // [channels], or one for all, or empty: 0
  std::vector<double> scale;  // likewise; empty: 1; positive
  ImagePad pad = {};          // around images, ahead of all that
  // Whether the host may compute a first layer that reads the real-valued image (pipelined mode).
  bool host_first_layer = false;
};

struct FoldedNetwork {
  SpikingNetwork network;
  std::vector<std::int32_t> layer_nodes;  // [layer]: the node of Network whose output it makes, -1
  std::vector<std::string> warnings;      // where the class may differ from RunNetwork's
  // Rate mode: what part of all ticks the neurons of each class should fire in, by the float
  // network, [calibration image][class]. Neurons of class c are c * kReadoutNeurons and on.
  std::vector<std::vector<double>> readout_rates;
};

// What is taken: stages (stage_graph.h) of an encoder, sums with steps or staircases, maxima of
// activations; residual additions, concatenations, averages ahead of a layer. Thresholds are
// clamped to what each sum can reach, and not limited otherwise: whether a neuron fits a core is
// for mapping to say (a .snn runs without). Presentation is pipelined, every layer one tick after
// the one before. onnx_sha256 stays empty: the caller knows the file. Errors, each naming the node,
// what was found and what is allowed: Unimplemented (a form of network that this path does not
// take), InvalidArgument (malformed network or preprocessing; values that overflow), OutOfRange
// (more than 8 million inputs per neuron).
absl::StatusOr<FoldedNetwork> FoldNetwork(const Network& network,
                                          const Preprocessing& preprocessing,
                                          const FoldOptions& options = {});

// The weights of each stage and of the tail, as FoldOptions::layers names them; 0 for the encoder.
absl::StatusOr<std::vector<std::int64_t>> CountPipelinedWeights(const Network& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_NETWORK_H_
