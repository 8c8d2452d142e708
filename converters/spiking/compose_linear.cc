// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/compose_linear.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "converters/spiking/check_network.h"
#include "converters/spiking/composed_network.h"
#include "converters/spiking/linear_map.h"
#include "converters/spiking/linear_sums.h"
#include "converters/spiking/node_kinds.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

// What is composed may have as many times the network's weights, and as many more.
constexpr std::int64_t kGrowthMax = 16;
constexpr std::int64_t kWeightsFree = std::int64_t{1} << 16;
// Products of weights, and weights and values that are looked at: some seconds of all sums
// together.
constexpr std::int64_t kProductsMax = std::int64_t{1} << 32;
// What a node takes to be passed, however small its maps are, in such steps.
constexpr std::int64_t kStepsOfNode = 1024;
// Rails that stand on rails.
constexpr int kRailsDepthMax = 256;

bool IsPadded(const WindowGeometry& window) {
  return window.pad_top > 0 || window.pad_left > 0 || window.pad_bottom > 0 || window.pad_right > 0;
}

bool IsPointwise(const WindowGeometry& window) { return window == WindowGeometry{}; }

// Whether a mean of values that are all the same is that value.
bool KeepsConstants(const PoolNode& pool) { return !pool.count_padding || !IsPadded(pool.window); }

// Scale and offset of each channel.
AffineNode AffineOf(const NetworkNode& node) {
  if (const auto* affine = std::get_if<AffineNode>(&node.operation)) {
    return *affine;
  }
  const auto& norm = std::get<BatchNormNode>(node.operation);
  AffineNode affine;
  for (std::size_t c = 0; c < norm.gamma.size(); ++c) {
    affine.scale.push_back(double{norm.gamma[c]} /
                           std::sqrt(double{norm.variance[c]} + norm.epsilon));
    affine.offset.push_back(double{norm.beta[c]} - affine.scale.back() * double{norm.mean[c]});
  }
  return affine;
}

// A sum while it is taken apart.
struct Region {
  ComposedSum sum;
  // By node of the network that is read, the last one first: each is taken apart once.
  std::map<std::int32_t, std::vector<ComposedForm>, std::greater<>> pending;
};

class Composer {
 public:
  Composer(const Network& network, LinearCut cut)
      : network_(network),
        cut_(cut),
        sums_(network),
        made_(network),
        made_index_(network.nodes.size()) {
    std::int64_t weights = 0;
    for (const NetworkNode& node : network.nodes) {
      const auto* convolution = std::get_if<ConvolutionNode>(&node.operation);
      weights +=
          convolution == nullptr ? 0 : static_cast<std::int64_t>(convolution->weights.size());
    }
    budget_ = {.weights_max = kWeightsFree + kGrowthMax * weights, .products_left = kProductsMax};
    weights_left_ = budget_.weights_max;
  }

  bool any_tangled() const { return sums_.any_tangled(); }
  absl::StatusOr<Network> Run() &&;

 private:
  const NetworkNode& node(std::int32_t index) const {
    return network_.nodes[static_cast<std::size_t>(index)];
  }
  const FeatureShape& shape_of(std::int32_t index) const {
    return index == kNetworkInput ? network_.input_shape : node(index).shape;
  }
  std::int32_t made_of(std::int32_t index) const {
    return index == kNetworkInput ? kNetworkInput : made_index_[static_cast<std::size_t>(index)];
  }

  absl::StatusOr<std::int32_t> ComposeSum(std::int32_t index, LinearMap map);
  absl::Status Pull(std::int32_t index, ComposedForm form, Region& region);
  absl::Status PullAffine(const NetworkNode& at, ComposedForm form, Region& region);
  absl::Status PullConvolution(const NetworkNode& at, ComposedForm form, Region& region);
  absl::Status PullConcat(const NetworkNode& at, const ComposedForm& form, Region& region);
  absl::Status PullPool(const NetworkNode& at, ComposedForm form, Region& region);
  absl::Status PullReshape(const NetworkNode& at, ComposedForm form, Region& region);
  absl::Status TakePool(ComposedForm& form);
  absl::Status Charge(const LinearMap& map);
  void AddOffset(const LinearMap& map, std::span<const double> constants, Region& region);
  void Push(std::int32_t index, ComposedForm form, Region& region);
  absl::Status Stop(std::int32_t index, ComposedForm form, Region& region);
  absl::StatusOr<std::int32_t> RailsOf(std::int32_t index);

  const Network& network_;
  const LinearCut cut_;
  const LinearSums sums_;
  LinearBudget budget_;
  std::int64_t weights_left_ = 0;  // of all that is made
  int rails_depth_ = 0;
  ComposedNetwork made_;
  std::vector<std::int32_t> made_index_;        // [node]
  std::map<std::int32_t, std::int32_t> rails_;  // by node: the rectified halves
};

