// SPDX-License-Identifier: Apache-2.0
// The chip spec's JSON, and with it the bounded JSON reader. What is accepted is written and read
// back equal.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/chip/chip_spec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spikemesh;
  const absl::StatusOr<ChipSpec> spec =
      ParseChipSpec(std::string_view(reinterpret_cast<const char*>(data), size));
  if (spec.ok()) {
    SPIKEMESH_CHECK(ParseChipSpec(FormatChipSpec(*spec)).value() == *spec);
  }
  return 0;
}
