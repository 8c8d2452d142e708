// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/channel_sum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "converters/spiking/refine_weights.h"
#include "core/base/limits.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

std::int64_t Plane(const FeatureShape& shape) { return std::int64_t{shape.height} * shape.width; }

// The weights of one output channel of a branch: as whole multiples where they are kept, else as
// they are, and of binary ones without scale the signs.
absl::StatusOr<ChannelInput> ReadInput(const StageInput& input, std::int64_t local,
                                       const LayerOptions& options) {
  const std::span<const float> weights = input.weights_of(local);
  ChannelInput read;
  read.input = &input;
  read.channels = input.group_channels();
  read.first_channel = input.first_channel(local);
  if (options.weights == WeightKind::kBinary && options.unit_scale) {
    for (const float weight : weights) {
      read.base.push_back((weight > 0.0F) - (weight < 0.0F));
    }
    return read;
  }
  if (options.weights != WeightKind::kKeep) {
    read.base.assign(weights.begin(), weights.end());
    return read;
  }
  const std::optional<IntegerWeights> factored =
      FactorChannel(input.branch->convolution, static_cast<std::size_t>(local));
  if (!factored.has_value()) {
    return WithRemedy(absl::UnimplementedError(Concat(
                          "the weights are not whole multiples, ", -kWeightMax, "..", kWeightMax,
                          ", of one scale; train with binary or ternary weights")),
                      {RemedyKind::kQuantiseWeights});
  }
  read.base.assign(factored->values.begin(), factored->values.end());
  read.scale = factored->scale;
  return read;
}

bool IsWeighted(const ChannelInput& input, std::int64_t channel) {
  const auto taps = static_cast<std::ptrdiff_t>(input.base.size()) / input.channels;
  const auto begin = input.base.begin() + channel * taps;
  return std::any_of(begin, begin + taps, [](double weight) { return weight != 0; });
}

// Multiples of one number, or, rounded, of the 255th part of the greatest.
absl::StatusOr<IntegerWeights> CommonMeasure(const std::vector<double>& factors) {
  const auto [least, greatest] = std::minmax_element(factors.begin(), factors.end());
  if (*least == *greatest) {
    return IntegerWeights{*greatest > 0 ? *greatest : 1.0,
                          std::vector<std::int32_t>(factors.size(), 1)};
  }
  const std::vector<float> rounded(factors.begin(), factors.end());
  std::optional<IntegerWeights> common = FactorWeights(rounded);
  if (common.has_value()) {
    return *std::move(common);
  }
  return WithRemedy(
      absl::UnimplementedError(Concat("its inputs are weighed with ", *least, " to ", *greatest,
                                      ", which are no whole multiples of one number (", -kWeightMax,
                                      "..", kWeightMax,
                                      "); give added branches one scale (a batch norm behind the "
                                      "addition)")),
      {RemedyKind::kQuantiseToTypes});
}

// So that no sum of weights leaves 32 bits.
absl::Status CheckFanIn(const Branch& branch) {
  constexpr std::int64_t kFanInMax = std::numeric_limits<std::int32_t>::max() / kWeightMax - 1;
  const std::int64_t fan_in =
      static_cast<std::int64_t>(branch.convolution.weights.size()) / branch.output.channels;
  if (fan_in > kFanInMax) {
    return absl::OutOfRangeError(Concat("node \"", branch.name, "\": ", fan_in,
                                        " inputs per neuron, at most ", kFanInMax, " allowed"));
  }
  return absl::OkStatus();
}

}  // namespace

AxisClasses ClassifyOutputs(const std::vector<WindowAxis>& axes,
                            const std::vector<std::int64_t>& input_extents,
                            std::int64_t output_extent) {
  AxisClasses classes;
  for (std::int64_t output = 0; output < output_extent; ++output) {
    std::vector<TapRange> ranges;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      ranges.push_back(TapsInside(axes[i], output, input_extents[i]));
    }
    const auto at = std::find(classes.ranges.begin(), classes.ranges.end(), ranges);
    classes.of_output.push_back(at - classes.ranges.begin());
    if (at == classes.ranges.end()) {
      classes.ranges.push_back(std::move(ranges));
    }
  }
  return classes;
}

