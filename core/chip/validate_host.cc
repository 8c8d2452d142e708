// SPDX-License-Identifier: Apache-2.0
#include "core/chip/validate_host.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/chip/validate.h"

namespace spikemesh {
namespace {

void CheckInputLines(const ChipModel& chip, Violations& out) {
  if (chip.input_lines.size() > kInputLinesMax) {
    out.OutOfRange("input lines: ", chip.input_lines.size(), ", allowed 0..", kInputLinesMax);
  }
  for (std::size_t line = 0; line < chip.input_lines.size(); ++line) {
    for (const AxonAddress& address : chip.input_lines[line]) {
      if (address.core.value() >= chip.cores.size()) {
        out.OutOfRange("input line ", line, ": core number ", address.core, ", the chip has ",
                       chip.cores.size(), " cores");
        continue;
      }
      const CoreModel& core = chip.cores[address.core.value()];
      if (address.axon.value() >= core.axon_types.size()) {
        out.OutOfRange("input line ", line, ": axon ", address.axon, " of core ", core.at,
                       ", which has ", core.axon_types.size(), " axons");
      }
    }
  }
}

void CheckFinite(std::string_view name, const std::vector<double>& values, Violations& out) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      out.OutOfRange("input: ", name, "[", i, "] ", values[i], ", allowed a finite number");
    }
  }
}

void CheckPreprocessing(const InputModel& input, Violations& out) {
  const auto channels = static_cast<std::size_t>(input.shape[0]);
  if (!(input.range_max > 0) || !std::isfinite(input.range_max)) {
    out.OutOfRange("input: range_max ", input.range_max, ", allowed a finite number above 0");
  }
  if (input.mean.size() != channels || input.scale.size() != channels) {
    out.Malformed("input: ", input.mean.size(), " means and ", input.scale.size(), " scales for ",
                  channels, " channels");
  }
  CheckFinite("mean", input.mean, out);
  CheckFinite("scale", input.scale, out);
  CheckFinite("levels", input.levels, out);
  for (std::size_t c = 0; c < input.scale.size(); ++c) {
    if (input.scale[c] == 0) {
      out.OutOfRange("input: scale[", c, "] 0, allowed any other number");
    }
  }
}

void CheckLevels(const InputModel& input, Violations& out) {
  if (input.levels.size() != input.level_channels.size()) {
    out.Malformed("input: ", input.levels.size(), " levels and ", input.level_channels.size(),
                  " level channels, allowed equally many");
  }
  const bool needs_levels =
      input.encoder != EncoderKind::kRate && input.encoder != EncoderKind::kHost;
  if (needs_levels && input.levels.empty()) {
    out.Malformed("input: no levels, the encoder needs one at least");
  }
  for (std::size_t o = 0; o < input.level_channels.size(); ++o) {
    if (input.level_channels[o] < 0 || input.level_channels[o] >= input.shape[0]) {
      out.OutOfRange("input: level_channels[", o, "] ", input.level_channels[o], ", allowed 0..",
                     input.shape[0] - 1);
    }
  }
}

// Whether there is one where it belongs, and nowhere else, and it is sound.
bool CheckHostLayerOf(const InputModel& input, Violations& out) {
  if (input.host_layer.has_value() != (input.encoder == EncoderKind::kHost)) {
    out.Malformed("input: encoder ", int{static_cast<std::uint8_t>(input.encoder)},
                  input.host_layer ? " with" : " without", " a layer of the host");
    return false;
  }
  if (!input.host_layer) {
    return true;
  }
  const absl::Status status = CheckHostLayer(*input.host_layer, input.shape[0]);
  if (!status.ok()) {
    out.Malformed("input: ", std::string(status.message()));
  }
  return status.ok();
}

// Mean and scale have passed CheckPreprocessing in number.
void CheckEncoderLines(const ChipModel& chip, Violations& out) {
  const InputModel& input = chip.input;
  const auto [channels, height, width] = EncodedExtents(input);
  const auto lines = static_cast<std::size_t>(channels * height * width);
  if (input.first_line + lines > chip.input_lines.size()) {
    out.OutOfRange("input: lines ", input.first_line, "..", input.first_line + lines - 1,
                   " are needed, the chip has ", chip.input_lines.size(), " input lines");
  }
}

void CheckInput(const ChipModel& chip, Violations& out) {
  const InputModel& input = chip.input;
  if (input.encoder == EncoderKind::kNone) {
    if (input.pad.any()) {
      out.Malformed("input: pads of images, but no encoder of any");
    }
    return;  // nobody reads the other fields
  }
  if (input.encoder > EncoderKind::kHost) {
    out.Malformed("input: encoder ", int{static_cast<std::uint8_t>(input.encoder)},
                  ", allowed 0..4");
    return;
  }
  for (const std::int32_t extent : input.shape) {
    if (extent < 1 || extent > kImageSideMax) {
      out.OutOfRange("input: shape ", input.shape[0], " x ", input.shape[1], " x ", input.shape[2],
                     ", allowed 1..", kImageSideMax, " each");
      return;
    }
  }
  if (!PadFits(input.pad, input.shape[1], input.shape[2])) {
    out.OutOfRange("input: pads ", input.pad.top, ", ", input.pad.bottom, ", ", input.pad.left,
                   ", ", input.pad.right, " of ", input.shape[1], " x ", input.shape[2],
                   " pixels, allowed at least 0, and less than all in both directions");
  }
  CheckPreprocessing(input, out);
  CheckLevels(input, out);
  const auto channels = static_cast<std::size_t>(input.shape[0]);
  const bool host_layer_fits = CheckHostLayerOf(input, out);
  if (host_layer_fits && input.mean.size() == channels && input.scale.size() == channels) {
    CheckEncoderLines(chip, out);
  }
}

