// SPDX-License-Identifier: Apache-2.0
#include "apps/convert_command.h"

#include <algorithm>
#include <array>
#include <vector>

#include "apps/convert_layers.h"
#include "apps/deliver_report.h"
#include "apps/file_arguments.h"
#include "apps/version.h"
#include "converters/mapping/map_network.h"
#include "converters/onnx/import_onnx.h"
#include "converters/ranc/import_ranc.h"
#include "converters/spiking/fold_network.h"
#include "core/base/atomic_file.h"
#include "core/base/json.h"
#include "core/base/sha256.h"
#include "core/base/strings.h"
#include "core/chip/chip_file.h"
#include "core/chip/chip_spec.h"
#include "core/report/chip_summary.h"
#include "core/report/convert_json.h"
#include "core/report/convert_report.h"

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

bool MakesChip(const ConvertOptions& options) { return options.output.ends_with(".chip"); }

// Where the input packets of a RANC network go: "a/x.chip" gives "a/x.spikes.csv".
std::string SpikesPathOf(const std::string& chip_path) {
  return chip_path.substr(0, chip_path.size() - std::string_view(".chip").size()) + ".spikes.csv";
}

absl::Status CheckFlags(const ConvertOptions& options) {
  if (!MakesChip(options) && !options.output.ends_with(".snn")) {
    return absl::InvalidArgumentError(
        Concat("--output ", options.output, ": the name ends with neither .chip nor .snn"));
  }
  const bool ranc = !options.ranc_config.empty();
  if (ranc && (options.conversion.given() || !options.chip_spec.empty() || options.max_chips ||
               options.lossy_split || !options.traffic.empty() || options.placement != "best")) {
    return absl::InvalidArgumentError(
        "--ranc-config: a RANC network takes none of --mode, --weights, --ticks, --calibrate, "
        "--pool, "
        "--input-range, --mean, --std, --chip, --max-chips, --lossy-split, --placement, --traffic");
  }
  if (ranc && !MakesChip(options)) {
    return absl::InvalidArgumentError("--ranc-config: a RANC network becomes a .chip only");
  }
  if (!MakesChip(options) &&
      (!options.chip_spec.empty() || options.max_chips || options.lossy_split ||
       !options.traffic.empty() || options.placement != "best")) {
    return absl::InvalidArgumentError(
        "--chip, --max-chips, --lossy-split, --placement, --traffic: a .snn is not mapped; they "
        "are for .chip outputs");
  }
  return absl::OkStatus();
}

absl::StatusOr<MappingOptions> MappingOptionsOf(const ConvertOptions& options) {
  MappingOptions mapping;
  if (!options.chip_spec.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::string text,
                               ReadFile(options.chip_spec, kChipSpecBytesMax));
    SPIKEMESH_ASSIGN_OR_RETURN(mapping.spec, Annotate(ParseChipSpec(text), options.chip_spec));
  }
  mapping.chips_max = options.max_chips.value_or(mapping.chips_max);
  return mapping;
}

void DescribeChip(const ChipModel& chip, ConvertReport& report) {
  const ModelSummary sizes = SummarizeChip(chip, "");
  report.cores = sizes.cores;
  report.chips = sizes.chips;
  report.neurons = *sizes.neurons;
  report.axons = *sizes.axons;
  report.synapses = *sizes.synapses;
  report.latency_ticks = chip.presentation.latency_ticks;
}

