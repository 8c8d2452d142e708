// SPDX-License-Identifier: Apache-2.0
// One neuron of RANC's input.json as parameters of the chip's neuron. RANC's update
//   v = V + sum of weights + leak
//   if v >= positive: fire, v = reset (mode 0) | v - positive (mode 1)
//   else if v < negative (type 0) or v <= negative (type 1): v = -reset (mode 0) | v - negative
// is the chip's with epsilon 0, TM 0, kappa 0, gamma = mode, alpha = positive, R = reset and
// beta = -negative (type 0) or -negative - 1 (type 1: for integers v <= n is v < n + 1).
// Private to converters/ranc.
#ifndef SPIKEMESH_CONVERTERS_RANC_RANC_NEURON_H_
#define SPIKEMESH_CONVERTERS_RANC_RANC_NEURON_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "converters/ranc/ranc_config.h"
#include "core/base/json_fwd.h"
#include "core/base/status.h"
#include "neurons/neuron_parameters.h"

namespace spikemesh {

struct RancNeuron {
  NeuronParameters parameters;
  std::int32_t initial_potential = 0;
  std::array<std::int64_t, 2> core_offset = {};  // x, y, relative to the neuron's core
  std::int64_t axon = 0;                         // not yet checked against the destination
  std::int64_t tick = 0;                         // 0..15
};

// `where` names core and neuron. Errors: InvalidArgument (malformed, missing or unknown keys),
// OutOfRange (a value beyond the chip's), Unimplemented (a form the chip's neuron cannot express:
// a negative positive_threshold, a positive negative_threshold, neuron_reset_type 1 with
// reset_mode 1, or with both negative_threshold 0 and a reset_potential other than 0).
absl::StatusOr<RancNeuron> ParseRancNeuron(const Json& json, std::string_view where,
                                           const RancConfig& config);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RANC_RANC_NEURON_H_
