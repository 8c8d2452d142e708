// SPDX-License-Identifier: Apache-2.0
// Pad around each channel, which makes no node of zeros: a Conv or an AveragePool after it takes
// the zeros into its window; and with channels of zeros, which is a pick.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "converters/onnx/attributes.h"
#include "converters/onnx/pick.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kPadMax = std::int64_t{1} << 20;
constexpr std::int64_t kPadsAreInputsSince = 11;

constexpr std::size_t kRank = 4;  // batch, channels, height, width

// The axes that pads are given for, in their order: input 3 since opset 18, else all.
absl::StatusOr<std::vector<std::int64_t>> ReadPadAxes(const NodeCall& call) {
  std::vector<std::int64_t> axes(kRank);
  std::iota(axes.begin(), axes.end(), 0);
  if (!call.has_input(3)) {
    return axes;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const auto given, IntegersOf(call, "axes", 3));
  std::vector<bool> seen(kRank, false);
  axes = given.value_or(axes);
  constexpr auto kExtents = static_cast<std::int64_t>(kRank);
  for (std::int64_t& axis : axes) {
    if (axis < -kExtents || axis >= kExtents || seen[(axis + kExtents) % kExtents]) {
      return absl::InvalidArgumentError(
          Concat("axis ", axis, "; allowed: ", -kExtents, "..", kExtents - 1, ", each once"));
    }
    axis = (axis + kExtents) % kExtents;
    seen[axis] = true;
  }
  return axes;
}

// All beginnings [batch, channels, height, width], then all ends.
absl::StatusOr<std::vector<std::int64_t>> ReadPads(const NodeCall& call) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int64_t> axes, ReadPadAxes(call));
  const std::size_t count = axes.size();
  std::vector<std::int64_t> given;
  if (call.opset < kPadsAreInputsSince) {
    SPIKEMESH_ASSIGN_OR_RETURN(const auto attribute,
                               IntsAttribute(call.node, "pads", 2 * count, -kPadMax, kPadMax));
    given = attribute.value_or(given);
  } else {
    SPIKEMESH_ASSIGN_OR_RETURN(const ShapeList list, ShapeInput(call, 1));
    for (const ShapeEntry& entry : list.entries) {
      given.push_back(entry.value);
    }
  }
  if (given.size() != 2 * count) {
    return absl::InvalidArgumentError(
        Concat(given.size(), " pads of an image; allowed: ", 2 * count, ", two for each extent"));
  }
  std::vector<std::int64_t> pads(2 * kRank, 0);
  for (std::size_t i = 0; i < count; ++i) {
    pads[axes[i]] = given[i];
    pads[kRank + axes[i]] = given[count + i];
  }
  return pads;
}

absl::StatusOr<double> ReadPadValue(const NodeCall& call) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string mode,
                             StringAttribute(call.node, "mode", "constant"));
  if (mode != "constant") {
    return NotSupported(Concat("mode \"", mode, "\""), "constant; pad with zeros");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const float attribute, FloatAttribute(call.node, "value", 0.0F));
  double value = attribute;
  if (call.has_input(2)) {
    SPIKEMESH_ASSIGN_OR_RETURN(value, NumberInput(call, 2, "constant_value"));
  }
  if (!std::isfinite(value)) {
    return absl::InvalidArgumentError(Concat("padding with ", value, "; allowed: finite values"));
  }
  return value;
}

// `input` less `value`, so that zeros around it are that value.
absl::Status TakeOff(const NodeCall& call, double value, Padded& input, NetworkBuilder& builder) {
  const auto channels = static_cast<std::size_t>(input.input.dims[0]);
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(channels, 2 * sizeof(double)));
  SPIKEMESH_ASSIGN_OR_RETURN(input.input,
                             builder.AppendLike(call, input.input,
                                                AffineNode{std::vector<double>(channels, 1.0),
                                                           std::vector<double>(channels, -value)},
                                                ":value"));
  input.value = value;
  return absl::OkStatus();
}

// Channels of zeros in front and behind.
absl::Status PadChannels(const NodeCall& call, std::int64_t before, std::int64_t after,
                         Activation& input, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FeatureShape shape, StoredShape(input));
  Pick pick = PickAll(shape);
  pick.channels.insert(pick.channels.begin(), static_cast<std::size_t>(before), kZeroChannel);
  pick.channels.insert(pick.channels.end(), static_cast<std::size_t>(after), kZeroChannel);
  std::vector<std::int64_t> dims = input.dims;
  dims[0] += before + after;
  SPIKEMESH_ASSIGN_OR_RETURN(input,
                             AppendPick(call, input, pick, std::move(dims), builder, ":channels"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OnnxValue> TranslatePad(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(Padded result, PaddedInput(call, 0));
  if (result.input.dims.size() != 3) {
    return NotSupported(Concat("input of shape ", PrintDims(result.input.dims), " per image"),
                        "[channels, height, width]");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int64_t> pads, ReadPads(call));
  if (std::all_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad == 0; })) {
    return *call.inputs[0];
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const double value, ReadPadValue(call));
  if (value != result.value && (value == 0.0 || FindInput<Padded>(call, 0) != nullptr)) {
    return NotSupported(Concat("padding with ", value, " around padding with ", result.value),
                        "one value");
  }
  if (pads[0] != 0 || pads[4] != 0 || *std::min_element(pads.begin(), pads.end()) < 0 ||
      *std::max_element(pads.begin(), pads.end()) > kPadMax) {
    return NotSupported(Concat("pads ", PrintDims(pads)),
                        Concat("0..", kPadMax, ", none of the batch"));
  }
  if (value != 0.0 && (pads[1] > 0 || pads[5] > 0)) {
    return NotSupported(Concat("channels of ", value), "channels of 0, or pads around the image");
  }
  if (value != result.value) {
    SPIKEMESH_RETURN_IF_ERROR(TakeOff(call, value, result, builder));
  }
  if (pads[1] > 0 || pads[5] > 0) {
    SPIKEMESH_RETURN_IF_ERROR(PadChannels(call, pads[1], pads[5], result.input, builder));
    if (pads[2] + pads[3] + pads[6] + pads[7] + result.top + result.left + result.bottom +
            result.right ==
        0) {
      return OnnxValue(std::move(result.input));
    }
  }
  result.top += pads[2];
  result.left += pads[3];
  result.bottom += pads[6];
  result.right += pads[7];
  if (std::max({result.top, result.left, result.bottom, result.right}) > kPadMax) {
    return absl::InvalidArgumentError(Concat("pads that add up to more than ", kPadMax));
  }
  return result;
}

}  // namespace spikemesh
