// SPDX-License-Identifier: Apache-2.0
// How often each neuron fired in a run, as CSV `rng_stream,neuron,spikes`: what `profile
// --traffic-out` writes and `convert --traffic` places cores by. Cores are named by their
// rng_stream, which placement keeps.
#ifndef SPIKEMESH_CORE_STATS_TRAFFIC_FILE_H_
#define SPIKEMESH_CORE_STATS_TRAFFIC_FILE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace spikemesh {

inline constexpr std::string_view kTrafficHeader = "rng_stream,neuron,spikes";
inline constexpr std::uint64_t kTrafficFileBytesMax = std::uint64_t{1} << 30;

struct NeuronSpikes {
  std::uint32_t rng_stream = 0;
  std::uint16_t neuron = 0;
  std::int64_t spikes = 0;
  auto operator<=>(const NeuronSpikes&) const = default;
};

// Errors: InvalidArgument (line, found, allowed; not sorted by rng_stream and neuron, or one
// twice), OutOfRange (rng_stream beyond 32 bits, neuron beyond 255, spikes below 0).
absl::StatusOr<std::vector<NeuronSpikes>> ParseTraffic(std::string_view text);
std::string FormatTraffic(std::span<const NeuronSpikes> traffic);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_STATS_TRAFFIC_FILE_H_
