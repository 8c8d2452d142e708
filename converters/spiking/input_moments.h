// SPDX-License-Identifier: Apache-2.0
// How the inputs of a layer's neurons vary together: the covariance of their rates over calibration
// images and the places where the layer is applied.
// Method: kMomentSamples neurons of a channel, spread over images and places, or all where there
// are fewer. With D inputs and S samples the part D / S of what is off the diagonal passes for
// noise, and is left out; with D samples or fewer there is no covariance. Cost: S D^2 / 2 additions
// a set of inputs, kept for all channels and folds that share it; layers of more than
// kMomentInputsMax inputs have none.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_INPUT_MOMENTS_H_
#define SPIKEMESH_CONVERTERS_SPIKING_INPUT_MOMENTS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "converters/spiking/stage_graph.h"
#include "converters/spiking/stage_input.h"

namespace spikemesh {

inline constexpr std::int64_t kMomentSamples = 4096;
inline constexpr std::int64_t kMomentInputsMax = 1200;

// [image][flat index]
using SampledValues = std::vector<std::vector<float>>;

// Of one input of a stage: rate = value * scale, cut to 0..1.
struct SampledRates {
  const SampledValues* values = nullptr;
  std::vector<float> scale;  // [flat index]
};

class InputMoments {
 public:
  // Of output channel `channel` of stage number `number`: [D, D], its inputs as ChannelSum has
  // them; empty where it has too many, or too few samples. `rates`: [inputs]; the same at every
  // call for this stage. The result is valid until the InputMoments ends.
  std::span<const float> CovarianceOf(std::size_t number, const Stage& stage,
                                      const std::vector<StageInput>& inputs,
                                      const std::vector<SampledRates>& rates, std::int64_t channel);

 private:
  // The stage, and the inputs with their groups that its channel has.
  using Key = std::pair<std::size_t, std::vector<std::pair<std::size_t, std::int64_t>>>;
  std::map<Key, std::vector<float>> covariances_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_INPUT_MOMENTS_H_
