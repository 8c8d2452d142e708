// SPDX-License-Identifier: Apache-2.0
// Reads a network of the RANC simulator (input.json and config.json) as a ChipModel plus its input
// packets by arrival tick. RANC's neuron is a deterministic subset of ours; what its tick does
// exactly, and how each field is translated, stands in converters/ranc/README.md.
#ifndef SPIKEMESH_CONVERTERS_RANC_IMPORT_RANC_H_
#define SPIKEMESH_CONVERTERS_RANC_IMPORT_RANC_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/events/event_files.h"

namespace spikemesh {

inline constexpr std::uint64_t kRancFileBytesMax = std::uint64_t{64} << 20;

struct RancModel {
  ChipModel chip;
  std::vector<AxonEvent> inputs;      // sorted in file order, by arrival tick
  std::vector<std::string> warnings;  // e.g. destination_tick 15 dropped; one sentence each
};

// Errors: InvalidArgument (malformed, missing or unknown keys), OutOfRange (beyond the core's
// sizes), Unimplemented (RANC forms that the chip's neuron cannot express: core and neuron named).
absl::StatusOr<RancModel> ImportRanc(std::string_view input_json, std::string_view config_json);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RANC_IMPORT_RANC_H_
