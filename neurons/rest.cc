// SPDX-License-Identifier: Apache-2.0
#include "neurons/rest.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "neurons/reference_update.h"

namespace spikemesh {
namespace {

constexpr std::int32_t kRhoMax = 255;

// Whether threshold and reset turn `leaked` into `potential`, silently, for every eta. Crossing the
// threshold is likeliest for eta 0. The etas that cross the negative threshold are 0..k for some k,
// and there only V + (beta + eta) depends on eta, differently for each: so eta 0 and 1 show every
// crossing that does not lead back, and M shows the outcome without crossing.
bool ThresholdsLeadTo(const NeuronParameters& parameters, std::int32_t leaked,
                      std::int32_t potential) {
  const std::int32_t mask = ThresholdMask(parameters);
  const std::array<std::int32_t, 3> etas = {0, std::min(1, mask), mask};
  return std::all_of(etas.begin(), etas.end(), [&](std::int32_t eta) {
    return CompareAndReset(parameters, leaked, eta) == NeuronStep{potential, false};
  });
}

}  // namespace

bool AtRest(const NeuronParameters& parameters, std::int32_t potential) {
  // A stochastic leak acts for rho 0 if it ever does, and fails for rho 255 if it ever does.
  return ThresholdsLeadTo(parameters, Leak(parameters, potential, 0), potential) &&
         ThresholdsLeadTo(parameters, Leak(parameters, potential, kRhoMax), potential);
}

PotentialInterval RestInterval(const NeuronParameters& parameters) {
  const bool floor_is_open =
      !parameters.negative_saturation && parameters.reset_mode == ResetMode::kNone;
  if (parameters.leak == 0) {
    // Nothing moves V between the thresholds.
    return {floor_is_open ? kPotentialMin : -parameters.negative_threshold,
            parameters.threshold - 1};
  }
  // A leak has to be undone: towards zero at zero, downwards at the floor or by a reset to -R.
  for (const std::int32_t candidate :
       {0, -parameters.negative_threshold, -parameters.reset_potential}) {
    if (AtRest(parameters, candidate)) {
      return {candidate, candidate};
    }
  }
  return {};
}

}  // namespace spikemesh