absl::StatusOr<ChannelSum> ChannelSum::Create(const Stage& stage,
                                              const std::vector<StageInput>& inputs,
                                              const std::vector<InputValues>& values,
                                              std::int64_t channel, const LayerOptions& options) {
  ChannelSum sum;
  sum.stage_ = &stage;
  sum.channel_ = channel;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::int64_t local = inputs[i].local_channel(channel);
    if (local < 0) {
      continue;
    }
    SPIKEMESH_ASSIGN_OR_RETURN(ChannelInput read, ReadInput(inputs[i], local, options));
    read.values = &values[i];
    read.position = i;
    sum.inputs_.push_back(std::move(read));
  }
  const bool whole = options.weights == WeightKind::kKeep ||
                     (options.weights == WeightKind::kBinary && options.unit_scale);
  SPIKEMESH_RETURN_IF_ERROR(whole ? sum.FindScale() : sum.Quantize(options));
  return sum;
}

// How the value ahead of the join grows with the convolution's value.
double ChannelSum::Slope(const ChannelInput& input) const {
  double slope = 1.0;
  for (const ElementFunction& function : input.input->branch->functions) {
    const std::int64_t first =
        (channel_ - input.input->branch->output_begin) * Plane(stage_->shape);
    const auto at = static_cast<std::size_t>((first + function.flat_offset) / function.plane);
    if (const auto* affine = std::get_if<AffineNode>(&function.node->operation)) {
      slope *= affine->scale[at];
    } else {
      const auto& norm = std::get<BatchNormNode>(function.node->operation);
      slope *= double{norm.gamma[at]} / std::sqrt(double{norm.variance[at]} + norm.epsilon);
    }
  }
  return slope / input.input->branch->divisor;
}

absl::Status ChannelSum::FindScale() {
  single_ = inputs_.size() == 1 && inputs_[0].values->exact && inputs_[0].input->carries_constants;
  std::vector<double> factors;  // of every input channel of every input; 0 where it has no weight
  for (const ChannelInput& input : inputs_) {
    const double slope = single_ ? 1.0 : Slope(input);
    for (std::int64_t c = 0; c < input.channels; ++c) {
      const double swing = single_ ? 1.0 : input.values->swing[input.first_channel + c];
      factors.push_back(IsWeighted(input, c) ? std::abs(slope * input.scale * swing) : 0.0);
    }
  }
  std::vector<std::int32_t> multiples(factors.size(), 1);
  if (single_) {
    swing_ = inputs_[0].values->swing[0];
  } else {
    SPIKEMESH_ASSIGN_OR_RETURN(IntegerWeights common, CommonMeasure(factors));
    scale_ = common.scale;
    multiples = std::move(common.values);
  }
  std::size_t at = 0;
  for (ChannelInput& input : inputs_) {
    const bool falls = !single_ && Slope(input) < 0;
    const std::size_t taps = input.base.size() / static_cast<std::size_t>(input.channels);
    for (std::size_t i = 0; i < input.base.size(); ++i) {
      const std::size_t c = i / taps;
      input.weights.push_back(static_cast<std::int32_t>(input.base[i]));
      input.weights[i] *= input.values->sign[input.first_channel + c] * multiples[at + c];
      input.weights[i] *= falls ? -1 : 1;
      if (std::abs(input.weights[i]) > INT16_MAX) {
        return absl::UnimplementedError(Concat("an input weighs ", input.weights[i],
                                               " units, at most ", INT16_MAX, " allowed"));
      }
    }
    at += static_cast<std::size_t>(input.channels);
  }
  return absl::OkStatus();
}

// Quantises what a spike of each input weighs, of all branches together.
absl::Status ChannelSum::Quantize(const LayerOptions& options) {
  std::vector<double> wanted;
  for (const ChannelInput& input : inputs_) {
    const double slope = Slope(input);
    const std::size_t taps = input.base.size() / static_cast<std::size_t>(input.channels);
    for (std::size_t i = 0; i < input.base.size(); ++i) {
      const std::size_t c = input.first_channel + i / taps;
      wanted.push_back(slope * input.base[i] * input.values->swing[c] * input.values->sign[c]);
    }
  }
  if (!std::all_of(wanted.begin(), wanted.end(), [](double w) { return std::isfinite(w); })) {
    return absl::InvalidArgumentError("a weight times its scale is not finite");
  }
  for (const double weight : wanted) {
    norm_ += weight * weight;
    greatest_ = std::max(greatest_, std::abs(weight));
  }
  norm_ = std::sqrt(norm_);
  QuantizedWeights quantized = QuantizeWeights(wanted, options.weights, options.magnitude_max);
  if (!options.covariance.empty() && options.weights != WeightKind::kBinary) {
    RefineWeights(wanted, options.covariance, quantized);
  }
  scale_ = quantized.scale;
  axon_weights_ = quantized.axon_weights;
  std::size_t at = 0;
  for (ChannelInput& input : inputs_) {
    const std::size_t count = input.base.size();
    input.wanted.assign(wanted.begin() + at, wanted.begin() + at + count);
    input.weights.assign(quantized.whole.begin() + at, quantized.whole.begin() + at + count);
    at += count;
  }
  return absl::OkStatus();
}

