// SPDX-License-Identifier: Apache-2.0
// Files of energy constants. What is accepted is written and read back equal.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/json.h"
#include "core/report/energy_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spikemesh;
  const absl::StatusOr<EnergyConstants> constants =
      ParseEnergyConstants(std::string_view(reinterpret_cast<const char*>(data), size));
  if (constants.ok()) {
    const Json file = {{"schema", kEnergySchema}, {"constants", EnergyConstantsJson(*constants)}};
    SPIKEMESH_CHECK(ParseEnergyConstants(file.dump()).value() == *constants);
  }
  return 0;
}
