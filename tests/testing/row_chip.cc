// SPDX-License-Identifier: Apache-2.0
#include "tests/testing/row_chip.h"

#include <cmath>
#include <utility>

#include "core/base/status.h"
#include "core/chip/chip_builder.h"

namespace spikemesh {
namespace {

NeuronParameters Integrator(const RowOptions& options) {
  NeuronParameters neuron;
  neuron.weights = {1, -1, 0, 0};
  neuron.threshold = options.threshold;
  neuron.threshold_mask_bits = options.mask_bits;
  neuron.reset_mode = ResetMode::kLinear;
  return neuron;
}

NeuronParameters Repeater() {
  NeuronParameters neuron;
  neuron.weights = {1, 0, 0, 0};
  neuron.threshold = 1;
  return neuron;
}

}  // namespace

ChipModel RowChip(const RowOptions& options) {
  ChipBuilder builder;
  const CoreId west = builder.AddCore({0, 0});
  const CoreId east = options.delay > 0 ? builder.AddCore({2, 0}) : west;
  builder.AddInputLine({});  // the encoder's lines begin after one of something else
  std::vector<AxonAddress> second_lines;
  for (std::int32_t pixel = 0; pixel < options.pixels; ++pixel) {
    const std::int32_t initial = options.initial.empty() ? 0 : options.initial[pixel];
    const NeuronIndex neuron = builder.AddNeuron(west, Integrator(options), initial);
    const AxonIndex positive = builder.AddAxon(west, AxonType(0));
    const AxonIndex negative = builder.AddAxon(west, AxonType(1));
    builder.Connect(west, positive, neuron);
    builder.Connect(west, negative, neuron);
    builder.AddInputLine({{west, positive}});
    second_lines.push_back({west, negative});
    const NeuronTarget pin = NeuronTarget::Pin(builder.AddPin());
    builder.model().pin_classes.push_back(pixel);
    if (options.delay == 0) {
      builder.SetTarget(west, neuron, pin);
      continue;
    }
    const AxonIndex axon = builder.AddAxon(east, AxonType(0));
    const NeuronIndex repeater = builder.AddNeuron(east, Repeater());
    builder.Connect(east, axon, repeater);
    builder.SetTarget(
        west, neuron,
        NeuronTarget::Axon(east, axon, DelayTicks(static_cast<std::uint8_t>(options.delay))));
    builder.SetTarget(east, repeater, pin);
  }
  for (const AxonAddress& axon : second_lines) {
    builder.AddInputLine({axon});
  }
  InputModel& input = builder.model().input;
  input.encoder = EncoderKind::kRate;
  input.shape = {1, 1, options.pixels};
  input.range_max = 255.0;
  input.mean = {static_cast<double>(options.mean)};
  input.scale = {1.0};
  input.first_line = 1;
  builder.model().presentation = {PresentationMode::kRate, options.ticks, options.latency};
  absl::StatusOr<ChipModel> chip = std::move(builder).Build();
  SPIKEMESH_CHECK(chip.ok());
  return *std::move(chip);
}

Dataset RowImages(std::int32_t ticks, const std::vector<RowImage>& images) {
  Dataset set;
  set.name = "rows";
  set.height = 1;
  set.width = static_cast<std::int32_t>(images[0].spikes.size());
  for (const RowImage& image : images) {
    set.labels.push_back(static_cast<std::uint8_t>(image.label));
    for (const std::int32_t spikes : image.spikes) {
      // ticks * byte / 255 is at most ticks / 510 from `spikes`, so it rounds to it.
      set.pixels.push_back(static_cast<std::uint8_t>(std::lround(255.0 * spikes / ticks)));
    }
  }
  return set;
}

std::vector<std::int64_t> TrainTicks(std::int64_t spikes, std::int64_t ticks) {
  std::vector<std::int64_t> train;
  for (std::int64_t k = 1; k <= ticks; ++k) {
    if ((2 * k * spikes + ticks) / (2 * ticks) > (2 * (k - 1) * spikes + ticks) / (2 * ticks)) {
      train.push_back(k);
    }
  }
  return train;
}

}  // namespace spikemesh
