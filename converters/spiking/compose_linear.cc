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
// Products of weights: some seconds of all regions together.
constexpr std::int64_t kProductsMax = std::int64_t{1} << 33;
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

// What a sum takes of a value: map(value), or map(mean of windows of it).
struct Form {
  LinearMap map;
  const NetworkNode* pool = nullptr;
  std::string name;  // of the convolution that is next to the sum
};

// A form of a node of the network that is made.
struct Term {
  Form form;
  std::int32_t source = kNetworkInput;
};

// A sum while it is taken apart.
struct Region {
  std::string name;
  FeatureShape shape;
  // By node of the network that is read, the last one first: each is taken apart once.
  std::map<std::int32_t, std::vector<Form>, std::greater<>> pending;
  std::vector<Term> terms;
  std::vector<double> offset;  // [size]
};

class Composer {
 public:
  Composer(const Network& network, LinearCut cut)
      : network_(network), cut_(cut), sums_(network), made_index_(network.nodes.size()) {
    std::int64_t weights = 0;
    for (const NetworkNode& node : network.nodes) {
      const auto* convolution = std::get_if<ConvolutionNode>(&node.operation);
      weights +=
          convolution == nullptr ? 0 : static_cast<std::int64_t>(convolution->weights.size());
    }
    budget_ = {.weights_max = kWeightsFree + kGrowthMax * weights, .products_left = kProductsMax};
    weights_left_ = budget_.weights_max;
    made_.name = network.name;
    made_.input_shape = network.input_shape;
    made_.warnings = network.warnings;
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
  absl::Status Pull(std::int32_t index, Form form, Region& region);
  absl::Status PullAffine(const NetworkNode& at, Form form, Region& region);
  absl::Status PullConvolution(const NetworkNode& at, Form form, Region& region);
  absl::Status PullConcat(const NetworkNode& at, const Form& form, Region& region);
  absl::Status PullPool(const NetworkNode& at, Form form, Region& region);
  absl::Status PullReshape(const NetworkNode& at, Form form, Region& region);
  absl::Status TakePool(Form& form);
  void Push(std::int32_t index, Form form, Region& region);
  absl::Status Stop(std::int32_t index, Form form, Region& region);
  absl::StatusOr<std::int32_t> RailsOf(std::int32_t index);

  std::int32_t Make(std::string name, std::vector<std::int32_t> sources, NodeOperation operation,
                    const FeatureShape& shape);
  std::int32_t MakeRegion(Region region);
  std::int32_t MakeTerm(const Term& term, bool is_only, const Region& region);
  std::int32_t MakeOffset(std::int32_t source, const Region& region);

  const Network& network_;
  const LinearCut cut_;
  const LinearSums sums_;
  LinearBudget budget_;
  std::int64_t weights_left_ = 0;  // of all that is made
  int rails_depth_ = 0;
  Network made_;
  std::vector<std::int32_t> made_index_;        // [node]
  std::map<std::int32_t, std::int32_t> rails_;  // by node: the rectified halves
  // By what is pooled and by the pool whose window it is.
  std::map<std::pair<std::int32_t, const NetworkNode*>, std::int32_t> pools_;
  std::map<const NetworkNode*, int> pool_copies_;
};

// The pool of a form as part of its map.
absl::Status Composer::TakePool(Form& form) {
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

void Composer::Push(std::int32_t index, Form form, Region& region) {
  std::vector<Form>& forms = region.pending[index];
  for (Form& known : forms) {
    if (known.pool == form.pool && AddMap(form.map, known.map)) {
      return;
    }
  }
  forms.push_back(std::move(form));
}

absl::Status Composer::PullAffine(const NetworkNode& at, Form form, Region& region) {
  const AffineNode affine = AffineOf(at);
  const bool shifts = std::any_of(affine.offset.begin(), affine.offset.end(),
                                  [](double offset) { return offset != 0.0; });
  if (shifts && form.pool != nullptr && !KeepsConstants(std::get<PoolNode>(form.pool->operation))) {
    SPIKEMESH_RETURN_IF_ERROR(TakePool(form));
  }
  if (shifts) {
    const std::vector<double> offset = OfConstants(form.map, affine.offset);
    std::transform(offset.begin(), offset.end(), region.offset.begin(), region.offset.begin(),
                   std::plus<>());
  }
  ScaleInputs(affine.scale, form.map);
  Push(at.sources[0], std::move(form), region);
  return absl::OkStatus();
}

absl::Status Composer::PullConvolution(const NetworkNode& at, Form form, Region& region) {
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
  SPIKEMESH_ASSIGN_OR_RETURN(
      LinearMap composed, spikemesh::Compose(form.map, MapOf(convolution, input, output), budget_));
  const std::vector<double> bias(convolution.bias.begin(), convolution.bias.end());
  const std::vector<double> offset = OfConstants(form.map, bias);
  std::transform(offset.begin(), offset.end(), region.offset.begin(), region.offset.begin(),
                 std::plus<>());
  form.map = std::move(composed);
  form.name = form.name.empty() ? at.name : form.name;
  Push(at.sources[0], std::move(form), region);
  return absl::OkStatus();
}

absl::Status Composer::PullConcat(const NetworkNode& at, const Form& form, Region& region) {
  std::int32_t channel = 0;
  std::vector<Form> parts;
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

absl::Status Composer::PullPool(const NetworkNode& at, Form form, Region& region) {
  SPIKEMESH_RETURN_IF_ERROR(TakePool(form));
  form.pool = &at;
  Push(at.sources[0], std::move(form), region);
  return absl::OkStatus();
}

absl::Status Composer::PullReshape(const NetworkNode& at, Form form, Region& region) {
  SPIKEMESH_RETURN_IF_ERROR(TakePool(form));
  SPIKEMESH_ASSIGN_OR_RETURN(form.map,
                             Unflatten(std::move(form.map), shape_of(at.sources[0]), budget_));
  Push(at.sources[0], std::move(form), region);
  return absl::OkStatus();
}

// Takes `form` of node `index` one node back.
absl::Status Composer::Pull(std::int32_t index, Form form, Region& region) {
  const NetworkNode& at = node(index);
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
  const std::int32_t made = Make(node(index).name + ":rails", {halves}, ClipNode{}, shape);
  rails_.emplace(index, made);
  return made;
}

// What could not be taken further back than `index`, as a term of its rails.
absl::Status Composer::Stop(std::int32_t index, Form form, Region& region) {
  Term term{std::move(form), kNetworkInput};
  SPIKEMESH_ASSIGN_OR_RETURN(term.source, RailsOf(index));
  term.form.map = OfBothSigns(term.form.map);
  region.terms.push_back(std::move(term));
  return absl::OkStatus();
}

// map(node `index`) as nodes of the network that is made: the last of them.
absl::StatusOr<std::int32_t> Composer::ComposeSum(std::int32_t index, LinearMap map) {
  Region region;
  region.name = node(index).name;
  region.shape = map.output;
  region.offset.assign(static_cast<std::size_t>(map.output.size()), 0.0);
  region.pending[index].push_back({std::move(map), nullptr, ""});
  while (!region.pending.empty()) {
    auto at = region.pending.extract(region.pending.begin());
    for (Form& form : at.mapped()) {
      if (sums_.IsSource(at.key())) {
        region.terms.push_back({std::move(form), made_of(at.key())});
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
      return Annotate(pulled,
                      Concat("node \"", form.name.empty() ? region.name : form.name, "\" follows ",
                             NodeText(node(at.key())),
                             " without an activation between; put one there, a step, or a ReLU for "
                             "rate mode"));
    }
  }
  for (const Term& term : region.terms) {
    weights_left_ -= static_cast<std::int64_t>(term.form.map.weights.size());
  }
  if (weights_left_ < 0) {
    return absl::ResourceExhaustedError(
        Concat("node \"", region.name,
               "\": linear layers without activations between, as one each, "
               "have more than ",
               budget_.weights_max, " weights; put an activation behind each"));
  }
  return MakeRegion(std::move(region));
}

std::int32_t Composer::Make(std::string name, std::vector<std::int32_t> sources,
                            NodeOperation operation, const FeatureShape& shape) {
  made_.nodes.push_back({.name = std::move(name),
                         .sources = std::move(sources),
                         .operation = std::move(operation),
                         .shape = shape});
  return made_.output();
}

std::int32_t Composer::MakeTerm(const Term& term, bool is_only, const Region& region) {
  const LinearMap& map = term.form.map;
  std::int32_t source = term.source;
  if (term.form.pool != nullptr) {
    const auto [at, is_new] = pools_.try_emplace({source, term.form.pool}, 0);
    if (is_new) {
      const std::string number = ++pool_copies_[term.form.pool] > 1
                                     ? Concat(":", pool_copies_[term.form.pool])
                                     : std::string();
      at->second =
          Make(term.form.pool->name + number, {source}, term.form.pool->operation, map.input);
    }
    source = at->second;
  }
  const bool passes = map.groups == map.input.channels && map.input == map.output &&
                      IsPointwise(map.window) &&
                      std::all_of(map.weights.begin(), map.weights.end(),
                                  [](double weight) { return weight == 1.0; });
  if (passes && !is_only) {
    return source;
  }
  ConvolutionNode convolution{
      .window = map.window, .groups = map.groups, .weights = {}, .bias = {}};
  convolution.bias.assign(static_cast<std::size_t>(map.output.channels), 0.0F);
  convolution.weights.reserve(map.weights.size());
  for (const double weight : map.weights) {
    convolution.weights.push_back(static_cast<float>(weight));
  }
  if (!std::equal(map.weights.begin(), map.weights.end(), convolution.weights.begin())) {
    convolution.precise_weights = map.weights;
  }
  return Make(term.form.name.empty() ? region.name : term.form.name, {source},
              std::move(convolution), region.shape);
}

// The offset as an affine node: of each channel where all of its places have one, else of each
// place.
std::int32_t Composer::MakeOffset(std::int32_t source, const Region& region) {
  const std::vector<double>& offset = region.offset;
  if (std::all_of(offset.begin(), offset.end(), [](double value) { return value == 0.0; })) {
    return source;
  }
  const std::size_t plane = offset.size() / static_cast<std::size_t>(region.shape.channels);
  std::vector<double> of_channel;
  bool even = true;
  for (std::size_t i = 0; i < offset.size(); i += plane) {
    of_channel.push_back(offset[i]);
    even = even && std::count(&offset[i], &offset[i] + plane, offset[i]) ==
                       static_cast<std::ptrdiff_t>(plane);
  }
  const std::string name = region.name + ":offset";
  if (even) {
    return Make(name, {source},
                AffineNode{std::vector<double>(of_channel.size(), 1.0), std::move(of_channel)},
                region.shape);
  }
  const FeatureShape flat = {static_cast<std::int32_t>(offset.size()), 1, 1};
  source = Make(name + ":flat", {source}, ReshapeNode{}, flat);
  source = Make(name, {source}, AffineNode{std::vector<double>(offset.size(), 1.0), offset}, flat);
  return Make(name + ":image", {source}, ReshapeNode{}, region.shape);
}

std::int32_t Composer::MakeRegion(Region region) {
  // Terms that cancel say nothing; one stays, so that there is a sum.
  const auto is_nothing = [](const Term& term) {
    return std::all_of(term.form.map.weights.begin(), term.form.map.weights.end(),
                       [](double weight) { return weight == 0.0; });
  };
  const auto kept = std::stable_partition(region.terms.begin(), region.terms.end(),
                                          [&](const Term& term) { return !is_nothing(term); });
  region.terms.erase(std::max(kept, region.terms.begin() + 1), region.terms.end());
  std::vector<std::int32_t> operands;
  for (const Term& term : region.terms) {
    operands.push_back(MakeTerm(term, region.terms.size() == 1, region));
  }
  const std::int32_t sum = operands.size() == 1
                               ? operands.front()
                               : Make(region.name, operands, AddNode{}, region.shape);
  return MakeOffset(sum, region);
}

// Without the nodes that the output does not need.
Network Needed(const Network& network) {
  std::vector<bool> needed(network.nodes.size(), false);
  needed.back() = true;
  for (std::size_t i = network.nodes.size(); i-- > 0;) {
    for (const std::int32_t source : network.nodes[i].sources) {
      if (needed[i] && source != kNetworkInput) {
        needed[static_cast<std::size_t>(source)] = true;
      }
    }
  }
  Network result{network.name, network.input_shape, {}, network.warnings};
  std::vector<std::int32_t> index(network.nodes.size(), kNetworkInput);
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    if (!needed[i]) {
      continue;
    }
    NetworkNode& node = result.nodes.emplace_back(network.nodes[i]);
    for (std::int32_t& source : node.sources) {
      source = source == kNetworkInput ? source : index[static_cast<std::size_t>(source)];
    }
    index[i] = result.output();
  }
  return result;
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
    made_.nodes.push_back(std::move(copy));
    made_index_[i] = made_.output();
  }
  // The output is the last node, whatever was made on the way to it.
  if (made_index_.back() != made_.output()) {
    made_.nodes.resize(static_cast<std::size_t>(made_index_.back()) + 1);
  }
  return Needed(made_);
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
