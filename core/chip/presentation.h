// SPDX-License-Identifier: Apache-2.0
// How images reach a network and how long they stay: the encoder from bytes to input lines, and the
// presentation. Described here as values, because chip and .snn files carry them; executed by
// networks/data/encoder.h.
#ifndef SPIKEMESH_CORE_CHIP_PRESENTATION_H_
#define SPIKEMESH_CORE_CHIP_PRESENTATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikemesh {

// How images become activity of input lines. Line `first_line + (o*height + y)*width + x` stands
// for output channel o of the encoder at pixel (y, x).
enum class EncoderKind : std::uint8_t { kNone = 0, kThreshold = 1, kThermometer = 2, kRate = 3 };

struct InputModel {
  EncoderKind encoder = EncoderKind::kNone;
  std::array<std::int32_t, 3> shape = {};  // channels, height, width
  // Preprocessing of channel c: x = (range_max * byte / 255 - mean[c]) / scale[c], in double.
  double range_max = 1.0;
  std::vector<double> mean;   // [channels]
  std::vector<double> scale;  // [channels], not 0
  // Threshold and thermometer: encoder channel o is active where x of image channel
  // level_channels[o] is >= levels[o]. kThreshold has one level a channel, kThermometer several.
  std::vector<double> levels;
  std::vector<std::int32_t> level_channels;
  std::uint32_t first_line = 0;
  bool operator==(const InputModel&) const = default;
};

// x of `byte` in image channel `channel`: the one definition of the preprocessing, used by the
// encoder of images and by the converter that folds levels. Rises with the byte where the scale is
// positive. `channel` must be within mean and scale.
inline double PreprocessByte(const InputModel& input, std::int32_t channel, std::uint8_t byte) {
  const auto c = static_cast<std::size_t>(channel);
  return (input.range_max * byte / 255.0 - input.mean[c]) / input.scale[c];
}

enum class PresentationMode : std::uint8_t { kNone = 0, kPipelined = 1, kRate = 2 };

// kPipelined: the image whose lines are active in tick t is read in tick t + latency_ticks.
struct PresentationModel {
  PresentationMode mode = PresentationMode::kNone;
  std::int32_t ticks_per_image = 1;
  std::int32_t latency_ticks = 0;
  bool operator==(const PresentationModel&) const = default;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_PRESENTATION_H_
