// SPDX-License-Identifier: Apache-2.0
#include "converters/diagnosis/diagnose.h"

#include <algorithm>
#include <array>
#include <utility>

#include "converters/diagnosis/chip_comparison.h"
#include "converters/diagnosis/layer_meter.h"
#include "converters/onnx/import_onnx.h"
#include "converters/spiking/check_network.h"
#include "converters/spiking/compose_linear.h"
#include "converters/spiking/output_rounding.h"
#include "core/base/strings.h"
#include "networks/data/preprocessing.h"
#include "networks/inference/spike_counts.h"
#include "networks/inference/verifier.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

// The images of a diagnosis, as far as both networks are concerned.
struct ImageRange {
  const Dataset& images;
  std::int64_t count;
  const InputModel& input;

  std::int32_t label(std::int64_t image) const { return images.label(image); }
  std::vector<double> values(std::int64_t image) const {
    return PreprocessImage(input, images.image(image));
  }
  double share(std::int64_t right) const {
    return static_cast<double>(right) / static_cast<double>(count);
  }
};

using Progress = std::function<void(std::int64_t)>;

// Both networks side by side: what goes with what, and who is right.
void MeasureLayers(const ImageRange& range, NetworkRunner& runner, SpikeCounter& counter,
                   const Progress& progress, std::vector<LayerMeter>& meters,
                   DiagnoseReport& report) {
  std::int64_t right_float = 0;
  std::int64_t right_spiking = 0;
  for (std::int64_t image = 0; image < range.count; ++image) {
    const auto& values = runner.Run(range.values(image));
    counter.Run(range.images.image(image));
    for (LayerMeter& meter : meters) {
      meter.Add(counter.counts(), values);
    }
    right_float += runner.predicted_class() == range.label(image) ? 1 : 0;
    right_spiking += counter.predicted_class() == range.label(image) ? 1 : 0;
    progress(image + 1);
  }
  report.accuracy_float = range.share(right_float);
  report.accuracy_spiking = range.share(right_spiking);
}

// The positions of the layers that have a counterpart, in the order of nodes, so that one after the
// other replaces what the float network has computed.
std::vector<std::size_t> ReplacedLayers(const std::vector<DiagnosedLayer>& layers) {
  std::vector<std::size_t> replaced;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].counterpart != Counterpart::kNone) {
      replaced.push_back(i);
    }
  }
  std::ranges::stable_sort(replaced, {}, [&](std::size_t i) { return layers[i].node; });
  return replaced;
}

// The accuracy of the float network that goes on from the spiking network's activations.
void MeasureAccuracies(const ImageRange& range, const std::vector<DiagnosedLayer>& layers,
                       const std::vector<LayerMeter>& meters, NetworkRunner& runner,
                       SpikeCounter& counter, const Progress& progress, DiagnoseReport& report) {
  const std::vector<std::size_t> replaced = ReplacedLayers(layers);
  std::vector<std::int64_t> right(layers.size());
  for (std::int64_t image = 0; image < range.count; ++image) {
    runner.Run(range.values(image));
    counter.Run(range.images.image(image));
    for (const std::size_t i : replaced) {
      runner.RunAfter(static_cast<std::size_t>(layers[i].node), meters[i].Decode(counter.counts()));
      right[i] += runner.predicted_class() == range.label(image) ? 1 : 0;
    }
    progress(image + 1);
  }
  for (const std::size_t i : replaced) {
    report.layers[i].accuracy = range.share(right[i]);
  }
}

void AddChip(const ChipComparison& comparison, const std::vector<DiagnosedLayer>& layers,
             const ImageRange& range, DiagnoseReport& report) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    for (const std::int32_t layer : layers[i].layers) {
      const ChipAgreement& agreement = comparison.layers[static_cast<std::size_t>(layer)];
      report.layers[i].compared += agreement.compared;
      report.layers[i].differing += agreement.differing;
    }
  }
  std::int64_t right = 0;
  for (std::int64_t image = 0; image < range.count; ++image) {
    const std::int32_t predicted = comparison.predicted[static_cast<std::size_t>(image)];
    right += predicted == range.label(image) ? 1 : 0;
  }
  report.accuracy_chip = range.share(right);
}

