// SPDX-License-Identifier: Apache-2.0
// The read-out of a rate-coded network: classes are compared by how often their neurons fire, so
// that all classes share one scale.
//   logits       are shifted (all by one number, which keeps their order) and scaled so that the
//                two greatest lie within 0..1
//   activations  that are the output themselves (a last ReLU, a global mean, a global max pool) are
//                read in the same way: the ReLU by its own sums, the mean by what it is of, others
//                by a neuron each
// Several neurons a class with staggered V(0) make the count of their spikes finer than T steps.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_RATE_READOUT_H_
#define SPIKEMESH_CONVERTERS_SPIKING_RATE_READOUT_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/calibration.h"
#include "converters/spiking/rate_activation.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/status.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

inline constexpr std::int32_t kReadoutNeurons = 4;  // a class

// What the classes are summed from.
struct RateReadout {
  Stage stage;  // [classes, 1, 1], a sum stage
  // The last of the graph's stages is not wanted any more: `stage` stands in for it.
  bool replaces_last = false;
  bool is_activation = false;  // `stage` is that last stage, with its activation
};

// Errors: Unimplemented, naming the node: the output is the image, or not one value a class.
absl::StatusOr<RateReadout> ReadoutOf(const StageGraph& graph);

// How classes become rates: a line each, 0..span. An activation's lower end makes ties: where no
// class is above it, the lowest of those that end highest is the answer. That end is a rate too,
// so that sums just below it are told from it, by neurons that do nothing else.
struct ReadoutScale {
  std::vector<RateActivation> lines;  // [class]
  double span = 1.0;                  // the value of one spike a tick
  std::int32_t floor_class = -1;      // -1: none
  double floor = 0.0;                 // what that class has beside its line
  // What each line gives, in shares of span, [calibration image][class]: 0..1.
  std::vector<std::vector<double>> rates;
};

// Of calibration images, the runner-up is above 0 in all but 1 %, the greatest below span. Errors:
// those of ReadRateActivation; Unimplemented (an output that falls as its activation grows).
absl::StatusOr<ReadoutScale> ScaleReadout(const Network& network, const StageGraph& graph,
                                          const RateReadout& readout,
                                          const CalibrationImages& calibration);

// The layer of the read-out from that of the classes, both with V(0) for depth 0: kReadoutNeurons a
// class, in the order of classes, then as many for the floor. Neuron k of them begins
// (k + 1/2) / kReadoutNeurons of the threshold above 0, which after T ticks makes their sum
// T * kReadoutNeurons steps fine. output_classes: the class of each neuron.
SpikingLayer ReadoutLayer(const SpikingLayer& classes, const ReadoutScale& scale,
                          std::vector<std::int32_t>& output_classes);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_RATE_READOUT_H_
