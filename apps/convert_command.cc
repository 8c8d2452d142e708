// SPDX-License-Identifier: Apache-2.0
#include "apps/convert_command.h"

#include <array>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "apps/deliver_report.h"
#include "apps/file_arguments.h"
#include "apps/remedies.h"
#include "converters/recipe/convert.h"
#include "converters/recipe/import_model.h"
#include "core/base/atomic_file.h"
#include "core/base/strings.h"
#include "core/chip/chip_file.h"
#include "core/chip/chip_spec.h"
#include "core/report/convert_report.h"
#include "core/report/version.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {
namespace {

constexpr std::int32_t kChipsMax = kChipsSideMax * kChipsSideMax;
constexpr std::uint64_t kChipSpecBytesMax = std::uint64_t{1} << 20;

constexpr const char* kFooter = R"(Examples:
  spikemesh convert net.onnx -o net.chip
  spikemesh convert net.onnx -o net.chip --mean 0.1307 --std 0.3081 --json layers.json
  spikemesh convert net.onnx -o net.snn           before mapping: no limit of cores or fan-in
  spikemesh convert input.json -o ranc.chip --ranc-config config.json
                                                  a RANC network; its inputs go to ranc.spikes.csv

Steps (Sign, comparisons) become memoryless neurons, one image a tick; where the weights are whole
multiples of one number a channel no output bit is lost. ReLU networks are rate-coded:
  spikemesh convert lenet.onnx -o lenet.chip --calibrate mnist --ticks 32 --lossy-split
--chip is JSON, for example
  {"schema": "spikemesh.chipspec/1", "cores_x": 64, "cores_y": 64, "volts": 0.75})";

bool MakesChip(const ConvertFlags& flags) { return flags.output.ends_with(".chip"); }

// Flags of the hardware and of mapping onto it.
bool GivesMapping(const ConvertFlags& flags) {
  return !flags.chip_spec.empty() || flags.max_chips || flags.lossy_split ||
         !flags.traffic.empty() || flags.placement != PlacementMethod::kBest;
}

// Where the input packets of an imported chip go: "a/x.chip" gives "a/x.spikes.csv".
std::string SpikesPathOf(const std::string& chip_path) {
  return chip_path.substr(0, chip_path.size() - std::string_view(".chip").size()) + ".spikes.csv";
}

absl::Status CheckFlags(const ConvertFlags& flags) {
  if (!MakesChip(flags) && !flags.output.ends_with(".snn")) {
    return absl::InvalidArgumentError(
        Concat("--output ", flags.output, ": the name ends with neither .chip nor .snn"));
  }
  if (!MakesChip(flags) && GivesMapping(flags)) {
    return absl::InvalidArgumentError(
        "--chip, --max-chips, --lossy-split, --placement, --traffic: a .snn is not mapped; they "
        "are for .chip outputs");
  }
  return absl::OkStatus();
}

// Flags that the model, now known, has no use for.
absl::Status CheckModelFlags(const ConvertFlags& flags, const ImportedModel& imported) {
  const bool is_chip = std::holds_alternative<ImportedChip>(imported.model);
  if (is_chip && (flags.conversion.given() || GivesMapping(flags))) {
    return absl::InvalidArgumentError(
        Concat(flags.model,
               ": is a chip already, and takes none of --mode, --weights, --ticks, --calibrate, "
               "--pool, --max-loss, --input-range, --mean, --std, --pad, --chip, --max-chips, "
               "--lossy-split, --placement, --traffic"));
  }
  if (!is_chip && !flags.ranc_config.empty()) {
    return absl::InvalidArgumentError(
        Concat("--ranc-config: ", flags.model, " is no network of the RANC simulator"));
  }
  if (std::holds_alternative<SpikingNetwork>(imported.model) && flags.conversion.given()) {
    return absl::InvalidArgumentError(
        Concat(flags.model,
               ": is a spiking network already, and takes none of --mode, --weights, --ticks, "
               "--calibrate, --pool, --max-loss, --input-range, --mean, --std, --pad"));
  }
  return absl::OkStatus();
}

absl::StatusOr<MappingOptions> ToMappingOptions(const ConvertFlags& flags,
                                                std::vector<NeuronSpikes>& traffic) {
  MappingOptions mapping;
  if (!flags.chip_spec.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::string text,
                               ReadFile(flags.chip_spec, kChipSpecBytesMax));
    SPIKEMESH_ASSIGN_OR_RETURN(mapping.spec, Annotate(ParseChipSpec(text), flags.chip_spec));
  }
  if (!flags.traffic.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::string text,
                               ReadFile(flags.traffic, kTrafficFileBytesMax));
    SPIKEMESH_ASSIGN_OR_RETURN(traffic, Annotate(ParseTraffic(text), flags.traffic));
  }
  mapping.traffic = traffic;
  mapping.chips_max = flags.max_chips.value_or(mapping.chips_max);
  mapping.placement = flags.placement;
  mapping.lossy_split = flags.lossy_split;
  return mapping;
}

// `traffic` is filled, and must outlive the options.
absl::StatusOr<ConvertOptions> ToConvertOptions(const ConvertFlags& flags,
                                                std::vector<NeuronSpikes>& traffic) {
  ConvertOptions options;
  options.to_chip = MakesChip(flags);
  options.seed = flags.seed;
  SPIKEMESH_ASSIGN_OR_RETURN(options.spiking, ToSpikingOptions(flags.conversion));
  SPIKEMESH_ASSIGN_OR_RETURN(options.mapping, ToMappingOptions(flags, traffic));
  return options;
}

