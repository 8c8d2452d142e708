// SPDX-License-Identifier: Apache-2.0
#include "apps/run_network_model.h"

#include "apps/file_arguments.h"
#include "apps/image_answers.h"
#include "apps/image_run.h"
#include "apps/model_input.h"
#include "apps/process_usage.h"
#include "apps/terminal.h"
#include "apps/version.h"
#include "converters/onnx/import_onnx.h"
#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/base/strings.h"
#include "networks/data/encoder.h"
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

// Asks `predict(image)` for every image and fills the report.
template <typename Predict>
void PredictAll(const RunOptions& options, const Dataset& images, Predict predict,
                RunResult& result) {
  ProgressLine progress("images", images.size());
  const Stopwatch stopwatch;
  std::vector<std::int32_t> predicted;
  for (std::int64_t image = 0; image < images.size(); ++image) {
    predicted.push_back(predict(images.image(image)));
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

}  // namespace

absl::StatusOr<RunResult> RunSpikingModel(const RunOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string bytes,
                             ReadFile(options.model, kSpikingFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const SpikingNetwork network,
                             Annotate(ParseSpiking(bytes), options.model));
  SPIKEMESH_ASSIGN_OR_RETURN(const Dataset images, LoadImages(options));
  SPIKEMESH_RETURN_IF_ERROR(CheckImages(network.input, images));
  if (network.presentation.mode == PresentationMode::kRate) {
    return absl::UnimplementedError(Concat(
        options.model, ": a spiking network in rate mode runs on a chip only; give a .chip"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const ImageEncoder encoder, ImageEncoder::Create(network.input));
  RunResult result;
  result.report.mode = "spiking network";
  result.report.model = {.name = network.name,
                         .cores = std::nullopt,
                         .neurons = CountNeurons(network),
                         .axons = std::nullopt,
                         .synapses = std::nullopt,
                         .chips = std::nullopt,
                         .sha256 = Sha256Hex(bytes)};
  SpikingRunner runner(network);
  std::vector<std::uint32_t> lines;
  const auto predict = [&](std::span<const std::uint8_t> image) {
    lines.clear();
    encoder.Encode(image, lines);
    runner.Run(lines);
    return runner.predicted_class();
  };
  PredictAll(options, images, predict, result);
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
  const auto predict = [&](std::span<const std::uint8_t> image) {
    runner.Run(PreprocessImage(input, image));
    return runner.predicted_class();
  };
  PredictAll(options, images, predict, result);
  return result;
}

}  // namespace spikemesh
