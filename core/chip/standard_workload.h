// SPDX-License-Identifier: Apache-2.0
// The standard workload: a synthetic network with a chosen firing rate and synapse density, by
// which simulators of this chip are compared. All neurons are pacemakers (leak / alpha per tick is
// the rate) whose inputs have mean zero, so that the rate stays as chosen, and every spike goes to
// a random axon of the grid.
// Every axon row has exactly `synapses` set bits; axon types are random over the four, weights are
// +1 -1 +1 -1; the neuron -> axon targets are one random permutation, delays uniform in 1..15;
// gamma 1, beta 1000, kappa 1; alpha 100 and leak = rate / 10 where that is whole, else the
// smallest leak with alpha = round(1000 leak / rate) >= 100 within 0.5 % of the rate; V(0) uniform
// in 0..alpha-1. Source of the form: the synthetic networks (20 Hz, 128 synapses) of Merolla et
// al., Science 345 (2014), by which the chip itself was characterised.
#ifndef SPIKEMESH_CORE_CHIP_STANDARD_WORKLOAD_H_
#define SPIKEMESH_CORE_CHIP_STANDARD_WORKLOAD_H_

#include <cstdint>

#include "core/base/status.h"
#include "core/chip/chip_model.h"

namespace spikemesh {

// Cores along one side of the grid; the reach of packets stops most grids far earlier.
inline constexpr std::int32_t kWorkloadSideMax = 4096;
// Cores of the grid, silent ones included: 256 x 256, as far as packets reach, take 0.9 GB.
inline constexpr std::int64_t kWorkloadCoresMax = 65'536;
// A neuron fires at most once a tick of 1 ms.
inline constexpr double kWorkloadRateHzMax = 1000.0;

struct WorkloadOptions {
  // 1..kWorkloadSideMax, the product at most kWorkloadCoresMax; beyond 64 an array of chips.
  std::int32_t cores_x = 64;
  std::int32_t cores_y = 64;
  double rate_hz = 20;          // 0..kWorkloadRateHzMax; 0: silent, V(0) = 0
  std::int32_t synapses = 128;  // set bits of an axon row, 0..256
  // Every neuron draws a threshold each tick (TM 5), which lowers the rate by about 4 % at 20 Hz.
  bool stochastic = false;
  // Every neuron has parameters of its own: leak uniform in L..2L (L the leak above), alpha =
  // round(1000 u leak / rate) with u uniform in 0.95..1.05, weights a, -a, b, -b with a and b
  // uniform in 1..3.
  bool mixed = false;
  // 0..1: the first round(active_cores * W * H) cores in row-major order fire, among themselves;
  // the others have leak 0 and no targets.
  double active_cores = 1.0;
  std::uint64_t seed = 1;
};

// Builds the workload; the same options give the same bytes everywhere. Errors: OutOfRange (an
// option outside its range, a rate that no leak and threshold give, targets beyond the reach of a
// packet: more than 256 active cores in a row or column, more than kWorkloadCoresMax cores).
absl::StatusOr<ChipModel> BuildStandardWorkload(const WorkloadOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_STANDARD_WORKLOAD_H_
