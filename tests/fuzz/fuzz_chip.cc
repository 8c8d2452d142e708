// SPDX-License-Identifier: Apache-2.0
// The .chip reader. Bytes are tried as a whole file and, because no mutation hits a SHA-256, as the
// payload of an intact envelope, which is where the decoder is. What is accepted must be a legal
// chip that survives writing and reading.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/chip/chip_envelope.h"
#include "core/chip/chip_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spikemesh;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)ParseChip(bytes);
  const std::string file = MakeChipEnvelope(std::span(&bytes, 1)) + std::string(bytes);
  const absl::StatusOr<ChipModel> chip = ParseChip(file);
  if (chip.ok()) {
    const std::string written = SerializeChip(*chip).value();
    SPIKEMESH_CHECK(SerializeChip(ParseChip(written).value()).value() == written);
  }
  return 0;
}
