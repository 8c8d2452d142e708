// SPDX-License-Identifier: Apache-2.0
// `spikemesh run`: images or spikes through a model, and the report of it. A .chip runs on the
// machine; a .snn runs as integers and an .onnx as floating point, for their answers only.
#ifndef SPIKEMESH_APPS_RUN_COMMAND_H_
#define SPIKEMESH_APPS_RUN_COMMAND_H_

#include <cstdint>
#include <optional>
#include <string>

#include "apps/shared_options.h"
#include "converters/recipe/import_model.h"
#include "core/base/status.h"
#include "networks/data/dataset.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace spikemesh {

// Empty strings stand for flags that were not given.
struct RunOptions {
  std::string model;
  std::string dataset;
  DatasetSplit split = DatasetSplit::kTest;
  std::optional<std::int64_t> images;
  std::string input;
  std::optional<std::int64_t> ticks;
  bool verify = false;
  std::optional<std::int64_t> diagnose;  // images
  std::string float_model;               // .onnx that the chip was converted from
  std::string picture;
  std::string json;
  std::string predictions;
  std::string spikes;
  std::string outputs;
  std::string potentials;
  std::string raster;
  std::optional<double> volts;
  std::optional<double> tick_us;
  std::string energy_constants;
  bool show_constants = false;
  RouterFlags router;
  // Whether Ctrl-C ends a run over images with a report of those done.
  bool partial_report = true;
  // Of `profile`, whose router is not ideal.
  bool profile = false;          // count how often each neuron fires
  bool page = false;             // count what the spikes do to the mesh over time
  std::int64_t trace_ticks = 0;  // of so many ticks, trace the packets
  MachineFlags machine;
  PreprocessingFlags preprocessing;
  OnnxOptions onnx;  // of a .onnx model, or of the one that a chip is diagnosed against
};

// Adds --dataset, which is returned, --split and --images.
CLI::Option* AddImageFlags(CLI::App& app, RunOptions& options);

// Adds the subcommand; parsing fills `options`, which must outlive `app`.
CLI::App* AddRunCommand(CLI::App& app, RunOptions& options);

// Runs, writes every file asked for and prints the report (text, or JSON for `--json -`).
absl::Status RunCommand(const RunOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_RUN_COMMAND_H_
