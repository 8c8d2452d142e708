// SPDX-License-Identifier: Apache-2.0
// From a trained ReLU network to a rate-coded SpikingNetwork: T ticks an image, a neuron's spike
// rate stands for its activation divided by lambda, the greatest activation that matters.
//   lambda   a quantile of the activations of calibration images, channel by channel or one a
//   layer;
//            the upper end of a quantised activation (QCFS) itself
//   weights  w lambda_source, with batch norms, affines and average-pool divisors folded, quantised
//            to what a crossbar column holds, in a unit that makes threshold and leak whole
//   leak     the bias, and the mean error of the quantised weights with the sign turned
//   V(0)     theta / 2, so that a rate is rounded, not cut; less the leak of the ticks in which the
//            layer's inputs have not arrived yet
//   read-out logits are shifted (all by one number, which keeps their order) and scaled so that the
//            two greatest lie within 0..1; several neurons a class with staggered V(0) make the
//            count of their spikes finer than T steps
// Source: Rueckauer et al., Frontiers in Neuroscience 11:682, 2017 (normalisation by quantiles,
// biases); Bu et al., ICLR 2022 (theta = lambda, V(0) = theta / 2, subtractive reset).
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_RATE_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_RATE_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/calibration.h"
#include "converters/spiking/fold_network.h"
#include "converters/spiking/quantize_weights.h"
#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

inline constexpr std::int32_t kRateTicksDefault = 32;
inline constexpr std::int32_t kReadoutNeurons = 4;  // a class

struct RateFoldOptions {
  std::int32_t ticks = kRateTicksDefault;      // T
  WeightKind weights = WeightKind::kCodebook;  // of all layers not named; not kKeep
  std::vector<WeightKind> layers;              // empty, or one a sum stage and one of the tail
  double quantile = 0.999;                     // of the activations, for lambda
  bool per_channel = true;                     // a lambda a channel, else one a layer
};

// Takes ReLU, clips at 0 and equal stairs, max and average pools, sums, residual additions and
// concatenations. `calibration`: at least one image. Errors, naming the node: Unimplemented
// (activations that a rate cannot stand for), FailedPrecondition (no
// calibration images), InvalidArgument (values that overflow), OutOfRange (a threshold beyond what
// a neuron has).
absl::StatusOr<FoldedNetwork> FoldRateNetwork(const Network& network,
                                              const Preprocessing& preprocessing,
                                              const CalibrationImages& calibration,
                                              const RateFoldOptions& options);

// The weights of each layer that RateFoldOptions::layers names.
absl::StatusOr<std::vector<std::int64_t>> CountRateWeights(const Network& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_RATE_H_
