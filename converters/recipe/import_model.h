// SPDX-License-Identifier: Apache-2.0
// The importers in one table, chosen by what a file holds: a new one is a new row.
#ifndef SPIKEMESH_CONVERTERS_RECIPE_IMPORT_MODEL_H_
#define SPIKEMESH_CONVERTERS_RECIPE_IMPORT_MODEL_H_

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "converters/onnx/import_onnx.h"
#include "converters/recipe/file_kind.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/events/event_files.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// A chip out of another tool's files, with the spikes that they send it.
struct ImportedChip {
  ChipModel chip;
  std::vector<AxonEvent> inputs;      // sorted by arrival tick, core_y, core_x, axon
  std::vector<std::string> warnings;  // one sentence each
};

struct ImportedModel {
  std::variant<Network, SpikingNetwork, ImportedChip> model;
  std::string sha256;  // of the file
};

struct ImportOptions {
  OnnxOptions onnx = {};
  std::string ranc_config = {};  // the path of a RANC network's config.json; empty: not given
  // What the caller reads by other means, for the list in a refusal: "chips (.chip)"; may be empty.
  std::string_view reads_besides = {};
};

struct Importer {
  FileKind kind;
  std::string_view reads;  // what it reads, for the list in a refusal
  absl::StatusOr<ImportedModel> (*import)(const std::string& path, const ImportOptions& options);

  // `start`: of the file, as RecognizeBytes takes it. By content alone: names end in anything.
  bool accepts(std::string_view start) const { return RecognizeBytes(start) == kind; }
};

std::span<const Importer> Importers();

// By the importer that accepts the file. Errors: those of reading it and of the importer;
// Unimplemented (no importer takes it: says what was recognised and what is read).
absl::StatusOr<ImportedModel> ImportModel(const std::string& path, const ImportOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RECIPE_IMPORT_MODEL_H_
