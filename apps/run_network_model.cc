// SPDX-License-Identifier: Apache-2.0
#include "apps/run_network_model.h"

#include <algorithm>

#include "apps/file_arguments.h"
#include "apps/image_answers.h"
#include "apps/image_run.h"
#include "apps/model_input.h"
#include "apps/process_usage.h"
#include "apps/rate_readout.h"
#include "apps/terminal.h"
#include "apps/version.h"
#include "converters/onnx/import_onnx.h"
#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/base/strings.h"
#include "networks/data/encoder.h"
#include "networks/data/preprocessing.h"
#include "networks/data/rate_encoder.h"
#include "networks/ir/run_network.h"
#include "networks/ir/run_rate.h"
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

absl::Status RunPipelinedNetwork(const RunOptions& options, const SpikingNetwork& network,
                                 const Dataset& images, RunResult& result) {
  SPIKEMESH_ASSIGN_OR_RETURN(const ImageEncoder encoder, ImageEncoder::Create(network.input));
  SpikingRunner runner(network);
  std::vector<std::uint32_t> lines;
  const auto predict = [&](std::int64_t image) {
    lines.clear();
    encoder.Encode(images.image(image), lines);
    runner.Run(lines);
    return runner.predicted_class();
  };
  PredictAll(options, images, predict, result);
  return absl::OkStatus();
}

absl::Status RunRateNetwork(const RunOptions& options, const SpikingNetwork& network,
                            const Dataset& images, RunResult& result) {
  const PresentationModel& presentation = network.presentation;
  const std::int32_t input_ticks = presentation.ticks_per_image;
  SPIKEMESH_ASSIGN_OR_RETURN(RateEncoder encoder, RateEncoder::Create(network.input, input_ticks));
  if (std::ranges::max(network.output_classes) < 0) {
    return absl::FailedPreconditionError(
        Concat(options.model, ": no output of the network stands for a class"));
  }
  RateRunner runner(network);
  RateReadout readout(network.output_classes, presentation);
  std::vector<std::uint32_t> lines;
  std::vector<PinIndex> pins;
  const auto predict = [&](std::int64_t image) {
    runner.Begin();
    encoder.Begin(images.image(image));
    readout.Begin(images.labels[static_cast<std::size_t>(image)]);
    for (std::int32_t tick = 1; tick <= input_ticks + presentation.latency_ticks; ++tick) {
      lines.clear();
      if (tick <= input_ticks) {
        encoder.AppendTick(lines);
      }
      runner.Step(lines);
      pins.clear();
      for (const std::uint32_t output : runner.outputs()) {
        pins.push_back(PinIndex(output));
      }
      readout.Add(pins);
    }
    return readout.answer();
  };
  PredictAll(options, images, predict, result);
  const RateReadout* const readouts[] = {&readout};
  result.report.accuracy_over_ticks = SumAccuracy(readouts, input_ticks, images.size());
  result.report.ticks_per_image = input_ticks;
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
  result.report.mode = "spiking network";
  result.report.model = {.name = network.name,
                         .cores = std::nullopt,
                         .neurons = CountNeurons(network),
                         .axons = std::nullopt,
                         .synapses = std::nullopt,
                         .chips = std::nullopt,
                         .sha256 = Sha256Hex(bytes)};
  SPIKEMESH_RETURN_IF_ERROR(network.presentation.mode == PresentationMode::kRate
                                ? RunRateNetwork(options, network, images, result)
                                : RunPipelinedNetwork(options, network, images, result));
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
  SPIKEMESH_ASSIGN_OR_RETURN(const InputModel input,
                             Annotate(FloatInput(network, preprocessing), options.model));
  SPIKEMESH_ASSIGN_OR_RETURN(const Dataset images, LoadImages(options));
  SPIKEMESH_RETURN_IF_ERROR(CheckImageShape(input, images));
  RunResult result;
  result.report.mode = "float network";
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
