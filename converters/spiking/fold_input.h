// SPDX-License-Identifier: Apache-2.0
// The first stage as an image encoder: which bytes of which image channel make each line active.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_INPUT_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_INPUT_H_

#include "converters/spiking/activations.h"
#include "converters/spiking/fold_network.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "networks/ir/network.h"

namespace spikemesh {

struct FoldedInput {
  InputModel input;
  FeatureShape encoded_shape;  // {encoder channels, image height, image width}
  Activations activations;     // of the lines, [encoded_shape]
};

// Takes a step on the image, behind any per-channel functions, or a step on a 1x1 convolution that
// reads one image channel per output channel (a thermometer). The stage is evaluated at all 256
// bytes of every encoder channel; a level is the preprocessed value of the first byte that makes
// the step high, so that the encoder's comparison selects exactly the bytes for which the float
// network does. A channel that falls with the byte gets inverted lines (active: the step is low).
// Errors: Unimplemented (another form: node and remedy), InvalidArgument (preprocessing).
absl::StatusOr<FoldedInput> FoldInput(const Stage& stage, const FeatureShape& image_shape,
                                      const Preprocessing& preprocessing);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_INPUT_H_
