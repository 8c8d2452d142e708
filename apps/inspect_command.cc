// SPDX-License-Identifier: Apache-2.0
#include "apps/inspect_command.h"

#include <array>
#include <optional>
#include <utility>
#include <variant>

#include "apps/deliver_report.h"
#include "apps/file_arguments.h"
#include "converters/recipe/file_kind.h"
#include "converters/recipe/import_model.h"
#include "converters/recipe/inspect_network.h"
#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/base/strings.h"
#include "core/chip/chip_file.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {
namespace {

constexpr IntegerPairForm kCoreForm = {',', 0, kMeshSideMax* kChipsSideMax - 1};

constexpr const char* kFooter = R"(Examples:
  spikemesh inspect net.chip                      sizes, layers and the map of cores
  spikemesh inspect net.chip --core 3,1           crossbar, neurons and targets of one core
  spikemesh inspect net.onnx                      layers, and whether they fit a chip)";

absl::Status InspectChipFile(const InspectOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const LargeBytes bytes,
                             ReadLargeFile(options.model, kChipFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const ChipModel chip,
                             Annotate(ParseChip(bytes.view()), options.model));
  if (options.core.empty()) {
    return DeliverReport(options.json, FormsOf(chip, Sha256Hex(bytes.view())));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const IntegerPair pair, ParseIntegerPair(options.core, kCoreForm));
  const CoreCoordinates at = {pair.first, pair.second};
  const std::optional<CoreId> core = FindCore(chip, at);
  if (!core) {
    return absl::NotFoundError(Concat("--core: no used core at ", at, "; ", chip.cores.size(),
                                      " cores are used, the map of `inspect` shows them"));
  }
  return DeliverReport(options.json, FormsOf(chip, *core));
}

// Whether a failed conversion says something of the network; else of flags, or of the data set.
bool IsVerdict(const absl::Status& status) {
  return absl::IsUnimplemented(status) || absl::IsOutOfRange(status) ||
         absl::IsResourceExhausted(status) || absl::IsFailedPrecondition(status);
}

absl::Status InspectNetworkFile(const InspectOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const SpikingOptions spiking, ToSpikingOptions(options.conversion));
  SPIKEMESH_ASSIGN_OR_RETURN(
      ImportedModel imported,
      ImportModel(options.model, {.onnx = WithImageValues(options.conversion.onnx,
                                                          options.conversion.preprocessing),
                                  .reads_besides = "chips (.chip)"}));
  if (const auto* const network = std::get_if<SpikingNetwork>(&imported.model)) {
    return DeliverReport(options.json, FormsOf(InspectSpiking(*network)));
  }
  Network& network = std::get<Network>(imported.model);
  if (const std::optional<SketchRefusal> refusal = SketchRateRefusal(spiking, {}, network)) {
    return DeliverReport(options.json, FormsOf(InspectRefusal(network, *refusal)));
  }
  const absl::StatusOr<SpikingConversion> converted = ConvertToSpikes(spiking, network);
  if (!converted.ok() && !IsVerdict(converted.status())) {
    return converted.status();
  }
  return DeliverReport(options.json, FormsOf(InspectNetwork(network, converted)));
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

  SPIKEMESH_ASSIGN_OR_RETURN(const FileKind kind, RecognizeFile(options.model));
  if (kind != FileKind::kOnnx && options.conversion.given()) {
    return absl::FailedPreconditionError(
        "--mode, --weights, --ticks, --calibrate, --pool, --first-layer, --input-range, --mean, "
        "--std, --pad: they are for .onnx models");
  }
  if (kind == FileKind::kChip) {
    return InspectChipFile(options);
  }
  if (!options.core.empty()) {
    return absl::FailedPreconditionError(
        Concat("--core: ", options.model, " has no cores; `spikemesh convert` makes a .chip"));
  }
  return InspectNetworkFile(options);
}

}  // namespace spikemesh
