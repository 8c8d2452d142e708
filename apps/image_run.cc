// SPDX-License-Identifier: Apache-2.0
#include "apps/image_run.h"

#include <algorithm>
#include <span>
#include <utility>

#include "apps/model_input.h"
#include "core/base/strings.h"
#include "networks/data/encoder.h"
#include "networks/ir/run_spiking.h"

namespace spikemesh {
namespace {

std::int32_t ClassCount(const std::vector<std::int32_t>& pin_classes) {
  const auto last = std::ranges::max_element(pin_classes);
  return last == pin_classes.end() ? 0 : *last + 1;
}

// Compares what the pins showed with the spiking network, image by image.
class Verifier {
 public:
  Verifier(const SpikingNetwork& network, const ImageEncoder& encoder)
      : runner_(network), encoder_(encoder) {}

  void Compare(std::span<const std::uint8_t> image, const std::vector<std::int32_t>& spikes) {
    lines_.clear();
    encoder_.Encode(image, lines_);
    const std::vector<std::uint8_t>& expected = runner_.Run(lines_).back();
    std::int64_t mismatches = 0;
    for (std::size_t pin = 0; pin < expected.size(); ++pin) {
      mismatches += spikes[pin] == expected[pin] ? 0 : 1;
    }
    ++summary_.images;
    summary_.mismatched_images += mismatches == 0 ? 0 : 1;
    summary_.mismatched_spikes += mismatches;
  }

  const VerifySummary& summary() const { return summary_; }

 private:
  SpikingRunner runner_;
  const ImageEncoder& encoder_;
  std::vector<std::uint32_t> lines_;
  VerifySummary summary_;
};

}  // namespace

absl::Status CheckImages(const InputModel& input, const Dataset& images) {
  if (input.encoder == EncoderKind::kNone) {
    return absl::FailedPreconditionError(
        "--dataset: the model has no image encoder; give it spikes with --input");
  }
  return CheckImageShape(input, images);
}

absl::Status CheckImageRun(const ChipModel& chip, const Dataset& images) {
  SPIKEMESH_RETURN_IF_ERROR(CheckImages(chip.input, images));
  if (chip.presentation.mode == PresentationMode::kRate) {
    return absl::UnimplementedError("presentation: rate mode is not supported, pipelined is");
  }
  if (chip.presentation.mode != PresentationMode::kPipelined) {
    return absl::FailedPreconditionError(
        "--dataset: the chip does not say how images are presented; give it spikes with --input");
  }
  if (ClassCount(chip.pin_classes) == 0) {
    return absl::FailedPreconditionError(
        "--dataset: no output pin of the chip stands for a class; give it spikes with --input");
  }
  return absl::OkStatus();
}

absl::StatusOr<SpikingNetwork> SpikingNetworkOf(const ChipModel& chip) {
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

std::int32_t PredictClass(const std::vector<std::int32_t>& pin_classes,
                          const std::vector<std::int32_t>& spikes) {
  std::vector<std::int64_t> votes(static_cast<std::size_t>(ClassCount(pin_classes)));
  for (std::size_t pin = 0; pin < pin_classes.size(); ++pin) {
    if (pin_classes[pin] >= 0) {
      votes[static_cast<std::size_t>(pin_classes[pin])] += spikes[pin];
    }
  }
  // max_element returns the first of several greatest.
  return static_cast<std::int32_t>(std::ranges::max_element(votes) - votes.begin());
}

absl::StatusOr<ImageRunResult> RunImages(const ChipModel& chip, const Dataset& images,
                                         const ImageRunOptions& options, Machine& machine,
                                         RunRecorder& recorder) {
  SPIKEMESH_CHECK(machine.now() == Tick(0));
  SPIKEMESH_ASSIGN_OR_RETURN(const ImageEncoder encoder, ImageEncoder::Create(chip.input));
  std::optional<Verifier> verifier;
  if (options.verify != nullptr) {
    verifier.emplace(*options.verify, encoder);
  }
  ImageRunResult result;
  std::vector<std::uint32_t> lines;
  std::vector<std::int32_t> spikes(chip.pin_count);
  const std::int64_t latency = chip.presentation.latency_ticks;
  for (std::int64_t sent = 0; sent < images.size() + latency; ++sent) {
    if (sent < images.size()) {
      lines.clear();
      encoder.Encode(images.image(sent), lines);
      for (const std::uint32_t line : lines) {
        machine.SendLine(LineIndex(chip.input.first_line + line), Tick(sent + 1));
      }
    }
    machine.Step();
    SPIKEMESH_RETURN_IF_ERROR(recorder.Look(machine));
    if (sent < latency) {
      continue;
    }
    std::ranges::fill(spikes, 0);
    for (const PinIndex pin : machine.pins()) {
      ++spikes[pin.value()];
    }
    result.predicted.push_back(PredictClass(chip.pin_classes, spikes));
    if (verifier) {
      verifier->Compare(images.image(sent - latency), spikes);
    }
    if (options.progress) {
      options.progress(sent - latency + 1);
    }
  }
  if (verifier) {
    result.verify = verifier->summary();
  }
  return result;
}

}  // namespace spikemesh
