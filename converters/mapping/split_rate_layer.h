// SPDX-License-Identifier: Apache-2.0
// Splitting one integrating layer whose neurons have more inputs than a core, in rate mode.
// Problem: partial neurons, each with a part of the inputs, can only say their sum in spikes, which
// a merge neuron adds up; what they have not said yet, or have said too much, is the error.
// Method: two rails for each part and output. The + rail has the positive weights, the - rail the
// magnitudes of the negative ones; so both only rise, and no spike has to be taken back. (One rail
// for the signed sum would have to, when the sum falls. An offset that keeps it rising needs a leak
// that the merge neuron takes off again: spikes without an image, and as many neurons.)
// A rail is m neurons with the same inputs, threshold m s and V(0) = j s + s/2, j = 0..m-1. After a
// running sum A neuron j has fired floor((A + j s + s/2) / (m s)) times, and by Hermite's identity,
// the sum of floor(x + j/m) over j is floor(m x), together they have fired round(A / s) times. So
// at every moment a rail is within s/2 of A, however long it runs, as long as A rises by at most m
// s a tick. The merge neuron has weights +s and -s, and threshold, leak and V(0) of the original;
// it is one tick later. With k parts the error of the merged potential is a sum of 2 k rounding
// errors, s sqrt(k / 6); s is chosen so that this is kMergeError of the threshold. m covers an
// activity of kRailActivity of the rail's inputs in every tick, and a standard deviation more: what
// is beyond waits for a calmer tick. What that costs and loses on LeNet-5 is in README.md.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_SPLIT_RATE_LAYER_H_
#define SPIKEMESH_CONVERTERS_MAPPING_SPLIT_RATE_LAYER_H_

#include "converters/mapping/split_layer.h"
#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// `layer`: integrating. Errors: those of RepresentLayer; ResourceExhausted (more parts than a merge
// neuron has axons for: both counts).
absl::StatusOr<SplitLayer> SplitRateLayer(const SpikingLayer& layer);

// The size of what SplitRateLayer would make; the same errors.
absl::StatusOr<SplitSize> PlanRateSplit(const SpikingLayer& layer);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_SPLIT_RATE_LAYER_H_
