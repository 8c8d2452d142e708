// SPDX-License-Identifier: Apache-2.0
// Event files. What is accepted is written and read back equal.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/events/event_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spikemesh;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<std::vector<AxonEvent>> inputs = ParseInputEvents(text);
  if (inputs.ok()) {
    SPIKEMESH_CHECK(ParseInputEvents(FormatInputEvents(*inputs)).value() == *inputs);
  }
  const absl::StatusOr<std::vector<SpikeEvent>> spikes = ParseSpikeEvents(text);
  if (spikes.ok()) {
    SPIKEMESH_CHECK(ParseSpikeEvents(FormatSpikeEvents(*spikes)).value() == *spikes);
  }
  return 0;
}
