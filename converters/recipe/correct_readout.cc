// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/correct_readout.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "converters/spiking/rate_readout.h"
#include "core/base/limits.h"
#include "networks/inference/network_presenter.h"

namespace spikemesh {
namespace {

// Fewer images tell more of themselves than of the network.
constexpr std::int64_t kImagesMin = 16;

// So far from 0 and 1 a rate is hardly ever cut there, which would pass for an error.
constexpr double kMargin = 0.1;

// Of one class.
struct RateError {
  double sum = 0.0;
  std::int64_t images = 0;
};

// How often each neuron of the last layer fires in the read-out ticks of `image`.
std::vector<std::int32_t> CountSpikes(std::span<const std::uint8_t> image,
                                      const PresentationModel& presentation, std::size_t neurons,
                                      NetworkPresenter& presenter) {
  std::vector<std::int32_t> counts(neurons, 0);
  presenter.Present(image, [&](std::int32_t tick, const LayerSpikes& spikes) {
    for (std::size_t n = 0; tick > presentation.latency_ticks && n < neurons; ++n) {
      counts[n] += spikes.back()[n];
    }
  });
  return counts;
}

absl::StatusOr<std::vector<RateError>> MeasureErrors(const Dataset& images, std::int64_t count,
                                                     const FoldedNetwork& folded) {
  const PresentationModel& presentation = folded.network.presentation;
  const auto classes = static_cast<std::size_t>(folded.network.class_count);
  SPIKEMESH_ASSIGN_OR_RETURN(NetworkPresenter presenter, NetworkPresenter::Create(folded.network));
  std::vector<RateError> errors(classes);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::vector<std::int32_t> counts =
        CountSpikes(images.image(i), presentation, classes * kReadoutNeurons, presenter);
    for (std::size_t c = 0; c < classes; ++c) {
      const auto begin = counts.begin() + static_cast<std::ptrdiff_t>(c * kReadoutNeurons);
      double rate = 0.0;
      std::for_each(begin, begin + kReadoutNeurons, [&rate](std::int32_t n) { rate += n; });
      rate /= double{kReadoutNeurons} * presentation.ticks_per_image;
      const double wanted = folded.readout_rates[static_cast<std::size_t>(i)][c];
      if (wanted > kMargin && wanted < 1.0 - kMargin) {
        errors[c].sum += rate - wanted;
        ++errors[c].images;
      }
    }
  }
  return errors;
}

}  // namespace

absl::Status CorrectReadout(const Dataset& images, std::int64_t count, FoldedNetwork& folded) {
  count = std::min(count, images.size());
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<RateError> errors,
                             MeasureErrors(images, count, folded));
  SpikingLayer& readout = folded.network.layers.back();
  for (std::size_t c = 0; c < errors.size(); ++c) {
    if (errors[c].images < kImagesMin) {
      continue;
    }
    const double mean = errors[c].sum / static_cast<double>(errors[c].images);
    for (std::size_t n = c * kReadoutNeurons; n < (c + 1) * kReadoutNeurons; ++n) {
      const auto less = static_cast<std::int32_t>(std::lround(mean * readout.thresholds[n]));
      readout.leaks[n] = std::clamp(readout.leaks[n] - less, kPotentialMin, kPotentialMax);
    }
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
