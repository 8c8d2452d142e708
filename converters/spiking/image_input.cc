// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/image_input.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

// One value a channel, from one for all, one each, or none.
absl::StatusOr<std::vector<double>> PerChannel(const std::vector<double>& values, double otherwise,
                                               std::int32_t channels, const char* name) {
  const auto count = static_cast<std::size_t>(channels);
  if (values.size() > 1 && values.size() != count) {
    return absl::InvalidArgumentError(Concat("preprocessing: ", name, ": found ", values.size(),
                                             " values, allowed: 1, or ", channels,
                                             ", one for each channel of the image"));
  }
  const bool finite =
      std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
  if (!finite) {
    return absl::InvalidArgumentError(Concat("preprocessing: ", name, " is not finite"));
  }
  if (values.size() == count) {
    return values;
  }
  return std::vector<double>(count, values.empty() ? otherwise : values[0]);
}

}  // namespace

absl::StatusOr<InputModel> ImageInput(const FeatureShape& shape,
                                      const Preprocessing& preprocessing) {
  InputModel input;
  input.shape = {shape.channels, shape.height, shape.width};
  input.range_max = preprocessing.range_max;
  input.pad = preprocessing.pad;
  if (!PadFits(input.pad, shape.height, shape.width)) {
    return absl::InvalidArgumentError(
        Concat("preprocessing: pads of ", input.pad.top, " and ", input.pad.bottom, " rows, ",
               input.pad.left, " and ", input.pad.right, " columns in images of ", shape.height,
               " x ", shape.width, ", which the model takes; less than all are allowed"));
  }
  if (!std::isfinite(input.range_max) || input.range_max <= 0) {
    return absl::InvalidArgumentError(Concat("preprocessing: bytes become 0..", input.range_max,
                                             ", a positive finite range is allowed"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(input.mean,
                             PerChannel(preprocessing.mean, 0.0, shape.channels, "mean"));
  SPIKEMESH_ASSIGN_OR_RETURN(input.scale,
                             PerChannel(preprocessing.scale, 1.0, shape.channels, "std"));
  for (const double scale : input.scale) {
    if (scale <= 0) {
      return absl::InvalidArgumentError(
          Concat("preprocessing: std ", scale, ", positive values allowed"));
    }
  }
  return input;
}

}  // namespace spikemesh