// Both networks, layer by layer. `progress` is told two steps an image.
absl::Status DiagnoseNetworks(const Network& network, const SpikingNetwork& spiking,
                              const std::vector<DiagnosedLayer>& layers, const ImageRange& range,
                              const Progress& progress, DiagnoseReport& report) {
  SPIKEMESH_ASSIGN_OR_RETURN(SpikeCounter counter, SpikeCounter::Create(spiking));
  NetworkRunner runner(network);
  std::vector<LayerMeter> meters;
  meters.reserve(layers.size());
  for (const DiagnosedLayer& layer : layers) {
    meters.emplace_back(layer, spiking, network);
  }
  report.images = range.count;
  MeasureLayers(range, runner, counter, progress, meters, report);
  for (const LayerMeter& meter : meters) {
    report.layers.push_back(meter.Report());
  }
  MeasureAccuracies(
      range, layers, meters, runner, counter,
      [&](std::int64_t done) { progress(range.count + done); }, report);
  return absl::OkStatus();
}

absl::Status CheckSameModel(const ChipModel& chip, const std::string& path,
                            const ImportedOnnx& imported) {
  if (chip.onnx_sha256.empty()) {
    return absl::FailedPreconditionError(
        "the chip does not say which ONNX file it was made from; convert it from one");
  }
  if (chip.onnx_sha256 != imported.sha256) {
    return absl::FailedPreconditionError(Concat(path, ": its SHA-256 is ", imported.sha256,
                                                ", the chip was made from a file of ",
                                                chip.onnx_sha256));
  }
  const FeatureShape& shape = imported.network.input_shape;
  if (std::array{shape.channels, shape.height, shape.width} != chip.input.shape) {
    return absl::InvalidArgumentError(
        Concat(path, ": its input has ", shape.size(), " values of another shape than the chip's"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DiagnosisModels> LoadDiagnosis(const ChipModel& chip, const std::string& path,
                                              const OnnxOptions& options) {
  DiagnosisModels models;
  SPIKEMESH_ASSIGN_OR_RETURN(models.spiking, SpikingNetworkOf(chip));
  SPIKEMESH_RETURN_IF_ERROR(NeuronSources::Create(chip, models.spiking).status());
  // The chip was made from this file, so its images are what the network takes.
  OnnxOptions as_converted = options;
  as_converted.image_values = ImageValues::kBytes;
  SPIKEMESH_ASSIGN_OR_RETURN(ImportedOnnx imported, ImportOnnxFile(path, as_converted));
  SPIKEMESH_RETURN_IF_ERROR(CheckSameModel(chip, path, imported));
  SPIKEMESH_RETURN_IF_ERROR(Annotate(CheckNetwork(imported.network), path));
  models.trained = imported.network;
  LeaveOutOutputRounding(imported.network);
  const bool rate = models.spiking.presentation.mode == PresentationMode::kRate;
  SPIKEMESH_ASSIGN_OR_RETURN(
      models.network,
      Annotate(ComposeLinear(imported.network, rate ? LinearCut::kRails : LinearCut::kRefuse),
               path));
  SPIKEMESH_ASSIGN_OR_RETURN(models.layers,
                             Annotate(MatchLayers(models.spiking, models.network), path));
  return models;
}

absl::StatusOr<DiagnoseReport> Diagnose(const DiagnosisModels& models, const ChipModel& chip,
                                        const Dataset& images, std::int64_t image_count,
                                        const std::function<void(std::int64_t)>& progress,
                                        Machine& machine) {
  SPIKEMESH_CHECK(image_count > 0 && image_count <= images.size());
  const ImageRange range{images, image_count, chip.input};
  std::int64_t steps = 0;
  const Progress tell = [&](std::int64_t done) { progress(steps + done); };
  SPIKEMESH_ASSIGN_OR_RETURN(const ChipComparison comparison,
                             CompareChip(chip, models.spiking, images, image_count, tell, machine));
  steps += image_count;
  DiagnoseReport report;
  SPIKEMESH_RETURN_IF_ERROR(
      DiagnoseNetworks(models.network, models.spiking, models.layers, range, tell, report));
  AddChip(comparison, models.layers, range, report);
  return report;
}

absl::StatusOr<DiagnoseReport> DiagnoseConversion(const Network& network,
                                                  const SpikingNetwork& spiking,
                                                  const Dataset& images, std::int64_t image_count) {
  SPIKEMESH_CHECK(image_count > 0 && image_count <= images.size());
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<DiagnosedLayer> layers,
                             MatchLayers(spiking, network));
  DiagnoseReport report;
  SPIKEMESH_RETURN_IF_ERROR(DiagnoseNetworks(
      network, spiking, layers, {images, image_count, spiking.input}, [](std::int64_t) {}, report));
  return report;
}

}  // namespace spikemesh