void CheckPresentation(const PresentationModel& presentation, Violations& out) {
  if (presentation.mode > PresentationMode::kRate) {
    out.Malformed("presentation: mode ", int{static_cast<std::uint8_t>(presentation.mode)},
                  ", allowed 0..2");
  }
  const std::int32_t ticks_max =
      presentation.mode == PresentationMode::kPipelined ? 1 : kPresentationTicksMax;
  if (presentation.ticks_per_image < 1 || presentation.ticks_per_image > ticks_max) {
    out.OutOfRange("presentation: ticks_per_image ", presentation.ticks_per_image, ", allowed 1..",
                   ticks_max);
  }
  if (presentation.latency_ticks < 0 || presentation.latency_ticks > kPresentationTicksMax) {
    out.OutOfRange("presentation: latency_ticks ", presentation.latency_ticks, ", allowed 0..",
                   kPresentationTicksMax);
  }
}

void CheckPins(const ChipModel& chip, Violations& out) {
  if (chip.pin_count > kPinsMax) {
    out.OutOfRange("pins: ", chip.pin_count, ", allowed 0..", kPinsMax);
  }
  if (!chip.pin_classes.empty() && chip.pin_classes.size() != chip.pin_count) {
    out.Malformed("pins: ", chip.pin_classes.size(), " classes for ", chip.pin_count, " pins");
  }
  for (std::size_t pin = 0; pin < chip.pin_classes.size(); ++pin) {
    if (chip.pin_classes[pin] < -1 || chip.pin_classes[pin] >= kClassesMax) {
      out.OutOfRange("pin ", pin, ": class ", chip.pin_classes[pin], ", allowed -1..",
                     kClassesMax - 1);
    }
  }
}

// Errors of a core's sources are told once for the core: its neurons are many.
void CheckNeuronSources(const ChipModel& chip, Violations& out) {
  const std::vector<std::vector<std::int32_t>>& sources = chip.provenance.neuron_sources;
  if (sources.empty()) {
    return;
  }
  if (sources.size() != chip.cores.size()) {
    out.Malformed("provenance: sources of the neurons of ", sources.size(), " cores, the chip has ",
                  chip.cores.size());
    return;
  }
  for (std::size_t id = 0; id < sources.size(); ++id) {
    if (sources[id].size() != chip.cores[id].neurons.size()) {
      out.Malformed("provenance: sources of ", sources[id].size(), " neurons of core number ", id,
                    ", which has ", chip.cores[id].neurons.size());
    }
    const auto below = std::ranges::find_if(sources[id], [](std::int32_t at) { return at < -1; });
    if (below != sources[id].end()) {
      out.OutOfRange("provenance: neuron ", below - sources[id].begin(), " of core number ", id,
                     " is neuron ", *below, " of its layer, allowed -1 and up");
    }
  }
}

void CheckProvenance(const ChipModel& chip, Violations& out) {
  const ProvenanceModel& provenance = chip.provenance;
  if (!provenance.core_layer.empty() && provenance.core_layer.size() != chip.cores.size()) {
    out.Malformed("provenance: layers of ", provenance.core_layer.size(), " cores, the chip has ",
                  chip.cores.size());
  }
  const auto layer_count = static_cast<std::int64_t>(provenance.layers.size());
  for (std::size_t id = 0; id < provenance.core_layer.size(); ++id) {
    const std::int32_t layer = provenance.core_layer[id];
    if (layer < -1 || layer >= layer_count) {
      out.OutOfRange("provenance: core number ", id, " in layer ", layer, ", allowed -1..",
                     layer_count - 1);
    }
  }
  CheckNeuronSources(chip, out);
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!chip.onnx_sha256.empty() &&
      (chip.onnx_sha256.size() != 64 || !std::ranges::all_of(chip.onnx_sha256, is_digit))) {
    out.Malformed("provenance: the SHA-256 of the ONNX file has ", chip.onnx_sha256.size(),
                  " characters, allowed 64 lower-case hexadecimal digits");
  }
}

}  // namespace

void ValidateHostSide(const ChipModel& chip, Violations& violations) {
  CheckInputLines(chip, violations);
  CheckInput(chip, violations);
  CheckPresentation(chip.presentation, violations);
  CheckPins(chip, violations);
  CheckProvenance(chip, violations);
}

}  // namespace spikemesh
