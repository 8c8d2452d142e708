// SPDX-License-Identifier: Apache-2.0
// `spikemesh profile`: what traffic does to the mesh of cycle-accurate routers: the spikes of a
// chip that classifies images, or synthetic patterns.
#ifndef SPIKEMESH_APPS_PROFILE_COMMAND_H_
#define SPIKEMESH_APPS_PROFILE_COMMAND_H_

#include <cstdint>
#include <optional>
#include <string>

#include "apps/flags.h"
#include "apps/run_command.h"
#include "core/base/status.h"

namespace spikemesh {

struct ProfileOptions {
  RunOptions run;       // of a chip: model, images, router, machine
  std::string pattern;  // or this
  double rate = 0.1;
  std::string mesh = "8x8";
  std::int64_t warmup = 10000;
  std::int64_t cycles = 100000;
  bool no_saturation = false;
  std::optional<std::uint64_t> seed;
  std::string json;
  std::string html;
  std::string traffic_out;
  std::string trace;
  std::int64_t trace_ticks = 64;
};

CLI::App* AddProfileCommand(CLI::App& app, ProfileOptions& options);

// Measures, searches the rate of saturation of a pattern, and prints the report (JSON for
// `--json -`).
absl::Status ProfileCommand(const ProfileOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_PROFILE_COMMAND_H_
