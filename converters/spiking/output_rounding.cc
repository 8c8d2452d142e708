// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/output_rounding.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "converters/spiking/check_network.h"
#include "converters/spiking/node_kinds.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Whether an affine function rises, and is one for all channels.
bool RisesAlike(const AffineNode& affine) {
  const auto same = [](const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(),
                       [&](double value) { return value == values.front(); });
  };
  return same(affine.scale) && same(affine.offset) && affine.scale.front() > 0.0;
}

// The nodes from the output back, each read by the next alone, that are a staircase: roundings, and
// clips with an end below 0, and what is affine between and behind.
std::vector<std::size_t> Staircase(const Network& network) {
  std::vector<int> readers(network.nodes.size(), 0);
  for (const NetworkNode& node : network.nodes) {
    for (const std::int32_t source : node.sources) {
      if (source != kNetworkInput) {
        ++readers[static_cast<std::size_t>(source)];
      }
    }
  }
  std::vector<std::size_t> left_out;
  for (std::int32_t at = network.output(); at != kNetworkInput;
       at = network.nodes[static_cast<std::size_t>(at)].sources[0]) {
    const auto index = static_cast<std::size_t>(at);
    const NodeOperation& operation = network.nodes[index].operation;
    const auto* const clip = std::get_if<ClipNode>(&operation);
    const auto* const affine = std::get_if<AffineNode>(&operation);
    const bool rounds = std::holds_alternative<RoundNode>(operation) ||
                        (clip != nullptr && clip->low < 0.0 && clip->high > 0.0);
    const bool passes = std::holds_alternative<ReshapeNode>(operation) ||
                        (affine != nullptr && RisesAlike(*affine));
    if ((!rounds && !passes) || readers[index] > 1) {
      break;
    }
    if (rounds) {
      left_out.push_back(index);
    }
  }
  const auto is_rounding = [&](std::size_t index) {
    return IsAnyOf<RoundNode>(network.nodes[index]);
  };
  const auto is_clip = [&](std::size_t index) { return IsAnyOf<ClipNode>(network.nodes[index]); };
  const bool quantises = std::any_of(left_out.begin(), left_out.end(), is_rounding) &&
                         std::any_of(left_out.begin(), left_out.end(), is_clip);
  return quantises ? left_out : std::vector<std::size_t>();
}

}  // namespace

std::string LeaveOutOutputRounding(Network& network) {
  const std::vector<std::size_t> left_out = Staircase(network);
  if (left_out.empty()) {
    return "";
  }
  const std::string name = NodeText(network.nodes[left_out.front()]);
  for (const std::size_t index : left_out) {  // the last first: positions before it stay
    const std::int32_t source = network.nodes[index].sources[0];
    for (NetworkNode& node : network.nodes) {
      for (std::int32_t& from : node.sources) {
        from = from == static_cast<std::int32_t>(index) ? source : from;
        from -= from > static_cast<std::int32_t>(index) ? 1 : 0;
      }
    }
    network.nodes.erase(network.nodes.begin() + static_cast<std::ptrdiff_t>(index));
  }
  return Concat(name,
                " rounds the logits and is left out: answers change only where two classes "
                "round to one value");
}

}  // namespace spikemesh
