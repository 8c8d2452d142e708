// SPDX-License-Identifier: Apache-2.0
// Any bytes as an ONNX file: a Status, or a network that runs.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "converters/onnx/import_onnx.h"
#include "core/base/status.h"
#include "networks/ir/run_network.h"

namespace {

// Running is judged only where it is quick: large windows over large images are valid and slow.
constexpr std::int64_t kMultipliesMax = 1 << 20;

std::int64_t CountMultiplies(const spikemesh::Network& network) {
  std::int64_t total = network.input_shape.size();
  for (const spikemesh::NetworkNode& node : network.nodes) {
    std::int64_t per_value = static_cast<std::int64_t>(node.sources.size());
    if (const auto* convolution = std::get_if<spikemesh::ConvolutionNode>(&node.operation)) {
      per_value += static_cast<std::int64_t>(convolution->weights.size());
    }
    if (const auto* pool = std::get_if<spikemesh::PoolNode>(&node.operation)) {
      per_value += SourceShape(network, node).size();
    }
    total += node.shape.size() * per_value;
    if (total > kMultipliesMax) {
      break;
    }
  }
  return total;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto imported = spikemesh::ImportOnnx(bytes, "");
  if (!imported.ok()) {
    SPIKEMESH_CHECK(!imported.status().message().empty());
    return 0;
  }
  const spikemesh::Network& network = imported->network;
  SPIKEMESH_CHECK(!network.nodes.empty());
  if (CountMultiplies(network) <= kMultipliesMax) {
    spikemesh::NetworkRunner runner(network);
    runner.Run(std::vector<double>(network.input_shape.size(), 0.5));
  }
  return 0;
}
