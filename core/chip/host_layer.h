// SPDX-License-Identifier: Apache-2.0
// A first layer that the host computes on each image, because it reads real numbers and cores take
// bits: one linear layer, and steps on its sums whose outputs are input lines. Described here as a
// value, because chip and .snn files carry it; executed by networks/data/host_encoder.h.
#ifndef SPIKEMESH_CORE_CHIP_HOST_LAYER_H_
#define SPIKEMESH_CORE_CHIP_HOST_LAYER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"

namespace spikemesh {

// Channel o at (y, x) is
//   scale[o] * sum over c, ky, kx of weights[o, c, ky, kx] * byte_values[channel c of its group,
//   image byte at (y * stride_y - pad_top + ky * dilation_y, x * stride_x - .. )] + bias[o],
// bytes outside of the image left out, summed in the order of c, ky, kx in doubles. It makes line
// (o * levels + k, y, x) active where it is at least thresholds[o, k].
struct HostLayer {
  std::string name;
  std::int32_t channels = 0;  // of the output
  std::int32_t height = 0;
  std::int32_t width = 0;
  std::int32_t levels = 1;  // lines a channel
  std::int32_t groups = 1;
  std::int32_t kernel_y = 1, kernel_x = 1;
  std::int32_t stride_y = 1, stride_x = 1;
  std::int32_t pad_top = 0, pad_left = 0;
  std::int32_t dilation_y = 1, dilation_x = 1;
  std::vector<double> byte_values;  // [image channels, 256]: preprocessed, and what is ahead
  std::vector<double> weights;      // [channels, image channels / groups, kernel_y, kernel_x]
  std::vector<double> scale;        // [channels]
  std::vector<double> bias;         // [channels]
  std::vector<double> thresholds;   // [channels, levels]; beyond all sums: never, or always
  bool operator==(const HostLayer&) const = default;

  std::int64_t lines() const { return std::int64_t{channels} * levels * height * width; }
  // Weights of an output channel.
  std::int64_t fan_in() const {
    return channels == 0 ? 0 : static_cast<std::int64_t>(weights.size()) / channels;
  }
  // Multiply-adds an image: a weight of each output, in padding and at zeros too.
  std::int64_t macs() const { return static_cast<std::int64_t>(weights.size()) * height * width; }
};

// What one image may take.
inline constexpr std::int64_t kHostMacsMax = std::int64_t{1} << 32;

// `image_channels`: of the images that it reads. Errors: InvalidArgument (sizes that do not fit
// together, or are out of range; numbers that are not finite), with found and allowed.
absl::Status CheckHostLayer(const HostLayer& layer, std::int32_t image_channels);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_HOST_LAYER_H_
