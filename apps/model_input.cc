// SPDX-License-Identifier: Apache-2.0
#include "apps/model_input.h"

#include <array>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

absl::StatusOr<std::vector<double>> PerChannel(const std::vector<double>& values, double none,
                                               std::size_t channels, const char* flag) {
  if (values.size() <= 1) {
    return std::vector<double>(channels, values.empty() ? none : values[0]);
  }
  if (values.size() != channels) {
    return absl::InvalidArgumentError(Concat(flag, ": found ", values.size(),
                                             " values, allowed: 1, or ", channels,
                                             ", one for each channel of the input"));
  }
  return values;
}

}  // namespace

absl::StatusOr<InputModel> FloatInput(const Network& network, const Preprocessing& preprocessing) {
  const FeatureShape& shape = network.input_shape;
  const auto channels = static_cast<std::size_t>(shape.channels);
  InputModel input;
  input.shape = {shape.channels, shape.height, shape.width};
  input.range_max = preprocessing.range_max;
  SPIKEMESH_ASSIGN_OR_RETURN(input.mean, PerChannel(preprocessing.mean, 0.0, channels, "--mean"));
  SPIKEMESH_ASSIGN_OR_RETURN(input.scale, PerChannel(preprocessing.scale, 1.0, channels, "--std"));
  return input;
}

absl::Status CheckImageShape(const InputModel& input, const Dataset& images) {
  const std::array<std::int32_t, 3> shape = {images.channels, images.height, images.width};
  if (shape == input.shape) {
    return absl::OkStatus();
  }
  const auto text = [](const std::array<std::int32_t, 3>& sizes) {
    return Concat(sizes[0], "x", sizes[1], "x", sizes[2]);
  };
  return absl::InvalidArgumentError(Concat("--dataset ", images.name, ": images are ", text(shape),
                                           ", the model takes ", text(input.shape)));
}

}  // namespace spikemesh
