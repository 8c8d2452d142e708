// SPDX-License-Identifier: Apache-2.0
// The first stage as an image encoder: which bytes of which image channel make each line active.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_INPUT_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_INPUT_H_

#include <cstddef>
#include <vector>

#include "converters/spiking/activations.h"
#include "converters/spiking/fold_network.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "networks/ir/network.h"

namespace spikemesh {

struct FoldedInput {
  InputModel input;
  // {lines a pixel, image height, image width}: channel by channel of the stage, level by level.
  FeatureShape encoded_shape;
  LevelValues values;               // that are taken
  std::vector<std::size_t> levels;  // that have lines, as those of FoldedLevels
  std::vector<bool> falling;        // [lines a pixel]: active where the value is below the level
};

// Takes a step or staircase on the image, behind any per-channel functions, or a step on a 1x1
// convolution that reads one image channel per output channel (a thermometer). The stage is
// evaluated at all 256 bytes of every channel; a level is the preprocessed value of the first byte
// that reaches it, so that the encoder's comparison selects exactly the bytes for which the float
// network does. A channel that falls with the byte gets inverted lines (active: the step is low).
// Errors: Unimplemented (another form: node and remedy), InvalidArgument (preprocessing).
absl::StatusOr<FoldedInput> FoldInput(const Stage& stage, const FeatureShape& image_shape,
                                      const Preprocessing& preprocessing);

// Whether functions of values of `shape` treat those of one channel alike. Errors: Unimplemented,
// naming the node.
absl::Status CheckPlanes(const std::vector<ElementFunction>& functions, const FeatureShape& shape);

// A branch that reads the encoded image: over lines instead of values, each line of a value with
// that value's weights. `values`: what the lines stand for, behind branch.before.
struct EncodedBranch {
  Branch branch;
  Activations values;
};

// Errors: Unimplemented (several levels, and a branch that reads the image reshaped to neither its
// own planes nor single values).
absl::StatusOr<EncodedBranch> ReadEncoded(const FoldedInput& encoded, const Branch& branch);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_INPUT_H_
