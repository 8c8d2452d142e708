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
//   read-out one scale for all classes: rate_readout.h
// Source: Rueckauer et al., Frontiers in Neuroscience 11:682, 2017 (normalisation by quantiles,
// biases); Bu et al., ICLR 2022 (theta = lambda, V(0) = theta / 2, subtractive reset).
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_RATE_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_RATE_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/calibration.h"
#include "converters/spiking/fold_network.h"
#include "converters/spiking/input_moments.h"
#include "converters/spiking/quantize_weights.h"
#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

inline constexpr std::int32_t kRateTicksDefault = 32;

struct RateFoldOptions {
  std::int32_t ticks = kRateTicksDefault;      // T
  WeightKind weights = WeightKind::kCodebook;  // of all layers not named; not kKeep
  std::vector<WeightKind> layers;              // empty, or one a sum stage and one of the tail
  double quantile = 0.999;                     // of the activations, for lambda
  bool per_channel = true;                     // a lambda a channel, else one a layer
};

// What calibration images say of a network, for all folds of it with one quantile.
struct RateMeasurements {
  std::vector<ChannelStatistics> statistics;  // [stage]
  // [stage], outputs of the first images; none where those would be too many.
  std::vector<SampledValues> samples;
  InputMoments moments;  // as folds have needed them
};

// Errors: those of FoldRateNetwork for the network and the images.
absl::StatusOr<RateMeasurements> MeasureRates(const Network& network,
                                              const CalibrationImages& calibration,
                                              double quantile = RateFoldOptions().quantile);

// Takes ReLU, clips at 0 and equal stairs, max and average pools, sums, residual additions and
// concatenations. `calibration`: at least one image. Errors, naming the node: Unimplemented
// (activations that a rate cannot stand for), FailedPrecondition (no
// calibration images), InvalidArgument (values that overflow), OutOfRange (a threshold beyond what
// a neuron has).
absl::StatusOr<FoldedNetwork> FoldRateNetwork(const Network& network,
                                              const Preprocessing& preprocessing,
                                              const CalibrationImages& calibration,
                                              const RateFoldOptions& options);
// The same, with what MeasureRates found in `calibration`.
absl::StatusOr<FoldedNetwork> FoldRateNetwork(const Network& network,
                                              const Preprocessing& preprocessing,
                                              const CalibrationImages& calibration,
                                              const RateFoldOptions& options,
                                              RateMeasurements& measured);

// The weights of each layer that RateFoldOptions::layers names.
absl::StatusOr<std::vector<std::int64_t>> CountRateWeights(const Network& network);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_RATE_H_
