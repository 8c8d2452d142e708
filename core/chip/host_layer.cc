// SPDX-License-Identifier: Apache-2.0
#include "core/chip/host_layer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/base/strings.h"
#include "core/chip/validate.h"

namespace spikemesh {
namespace {

constexpr std::size_t kByteValues = 256;

template <typename... Values>
absl::Status Invalid(const Values&... values) {
  return absl::InvalidArgumentError(Concat("host layer: ", values...));
}

template <typename Number>
bool AllFinite(const std::vector<Number>& values) {
  return std::ranges::all_of(values, [](Number value) { return std::isfinite(value); });
}

// Each is bounded by itself, so that no product of three overflows.
absl::Status CheckExtents(const HostLayer& layer) {
  const auto [least, greatest] = std::minmax(
      {layer.channels, layer.height, layer.width, layer.levels, layer.groups, layer.kernel_y,
       layer.kernel_x, layer.stride_y, layer.stride_x, layer.dilation_y, layer.dilation_x});
  const auto [pad_least, pad_greatest] = std::minmax(layer.pad_top, layer.pad_left);
  if (least < 1 || pad_least < 0 || std::max(greatest, pad_greatest) > kImageSideMax) {
    return Invalid("extents ", std::min(least, pad_least), "..", std::max(greatest, pad_greatest),
                   ", allowed 1..", kImageSideMax, " and pads from 0");
  }
  const std::int64_t plane = std::int64_t{layer.height} * layer.width;
  const auto lines_max = static_cast<std::int64_t>(kInputLinesMax);
  if (plane > lines_max || plane * layer.channels > lines_max ||
      plane * layer.channels * layer.levels > lines_max) {
    return Invalid(layer.channels, " channels of ", layer.levels, " levels at ", layer.height,
                   " x ", layer.width, " places, allowed ", lines_max, " lines in all");
  }
  return absl::OkStatus();
}

absl::Status CheckSizes(const HostLayer& layer, std::int32_t image_channels) {
  const auto channels = static_cast<std::size_t>(layer.channels);
  const std::int32_t groups = layer.groups;
  if (image_channels % groups != 0 || layer.channels % groups != 0) {
    return Invalid(groups, " groups, they must divide ", image_channels, " image channels and ",
                   layer.channels, " channels");
  }
  const std::int64_t window = std::int64_t{layer.kernel_y} * layer.kernel_x;
  const auto weights = static_cast<std::int64_t>(layer.weights.size());
  const std::int64_t group_channels = image_channels / groups;
  // Divided, not multiplied: factors of hostile size would overflow.
  if (weights % layer.channels != 0 || weights / layer.channels % window != 0 ||
      weights / layer.channels / window != group_channels) {
    return Invalid(weights, " weights, allowed ", layer.channels, " x ", group_channels, " x ",
                   layer.kernel_y, " x ", layer.kernel_x);
  }
  if (layer.byte_values.size() != static_cast<std::size_t>(image_channels) * kByteValues ||
      layer.scale.size() != channels || layer.bias.size() != channels ||
      layer.thresholds.size() != channels * static_cast<std::size_t>(layer.levels)) {
    return Invalid(layer.byte_values.size(), " values of bytes, ", layer.scale.size(), " scales, ",
                   layer.bias.size(), " biases, ", layer.thresholds.size(),
                   " thresholds, for images of ", image_channels, " channels and a layer of ",
                   layer.channels, " of ", layer.levels, " levels");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckHostLayer(const HostLayer& layer, std::int32_t image_channels) {
  SPIKEMESH_RETURN_IF_ERROR(CheckExtents(layer));
  SPIKEMESH_RETURN_IF_ERROR(CheckSizes(layer, image_channels));
  if (layer.macs() > kHostMacsMax) {
    return Invalid(layer.macs(), " multiply-adds an image, allowed ", kHostMacsMax);
  }
  if (!AllFinite(layer.byte_values) || !AllFinite(layer.weights) || !AllFinite(layer.scale) ||
      !AllFinite(layer.bias) || !AllFinite(layer.thresholds)) {
    return Invalid("a number is not finite");
  }
  return absl::OkStatus();
}

}  // namespace spikemesh
