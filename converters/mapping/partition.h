// SPDX-License-Identifier: Apache-2.0
// Pass 4: logical cores, which have every axon, neuron and target, but no place yet.
// The layers are partitioned from the last to the first: the axons of a layer's cores are the
// targets that its sources must reach, so each layer is planned (plan_tiles.h, plan_fanout.h) when
// all its targets are known, exactly.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_PARTITION_H_
#define SPIKEMESH_CONVERTERS_MAPPING_PARTITION_H_

#include <cstdint>
#include <span>
#include <vector>

#include "converters/mapping/crossbar_layer.h"
#include "converters/mapping/plan_tiles.h"
#include "core/base/limits.h"
#include "core/chip/chip_model.h"

namespace spikemesh {

// LogicalAxon::feature of a bias axon, and LogicalNeuron::source of the constant neuron that drives
// one (crossbar_layer.h). A core's constant neurons come last.
inline constexpr std::int32_t kBias = -1;

// An axon of a core: of a layer's core, the input feature that it carries and its type; of a
// splitter core, the neuron (flat output index) whose spikes it carries, type 0.
struct LogicalAxon {
  std::int32_t feature = 0;
  std::uint8_t type = 0;
  bool operator==(const LogicalAxon&) const = default;
};

// A neuron of a core: of a layer's core, the neuron of the layer that it is or copies; of a
// splitter core, the axon it repeats. The delay of its target is not set yet.
struct LogicalNeuron {
  std::int32_t source = 0;
  NeuronTarget target;
  bool operator==(const LogicalNeuron&) const = default;
};

struct LogicalCore {
  std::int32_t layer = 0;
  bool is_splitter = false;  // of this layer's spikes
  std::vector<LogicalAxon> axons;
  std::vector<LogicalNeuron> neurons;
  bool operator==(const LogicalCore&) const = default;
};

// Cores in layer order, a layer's splitters after the layer. CoreIds are positions in `cores`.
struct LogicalNetwork {
  std::vector<LogicalCore> cores;
  std::vector<std::vector<AxonAddress>> input_lines;  // [encoder line]: the axons it reaches
};

struct PartitionOptions {
  std::vector<std::int64_t> axon_prices;      // [layer], 1..kAxonPriceMax
  std::int32_t copies_max = kNeuronsPerCore;  // less forces splitters: for tests
};

// `encoder_lines`: size of the encoded image. Every neuron of the last layer fires at the pin of
// its flat index. Neurons that no axon needs are left out.
LogicalNetwork PartitionNetwork(std::span<const CrossbarLayer> layers, std::int64_t encoder_lines,
                                const PartitionOptions& options, PlanEffort& effort);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_PARTITION_H_
