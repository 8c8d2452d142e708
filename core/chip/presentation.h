// SPDX-License-Identifier: Apache-2.0
// How images reach a network and how long they stay: the encoder from bytes to input lines, and the
// presentation. Described here as values, because chip and .snn files carry them; executed by
// networks/data/encoder.h.
#ifndef SPIKEMESH_CORE_CHIP_PRESENTATION_H_
#define SPIKEMESH_CORE_CHIP_PRESENTATION_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/chip/host_layer.h"

namespace spikemesh {

// How images become activity of input lines. Line `first_line + (o*height + y)*width + x` stands
// for output channel o of the encoder at pixel (y, x).
//   threshold, thermometer: one output channel a level.
//   host: the lines of a layer that the host computes (core/chip/host_layer.h), whose height and
//   width they have.
//   rate: output channel c is image channel c where x > 0. Where some byte of some channel gives
//   x < 0 there are as many again, and output channel `channels + c` is image channel c where
//   x < 0; both fire at the rate |x| / x_max (networks/data/rate_encoder.h).
enum class EncoderKind : std::uint8_t {
  kNone = 0,
  kThreshold = 1,
  kThermometer = 2,
  kRate = 3,
  kHost = 4
};

// Rows and columns of byte 0 around each channel of an image, ahead of the preprocessing: black, as
// transforms.Pad of PyTorch makes it ahead of ToTensor.
struct ImagePad {
  std::int32_t top = 0, bottom = 0, left = 0, right = 0;
  bool operator==(const ImagePad&) const = default;
  bool any() const { return *this != ImagePad(); }
};

// Whether `pad` leaves a row and a column of images padded to height x width.
inline bool PadFits(const ImagePad& pad, std::int32_t height, std::int32_t width) {
  return std::min({pad.top, pad.bottom, pad.left, pad.right}) >= 0 &&
         std::int64_t{pad.top} + pad.bottom < height && std::int64_t{pad.left} + pad.right < width;
}

struct InputModel {
  EncoderKind encoder = EncoderKind::kNone;
  std::array<std::int32_t, 3> shape = {};  // channels, height, width, those of `pad` included
  // Preprocessing of channel c: x = (range_max * byte / 255 - mean[c]) / scale[c], each operation
  // rounded to 32-bit floats (PreprocessByte).
  double range_max = 1.0;
  std::vector<double> mean;   // [channels]
  std::vector<double> scale;  // [channels], not 0
  // Threshold and thermometer: encoder channel o is active where x of image channel
  // level_channels[o] is >= levels[o]. kThreshold has one level a channel, kThermometer several.
  std::vector<double> levels;
  std::vector<std::int32_t> level_channels;
  std::uint32_t first_line = 0;
  ImagePad pad = {};
  std::optional<HostLayer> host_layer = {};  // of kHost, and only there
  bool operator==(const InputModel&) const = default;
};

// x of `byte` in image channel `channel`: the one definition of the preprocessing, used by the
// encoder of images and by the converter that folds levels. Rises with the byte where the scale is
// positive. `channel` must be within mean and scale. In 32-bit floats, as networks were trained on:
// a byte that is exactly a threshold there (51 / 255 of a step at 0.2) is so here.
inline double PreprocessByte(const InputModel& input, std::int32_t channel, std::uint8_t byte) {
  const auto c = static_cast<std::size_t>(channel);
  const auto value = static_cast<float>(input.range_max * byte / 255.0);
  return (value - static_cast<float>(input.mean[c])) / static_cast<float>(input.scale[c]);
}

// Whether some byte of some channel has x < 0, so that rate encoding needs its second lines. x is
// a straight line over the bytes, so its ends decide. Mean and scale must be those of the channels.
inline bool CanBeNegative(const InputModel& input) {
  for (std::int32_t channel = 0; channel < input.shape[0]; ++channel) {
    if (PreprocessByte(input, channel, 0) < 0 || PreprocessByte(input, channel, 255) < 0) {
      return true;
    }
  }
  return false;
}

// x_max of rate encoding: the largest |x| over all bytes and all channels, one number for the whole
// input, so that a converter folds one factor into the first layer. Mean and scale must be those of
// the channels.
inline double LargestInputMagnitude(const InputModel& input) {
  double largest = 0.0;
  for (std::int32_t channel = 0; channel < input.shape[0]; ++channel) {
    largest = std::max({largest, std::abs(PreprocessByte(input, channel, 0)),
                        std::abs(PreprocessByte(input, channel, 255))});
  }
  return largest;
}

// Output channels, height and width of the encoder: its lines are their product. Mean and scale
// must be those of the channels.
inline std::array<std::int64_t, 3> EncodedExtents(const InputModel& input) {
  if (input.host_layer) {
    const HostLayer& layer = *input.host_layer;
    return {std::int64_t{layer.channels} * layer.levels, layer.height, layer.width};
  }
  const bool is_rate = input.encoder == EncoderKind::kRate;
  const std::int64_t channels = is_rate
                                    ? std::int64_t{input.shape[0]} * (CanBeNegative(input) ? 2 : 1)
                                    : static_cast<std::int64_t>(input.levels.size());
  return {channels, input.shape[1], input.shape[2]};
}

enum class PresentationMode : std::uint8_t { kNone = 0, kPipelined = 1, kRate = 2 };

constexpr std::string_view NameOf(PresentationMode mode) {
  switch (mode) {
    case PresentationMode::kPipelined:
      return "pipelined";
    case PresentationMode::kRate:
      return "rate";
    case PresentationMode::kNone:
      break;
  }
  return "none";
}

// kPipelined: the image whose lines are active in tick t is read in tick t + latency_ticks.
// kRate: an image takes ticks_per_image + latency_ticks ticks. It is on the lines in the first
// ticks_per_image of them and read in the last ticks_per_image; then V = V(0) and slots are
// cleared, in no time. Image k, from 0, begins after tick k (ticks_per_image + latency_ticks).
struct PresentationModel {
  PresentationMode mode = PresentationMode::kNone;
  std::int32_t ticks_per_image = 1;
  std::int32_t latency_ticks = 0;
  bool operator==(const PresentationModel&) const = default;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_PRESENTATION_H_
