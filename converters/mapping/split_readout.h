// SPDX-License-Identifier: Apache-2.0
// Splitting a read-out whose neurons have more inputs than a core, in pipelined mode.
// Problem: logits are read out by thermometers (converters/spiking/fold_readout.h): the neurons of
// a class have the same inputs and weights and thresholds at the levels of its sum. With more
// inputs than axons no core holds one of them, and a merge layer (split_step_layer.h) would cost
// thousands of cores and exactness.
// Method: the host adds the votes of a class, so it can add those of parts as well. The inputs are
// cut into parts, and each part of each class has a thermometer of its own, as dense as the votes
// of the class lie over its sum: v votes more from the least to the greatest of J steps of the sum
// are v / J a step. Where that is a whole number and the votes rise by it at every step, each
// class has the votes that it had, less those that all have at their least sums, and so the order
// of classes is the same: exact. Else (levels spread more widely than steps, or unevenly) each part
// rounds to whole votes. There are no more neurons than before, by about one a part.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_SPLIT_READOUT_H_
#define SPIKEMESH_CONVERTERS_MAPPING_SPLIT_READOUT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

struct ReadoutSplit {
  SpikingLayer layer;                 // dense, in place of the last one
  std::vector<std::int32_t> classes;  // [layer]: class voted for
  std::int32_t chunks = 0;            // parts of one neuron's inputs
  std::int64_t axons = 0;             // that one neuron would have needed
  bool exact = true;
};

// Nothing where the last layer fits cores or is no such thermometer: of a rate network, of
// groups, its neurons of one class differ in weights, or votes are too few or too uneven for parts
// to round. Several inputs (the levels of one activation) are cut each by itself. `network` must be
// valid. Errors: those of RepresentLayer.
absl::StatusOr<std::optional<ReadoutSplit>> SplitReadout(const SpikingNetwork& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_SPLIT_READOUT_H_
