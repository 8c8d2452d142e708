// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/average_pools.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "converters/spiking/node_kinds.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

class PoolMover {
 public:
  explicit PoolMover(Network& network) : network_(network), readers_(network.nodes.size()) {
    for (std::size_t i = 0; i < network.nodes.size(); ++i) {
      for (const std::int32_t source : network.nodes[i].sources) {
        if (source != kNetworkInput) {
          readers_[static_cast<std::size_t>(source)].push_back(i);
        }
      }
    }
  }

  // Puts the activation behind max pool `at` ahead of it.
  void Move(std::size_t at) {
    if (!PoolsSums(at)) {
      return;
    }
    const std::vector<std::size_t> chain = FunctionsBehind(at);
    const FeatureShape ahead = SourceShape(network_, network_.nodes[at]);
    // The nodes form a line, so that only what they do changes places, not what they read.
    std::size_t slot = at;
    for (const std::size_t function : chain) {
      NetworkNode& here = network_.nodes[slot];
      NetworkNode& next = network_.nodes[function];
      std::swap(here.name, next.name);
      std::swap(here.operation, next.operation);
      here.shape = ahead;
      slot = function;
    }
  }

 private:
  bool PoolsSums(std::size_t at) const {
    std::int32_t source = network_.nodes[at].sources[0];
    while (source != kNetworkInput) {
      const NetworkNode& node = network_.nodes[static_cast<std::size_t>(source)];
      if (!IsAffine(node) && !IsAnyOf<ReshapeNode>(node)) {
        return !IsNonlinear(node) && !IsAnyOf<PoolNode>(node);
      }
      source = node.sources[0];
    }
    return false;
  }

  // The nodes up to the last activation that follow, each read by the next alone.
  std::vector<std::size_t> FunctionsBehind(std::size_t at) const {
    std::vector<std::size_t> chain;
    std::size_t length = 0;
    while (readers_[at].size() == 1) {
      at = readers_[at].front();
      const NetworkNode& node = network_.nodes[at];
      if (!IsAffine(node) && !IsNonlinear(node)) {
        break;
      }
      chain.push_back(at);
      length = IsNonlinear(node) ? chain.size() : length;
    }
    chain.resize(length);
    return chain;
  }

  Network& network_;
  std::vector<std::vector<std::size_t>> readers_;  // [node]
};

}  // namespace

AveragedPools AverageMaxPools(const Network& network) {
  AveragedPools averaged = {network, 0};
  PoolMover mover(averaged.network);
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    if (IsMaxPool(averaged.network.nodes[i])) {
      mover.Move(i);
    }
  }
  for (NetworkNode& node : averaged.network.nodes) {
    if (IsMaxPool(node)) {
      std::get<PoolNode>(node.operation).kind = PoolKind::kAverage;
      ++averaged.replaced;
    }
  }
  return averaged;
}

absl::Status RefuseMaxPool(std::string_view node) {
  return WithRemedy(absl::UnimplementedError(
                        Concat("node \"", node,
                               "\" (max pooling) takes a neuron for every place of its "
                               "window in rate mode, and max pools are refused as asked for")),
                    {RemedyKind::kAveragePools});
}

}  // namespace spikemesh
