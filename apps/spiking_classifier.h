// SPDX-License-Identifier: Apache-2.0
// Images through a spiking network as integers, in either presentation.
#ifndef SPIKEMESH_APPS_SPIKING_CLASSIFIER_H_
#define SPIKEMESH_APPS_SPIKING_CLASSIFIER_H_

#include <cstdint>
#include <vector>

#include "converters/mapping/map_network.h"
#include "core/base/status.h"
#include "networks/data/dataset.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// The share of images whose class the network tells, 0..1. Errors: those of creating the encoder;
// InvalidArgument (images of another shape).
absl::StatusOr<double> SpikingAccuracy(const SpikingNetwork& network, const Dataset& images);

// The first `count` images (all where there are fewer) as the encoder gives them. Errors: those of
// creating the encoder.
absl::StatusOr<std::vector<EncodedImage>> EncodeImages(const SpikingNetwork& network,
                                                       const Dataset& images, std::int64_t count);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_SPIKING_CLASSIFIER_H_
