// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/composed_network.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

bool IsNothing(const ComposedTerm& term) {
  return std::all_of(term.form.map.weights.begin(), term.form.map.weights.end(),
                     [](double weight) { return weight == 0.0; });
}

// Whether every value passes as it is.
bool IsIdentity(const LinearMap& map) {
  return map.groups == map.input.channels && map.input == map.output &&
         map.window == WindowGeometry{} &&
         std::all_of(map.weights.begin(), map.weights.end(),
                     [](double weight) { return weight == 1.0; });
}

ConvolutionNode ToConvolution(const LinearMap& map) {
  ConvolutionNode node{.window = map.window, .groups = map.groups, .weights = {}, .bias = {}};
  node.bias.assign(static_cast<std::size_t>(map.output.channels), 0.0F);
  node.weights.reserve(map.weights.size());
  for (const double weight : map.weights) {
    node.weights.push_back(static_cast<float>(weight));
  }
  if (!std::equal(map.weights.begin(), map.weights.end(), node.weights.begin())) {
    node.precise_weights = map.weights;
  }
  return node;
}

AffineNode Shift(std::vector<double> offset) {
  return {std::vector<double>(offset.size(), 1.0), std::move(offset)};
}

// The nodes on a way from the input to the output.
std::vector<bool> FindNeeded(const Network& network) {
  std::vector<bool> needed(network.nodes.size(), false);
  needed.back() = true;
  for (std::size_t i = network.nodes.size(); i-- > 0;) {
    for (const std::int32_t source : network.nodes[i].sources) {
      if (needed[i] && source != kNetworkInput) {
        needed[static_cast<std::size_t>(source)] = true;
      }
    }
  }
  return needed;
}

}  // namespace

ComposedNetwork::ComposedNetwork(const Network& network)
    : made_{network.name, network.input_shape, {}, network.warnings} {}

std::int32_t ComposedNetwork::Append(NetworkNode node) {
  made_.nodes.push_back(std::move(node));
  return made_.output();
}

// A pool of two values is two nodes, with two names.
std::int32_t ComposedNetwork::AppendPool(const ComposedTerm& term) {
  const NetworkNode* const pool = term.form.pool;
  const auto [at, is_new] = pools_.try_emplace({term.source, pool}, 0);
  if (is_new) {
    const int copy = ++pool_copies_[pool];
    at->second = Append({copy > 1 ? Concat(pool->name, ":", copy) : pool->name,
                         {term.source},
                         pool->operation,
                         term.form.map.input});
  }
  return at->second;
}

std::int32_t ComposedNetwork::AppendTerm(const ComposedTerm& term, const ComposedSum& sum) {
  const std::int32_t source = term.form.pool == nullptr ? term.source : AppendPool(term);
  if (sum.terms.size() > 1 && IsIdentity(term.form.map)) {
    return source;
  }
  return Append({term.form.name.empty() ? sum.name : term.form.name,
                 {source},
                 ToConvolution(term.form.map),
                 sum.shape});
}

// The offset as an affine node: of each channel where all of its places have one, else of each
// place.
std::int32_t ComposedNetwork::AppendOffset(std::int32_t source, const ComposedSum& sum) {
  const std::vector<double>& offset = sum.offset;
  if (std::all_of(offset.begin(), offset.end(), [](double value) { return value == 0.0; })) {
    return source;
  }
  const std::size_t plane = offset.size() / static_cast<std::size_t>(sum.shape.channels);
  std::vector<double> of_channel;
  bool even = true;
  for (std::size_t i = 0; i < offset.size(); i += plane) {
    of_channel.push_back(offset[i]);
    even = even && std::count(&offset[i], &offset[i] + plane, offset[i]) ==
                       static_cast<std::ptrdiff_t>(plane);
  }
  const std::string name = sum.name + ":offset";
  if (even) {
    return Append({name, {source}, Shift(std::move(of_channel)), sum.shape});
  }
  const FeatureShape flat = {static_cast<std::int32_t>(offset.size()), 1, 1};
  source = Append({name + ":flat", {source}, ReshapeNode{}, flat});
  source = Append({name, {source}, Shift(offset), flat});
  return Append({name + ":image", {source}, ReshapeNode{}, sum.shape});
}

// Terms that cancel say nothing; one stays, so that there is a sum.
std::int32_t ComposedNetwork::AppendSum(ComposedSum sum) {
  const auto kept =
      std::stable_partition(sum.terms.begin(), sum.terms.end(),
                            [](const ComposedTerm& term) { return !IsNothing(term); });
  sum.terms.erase(std::max(kept, sum.terms.begin() + 1), sum.terms.end());
  std::vector<std::int32_t> operands;
  for (const ComposedTerm& term : sum.terms) {
    operands.push_back(AppendTerm(term, sum));
  }
  const std::int32_t added =
      operands.size() == 1 ? operands.front() : Append({sum.name, operands, AddNode{}, sum.shape});
  return AppendOffset(added, sum);
}

Network ComposedNetwork::Finish(std::int32_t output) && {
  made_.nodes.resize(static_cast<std::size_t>(output) + 1);
  const std::vector<bool> needed = FindNeeded(made_);
  Network result{made_.name, made_.input_shape, {}, made_.warnings};
  std::vector<std::int32_t> index(made_.nodes.size(), kNetworkInput);
  for (std::size_t i = 0; i < made_.nodes.size(); ++i) {
    if (!needed[i]) {
      continue;
    }
    NetworkNode& node = result.nodes.emplace_back(std::move(made_.nodes[i]));
    for (std::int32_t& source : node.sources) {
      source = source == kNetworkInput ? source : index[static_cast<std::size_t>(source)];
    }
    index[i] = result.output();
  }
  return result;
}

}  // namespace spikemesh