void ChannelSum::DropWeights() {
  for (ChannelInput& input : inputs_) {
    input.weights.assign(input.weights.size(), 0);
  }
}

ChannelSum::Range ChannelSum::RangeInside(std::span<const TapRange> rows,
                                          std::span<const TapRange> columns) const {
  Range range;
  for (const ChannelInput& input : inputs_) {
    const WindowGeometry& window = input.input->branch->convolution.window;
    const TapRange& y = rows[input.position];
    const TapRange& x = columns[input.position];
    const bool corrected = !input.wanted.empty() && !input.input->spike_means.empty();
    double offset = 0.0;
    for (std::int64_t c = 0; c < input.channels; ++c) {
      const double inactive = input.values->inactive[input.first_channel + c];
      const double mean = corrected ? input.input->spike_means[input.first_channel + c] : 0.0;
      for (std::int64_t ky = y.begin; ky < y.end; ++ky) {
        const std::int64_t row = (c * window.kernel_y + ky) * window.kernel_x;
        for (std::int64_t kx = x.begin; kx < x.end; ++kx) {
          const std::int32_t weight = input.weights[row + kx];
          (weight < 0 ? range.min : range.max) += weight;
          offset += input.base[row + kx] * inactive;
          range.correction += corrected ? (input.wanted[row + kx] - scale_ * weight) * mean : 0.0;
        }
      }
    }
    range.offsets.push_back(offset);
  }
  return range;
}

// What a branch adds for the sum of whole weights times values `sum`.
double ChannelSum::BranchValue(const ChannelInput& input, std::int64_t position, double sum) const {
  const Branch& branch = *input.input->branch;
  const std::int64_t local = channel_ - branch.output_begin;
  const double total = branch.divisor == 1.0 ? sum : sum / branch.divisor;
  return ApplyFunctions(branch.functions, local * Plane(stage_->shape) + position,
                        ApplyScaleAndBias(input.scale, total, branch.convolution.bias[local]));
}

double ChannelSum::ValueOf(std::int64_t position, const Range& range, std::int64_t n) const {
  if (single_) {
    return BranchValue(inputs_[0], position, range.offsets[0] + swing_ * static_cast<double>(n));
  }
  double value = 0.0;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const ChannelInput& input = inputs_[i];
    value += input.input->carries_constants ? BranchValue(input, position, range.offsets[i])
                                            : Slope(input) * input.scale * range.offsets[i];
  }
  return value + range.correction + scale_ * static_cast<double>(n);
}

std::vector<ChannelSum::Range> PreparedInputs::RangesOf(const ChannelSum& sum) const {
  std::vector<ChannelSum::Range> ranges;
  for (const std::vector<TapRange>& y : rows.ranges) {
    for (const std::vector<TapRange>& x : columns.ranges) {
      ranges.push_back(sum.RangeInside(y, x));
    }
  }
  return ranges;
}

absl::StatusOr<PreparedInputs> PrepareInputs(const Stage& stage,
                                             const std::vector<StageInput>& inputs) {
  std::vector<WindowAxis> axes_y;
  std::vector<WindowAxis> axes_x;
  std::vector<std::int64_t> heights;
  std::vector<std::int64_t> widths;
  PreparedInputs prepared;
  for (const StageInput& input : inputs) {
    SPIKEMESH_RETURN_IF_ERROR(CheckFanIn(*input.branch));
    SPIKEMESH_ASSIGN_OR_RETURN(
        InputValues values, ToInputValues(input.values, input.branch->input, input.branch->name));
    prepared.values.push_back(std::move(values));
    prepared.edges.push_back(EmptyEdge(input, stage.shape));
    axes_y.push_back(AxisY(input.branch->convolution.window));
    axes_x.push_back(AxisX(input.branch->convolution.window));
    heights.push_back(input.branch->input.height);
    widths.push_back(input.branch->input.width);
  }
  prepared.rows = ClassifyOutputs(axes_y, heights, stage.shape.height);
  prepared.columns = ClassifyOutputs(axes_x, widths, stage.shape.width);
  return prepared;
}

}  // namespace spikemesh
