// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/convert.h"

#include <algorithm>
#include <utility>

#include "converters/mapping/map_network.h"
#include "converters/recipe/describe_layers.h"
#include "converters/recipe/spiking_conversion.h"
#include "core/report/chip_summary.h"
#include "networks/inference/verifier.h"

namespace spikemesh {
namespace {

void DescribeChip(const ChipModel& chip, ConvertReport& report) {
  const ModelSummary sizes = SummarizeChip(chip, "");
  report.cores = sizes.cores;
  report.chips = sizes.chips;
  report.neurons = *sizes.neurons;
  report.axons = *sizes.axons;
  report.synapses = *sizes.synapses;
  report.latency_ticks = chip.presentation.latency_ticks;
}

void DescribeInput(const InputModel& input, ConvertReport& report) {
  report.range_max = input.range_max;
  report.mean = input.mean;
  report.scale = input.scale;
  report.pad = input.pad;
  report.host_work = HostWorkOf(input);
}

std::vector<ConvertedSplit> DescribeSplits(const std::vector<SplitReport>& splits) {
  std::vector<ConvertedSplit> described;
  described.reserve(splits.size());
  for (const SplitReport& split : splits) {
    described.push_back({.layer = split.layer,
                         .chunks = split.chunks,
                         .partial_neurons = split.partial_neurons,
                         .axons = split.axons,
                         .readout = split.readout,
                         .flipped_share = split.flipped_share});
  }
  return described;
}

ConvertedPlacement DescribePlacement(const PlacementReport& placement) {
  return {.row_major = placement.method == PlacementMethod::kRowMajor,
          .measured = placement.measured,
          .hops_row_major = placement.hops_row_major,
          .hops = placement.hops,
          .link_max_row_major = placement.link_max_row_major,
          .link_max = placement.link_max};
}

// Whether a split changed spikes, and was fitted to images that are not the user's.
bool IsLossyOnRandomImages(const MappedNetwork& mapped, const MappingOptions& mapping) {
  const bool lossy =
      std::ranges::any_of(mapped.layers, [](const MappedLayer& layer) { return !layer.exact; });
  return !mapped.splits.empty() && lossy && mapping.images.empty();
}

absl::Status MapOntoChip(const SpikingNetwork& network, const ConvertOptions& options,
                         std::span<const EncodedImage> images, Conversion& conversion) {
  MappingOptions mapping = options.mapping;
  mapping.images = images;
  SPIKEMESH_ASSIGN_OR_RETURN(MappedNetwork mapped, MapNetwork(network, mapping));
  mapped.chip.seed = options.seed.value_or(mapped.chip.seed);
  ConvertReport& report = conversion.report;
  report.layers = DescribeMappedLayers(mapped.layers);
  report.splits = DescribeSplits(mapped.splits);
  report.random_split = IsLossyOnRandomImages(mapped, mapping);
  report.placement = DescribePlacement(mapped.placement);
  DescribeChip(mapped.chip, report);
  conversion.output = std::move(mapped.chip);
  return absl::OkStatus();
}

// The spiking network is the output, or goes onto a chip.
absl::StatusOr<Conversion> Finish(SpikingNetwork network, const ConvertOptions& options,
                                  std::span<const EncodedImage> images, Conversion conversion) {
  DescribeInput(network.input, conversion.report);
  if (options.to_chip) {
    SPIKEMESH_RETURN_IF_ERROR(MapOntoChip(network, options, images, conversion));
    return conversion;
  }
  conversion.report.layers = DescribeLayers(network);
  for (const ConvertedLayer& layer : conversion.report.layers) {
    conversion.report.neurons += layer.neurons;
  }
  conversion.output = std::move(network);
  return conversion;
}

// What the last step of the conversion made answers the calibration images, and what is lost is
// told.
absl::Status Judge(const Network& network, const CalibrationAnswers& answers,
                   const SpikingOptions& options, Conversion& conversion) {
  ConvertReport& report = conversion.report;
  const auto* const chip = std::get_if<ChipModel>(&conversion.output);
  if (chip == nullptr) {
    return JudgeLoss(network, std::get<SpikingNetwork>(conversion.output), answers, options,
                     report);
  }
  const bool lossy = std::ranges::any_of(report.splits, [](const ConvertedSplit& split) {
    return !split.readout || split.flipped_share > 0.0;
  });
  if (!lossy && !IsLossTold(*report.calibration)) {
    return absl::OkStatus();
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const SpikingNetwork mapped, SpikingNetworkOf(*chip));
  if (lossy) {
    SPIKEMESH_RETURN_IF_ERROR(MeasureSplit(mapped, answers, *report.calibration));
  }
  return JudgeLoss(network, mapped, answers, options, report);
}

// What max pools take: their rails, "NAME rails K", and NAME itself, where an average would stand.
void MeasurePools(const std::vector<std::string>& names, ConvertReport& report) {
  ExactPools& pools = *report.exact_pools;
  std::int64_t cores = 0;
  std::int64_t cores_average = 0;
  for (const ConvertedLayer& layer : report.layers) {
    const auto name = std::ranges::find_if(names, [&layer](const std::string& pool) {
      return layer.name == pool || layer.name.starts_with(pool + " rails ");
    });
    if (name == names.end()) {
      continue;
    }
    const bool is_last = layer.name == *name;
    pools.neurons += layer.neurons;
    pools.neurons_average += is_last ? layer.neurons : 0;
    cores += layer.cores + layer.splitters;
    cores_average += is_last ? layer.cores + layer.splitters : 0;
  }
  if (report.cores) {
    pools.cores = cores;
    pools.cores_average = cores_average;
  }
}

absl::StatusOr<Conversion> ConvertFloat(Network network, const std::string& sha256,
                                        const std::string& name, const ConvertOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(SpikingConversion converted,
                             ConvertToSpikes(options.spiking, network));
  Conversion conversion;
  conversion.report.mode = converted.mode;
  conversion.report.mode_reason = converted.mode_reason;
  conversion.report.sufficient_ticks = converted.sufficient_ticks;
  conversion.report.doubtful_preprocessing = converted.doubtful_preprocessing;
  if (converted.answers) {
    conversion.report.calibration = SummarizeCalibration(*converted.answers);
  }
  conversion.report.warnings = converted.warnings;
  converted.folded.network.name = name;
  converted.folded.network.onnx_sha256 = sha256;
  SPIKEMESH_ASSIGN_OR_RETURN(conversion, Finish(std::move(converted.folded.network), options,
                                                converted.encoded, std::move(conversion)));
  if (converted.exact_pools) {
    conversion.report.exact_pools = converted.exact_pools;
    MeasurePools(converted.pool_names, conversion.report);
  }
  if (converted.answers) {
    SPIKEMESH_RETURN_IF_ERROR(Judge(network, *converted.answers, options.spiking, conversion));
  }
  return conversion;
}

absl::StatusOr<Conversion> ConvertSpiking(SpikingNetwork network, const ConvertOptions& options) {
  Conversion conversion;
  conversion.report.mode = RunModeOf(network.presentation.mode);
  return Finish(std::move(network), options, {}, std::move(conversion));
}

absl::StatusOr<Conversion> ConvertChip(ImportedChip imported, const std::string& name,
                                       const ConvertOptions& options) {
  if (!options.to_chip) {
    return absl::InvalidArgumentError("this model is a chip, and becomes a .chip only");
  }
  Conversion conversion;
  ChipModel& chip = imported.chip;
  chip.name = chip.name.empty() ? name : chip.name;
  chip.seed = options.seed.value_or(chip.seed);
  conversion.report.mode = RunMode::kEvents;
  conversion.report.warnings = std::move(imported.warnings);
  DescribeChip(chip, conversion.report);
  conversion.inputs = std::move(imported.inputs);
  conversion.output = std::move(chip);
  return conversion;
}

absl::StatusOr<Conversion> ConvertAny(ImportedModel& imported, const std::string& name,
                                      const ConvertOptions& options) {
  if (auto* const network = std::get_if<Network>(&imported.model)) {
    return ConvertFloat(std::move(*network), imported.sha256, name, options);
  }
  if (auto* const network = std::get_if<SpikingNetwork>(&imported.model)) {
    return ConvertSpiking(std::move(*network), options);
  }
  return ConvertChip(std::get<ImportedChip>(std::move(imported.model)), name, options);
}

}  // namespace

absl::StatusOr<Conversion> Convert(ImportedModel imported, const std::string& name,
                                   const ConvertOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(Conversion conversion, ConvertAny(imported, name, options));
  conversion.report.sha256 = std::move(imported.sha256);
  return conversion;
}

}  // namespace spikemesh
