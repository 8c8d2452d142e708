// SPDX-License-Identifier: Apache-2.0
// How often the neurons of each stage of a pipelined network fire, from calibration images.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_SPIKE_MEANS_H_
#define SPIKEMESH_CONVERTERS_SPIKING_SPIKE_MEANS_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/calibration.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// [stage][level][channel of the stage]: the share of images and positions whose activation reaches
// value level + 1. Empty for stages that no node of the network shows. Errors: those of ValuesOf.
using SpikeMeans = std::vector<std::vector<std::vector<double>>>;
absl::StatusOr<SpikeMeans> MeasureSpikes(const Network& network, const StageGraph& graph,
                                         const CalibrationImages& images);

// The means of a stage's channels for the channels of a convolution that reads its values as
// `input`.
std::vector<double> MeansOfInput(const std::vector<double>& means, const FeatureShape& stage,
                                 const FeatureShape& input);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_SPIKE_MEANS_H_
