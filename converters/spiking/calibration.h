// SPDX-License-Identifier: Apache-2.0
// What calibration images say of a network's activations: how large they get and how large they
// are on average, channel by channel. Method: RunNetwork on every image, twice: quantiles first,
// then the means of what is below them. A quantile is exact: the greatest values of a channel are
// kept in a heap, as many as lie above it. Cost: two runs of the network an image.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_CALIBRATION_H_
#define SPIKEMESH_CONVERTERS_SPIKING_CALIBRATION_H_

#include <cstdint>
#include <vector>

#include "networks/ir/network.h"

namespace spikemesh {

// Preprocessed images, [input shape] each, with their classes.
struct CalibrationImages {
  std::vector<std::vector<double>> images;
  std::vector<std::int32_t> labels;
};

// Of one node's output.
struct ChannelStatistics {
  std::vector<double> quantile;      // [channels], at least 0; 0 of a silent channel
  std::vector<double> mean_clipped;  // [channels]: of the values clipped to 0..quantile
};

// Of the outputs of `nodes` (positions in Network::nodes), [nodes]. quantile: 0..1. `images` is not
// empty.
std::vector<ChannelStatistics> MeasureChannels(const Network& network,
                                               const CalibrationImages& images,
                                               const std::vector<std::int32_t>& nodes,
                                               double quantile);

// The outputs of `nodes`, [nodes][image][flat index], of as many images from the first as have
// `values_max` values together.
std::vector<std::vector<std::vector<float>>> SampleOutputs(const Network& network,
                                                           const CalibrationImages& images,
                                                           const std::vector<std::int32_t>& nodes,
                                                           std::int64_t values_max);

// The outputs of node `node`, [image][flat index].
std::vector<std::vector<double>> RunOutputs(const Network& network, const CalibrationImages& images,
                                            std::int32_t node);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_CALIBRATION_H_