// The pool of a form as part of its map.
absl::Status Composer::TakePool(ComposedForm& form) {
  if (form.pool == nullptr) {
    return absl::OkStatus();
  }
  const auto& pool = std::get<PoolNode>(form.pool->operation);
  const FeatureShape input = SourceShape(network_, *form.pool);
  FeatureShape ahead = input;
  ahead.channels = form.map.input.channels;
  if (!DividesEvenly(pool, ahead, form.map.input)) {
    return absl::UnimplementedError("windows at the border of " + NodeText(*form.pool) +
                                    " divide by another number");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(
      form.map, spikemesh::Compose(form.map, MapOf(pool, ahead, form.map.input), budget_));
  form.pool = nullptr;
  return absl::OkStatus();
}

// Takes one look at each weight and value of `map` off the budget.
absl::Status Composer::Charge(const LinearMap& map) {
  const std::int64_t taps = std::int64_t{map.window.kernel_y} * map.window.kernel_x;
  budget_.products_left -=
      kStepsOfNode + static_cast<std::int64_t>(map.weights.size()) + map.output.size() * taps;
  if (budget_.products_left < 0) {
    return absl::ResourceExhaustedError(
        Concat("so many linear layers take more than ", kProductsMax, " steps to compose"));
  }
  return absl::OkStatus();
}

// Adds what `map` makes of channels of one value each.
void Composer::AddOffset(const LinearMap& map, std::span<const double> constants, Region& region) {
  if (std::all_of(constants.begin(), constants.end(), [](double value) { return value == 0.0; })) {
    return;
  }
  const std::vector<double> offset = OfConstants(map, constants);
  std::vector<double>& sum = region.sum.offset;
  std::transform(offset.begin(), offset.end(), sum.begin(), sum.begin(), std::plus<>());
}

void Composer::Push(std::int32_t index, ComposedForm form, Region& region) {
  std::vector<ComposedForm>& forms = region.pending[index];
  for (ComposedForm& known : forms) {
    if (known.pool == form.pool && AddMap(form.map, known.map)) {
      return;
    }
  }
  forms.push_back(std::move(form));
}

absl::Status Composer::PullAffine(const NetworkNode& at, ComposedForm form, Region& region) {
  const AffineNode affine = AffineOf(at);
  const bool shifts = std::any_of(affine.offset.begin(), affine.offset.end(),
                                  [](double offset) { return offset != 0.0; });
  if (shifts && form.pool != nullptr && !KeepsConstants(std::get<PoolNode>(form.pool->operation))) {
    SPIKEMESH_RETURN_IF_ERROR(TakePool(form));
  }
  AddOffset(form.map, affine.offset, region);
  ScaleInputs(affine.scale, form.map);
  Push(at.sources[0], std::move(form), region);
  return absl::OkStatus();
}

absl::Status Composer::PullConvolution(const NetworkNode& at, ComposedForm form, Region& region) {
  const auto& convolution = std::get<ConvolutionNode>(at.operation);
  FeatureShape input = SourceShape(network_, at);
  FeatureShape output = at.shape;
  if (form.pool != nullptr) {
    // A mean of what a pointwise convolution gives is what it gives of the mean.
    if (IsPointwise(convolution.window) &&
        KeepsConstants(std::get<PoolNode>(form.pool->operation))) {
      output = form.map.input;
      input = {input.channels, output.height, output.width};
    } else {
      SPIKEMESH_RETURN_IF_ERROR(TakePool(form));
    }
  }
  // Whatever was made before: twice the layer, for its rails.
  LinearBudget budget = budget_;
  budget.weights_max = std::max(std::min(budget_.weights_max, weights_left_),
                                2 * static_cast<std::int64_t>(convolution.weights.size()));
  SPIKEMESH_ASSIGN_OR_RETURN(
      LinearMap composed, spikemesh::Compose(form.map, MapOf(convolution, input, output), budget));
  budget_.products_left = budget.products_left;
  AddOffset(form.map, std::vector<double>(convolution.bias.begin(), convolution.bias.end()),
            region);
  form.map = std::move(composed);
  form.name = form.name.empty() ? at.name : form.name;
  Push(at.sources[0], std::move(form), region);
  return absl::OkStatus();
}

absl::Status Composer::PullConcat(const NetworkNode& at, const ComposedForm& form, Region& region) {
  std::int32_t channel = 0;
  std::vector<ComposedForm> parts;
  for (const std::int32_t source : at.sources) {
    const std::int32_t count = shape_of(source).channels;
    SPIKEMESH_ASSIGN_OR_RETURN(LinearMap map, SelectInputs(form.map, channel, count, budget_));
    parts.push_back({std::move(map), form.pool, form.name});
    channel += count;
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Push(at.sources[i], std::move(parts[i]), region);
  }
  return absl::OkStatus();
}

absl::Status Composer::PullPool(const NetworkNode& at, ComposedForm form, Region& region) {
  SPIKEMESH_RETURN_IF_ERROR(TakePool(form));
  form.pool = &at;
  Push(at.sources[0], std::move(form), region);
  return absl::OkStatus();
}

absl::Status Composer::PullReshape(const NetworkNode& at, ComposedForm form, Region& region) {
  SPIKEMESH_RETURN_IF_ERROR(TakePool(form));
  SPIKEMESH_ASSIGN_OR_RETURN(form.map,
                             Unflatten(std::move(form.map), shape_of(at.sources[0]), budget_));
  Push(at.sources[0], std::move(form), region);
  return absl::OkStatus();
}

// Takes `form` of node `index` one node back.
absl::Status Composer::Pull(std::int32_t index, ComposedForm form, Region& region) {
  const NetworkNode& at = node(index);
  SPIKEMESH_RETURN_IF_ERROR(Charge(form.map));
  if (IsAffine(at)) {
    return PullAffine(at, std::move(form), region);
  }
  if (IsAnyOf<ConvolutionNode>(at)) {
    return PullConvolution(at, std::move(form), region);
  }
  if (IsAnyOf<ConcatNode>(at)) {
    return PullConcat(at, form, region);
  }
  if (IsAnyOf<PoolNode>(at)) {
    return PullPool(at, std::move(form), region);
  }
  if (IsAnyOf<ReshapeNode>(at)) {
    return PullReshape(at, std::move(form), region);
  }
  for (const std::int32_t source : at.sources) {  // of an addition
    Push(source, form, region);
  }
  return absl::OkStatus();
}

// The rectified halves of node `index`, channel by channel in turn.
absl::StatusOr<std::int32_t> Composer::RailsOf(std::int32_t index) {
  const auto known = rails_.find(index);
  if (known != rails_.end()) {
    return known->second;
  }
  if (++rails_depth_ > kRailsDepthMax) {
    return absl::ResourceExhaustedError(
        Concat(NodeText(node(index)), ": more than ", kRailsDepthMax,
               " linear layers behind one another that do not become one"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int32_t halves,
                             ComposeSum(index, BothSigns(shape_of(index))));
  --rails_depth_;
  FeatureShape shape = shape_of(index);
  shape.channels *= 2;
  const std::int32_t made =
      made_.Append({node(index).name + ":rails", {halves}, ClipNode{}, shape});
  rails_.emplace(index, made);
  return made;
}

// What could not be taken further back than `index`, as a term of its rails.
absl::Status Composer::Stop(std::int32_t index, ComposedForm form, Region& region) {
  ComposedTerm term{std::move(form), kNetworkInput};
  SPIKEMESH_ASSIGN_OR_RETURN(term.source, RailsOf(index));
  term.form.map = OfBothSigns(term.form.map);
  region.sum.terms.push_back(std::move(term));
  return absl::OkStatus();
}

// map(node `index`) as nodes of the network that is made: the last of them.
absl::StatusOr<std::int32_t> Composer::ComposeSum(std::int32_t index, LinearMap map) {
  Region region;
  region.sum.name = node(index).name;
  region.sum.shape = map.output;
  region.sum.offset.assign(static_cast<std::size_t>(map.output.size()), 0.0);
  region.pending[index].push_back({std::move(map), nullptr, ""});
  while (!region.pending.empty()) {
    auto at = region.pending.extract(region.pending.begin());
    for (ComposedForm& form : at.mapped()) {
      if (sums_.IsSource(at.key())) {
        region.sum.terms.push_back({std::move(form), made_of(at.key())});
        continue;
      }
      const absl::Status pulled = Pull(at.key(), form, region);
      if (pulled.ok()) {
        continue;
      }
      if (cut_ == LinearCut::kRails && at.key() != index) {
        SPIKEMESH_RETURN_IF_ERROR(Stop(at.key(), std::move(form), region));
        continue;
      }
      return Annotate(
          pulled, Concat("node \"", form.name.empty() ? region.sum.name : form.name, "\" follows ",
                         NodeText(node(at.key())),
                         " without an activation between; put one there, a step, or a ReLU for "
                         "rate mode"));
    }
  }
  for (const ComposedTerm& term : region.sum.terms) {
    weights_left_ -= static_cast<std::int64_t>(term.form.map.weights.size());
  }
  const bool exhausted =
      cut_ == LinearCut::kRefuse ? weights_left_ < 0 : -weights_left_ > budget_.weights_max;
  if (exhausted) {
    return absl::ResourceExhaustedError(
        Concat("node \"", region.sum.name,
               "\": linear layers without activations between, as one each, "
               "have more than ",
               budget_.weights_max, " weights; put an activation behind each"));
  }
  return made_.AppendSum(std::move(region.sum));
}

absl::StatusOr<Network> Composer::Run() && {
  for (std::size_t i = 0; i < network_.nodes.size(); ++i) {
    const auto index = static_cast<std::int32_t>(i);
    if (sums_.IsTangled(index)) {
      SPIKEMESH_ASSIGN_OR_RETURN(made_index_[i], ComposeSum(index, IdentityMap(node(index).shape)));
      continue;
    }
    NetworkNode copy = node(index);
    for (std::int32_t& source : copy.sources) {
      source = made_of(source);
    }
    made_index_[i] = made_.Append(std::move(copy));
  }
  return std::move(made_).Finish(made_index_.back());
}

}  // namespace

absl::StatusOr<Network> ComposeLinear(const Network& network, LinearCut cut) {
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  Composer composer(network, cut);
  if (!composer.any_tangled()) {
    return network;
  }
  return std::move(composer).Run();
}

}  // namespace spikemesh
