// SPDX-License-Identifier: Apache-2.0
// Traffic files. What is accepted is written and read back equal.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/stats/traffic_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spikemesh;
  const absl::StatusOr<std::vector<NeuronSpikes>> traffic =
      ParseTraffic(std::string_view(reinterpret_cast<const char*>(data), size));
  if (traffic.ok()) {
    SPIKEMESH_CHECK(ParseTraffic(FormatTraffic(*traffic)).value() == *traffic);
  }
  return 0;
}
