// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/network_answers.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <utility>

#include "core/base/process_usage.h"
#include "networks/data/preprocessing.h"
#include "networks/inference/check_images.h"
#include "networks/inference/image_lines.h"
#include "networks/inference/network_presenter.h"
#include "networks/inference/readout.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

// Asks `predict` for every image, until a limit ends it.
std::vector<std::int32_t> PredictAll(const Dataset& images, const ImageProgress& progress,
                                     const AnswerLimits& limits,
                                     const std::function<std::int32_t(std::int64_t)>& predict) {
  std::vector<std::int32_t> predicted;
  const Stopwatch stopwatch;
  const auto ended = [&] {
    return stopwatch.cpu_seconds() >= limits.cpu_seconds || IsStopped(limits.stop);
  };
  for (std::int64_t image = 0; image < images.size() && (image == 0 || !ended()); ++image) {
    predicted.push_back(predict(image));
    if (progress) {
      progress(image + 1);
    }
  }
  return predicted;
}

// Votes as the pins of a chip do, so that shorter read-outs are told as well.
NetworkAnswers RunRate(const SpikingNetwork& network, const Dataset& images,
                       const ImageProgress& progress, const AnswerLimits& limits,
                       NetworkPresenter& presenter) {
  const PresentationModel& presentation = network.presentation;
  Readout readout(network.output_classes, presentation.ticks_per_image);
  std::vector<std::uint32_t> active;
  std::vector<PinIndex> pins;
  NetworkAnswers answers;
  answers.predicted = PredictAll(images, progress, limits, [&](std::int64_t image) {
    const std::int32_t label = images.label(image);
    presenter.Present(images.image(image), [&](std::int32_t tick, const LayerSpikes& spikes) {
      if (tick <= presentation.latency_ticks) {
        return;
      }
      active.clear();
      AppendActive(spikes.back(), active);
      pins.clear();
      for (const std::uint32_t output : active) {
        pins.emplace_back(output);
      }
      readout.Add(tick - presentation.latency_ticks, pins, label);
    });
    return readout.answer();
  });
  if (images.labelled()) {
    answers.accuracy_over_ticks =
        SumAccuracy(std::span(&readout.correct(), 1), presentation.ticks_per_image,
                    static_cast<std::int64_t>(answers.predicted.size()));
  }
  return answers;
}

}  // namespace

absl::StatusOr<NetworkAnswers> RunSpikingNetwork(const SpikingNetwork& network,
                                                 const Dataset& images,
                                                 const ImageProgress& progress,
                                                 const AnswerLimits& limits) {
  SPIKEMESH_RETURN_IF_ERROR(CheckImages(network.input, images));
  SPIKEMESH_ASSIGN_OR_RETURN(NetworkPresenter presenter, NetworkPresenter::Create(network));
  if (ClassCount(network.output_classes) == 0) {
    return absl::FailedPreconditionError("no output of the network stands for a class");
  }
  if (network.presentation.mode == PresentationMode::kRate) {
    return RunRate(network, images, progress, limits, presenter);
  }
  return NetworkAnswers{PredictAll(images, progress, limits,
                                   [&](std::int64_t image) {
                                     presenter.Present(images.image(image));
                                     return presenter.predicted_class();
                                   }),
                        {}};
}

absl::StatusOr<NetworkAnswers> RunFloatNetwork(const Network& network, const InputModel& input,
                                               const Dataset& images, const ImageProgress& progress,
                                               const AnswerLimits& limits) {
  SPIKEMESH_RETURN_IF_ERROR(CheckImageShape(input, images));
  NetworkRunner runner(network);
  return NetworkAnswers{PredictAll(images, progress, limits,
                                   [&](std::int64_t image) {
                                     runner.Run(PreprocessImage(input, images.image(image)));
                                     return runner.predicted_class();
                                   }),
                        {}};
}

absl::StatusOr<std::vector<EncodedImage>> EncodeImages(const SpikingNetwork& network,
                                                       const Dataset& images, std::int64_t count) {
  const PresentationModel& presentation = network.presentation;
  const bool rate = presentation.mode == PresentationMode::kRate;
  const std::int32_t ticks = rate ? presentation.ticks_per_image : 1;
  SPIKEMESH_ASSIGN_OR_RETURN(ImageLines encoder, ImageLines::Create(network.input, presentation));
  std::vector<EncodedImage> encoded(static_cast<std::size_t>(std::min(count, images.size())),
                                    EncodedImage(static_cast<std::size_t>(ticks)));
  for (std::size_t image = 0; image < encoded.size(); ++image) {
    for (std::int32_t tick = 1; tick <= ticks; ++tick) {
      encoder.Append(images.image(static_cast<std::int64_t>(image)), tick,
                     encoded[image][static_cast<std::size_t>(tick - 1)]);
    }
  }
  return encoded;
}

}  // namespace spikemesh
