// SPDX-License-Identifier: Apache-2.0
// Reads a network of the RANC simulator (input.json and config.json) as a ChipModel plus its input
// packets by arrival tick. RANC's neuron is a deterministic subset of ours; what its tick does
// exactly, and how each field is translated, stands in converters/ranc/README.md.
#ifndef SPIKEMESH_CONVERTERS_RANC_IMPORT_RANC_H_
#define SPIKEMESH_CONVERTERS_RANC_IMPORT_RANC_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/events/event_files.h"

namespace spikemesh {

inline constexpr std::uint64_t kRancFileBytesMax = std::uint64_t{64} << 20;

// Beyond these, warnings are only counted.
inline constexpr std::size_t kRancWarningsListedMax = 20;

struct RancModel {
  ChipModel chip;
  std::vector<AxonEvent> inputs;      // sorted by arrival tick, core_y, core_x, axon
  std::vector<std::string> warnings;  // e.g. destination_tick 15 dropped; one sentence each
};

// Cores keep their places; the grid lies in the north-west corner of default chips. Output pin n is
// axon n of RANC's output bus. Every message names core and neuron, or row and packet. Errors:
// InvalidArgument (malformed, missing or unknown keys; sizes that differ from the config's; a core
// at the output bus; a destination without a core), OutOfRange (beyond the core's sizes or the
// grid), Unimplemented (RANC forms that the chip cannot express).
absl::StatusOr<RancModel> ImportRanc(std::string_view input_json, std::string_view config_json);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RANC_IMPORT_RANC_H_
