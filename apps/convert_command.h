// SPDX-License-Identifier: Apache-2.0
// `spikemesh convert`: a trained network onto a chip, or into a spiking network; a network of the
// RANC simulator onto a chip.
#ifndef SPIKEMESH_APPS_CONVERT_COMMAND_H_
#define SPIKEMESH_APPS_CONVERT_COMMAND_H_

#include <cstdint>
#include <optional>
#include <string>

#include "apps/conversion_flags.h"
#include "core/base/status.h"

namespace spikemesh {

struct ConvertFlags {
  std::string model;
  std::string output;
  std::string chip_spec;
  std::optional<std::int32_t> max_chips;
  std::string ranc_config;
  std::string json;
  std::optional<std::uint64_t> seed;
  ConversionFlags conversion;
  bool lossy_split = false;
  PlacementMethod placement = PlacementMethod::kBest;
  std::string traffic;  // file
};

CLI::App* AddConvertCommand(CLI::App& app, ConvertFlags& flags);

// Converts, writes the output (and --json) and prints the table of layers.
absl::Status ConvertCommand(const ConvertFlags& flags);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_CONVERT_COMMAND_H_
