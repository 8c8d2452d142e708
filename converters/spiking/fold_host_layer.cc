// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_host_layer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "converters/spiking/activations.h"
#include "converters/spiking/image_input.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

constexpr int kByteValues = 256;
constexpr double kAlways = std::numeric_limits<double>::lowest();
constexpr double kNever = std::numeric_limits<double>::max();

// Doubles as integers in the same order; both zeros are 0.
std::int64_t OrderOf(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
}
double DoubleAt(std::int64_t order) {
  return std::bit_cast<double>(order < 0 ? std::numeric_limits<std::int64_t>::min() - order
                                         : order);
}

// The least value within low <= value <= high for which is_high, which rises and is false at `low`
// and true at `high`. Both have one sign, or are 0.
template <typename IsHigh>
double LeastHigh(double low, double high, const IsHigh& is_high) {
  std::int64_t before = OrderOf(low);
  std::int64_t after = OrderOf(high);
  while (after - before > 1) {
    const std::int64_t middle = before + (after - before) / 2;
    (is_high(DoubleAt(middle)) ? after : before) = middle;
  }
  return DoubleAt(after);
}

// Whether it reads a vector as a whole.
bool IsDense(const Branch& branch) {
  return branch.input.height == 1 && branch.input.width == 1 && branch.convolution.groups == 1 &&
         branch.output.height == 1 && branch.output.width == 1;
}

class HostLayerFolder {
 public:
  HostLayerFolder(const Stage& stage, const Branch& branch, InputModel input)
      : stage_(stage), branch_(branch) {
    folded_.input = std::move(input);
    folded_.input.encoder = EncoderKind::kHost;
  }

  absl::StatusOr<FoldedInput> Fold() {
    SPIKEMESH_ASSIGN_OR_RETURN(values_, ValuesOf(stage_));
    DescribeLayer();
    for (std::int32_t o = 0; o < layer_.channels; ++o) {
      FoldChannel(o);
    }
    KeepToldLevels();
    folded_.values = TakenValues(values_, folded_.levels);
    folded_.falling.assign(static_cast<std::size_t>(layer_.channels) * folded_.levels.size(),
                           false);
    folded_.encoded_shape = {layer_.channels * layer_.levels, layer_.height, layer_.width};
    SPIKEMESH_RETURN_IF_ERROR(CheckHostLayer(layer_, folded_.input.shape[0]));
    folded_.input.host_layer = std::move(layer_);
    return std::move(folded_);
  }

 private:
  void DescribeLayer();
  void FoldChannel(std::int32_t o);
  void KeepToldLevels();

  double ValueOf(std::int32_t o, double sum) const {
    const std::int64_t flat = std::int64_t{o} * stage_.shape.height * stage_.shape.width;
    return ApplyFunctions(stage_.functions, flat, ApplyFunctions(branch_.functions, flat, sum));
  }
  // From which value of channel `o`, negated if `sign` is -1, the stage reaches `level`.
  double ThresholdOf(std::int32_t o, double sign, double bound, double level) const;

  const Stage& stage_;
  const Branch& branch_;
  FoldedInput folded_;
  HostLayer layer_;
  LevelValues values_;
  std::vector<std::vector<double>> thresholds_;  // [channel][level]
};

void HostLayerFolder::DescribeLayer() {
  const ConvolutionNode& node = branch_.convolution;
  const WindowGeometry& window = node.window;
  layer_.name = branch_.name;
  layer_.channels = branch_.output.channels;
  layer_.height = branch_.output.height;
  layer_.width = branch_.output.width;
  layer_.groups = node.groups;
  layer_.kernel_y = window.kernel_y;
  layer_.kernel_x = window.kernel_x;
  layer_.stride_y = window.stride_y;
  layer_.stride_x = window.stride_x;
  layer_.pad_top = window.pad_top;
  layer_.pad_left = window.pad_left;
  layer_.dilation_y = window.dilation_y;
  layer_.dilation_x = window.dilation_x;
  const std::array<std::int32_t, 3>& image = folded_.input.shape;
  if (IsDense(branch_)) {
    // A dense layer of the flat image is a window over all of it.
    layer_.kernel_y = image[1];
    layer_.kernel_x = image[2];
  }
  const std::int64_t plane = std::int64_t{image[1]} * image[2];
  for (std::int32_t c = 0; c < folded_.input.shape[0]; ++c) {
    for (int byte = 0; byte < kByteValues; ++byte) {
      layer_.byte_values.push_back(
          ApplyFunctions(branch_.before, c * plane,
                         PreprocessByte(folded_.input, c, static_cast<std::uint8_t>(byte))));
    }
  }
}

