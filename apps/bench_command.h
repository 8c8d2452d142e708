// SPDX-License-Identifier: Apache-2.0
// `spikemesh bench`: the speed of the simulator on the standard workload
// (core/chip/standard_workload.h), the same for every simulator of this chip: at one point, or over
// a grid of rates and synapses.
#ifndef SPIKEMESH_APPS_BENCH_COMMAND_H_
#define SPIKEMESH_APPS_BENCH_COMMAND_H_

#include <cstdint>
#include <optional>
#include <string>

#include "apps/flags.h"
#include "core/base/status.h"

namespace spikemesh {

struct BenchOptions {
  std::string cores = "64x64";
  double rate_hz = 20.0;
  std::int32_t synapses = 128;
  std::optional<std::int64_t> ticks;  // default: 500, or 100 a point of the sweep
  bool stochastic = false;
  bool mixed = false;
  double active_cores = 1.0;
  bool profile = false;
  bool sweep = false;
  std::string output;
  std::string from;
  std::string picture;
  std::string json;
  MachineFlags machine;
};

CLI::App* AddBenchCommand(CLI::App& app, BenchOptions& options);

// Builds or loads the workload (each workload of the sweep), runs 50 ticks of warm-up and then the
// timed ones, prints the report (text, or JSON for `--json -`) and writes the picture.
absl::Status BenchCommand(const BenchOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_BENCH_COMMAND_H_
