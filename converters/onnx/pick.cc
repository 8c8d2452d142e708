// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/pick.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

// The least window that gives `picked.count` outputs over `extent`, its tap at picked.first.
std::int32_t KernelOf(const PickedExtent& picked, std::int64_t extent) {
  return static_cast<std::int32_t>(
      std::max(picked.first + 1, extent - picked.count * picked.step + 1));
}

}  // namespace

Pick PickAll(const FeatureShape& shape) {
  Pick pick{std::vector<std::int64_t>(static_cast<std::size_t>(shape.channels)),
            {.count = shape.height},
            {.count = shape.width}};
  std::iota(pick.channels.begin(), pick.channels.end(), 0);
  return pick;
}

absl::StatusOr<Activation> AppendPick(const NodeCall& call, const Activation& input,
                                      const Pick& pick, std::vector<std::int64_t> dims,
                                      NetworkBuilder& builder, const char* part) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(input));
  if (pick.channels.empty() || pick.rows.count < 1 || pick.columns.count < 1) {
    return absl::InvalidArgumentError(
        Concat("nothing is left of values of shape ", PrintDims(input.dims), " per image"));
  }
  const Pick all = PickAll(shape);
  const bool all_channels = pick.channels == all.channels;
  if (all_channels && pick.rows == all.rows && pick.columns == all.columns) {
    return Activation{input.node, std::move(dims), input.channels_last};
  }
  ConvolutionNode node;
  node.window.kernel_y = KernelOf(pick.rows, shape.height);
  node.window.kernel_x = KernelOf(pick.columns, shape.width);
  node.window.stride_y = static_cast<std::int32_t>(pick.rows.step);
  node.window.stride_x = static_cast<std::int32_t>(pick.columns.step);
  node.groups = all_channels ? shape.channels : 1;
  const std::int64_t in_group = shape.channels / node.groups;
  const std::int64_t taps = std::int64_t{node.window.kernel_y} * node.window.kernel_x;
  const std::int64_t tap = pick.rows.first * node.window.kernel_x + pick.columns.first;
  const auto outputs = static_cast<std::int64_t>(pick.channels.size());
  if (outputs > kFeaturesMax) {
    return absl::InvalidArgumentError(Concat(outputs, " channels"));
  }
  SPIKEMESH_RETURN_IF_ERROR(
      builder.budget().Take(outputs * in_group, static_cast<std::uint64_t>(taps) * sizeof(float)));
  node.weights.assign(static_cast<std::size_t>(outputs * in_group * taps), 0.0F);
  node.bias.assign(static_cast<std::size_t>(outputs), 0.0F);
  for (std::int64_t out = 0; out < outputs; ++out) {
    const std::int64_t channel = pick.channels[static_cast<std::size_t>(out)];
    if (channel != kZeroChannel) {
      node.weights[(out * in_group + channel % in_group) * taps + tap] = 1.0F;
    }
  }
  const std::vector<std::int64_t> image = {outputs, pick.rows.count, pick.columns.count};
  SPIKEMESH_ASSIGN_OR_RETURN(Activation picked,
                             builder.Append(call, input, std::move(node), image, part));
  picked.dims = std::move(dims);
  return picked;
}

}  // namespace spikemesh
