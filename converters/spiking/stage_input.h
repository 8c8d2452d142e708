// SPDX-License-Identifier: Apache-2.0
// A branch of a stage read from one layer of spikes, and the edge of integer weights that it
// becomes.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_STAGE_INPUT_H_
#define SPIKEMESH_CONVERTERS_SPIKING_STAGE_INPUT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "converters/spiking/activations.h"
#include "converters/spiking/stage_graph.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// `values`: what the spikes stand for, [branch input], behind branch->before. Several levels of one
// activation are several inputs of one branch; the first one brings the branch's constants.
struct StageInput {
  const Branch* branch = nullptr;
  std::int32_t layer = kEncodedInput;
  Activations values;
  bool carries_constants = true;
  std::vector<double> spike_means;  // [input channels]: spikes a tick, from calibration; or empty

  // The output channel of the branch that adds to channel `channel` of the stage; -1: none.
  std::int64_t local_channel(std::int64_t channel) const {
    const std::int64_t local = channel - branch->output_begin;
    return local >= 0 && local < branch->output.channels ? local : -1;
  }
  // Input channels of a group, and the first one that output channel `local` reads.
  std::int64_t group_channels() const {
    return branch->input.channels / branch->convolution.groups;
  }
  std::int64_t first_channel(std::int64_t local) const {
    return local / (branch->output.channels / branch->convolution.groups) * group_channels();
  }
  // The weights of output channel `local`: [group_channels(), kernel_y, kernel_x].
  std::span<const float> weights_of(std::int64_t local) const {
    const auto fan_in =
        static_cast<std::int64_t>(branch->convolution.weights.size()) / branch->output.channels;
    return std::span(branch->convolution.weights).subspan(local * fan_in, fan_in);
  }
};

// The edge with all weights 0. A branch that feeds some channels of `output` only gets all of them
// as outputs, in one group.
LayerInput EmptyEdge(const StageInput& input, const FeatureShape& output);

// Writes the weights, as those of weights_of, of channel `channel` of the stage into its edge.
void SetEdgeWeights(const StageInput& input, std::int64_t channel, const FeatureShape& output,
                    std::span<const std::int32_t> weights, LayerInput& edge);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_STAGE_INPUT_H_
