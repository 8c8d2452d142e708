// SPDX-License-Identifier: Apache-2.0
// One stage as a layer of integer threshold neurons.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_LAYER_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_LAYER_H_

#include "converters/spiking/activations.h"
#include "converters/spiking/stages.h"
#include "core/base/status.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// `inputs`: the values of the spikes that enter, [convolution_input] after stage.before. With
// integer weights q, inputs x = inactive + sign swing s and n = sum of (q sign) s, the float
// network computes S = sum q x = sum (q inactive) + swing n over the taps inside the input; scale,
// bias, batch norm and step of S are evaluated as RunNetwork does, over all n that the neuron can
// reach. An output channel that falls with n gets negated weights. All of the layer is set but the
// source and delay of its input. Errors, naming the convolution: Unimplemented (weights that are no multiples
// of a scale; a channel that rises at one neuron and falls at another), InvalidArgument (overflow),
// OutOfRange (more than 8 million inputs per neuron).
absl::StatusOr<SpikingLayer> FoldLayer(const Stage& stage, const Activations& inputs);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_LAYER_H_
