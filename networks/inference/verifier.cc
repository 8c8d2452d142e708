// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/verifier.h"

#include <cstddef>
#include <span>
#include <utility>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

// The pins whose spikes in one tick are not the expected 0 or 1. `spikes`: [pin], 0 before and
// after.
std::int64_t CountMismatches(std::span<const PinIndex> pins,
                             const std::vector<std::uint8_t>& expected,
                             std::vector<std::int32_t>& spikes) {
  for (const PinIndex pin : pins) {
    ++spikes[pin.value()];
  }
  std::int64_t mismatches = 0;
  for (std::size_t pin = 0; pin < expected.size(); ++pin) {
    mismatches += spikes[pin] == expected[pin] ? 0 : 1;
    spikes[pin] = 0;
  }
  return mismatches;
}

}  // namespace

absl::StatusOr<SpikingNetwork> SpikingNetworkOf(const ChipModel& chip) {
  if (chip.spiking_network.empty()) {
    return absl::FailedPreconditionError(
        "the chip holds no spiking network to compare with; convert it from a network");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(SpikingNetwork network, ParseSpiking(chip.spiking_network));
  const std::int64_t outputs = network.layers.back().output_shape.size();
  if (outputs != chip.pin_count || network.input.shape != chip.input.shape) {
    return absl::InvalidArgumentError(Concat("the spiking network in the chip has ", outputs,
                                             " outputs, the chip has ", chip.pin_count,
                                             " pins; both must be of one model"));
  }
  if (network.presentation != chip.presentation) {
    return absl::InvalidArgumentError(
        "the spiking network in the chip is presented in another way than the chip; both must be "
        "of one model");
  }
  return network;
}

ImageVerifier::ImageVerifier(const SpikingNetwork& network, const ChipModel& chip,
                             const Dataset& images, ImageLines encoder)
    : schedule_(chip.presentation),
      images_(images),
      encoder_(std::move(encoder)),
      spikes_(static_cast<std::size_t>(network.layers.back().output_shape.size())) {
  if (schedule_.resets()) {
    rate_ = std::make_unique<RateRunner>(network);
  } else {
    pipelined_ = std::make_unique<SpikingRunner>(network);
  }
}

absl::StatusOr<ImageVerifier> ImageVerifier::Create(const SpikingNetwork& network,
                                                    const ChipModel& chip, const Dataset& images) {
  SPIKEMESH_ASSIGN_OR_RETURN(ImageLines encoder, ImageLines::Create(chip.input, chip.presentation));
  return ImageVerifier(network, chip, images, std::move(encoder));
}

absl::Status ImageVerifier::Look(const Machine& machine) {
  if (rate_) {
    LookRate(machine);
  } else {
    LookPipelined(machine);
  }
  return absl::OkStatus();
}

void ImageVerifier::LookPipelined(const Machine& machine) {
  const ImageTick readout = schedule_.Readout(machine.now());
  if (readout.image < 0) {
    return;
  }
  lines_.clear();
  encoder_.Append(images_.image(readout.image), 1, lines_);
  Compare(machine, pipelined_->Run(lines_).back());
  EndImage();
}

void ImageVerifier::LookRate(const Machine& machine) {
  const ImageTick input = schedule_.Input(machine.now());
  if (input.tick == 1) {
    rate_->Begin();
  }
  lines_.clear();
  if (input.image >= 0) {
    encoder_.Append(images_.image(input.image), input.tick, lines_);
  }
  Compare(machine, rate_->Step(lines_).back());
  if (schedule_.Readout(machine.now()).tick == schedule_.ticks_per_image()) {
    EndImage();
  }
}

void ImageVerifier::Compare(const Machine& machine, const std::vector<std::uint8_t>& expected) {
  mismatches_ += CountMismatches(machine.pins(), expected, spikes_);
}

void ImageVerifier::EndImage() {
  ++summary_.images;
  summary_.mismatched_images += mismatches_ == 0 ? 0 : 1;
  summary_.mismatched_spikes += mismatches_;
  mismatches_ = 0;
}

VerifySummary operator+(const VerifySummary& a, const VerifySummary& b) {
  return {.images = a.images + b.images,
          .mismatched_images = a.mismatched_images + b.mismatched_images,
          .mismatched_spikes = a.mismatched_spikes + b.mismatched_spikes};
}

}  // namespace spikemesh
