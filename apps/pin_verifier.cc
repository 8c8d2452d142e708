// SPDX-License-Identifier: Apache-2.0
#include "apps/pin_verifier.h"

#include "core/base/strings.h"

namespace spikemesh {

absl::StatusOr<SpikingNetwork> SpikingNetworkOf(const ChipModel& chip) {
  if (chip.presentation.mode == PresentationMode::kRate) {
    return absl::UnimplementedError(
        "--verify: the chip runs in rate mode, in which there is no reference to compare with; "
        "pipelined chips have one");
  }
  if (chip.spiking_network.empty()) {
    return absl::FailedPreconditionError(
        "--verify: the chip holds no spiking network to compare with; convert it from a network");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(SpikingNetwork network,
                             Annotate(ParseSpiking(chip.spiking_network), "--verify"));
  const std::int64_t outputs = network.layers.back().output_shape.size();
  if (outputs != chip.pin_count || network.input.shape != chip.input.shape) {
    return absl::InvalidArgumentError(Concat("--verify: the spiking network in the chip has ",
                                             outputs, " outputs, the chip has ", chip.pin_count,
                                             " pins; both must be of one model"));
  }
  return network;
}

PinVerifier::PinVerifier(const SpikingNetwork& network, const ImageEncoder& encoder)
    : runner_(network),
      encoder_(encoder),
      spikes_(static_cast<std::size_t>(network.layers.back().output_shape.size())) {}

void PinVerifier::Compare(std::span<const std::uint8_t> image, std::span<const PinIndex> pins) {
  for (const PinIndex pin : pins) {
    ++spikes_[pin.value()];
  }
  lines_.clear();
  encoder_.Encode(image, lines_);
  const std::vector<std::uint8_t>& expected = runner_.Run(lines_).back();
  std::int64_t mismatches = 0;
  for (std::size_t pin = 0; pin < expected.size(); ++pin) {
    mismatches += spikes_[pin] == expected[pin] ? 0 : 1;
    spikes_[pin] = 0;
  }
  ++summary_.images;
  summary_.mismatched_images += mismatches == 0 ? 0 : 1;
  summary_.mismatched_spikes += mismatches;
}

}  // namespace spikemesh
