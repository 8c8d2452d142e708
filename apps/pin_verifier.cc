// SPDX-License-Identifier: Apache-2.0
#include "apps/pin_verifier.h"

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

absl::StatusOr<SpikingNetwork> SpikingNetworkOf(const ChipModel& chip, std::string_view flag) {
  if (chip.spiking_network.empty()) {
    return absl::FailedPreconditionError(
        Concat(flag,
               ": the chip holds no spiking network to compare with; convert it from a "
               "network"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(SpikingNetwork network,
                             Annotate(ParseSpiking(chip.spiking_network), flag));
  const std::int64_t outputs = network.layers.back().output_shape.size();
  if (outputs != chip.pin_count || network.input.shape != chip.input.shape) {
    return absl::InvalidArgumentError(Concat(flag, ": the spiking network in the chip has ",
                                             outputs, " outputs, the chip has ", chip.pin_count,
                                             " pins; both must be of one model"));
  }
  if (network.presentation != chip.presentation) {
    return absl::InvalidArgumentError(
        Concat(flag,
               ": the spiking network in the chip is presented in another way than the chip; "
               "both must be of one model"));
  }
  return network;
}

PinVerifier::PinVerifier(const SpikingNetwork& network, const ImageEncoder& encoder)
    : runner_(network),
      encoder_(encoder),
      spikes_(static_cast<std::size_t>(network.layers.back().output_shape.size())) {}

void PinVerifier::Compare(std::span<const std::uint8_t> image, std::span<const PinIndex> pins) {
  lines_.clear();
  encoder_.Encode(image, lines_);
  const std::int64_t mismatches = CountMismatches(pins, runner_.Run(lines_).back(), spikes_);
  ++summary_.images;
  summary_.mismatched_images += mismatches == 0 ? 0 : 1;
  summary_.mismatched_spikes += mismatches;
}

RateVerifier::RateVerifier(const SpikingNetwork& network)
    : runner_(network),
      spikes_(static_cast<std::size_t>(network.layers.back().output_shape.size())) {}

void RateVerifier::Begin() {
  runner_.Begin();
  mismatches_ = 0;
}

void RateVerifier::Compare(std::span<const std::uint32_t> lines, std::span<const PinIndex> pins) {
  mismatches_ += CountMismatches(pins, runner_.Step(lines).back(), spikes_);
}

void RateVerifier::End() {
  ++summary_.images;
  summary_.mismatched_images += mismatches_ == 0 ? 0 : 1;
  summary_.mismatched_spikes += mismatches_;
}

}  // namespace spikemesh
