// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/channel_constants.h"

#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Whether `dims`, aligned at the last axis with [batch, activation...], has extent 1 everywhere but
// on the channel axis, where it has the channel count.
bool IsPerChannel(const std::vector<std::int64_t>& dims, const Activation& activation) {
  const std::size_t rank = activation.dims.size() + 1;
  if (!activation.has_channels() || dims.size() > rank) {
    return false;
  }
  const std::int64_t channels = activation.dims[activation.channel_axis()];
  bool reaches_channels = false;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const std::size_t axis = i + rank - dims.size();  // of [batch, activation...]
    const bool is_channels = axis == activation.channel_axis() + 1;
    if (dims[i] != (is_channels ? channels : 1)) {
      return false;
    }
    reaches_channels = reaches_channels || is_channels;
  }
  return reaches_channels;
}

}  // namespace

absl::StatusOr<std::vector<double>> PerChannel(const OnnxConstant& constant,
                                               const Activation& activation,
                                               NetworkBuilder& builder) {
  const bool is_one = constant.count() == 1 && constant.dims.size() <= activation.dims.size() + 1;
  if (!is_one && !IsPerChannel(constant.dims, activation)) {
    return NotSupported(
        Concat("a constant of shape ", PrintDims(constant.dims), " against values of shape ",
               PrintDims(activation.dims), " per image"),
        "one number, or one per channel");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(activation));
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(shape.channels, 2 * sizeof(double)));
  std::vector<double> values(shape.channels);
  for (std::int64_t c = 0; c < shape.channels; ++c) {
    const bool reordered = activation.channels_last.has_value() && activation.dims.size() == 1;
    const std::int64_t to = reordered ? StoredIndex(*activation.channels_last, c) : c;
    SPIKEMESH_ASSIGN_OR_RETURN(values[to], FiniteAt(constant, is_one ? 0 : c, "constant"));
  }
  return values;
}

}  // namespace spikemesh