double HostLayerFolder::ThresholdOf(std::int32_t o, double sign, double bound, double level) const {
  const auto is_high = [&](double value) { return ValueOf(o, sign * value) >= level; };
  if (is_high(-bound)) {
    return kAlways;
  }
  if (!is_high(bound)) {
    return kNever;
  }
  return is_high(0.0) ? LeastHigh(-bound, 0.0, is_high) : LeastHigh(0.0, bound, is_high);
}

// Weights, as RunNetwork takes them, and thresholds.
void HostLayerFolder::FoldChannel(std::int32_t o) {
  const ConvolutionNode& node = branch_.convolution;
  const ChannelWeights weights = WeightsOfChannel(node, static_cast<std::size_t>(o));
  double greatest_input = 0.0;
  for (const double value : layer_.byte_values) {
    greatest_input = std::max(greatest_input, std::abs(value));
  }
  double magnitude = 0.0;  // no sum is greater
  for (const double weight : weights.values) {
    magnitude += std::abs(weights.scale * weight) * greatest_input;
  }
  const double bias = double{node.bias[static_cast<std::size_t>(o)]};
  const double bound = 2.0 * (magnitude + std::abs(bias)) + 1.0;
  const bool falling = ValueOf(o, -bound) > ValueOf(o, bound);
  const double sign = falling ? -1.0 : 1.0;
  for (const double weight : weights.values) {
    layer_.weights.push_back(sign * weight);
  }
  layer_.scale.push_back(weights.scale);
  layer_.bias.push_back(sign * bias);
  std::vector<double>& thresholds = thresholds_.emplace_back();
  for (std::size_t level = 1; level < values_.size(); ++level) {
    thresholds.push_back(ThresholdOf(o, sign, bound, values_[level]));
  }
}

// Leaves out levels as FoldLayer does: those that say the same as the one below, and first ones
// that are always reached.
void HostLayerFolder::KeepToldLevels() {
  const std::size_t levels = values_.size() - 1;
  for (std::size_t level = 0; level < levels; ++level) {
    const bool is_told = std::ranges::any_of(thresholds_, [level](const auto& of_channel) {
      return level == 0 ? of_channel[0] != kAlways : of_channel[level] != of_channel[level - 1];
    });
    if (is_told || (folded_.levels.empty() && level + 1 == levels)) {
      folded_.levels.push_back(level + 1);
    }
  }
  layer_.levels = static_cast<std::int32_t>(folded_.levels.size());
  for (const std::vector<double>& of_channel : thresholds_) {
    for (const std::size_t level : folded_.levels) {
      layer_.thresholds.push_back(of_channel[level - 1]);
    }
  }
}

}  // namespace

absl::StatusOr<FoldedInput> FoldHostLayer(const Stage& stage, const FeatureShape& image_shape,
                                          const Preprocessing& preprocessing) {
  const Branch& branch = stage.branches.front();
  if (stage.branches.size() != 1 || branch.is_identity || branch.divisor != 1.0 ||
      branch.output != stage.shape || (branch.input != image_shape && !IsDense(branch)) ||
      branch.input.size() != image_shape.size()) {
    return absl::UnimplementedError(
        Concat("node \"", stage.name,
               "\" is not one convolution or dense layer of the image as it is, which the host "
               "could compute"));
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckPlanes(branch.before, image_shape));
  SPIKEMESH_RETURN_IF_ERROR(CheckPlanes(branch.functions, stage.shape));
  SPIKEMESH_RETURN_IF_ERROR(CheckPlanes(stage.functions, stage.shape));
  SPIKEMESH_ASSIGN_OR_RETURN(InputModel input, ImageInput(image_shape, preprocessing));
  return HostLayerFolder(stage, branch, std::move(input)).Fold();
}

}  // namespace spikemesh
