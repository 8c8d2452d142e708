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
  // The inputs joined along channels. One for all of today's importers. A source whose shape has
  // height*width != input_shape's is flattened first to {size,1,1}.
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
  InputModel input;                  // encoder output channels x height x width lines
  FeatureShape encoded_shape;        // {lines per pixel, height, width}
  std::vector<SpikingLayer> layers;  // topological order; the last one is read out
  std::vector<std::int32_t> output_classes;  // [last layer size]: class voted for, -1 none
  std::int32_t class_count = 0;
  PresentationModel presentation;
  std::string onnx_sha256;
  bool operator==(const SpikingNetwork&) const = default;
};

inline constexpr std::uint64_t kSpikingFileBytesMax = std::uint64_t{1} << 31;

// Structure errors (shapes, sizes, order, ranges), each with layer, found, allowed: InvalidArgument.
absl::Status ValidateSpiking(const SpikingNetwork& network);

// The byte format: magic "SPKSNN1\n", little-endian fields, SHA-256 at the end. Errors of Parse:
// DataLoss (truncated, flipped bits), Unimplemented (a later version), InvalidArgument.
std::string SerializeSpiking(const SpikingNetwork& network);
absl::StatusOr<SpikingNetwork> ParseSpiking(std::string_view bytes);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_SPIKING_NETWORK_H_
