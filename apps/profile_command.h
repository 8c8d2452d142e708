// SPDX-License-Identifier: Apache-2.0
// `spikemesh profile`: what traffic does to the mesh. Synthetic patterns on cycle-accurate routers.
#ifndef SPIKEMESH_APPS_PROFILE_COMMAND_H_
#define SPIKEMESH_APPS_PROFILE_COMMAND_H_

#include <cstdint>
#include <string>

#include "apps/flags.h"
#include "core/base/status.h"

namespace spikemesh {

struct ProfileOptions {
  std::string pattern;
  double rate = 0.1;
  std::string mesh = "8x8";
  std::int64_t warmup = 10000;
  std::int64_t cycles = 100000;
  bool no_saturation = false;
  std::string router = "booksim-c";
  std::string router_config;
  std::uint64_t seed = 0;
  std::string json;
};

CLI::App* AddProfileCommand(CLI::App& app, ProfileOptions& options);

// Measures, searches the rate of saturation, and prints the report (JSON for `--json -`).
absl::Status ProfileCommand(const ProfileOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_PROFILE_COMMAND_H_
