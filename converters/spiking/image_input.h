// SPDX-License-Identifier: Apache-2.0
// How bytes of an image become what a network was trained on.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_IMAGE_INPUT_H_
#define SPIKEMESH_CONVERTERS_SPIKING_IMAGE_INPUT_H_

#include "converters/spiking/fold_network.h"
#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "networks/ir/network.h"

namespace spikemesh {

// An InputModel of images of `shape`, with one mean and one scale a channel and no encoder. Errors:
// InvalidArgument (a number of values that is neither 1 nor the channels, values that are not
// finite, a range or a scale that is not positive, pads that leave nothing of an image).
absl::StatusOr<InputModel> ImageInput(const FeatureShape& shape,
                                      const Preprocessing& preprocessing);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_IMAGE_INPUT_H_
