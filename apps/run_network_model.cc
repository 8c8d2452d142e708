// SPDX-License-Identifier: Apache-2.0
#include "apps/run_network_model.h"

#include <algorithm>

#include "apps/file_arguments.h"
#include "apps/image_answers.h"
#include "apps/image_presenter.h"
#include "apps/image_run.h"
#include "apps/rate_readout.h"
#include "apps/terminal.h"
#include "apps/version.h"
#include "converters/onnx/import_onnx.h"
#include "converters/spiking/image_input.h"
#include "core/base/atomic_file.h"
#include "core/base/process_usage.h"
#include "core/base/sha256.h"
#include "core/base/strings.h"
#include "networks/data/preprocessing.h"
#include "networks/ir/run_network.h"
#include "networks/ir/run_spiking.h"

namespace spikemesh {
namespace {

std::int64_t CountNeurons(const SpikingNetwork& network) {
  std::int64_t neurons = 0;
  for (const SpikingLayer& layer : network.layers) {
    neurons += layer.output_shape.size();
  }
  return neurons;
}

// Asks `predict(index)` for every image and fills the report.
template <typename Predict>
void PredictAll(const RunOptions& options, const Dataset& images, Predict predict,
                RunResult& result) {
  ProgressLine progress("images", images.size());
  const Stopwatch stopwatch;
  std::vector<std::int32_t> predicted;
  for (std::int64_t image = 0; image < images.size(); ++image) {
    predicted.push_back(predict(image));
    progress.Update(image + 1);
  }
  result.report.dataset = SummarizeDataset(options, images);
  result.report.classification = Classify(images, predicted);
  result.predictions_csv = FormatAnswers(images, predicted);
  result.report.simulator = {.version = ProjectVersion(),
                             .wall_seconds = stopwatch.wall_seconds(),
                             .cpu_seconds = stopwatch.cpu_seconds(),
                             .threads = 1,
                             .simd = "",
                             .seed = options.machine.seed.value_or(0),
                             .peak_memory_bytes = PeakMemoryBytes()};
}

absl::Status RunSpikingNetwork(const RunOptions& options, const SpikingNetwork& network,
                               const Dataset& images, RunResult& result) {
  SPIKEMESH_ASSIGN_OR_RETURN(ImagePresenter presenter, ImagePresenter::Create(network));
  if (std::ranges::max(network.output_classes) < 0) {
    return absl::FailedPreconditionError(
        Concat(options.model, ": no output of the network stands for a class"));
  }
  const PresentationModel& presentation = network.presentation;
  if (presentation.mode != PresentationMode::kRate) {
    const auto predict = [&](std::int64_t image) {
      presenter.Present(images.image(image));
      return presenter.predicted_class();
    };
    PredictAll(options, images, predict, result);
    return absl::OkStatus();
  }
  RateReadout readout(network.output_classes, presentation);
  std::vector<std::uint32_t> outputs;
  std::vector<PinIndex> pins;
  const auto read = [&](std::int32_t, std::span<const std::uint32_t>,
                        const ImagePresenter::Spikes& spikes) {
    outputs.clear();
    AppendActive(spikes.back(), outputs);
    pins.clear();
    for (const std::uint32_t output : outputs) {
      pins.push_back(PinIndex(output));
    }
    readout.Add(pins);
  };
  const auto predict = [&](std::int64_t image) {
    readout.Begin(images.labels[static_cast<std::size_t>(image)]);
    presenter.Present(images.image(image), read);
    return readout.answer();
  };
  PredictAll(options, images, predict, result);
  const RateReadout* const readouts[] = {&readout};
  const std::int32_t ticks = presentation.ticks_per_image;
  result.report.accuracy_over_ticks = SumAccuracy(readouts, ticks, images.size());
  result.report.ticks_per_image = ticks;
  result.report.latency_ticks = presentation.latency_ticks;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RunResult> RunSpikingModel(const RunOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string bytes,
                             ReadFile(options.model, kSpikingFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const SpikingNetwork network,
                             Annotate(ParseSpiking(bytes), options.model));
  SPIKEMESH_ASSIGN_OR_RETURN(const Dataset images, LoadImages(options));
  SPIKEMESH_RETURN_IF_ERROR(CheckImages(network.input, images));
  RunResult result;
  result.report.mode = RunMode::kSpikingNetwork;
  result.report.model = {.name = network.name,
                         .cores = std::nullopt,
                         .neurons = CountNeurons(network),
                         .axons = std::nullopt,
                         .synapses = std::nullopt,
                         .chips = std::nullopt,
                         .sha256 = Sha256Hex(bytes)};
  SPIKEMESH_RETURN_IF_ERROR(RunSpikingNetwork(options, network, images, result));
  return result;
}

absl::StatusOr<RunResult> RunOnnxModel(const RunOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Preprocessing preprocessing,
                             ToPreprocessing(options.preprocessing));
  SPIKEMESH_ASSIGN_OR_RETURN(const ImportedOnnx imported, ImportOnnxFile(options.model));
  const Network& network = imported.network;
  for (const std::string& warning : network.warnings) {
    LogWarning(Concat(options.model, ": ", warning));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(
      const InputModel input,
      Annotate(ImageInput(network.input_shape, preprocessing), options.model));
  SPIKEMESH_ASSIGN_OR_RETURN(const Dataset images, LoadImages(options));
  SPIKEMESH_RETURN_IF_ERROR(CheckImageShape(input, images));
  RunResult result;
  result.report.mode = RunMode::kFloatNetwork;
  result.report.model.name = FileStem(options.model);
  result.report.model.sha256 = imported.sha256;
  NetworkRunner runner(network);
  const auto predict = [&](std::int64_t image) {
    runner.Run(PreprocessImage(input, images.image(image)));
    return runner.predicted_class();
  };
  PredictAll(options, images, predict, result);
  return result;
}

}  // namespace spikemesh
