// SPDX-License-Identifier: Apache-2.0
// RANC's input.json under a fixed config or, behind a NUL byte, under a config of its own. What is
// accepted is a legal chip.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "converters/ranc/import_ranc.h"
#include "core/chip/validate.h"

namespace {

constexpr std::string_view kConfig =
    R"({"num_neurons": 1, "num_axons": 1, "num_cores_x": 2, "num_cores_y": 1, "num_weights": 4,
        "max_tick_offset": 16, "neuron_reset_type": 0})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spikemesh;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\0');
  const std::string_view config = end == std::string_view::npos ? kConfig : text.substr(end + 1);
  const absl::StatusOr<RancModel> model = ImportRanc(text.substr(0, end), config);
  if (model.ok()) {
    SPIKEMESH_CHECK(ValidateChip(model->chip).ok());
  }
  return 0;
}
