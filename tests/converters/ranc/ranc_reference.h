// SPDX-License-Identifier: Apache-2.0
// RANC's tick, literally, on its own JSON: what the imported chip is compared with. It shares no
// code and no representation with the importer. Source: converters/ranc/README.md.
#ifndef SPIKEMESH_TESTS_CONVERTERS_RANC_RANC_REFERENCE_H_
#define SPIKEMESH_TESTS_CONVERTERS_RANC_RANC_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "core/base/json.h"

namespace spikemesh {

// What RANC did, in its own order: cores row by row, neurons in order.
struct RancTrace {
  std::vector<std::vector<std::int64_t>> spikes;      // [tick - 1]: x, y, neuron, x, y, neuron, ...
  std::vector<std::vector<std::int64_t>> potentials;  // [tick - 1]: of every neuron
  std::vector<std::vector<int>> outputs;              // [row]: the output bus as printed
};

RancTrace RunRancReference(const Json& input, const Json& config, std::int64_t ticks);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_CONVERTERS_RANC_RANC_REFERENCE_H_
