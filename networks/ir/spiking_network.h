// SPDX-License-Identifier: Apache-2.0
// A network of integer threshold layers: what a pipelined spiking network computes, with no limit
// of cores or fan-in. Every value is an integer; neuron o of a layer fires when the sum of its
// weights over the spiking inputs is at least its threshold. Mapping turns it into cores without
// changing one output bit; RunSpiking (run_spiking.h) is its meaning.
// Bytes (.snn file, and the section inside a .chip): Serialize / Parse below.
#ifndef SPIKEMESH_NETWORKS_IR_SPIKING_NETWORK_H_
#define SPIKEMESH_NETWORKS_IR_SPIKING_NETWORK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "networks/ir/network.h"

namespace spikemesh {

inline constexpr std::int32_t kEncodedInput = -1;  // the lines of the encoder

// An edge between layers: the spikes of `source` arrive `delay_ticks` after they were fired
// (0 from the encoder; before mapping, and in files of unmapped networks, 1 from a layer).
struct LayerInput {
  std::int32_t source = kEncodedInput;  // position in SpikingNetwork::layers, earlier than this one
  std::int32_t delay_ticks = 1;
  bool operator==(const LayerInput&) const = default;
};

// A convolution (dense: 1x1 over {features,1,1}) with integer weights and a threshold per neuron.
struct SpikingLayer {
  std::string name;
  // The inputs joined along channels, which is: their flat arrays one after the other. One input
  // for all of today's importers. Only the sizes must add up to input_shape's, since a reshape
  // keeps every flat index ({c, h, w} read as {size, 1, 1} is the usual case).
  std::vector<LayerInput> inputs;
  FeatureShape input_shape;
  FeatureShape output_shape;
  WindowGeometry window;
  std::int32_t groups = 1;
  std::vector<std::int16_t> weights;  // [out_channels, in_channels/groups, kernel_y, kernel_x]
  // [output_shape.size()]: fires when sum >= threshold. Per neuron, because zero padding of +-1
  // activations moves the threshold at the border. Clamped to sum_min .. sum_max + 1.
  std::vector<std::int32_t> thresholds;
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

// Structure errors (shapes, sizes, order, ranges): the first one, with layer, found and allowed, as
// InvalidArgument. A valid network's sums fit 32 bits. Thresholds are not limited here: whether a
// neuron fits a core is mapping's business.
absl::Status ValidateSpiking(const SpikingNetwork& network);

// The byte format: magic "SPKSNN1\n", little-endian fields, SHA-256 at the end. Errors of Parse:
// DataLoss (truncated, flipped bits), Unimplemented (a later version), InvalidArgument.
std::string SerializeSpiking(const SpikingNetwork& network);
absl::StatusOr<SpikingNetwork> ParseSpiking(std::string_view bytes);

// The same as a file (.snn), written atomically. Errors: those of ReadFile, Parse and
// WriteFileAtomically, with the path.
absl::StatusOr<SpikingNetwork> ReadSpikingFile(const std::string& path);
absl::Status WriteSpikingFile(const SpikingNetwork& network, const std::string& path);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_SPIKING_NETWORK_H_
