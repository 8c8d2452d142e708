// SPDX-License-Identifier: Apache-2.0
#include "apps/inspect_command.h"

#include <array>

#include "apps/deliver_report.h"
#include "apps/file_arguments.h"
#include "apps/inspect_chip.h"
#include "apps/inspect_network.h"
#include "converters/onnx/import_onnx.h"
#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/base/strings.h"
#include "core/chip/chip_file.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {
namespace {

constexpr IntegerPairForm kCoreForm = {',', 0, kMeshSideMax* kChipsSideMax - 1};

constexpr const char* kFooter = R"(Examples:
  spikemesh inspect net.chip                      sizes, layers and the map of cores
  spikemesh inspect net.chip --core 3,1           crossbar, neurons and targets of one core
  spikemesh inspect net.onnx                      layers, and whether they fit a chip)";

absl::StatusOr<Inspection> InspectChipFile(const InspectOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const LargeBytes bytes,
                             ReadLargeFile(options.model, kChipFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const ChipModel chip,
                             Annotate(ParseChip(bytes.view()), options.model));
  if (options.core.empty()) {
    return InspectChip(chip, Sha256Hex(bytes.view()));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const IntegerPair at, ParseIntegerPair(options.core, kCoreForm));
  return InspectCore(chip, {at.first, at.second});
}

absl::StatusOr<Inspection> Inspect(const InspectOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const ModelKind kind, ModelKindOf(options.model));
  if (kind != ModelKind::kOnnx && options.conversion.given()) {
    return absl::FailedPreconditionError(
        "--mode, --weights, --ticks, --calibrate, --pool, --input-range, --mean, --std: they are "
        "for "
        ".onnx models");
  }
  if (kind == ModelKind::kChip) {
    return InspectChipFile(options);
  }
  if (!options.core.empty()) {
    return absl::FailedPreconditionError(
        Concat("--core: ", options.model, " has no cores; `spikemesh convert` makes a .chip"));
  }
  if (kind == ModelKind::kSpiking) {
    SPIKEMESH_ASSIGN_OR_RETURN(const SpikingNetwork network, ReadSpikingFile(options.model));
    return InspectSpiking(network);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(ImportedOnnx imported, ImportOnnxFile(options.model));
  const absl::StatusOr<SpikingConversion> converted = ConvertToSpikes(options.conversion, imported);
  if (absl::IsNotFound(converted.status())) {
    return converted.status();  // no calibration images where the flag says
  }
  return InspectNetwork(imported.network, converted);
}

}  // namespace

CLI::App* AddInspectCommand(CLI::App& app, InspectOptions& options) {
  CLI::App* const inspect =
      app.add_subcommand("inspect", "Show what is in a model, and what would stop it from fitting");
  inspect->add_option("MODEL", options.model, "Model: .chip, .snn or .onnx")->required();
  const auto core = [](const std::string& text) { return ParseIntegerPair(text, kCoreForm); };
  inspect->add_option("--core", options.core, "Show one core of a chip: column, row")
      ->check(Parses(core))
      ->type_name("X,Y");
  inspect
      ->add_option("--json", options.json,
                   "Write the same as JSON; `-`: to standard output, in place of the text")
      ->type_name("FILE");
  AddConversionFlags(*inspect, options.conversion);
  inspect->footer(kFooter);
  return inspect;
}

absl::Status InspectCommand(const InspectOptions& options) {
  const std::array<FileArgument, 1> inputs = {{{"MODEL", options.model}}};
  const std::array<FileArgument, 1> outputs = {{{"--json", options.json}}};
  SPIKEMESH_RETURN_IF_ERROR(CheckOutputFiles(inputs, outputs));
  SPIKEMESH_ASSIGN_OR_RETURN(const Inspection inspection, Inspect(options));
  return DeliverReport(options.json, inspection.json, inspection.text);
}

}  // namespace spikemesh
