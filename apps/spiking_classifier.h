// SPDX-License-Identifier: Apache-2.0
// Images through a spiking network as integers, in either presentation.
#ifndef SPIKEMESH_APPS_SPIKING_CLASSIFIER_H_
#define SPIKEMESH_APPS_SPIKING_CLASSIFIER_H_

#include "core/base/status.h"
#include "networks/data/dataset.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// The share of images whose class the network tells, 0..1. Errors: those of creating the encoder;
// InvalidArgument (images of another shape).
absl::StatusOr<double> SpikingAccuracy(const SpikingNetwork& network, const Dataset& images);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_SPIKING_CLASSIFIER_H_
