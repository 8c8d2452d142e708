// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/linear_sums.h"

#include <algorithm>
#include <variant>

#include "converters/spiking/node_kinds.h"

namespace spikemesh {

LinearSums::LinearSums(const Network& network)
    : network_(network), tangled_(network.nodes.size(), false) {
  const auto count = static_cast<std::int32_t>(network.nodes.size());
  for (std::int32_t i = 0; i < count; ++i) {
    is_source_.push_back(FindSource(i));
    for (const Behind behind :
         {Behind{false, false}, Behind{false, true}, Behind{true, false}, Behind{true, true}}) {
      refused_[Row(behind)].push_back(FindTangle(i, behind));
    }
  }
  const auto mark = [this](std::int32_t read) {
    const std::int32_t sum = WalkBack(read);
    if (!IsSource(sum)) {
      tangled_[static_cast<std::size_t>(sum)] =
          refused_[Row({.branch = false, .affine = false})][static_cast<std::size_t>(sum)];
    }
  };
  for (const NetworkNode& node : network.nodes) {
    if (IsNonlinear(node) || IsMaxPool(node)) {
      mark(node.sources[0]);
    }
  }
  if (count > 0) {
    mark(network.output());
  }
}

bool LinearSums::IsSource(std::int32_t index) const {
  return index == kNetworkInput || is_source_[static_cast<std::size_t>(index)];
}

bool LinearSums::any_tangled() const {
  return std::find(tangled_.begin(), tangled_.end(), true) != tangled_.end();
}

// What a value is of but for affine functions and reshapes.
std::int32_t LinearSums::WalkBack(std::int32_t index) const {
  while (index != kNetworkInput) {
    const NetworkNode& node = network_.nodes[static_cast<std::size_t>(index)];
    if (!IsAffine(node) && !IsAnyOf<ReshapeNode>(node)) {
      break;
    }
    index = node.sources[0];
  }
  return index;
}

bool LinearSums::FindSource(std::int32_t index) const {
  const NetworkNode& node = network_.nodes[static_cast<std::size_t>(index)];
  return IsNonlinear(node) || IsMaxPool(node) ||
         (IsAnyOf<PoolNode>(node) && IsSource(WalkBack(node.sources[0])));
}

bool LinearSums::AnySourceTangled(std::int32_t index, Behind behind) const {
  const NetworkNode& node = network_.nodes[static_cast<std::size_t>(index)];
  return std::any_of(node.sources.begin(), node.sources.end(), [&](std::int32_t source) {
    return source != kNetworkInput && refused_[Row(behind)][static_cast<std::size_t>(source)];
  });
}

// As folding goes: stage_graph.h.
bool LinearSums::FindTangle(std::int32_t index, Behind behind) const {
  const NetworkNode& node = network_.nodes[static_cast<std::size_t>(index)];
  if (IsSource(index)) {
    return false;
  }
  if (IsAffine(node)) {
    behind.affine = true;
  } else if (IsAnyOf<ConvolutionNode>(node)) {
    if (behind.branch) {
      return true;
    }
    behind = {.branch = true, .affine = false};
  } else if (IsAnyOf<AddNode>(node)) {
    if (behind.affine) {
      return true;
    }
  } else if (IsAnyOf<PoolNode>(node)) {
    behind.affine = behind.affine && behind.branch;
  }
  return AnySourceTangled(index, behind);
}

}  // namespace spikemesh