absl::StatusOr<ConvertReport> ConvertRanc(const ConvertOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string input, ReadFile(options.model, kRancFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string config,
                             ReadFile(options.ranc_config, kRancFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(RancModel ranc, Annotate(ImportRanc(input, config), options.model));
  if (ranc.chip.name.empty()) {
    ranc.chip.name = FileStem(options.output);
  }
  ranc.chip.seed = options.seed.value_or(ranc.chip.seed);
  SPIKEMESH_RETURN_IF_ERROR(WriteChipFile(ranc.chip, options.output));
  SPIKEMESH_RETURN_IF_ERROR(
      WriteFileAtomically(SpikesPathOf(options.output), FormatInputEvents(ranc.inputs)));
  ConvertReport report;
  report.mode = RunMode::kEvents;
  report.sha256 = Sha256Hex(input);
  report.warnings = ranc.warnings;
  DescribeChip(ranc.chip, report);
  return report;
}

absl::StatusOr<ConvertReport> ConvertOnnx(const ConvertOptions& options) {
  SPIKEMESH_RETURN_IF_ERROR(ToPreprocessing(options.conversion.preprocessing).status());
  SPIKEMESH_ASSIGN_OR_RETURN(ImportedOnnx imported, ImportOnnxFile(options.model));
  SPIKEMESH_ASSIGN_OR_RETURN(
      SpikingConversion converted,
      Annotate(ConvertToSpikes(options.conversion, imported), options.model));
  SpikingNetwork& network = converted.folded.network;
  network.name = FileStem(options.model);
  network.onnx_sha256 = imported.sha256;

  ConvertReport report;
  report.mode = converted.mode;
  report.mode_reason = converted.mode_reason;
  report.calibration = converted.calibration;
  report.sha256 = imported.sha256;
  report.range_max = network.input.range_max;
  report.mean = network.input.mean;
  report.scale = network.input.scale;
  report.warnings = converted.warnings;
  if (!MakesChip(options)) {
    report.layers = DescribeLayers(network);
    for (const ConvertedLayer& layer : report.layers) {
      report.neurons += layer.neurons;
    }
    SPIKEMESH_RETURN_IF_ERROR(WriteSpikingFile(network, options.output));
    return report;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(MappingOptions mapping, MappingOptionsOf(options));
  std::vector<NeuronSpikes> traffic;
  if (!options.traffic.empty()) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::string text,
                               ReadFile(options.traffic, kTrafficFileBytesMax));
    SPIKEMESH_ASSIGN_OR_RETURN(traffic, Annotate(ParseTraffic(text), options.traffic));
  }
  mapping.traffic = traffic;
  mapping.placement =
      options.placement == "row-major" ? PlacementMethod::kRowMajor : PlacementMethod::kBest;
  mapping.lossy_split = options.lossy_split;
  mapping.images = converted.encoded;
  SPIKEMESH_ASSIGN_OR_RETURN(MappedNetwork mapped,
                             Annotate(MapNetwork(network, mapping), options.model));
  mapped.chip.seed = options.seed.value_or(mapped.chip.seed);
  report.layers = DescribeMappedLayers(mapped.layers);
  for (const SplitReport& split : mapped.splits) {
    report.splits.push_back({.layer = split.layer,
                             .chunks = split.chunks,
                             .partial_neurons = split.partial_neurons,
                             .axons = split.axons,
                             .readout = split.readout,
                             .flipped_share = split.flipped_share});
  }
  const bool lossy =
      std::ranges::any_of(mapped.layers, [](const MappedLayer& layer) { return !layer.exact; });
  if (!mapped.splits.empty() && lossy && converted.encoded.empty()) {
    report.warnings.push_back(
        "the split was fitted to random images and measured on them; real ones differ and can "
        "lose more: give --calibrate DATASET");
  }
  const PlacementReport& placement = mapped.placement;
  report.placement = {.row_major = placement.method == PlacementMethod::kRowMajor,
                      .measured = placement.measured,
                      .hops_row_major = placement.hops_row_major,
                      .hops = placement.hops,
                      .link_max_row_major = placement.link_max_row_major,
                      .link_max = placement.link_max};
  DescribeChip(mapped.chip, report);
  SPIKEMESH_RETURN_IF_ERROR(WriteChipFile(mapped.chip, options.output));
  return report;
}

}  // namespace

CLI::App* AddConvertCommand(CLI::App& app, ConvertOptions& options) {
  CLI::App* const convert =
      app.add_subcommand("convert", "Map a trained network (ONNX) onto the cores of a chip");
  convert->add_option("MODEL", options.model, "Network: .onnx, or RANC's input .json")->required();
  convert->add_option("-o,--output", options.output, "OUT.chip, or OUT.snn (before mapping)")
      ->required()
      ->type_name("FILE");
  AddConversionFlags(*convert, options.conversion);
  convert->add_option("--chip", options.chip_spec, "Sizes of the hardware (spikemesh.chipspec/1)")
      ->type_name("SPEC.json");
  convert->add_option("--max-chips", options.max_chips, "Use at most N chips (default: 16)")
      ->check(NumberWithin(1, kChipsMax))
      ->type_name("N");
  convert->add_flag("--lossy-split", options.lossy_split,
                    "Split layers with more inputs than a core has axons, though it changes bits");
  convert
      ->add_option("--placement", options.placement,
                   "Places of cores: best (few hops), or row-major in layer order")
      ->check(CLI::IsMember({"best", "row-major"}).description(""))
      ->capture_default_str()
      ->type_name("HOW");
  convert
      ->add_option("--traffic", options.traffic,
                   "Place cores by these spikes, which `profile --traffic-out` wrote")
      ->type_name("FILE");
  convert
      ->add_option("--ranc-config", options.ranc_config,
                   "MODEL is RANC's input.json; this is its config.json")
      ->type_name("FILE");
  convert
      ->add_option("--json", options.json,
                   "Write the report as JSON; `-`: to standard output, in place of the text")
      ->type_name("FILE");
  convert->add_option("--seed", options.seed, "Seed stored in the chip (default: 1)")
      ->check(Seed())
      ->type_name("N");
  convert->footer(kFooter);
  return convert;
}

absl::Status ConvertCommand(const ConvertOptions& options) {
  SPIKEMESH_RETURN_IF_ERROR(CheckFlags(options));
  const bool ranc = !options.ranc_config.empty();
  const std::array<FileArgument, 4> inputs = {{{"MODEL", options.model},
                                               {"--traffic", options.traffic},
                                               {"--chip", options.chip_spec},
                                               {"--ranc-config", options.ranc_config}}};
  const std::array<FileArgument, 3> outputs = {
      {{"--output", options.output},
       {"--output", ranc ? SpikesPathOf(options.output) : std::string()},
       {"--json", options.json}}};
  SPIKEMESH_RETURN_IF_ERROR(CheckOutputFiles(inputs, outputs));
  SPIKEMESH_ASSIGN_OR_RETURN(ConvertReport report,
                             ranc ? ConvertRanc(options) : ConvertOnnx(options));
  report.source = options.model;
  report.output = options.output;
  report.version = ProjectVersion();
  return DeliverReport(options.json, ConvertReportJson(report), FormatConvertReport(report));
}

}  // namespace spikemesh
