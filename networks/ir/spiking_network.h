// SPDX-License-Identifier: Apache-2.0
// A network of integer threshold layers with no limit of cores or fan-in: what a spiking network
// computes, image by image. Every value is an integer. Mapping turns it into cores without changing
// one output spike; RunSpiking (run_spiking.h) is its meaning.
//   pipelined presentation: memoryless neurons. Neuron o fires in the tick in which its sum, the
//     weights of its spiking inputs, is at least its threshold, and forgets.
//   rate presentation: integrating neurons, T ticks an image. Each tick V = sat(V + sum), then
//     V = sat(V + leak), 20-bit saturation as in the chip; if V >= threshold: a spike, and
//     V -= threshold; else if V < -kNegativeThreshold: V = -kNegativeThreshold. V(0) is the initial
//     potential, at every image. (gamma 1, kappa 1, beta kNegativeThreshold: neurons/.)
// Bytes (.snn file, and the section inside a .chip): Serialize / Parse below.
#ifndef SPIKEMESH_NETWORKS_IR_SPIKING_NETWORK_H_
#define SPIKEMESH_NETWORKS_IR_SPIKING_NETWORK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "networks/ir/network.h"

namespace spikemesh {

inline constexpr std::int32_t kEncodedInput = -1;  // the lines of the encoder

// beta of integrating neurons: the greatest the chip has.
inline constexpr std::int32_t kNegativeThreshold = kThresholdMax;

// An edge between layers: a convolution of the spikes of `source`, which arrive `delay_ticks` after
// they were fired (0 from the encoder; before mapping, and in files of unmapped networks, 1 from a
// layer). Dense: a 1x1 window over {features, 1, 1}.
struct LayerInput {
  std::int32_t source = kEncodedInput;  // position in SpikingNetwork::layers, earlier than this one
  std::int32_t delay_ticks = 1;
  // How the flat array of the source's spikes is read; any shape of the source's size, since a
  // reshape keeps every flat index ({c, h, w} read as {size, 1, 1} is the usual case).
  FeatureShape shape;
  WindowGeometry window;  // over `shape`, gives the layer's height and width
  std::int32_t groups = 1;
  std::vector<std::int16_t> weights;  // [out_channels, channels/groups, kernel_y, kernel_x]
  bool operator==(const LayerInput&) const = default;
};

// What the axon types weigh for one output channel, and so for all its neurons.
using AxonWeights = std::array<std::int16_t, kAxonTypes>;

// The sums of all inputs add up.
struct SpikingLayer {
  std::string name;
  std::vector<LayerInput> inputs;
  FeatureShape output_shape;
  // Empty, or [out_channels]: every weight of the channel, in all inputs, is the sum of some of
  // these four (a codebook that quantisation chose). Empty: mapping finds them.
  std::vector<AxonWeights> axon_weights;
  // [output_shape.size()]. Memoryless: fires when sum >= threshold; per neuron, because zero
  // padding of +-1 activations moves the threshold at the border; clamped to sum_min .. sum_max
  // + 1. Integrating: alpha, 1..kThresholdMax.
  std::vector<std::int32_t> thresholds;
  // Integrating neurons only, [output_shape.size()]; both empty where neurons are memoryless. Not
  // limited to a chip's -255..255: mapping adds the rest by axons that are always active.
  std::vector<std::int32_t> leaks;
  std::vector<std::int32_t> initial_potentials;  // -2^19 .. 2^19 - 1
  bool integrating() const { return !leaks.empty(); }
  bool operator==(const SpikingLayer&) const = default;
};

struct SpikingNetwork {
  std::string name;
  InputModel input;                          // encoder output channels x height x width lines
  FeatureShape encoded_shape;                // {lines per pixel, height, width}
  std::vector<SpikingLayer> layers;          // topological order; the last one is read out
  std::vector<std::int32_t> output_classes;  // [last layer size]: class voted for, -1 none
  std::int32_t class_count = 0;
  PresentationModel presentation;
  std::string onnx_sha256;
  bool operator==(const SpikingNetwork&) const = default;
};

inline constexpr std::uint64_t kSpikingFileBytesMax = std::uint64_t{1} << 31;
// Bounds on what the bytes of a file do not pay for, so that a hostile one cannot exhaust memory.
inline constexpr std::int64_t kSpikingLayerSizeMax = std::int64_t{1} << 26;  // values of a layer
inline constexpr std::int32_t kSpikingWindowMax = 1 << 15;  // extents, strides, pads, dilations
inline constexpr std::int32_t kSpikingClassesMax = 1 << 16;
inline constexpr std::int32_t kSpikingDelayMax = 1 << 8;  // ticks of an edge; a chip's axon has 15

// The shape of what `source`, a layer or kEncodedInput, sends.
inline const FeatureShape& SourceShape(const SpikingNetwork& network, std::int32_t source) {
  return source == kEncodedInput ? network.encoded_shape
                                 : network.layers[static_cast<std::size_t>(source)].output_shape;
}

// Inputs of one neuron of `layer` away from the border, zero weights counted.
inline std::int64_t InputsPerNeuron(const SpikingLayer& layer) {
  std::int64_t inputs = 0;
  for (const LayerInput& input : layer.inputs) {
    inputs += std::int64_t{input.shape.channels / input.groups} * input.window.kernel_y *
              input.window.kernel_x;
  }
  return inputs;
}

// Structure errors (shapes, sizes, order, ranges): the first one, with layer, found and allowed, as
// InvalidArgument. A valid network's sums fit 32 bits; its integrating layers are shown images by
// rate, beside which memoryless ones (relays) may be. Thresholds of memoryless layers are not
// limited here, nor leaks: whether a neuron fits a core is mapping's business.
absl::Status ValidateSpiking(const SpikingNetwork& network);

// The byte format: magic "SPKSNN2\n" ("SPKSNN3\n" where images are padded), little-endian fields,
// SHA-256 at the end. Errors of Parse: DataLoss (truncated, flipped bits), Unimplemented (another
// version), InvalidArgument.
std::string SerializeSpiking(const SpikingNetwork& network);
absl::StatusOr<SpikingNetwork> ParseSpiking(std::string_view bytes);

// The same as a file (.snn), written atomically. Errors: those of ReadFile, Parse and
// WriteFileAtomically, with the path.
absl::StatusOr<SpikingNetwork> ReadSpikingFile(const std::string& path);
absl::Status WriteSpikingFile(const SpikingNetwork& network, const std::string& path);

// Of all layers, as the network is: no copies, no relays.
inline std::int64_t CountNeurons(const SpikingNetwork& network) {
  std::int64_t neurons = 0;
  for (const SpikingLayer& layer : network.layers) {
    neurons += layer.output_shape.size();
  }
  return neurons;
}

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_SPIKING_NETWORK_H_
