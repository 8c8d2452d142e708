// SPDX-License-Identifier: Apache-2.0
// `spikemesh data`: which data sets there are, and how to get them.
#ifndef SPIKEMESH_APPS_DATA_COMMAND_H_
#define SPIKEMESH_APPS_DATA_COMMAND_H_

#include <cstdint>
#include <string>

#include "apps/flags.h"
#include "core/base/status.h"

namespace spikemesh {

struct DataOptions {
  enum class Action { kList, kFetch, kMake };
  Action action = Action::kList;
  std::string name;
  std::int64_t count = 1000;
  std::uint64_t seed = 1;
  std::string output;
};

CLI::App* AddDataCommand(CLI::App& app, DataOptions& options);

absl::Status DataCommand(const DataOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_DATA_COMMAND_H_
