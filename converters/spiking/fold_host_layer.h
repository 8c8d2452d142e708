// SPDX-License-Identifier: Apache-2.0
// The first stage as a layer that the host computes (core/chip/host_layer.h): a convolution of the
// real-valued image with steps behind it, as published binary networks begin.
// Method: the host takes RunNetwork's own sums, so only the steps are folded. The functions behind
// a sum keep order (fold_threshold.h), so each step switches at one double, which bisection over
// all doubles finds exactly. A channel that falls with its sum gets negated weights.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_HOST_LAYER_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_HOST_LAYER_H_

#include "converters/spiking/fold_input.h"
#include "converters/spiking/fold_network.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// Errors: Unimplemented (several sums, a mean of the image, functions that treat pixels of one
// channel differently, no step or staircase: node and remedy), InvalidArgument (preprocessing; a
// layer of more than kHostMacsMax multiply-adds).
absl::StatusOr<FoldedInput> FoldHostLayer(const Stage& stage, const FeatureShape& image_shape,
                                          const Preprocessing& preprocessing);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_HOST_LAYER_H_