// What the model is called in reports and files: by its own file, a chip by the one that is made.
std::string NameOf(const ConvertFlags& flags, const ImportedModel& imported) {
  return FileStem(std::holds_alternative<ImportedChip>(imported.model) ? flags.output
                                                                       : flags.model);
}

absl::Status WriteOutput(const ConvertFlags& flags, const Conversion& conversion) {
  if (const auto* const network = std::get_if<SpikingNetwork>(&conversion.output)) {
    return WriteSpikingFile(*network, flags.output);
  }
  SPIKEMESH_RETURN_IF_ERROR(WriteChipFile(std::get<ChipModel>(conversion.output), flags.output));
  return flags.ranc_config.empty() ? absl::OkStatus()
                                   : WriteFileAtomically(SpikesPathOf(flags.output),
                                                         FormatInputEvents(conversion.inputs));
}

// The report is of these files and this program, with the warnings that name flags.
void CompleteReport(const ConvertFlags& flags, ConvertReport& report) {
  report.source = flags.model;
  report.output = flags.output;
  report.version = ProjectVersion();
  if (report.loss) {
    report.warnings.push_back(WithWords(report.loss->text, report.loss->remedies, WordRemedy));
  }
  if (report.doubtful_preprocessing) {
    report.warnings.insert(
        report.warnings.begin(),
        DoubtfulAccuracyText(report.calibration->float_accuracy, report.calibration->images));
  }
  if (report.random_split) {
    report.warnings.push_back(
        "the split was fitted to random images and measured on them; real ones differ and can "
        "lose more: give --calibrate DATASET");
  }
}

absl::Status CheckFiles(const ConvertFlags& flags) {
  const std::array<FileArgument, 4> inputs = {{{"MODEL", flags.model},
                                               {"--traffic", flags.traffic},
                                               {"--chip", flags.chip_spec},
                                               {"--ranc-config", flags.ranc_config}}};
  const std::array<FileArgument, 3> outputs = {
      {{"--output", flags.output},
       {"--output", flags.ranc_config.empty() || !MakesChip(flags) ? std::string()
                                                                   : SpikesPathOf(flags.output)},
       {"--json", flags.json}}};
  return CheckOutputFiles(inputs, outputs);
}

}  // namespace

CLI::App* AddConvertCommand(CLI::App& app, ConvertFlags& flags) {
  CLI::App* const convert =
      app.add_subcommand("convert", "Map a trained network (ONNX) onto the cores of a chip");
  convert->add_option("MODEL", flags.model, "Network: .onnx, .snn, or RANC's input .json")
      ->required();
  convert->add_option("-o,--output", flags.output, "OUT.chip, or OUT.snn (before mapping)")
      ->required()
      ->type_name("FILE");
  AddConversionFlags(*convert, flags.conversion);
  convert->add_option("--chip", flags.chip_spec, "Sizes of the hardware (spikemesh.chipspec/1)")
      ->type_name("SPEC.json");
  convert->add_option("--max-chips", flags.max_chips, "Use at most N chips (default: 16)")
      ->check(NumberWithin(1, kChipsMax))
      ->type_name("N");
  convert->add_flag("--lossy-split", flags.lossy_split,
                    "Split layers with more inputs than a core has axons, though it changes bits");
  convert
      ->add_option("--placement", flags.placement,
                   "Places of cores: best (few hops), or row-major in layer order")
      ->transform(OneOf<PlacementMethod>(
          {{"best", PlacementMethod::kBest}, {"row-major", PlacementMethod::kRowMajor}}))
      ->default_str("best")
      ->type_name("HOW");
  convert
      ->add_option("--traffic", flags.traffic,
                   "Place cores by these spikes, which `profile --traffic-out` wrote")
      ->type_name("FILE");
  convert
      ->add_option("--ranc-config", flags.ranc_config,
                   "MODEL is RANC's input.json; this is its config.json")
      ->type_name("FILE");
  convert
      ->add_option("--json", flags.json,
                   "Write the report as JSON; `-`: to standard output, in place of the text")
      ->type_name("FILE");
  convert->add_option("--seed", flags.seed, "Seed stored in the chip (default: 1)")
      ->check(Seed())
      ->type_name("N");
  convert->footer(kFooter);
  return convert;
}

absl::Status ConvertCommand(const ConvertFlags& flags) {
  // What flags and file names say by themselves, before anything is read.
  SPIKEMESH_RETURN_IF_ERROR(CheckFlags(flags));
  SPIKEMESH_RETURN_IF_ERROR(CheckFiles(flags));
  std::vector<NeuronSpikes> traffic;
  SPIKEMESH_ASSIGN_OR_RETURN(const ConvertOptions options, ToConvertOptions(flags, traffic));

  // Whatever the model's file holds becomes a network or a chip.
  SPIKEMESH_ASSIGN_OR_RETURN(
      ImportedModel imported,
      ImportModel(flags.model,
                  {.onnx = WithImageValues(flags.conversion.onnx, flags.conversion.preprocessing),
                   .ranc_config = flags.ranc_config}));
  SPIKEMESH_RETURN_IF_ERROR(CheckModelFlags(flags, imported));
  const std::string name = NameOf(flags, imported);

  // All that can fail happens here; beyond this point files are written.
  SPIKEMESH_ASSIGN_OR_RETURN(Conversion conversion,
                             Annotate(Convert(std::move(imported), name, options), flags.model));
  CompleteReport(flags, conversion.report);
  SPIKEMESH_RETURN_IF_ERROR(WriteOutput(flags, conversion));
  return DeliverReport(flags.json, FormsOf(conversion.report));
}

}  // namespace spikemesh
