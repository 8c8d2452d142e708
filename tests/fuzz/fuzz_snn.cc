// SPDX-License-Identifier: Apache-2.0
// ParseSpiking on any bytes. The checksum would hide everything behind it from a fuzzer, so each
// input is parsed as it is and once more with the checksum that a writer would have added. What
// parses must serialize to the very same bytes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/sha256.h"
#include "core/base/status.h"
#include "networks/ir/run_rate.h"
#include "networks/ir/run_spiking.h"
#include "networks/ir/spiking_network.h"

namespace {

// Enough for anything that a few kilobytes describe by hand.
constexpr std::int64_t kRunSizeMax = 1 << 16;

bool SmallEnoughToRun(const spikemesh::SpikingNetwork& network) {
  std::int64_t size = network.encoded_shape.size();
  for (const spikemesh::SpikingLayer& layer : network.layers) {
    size += layer.output_shape.size();
    for (const spikemesh::LayerInput& input : layer.inputs) {
      size += input.shape.size() + static_cast<std::int64_t>(input.weights.size());
    }
  }
  return size <= kRunSizeMax;
}

void ParseAndRun(std::string_view bytes) {
  const auto network = spikemesh::ParseSpiking(bytes);
  if (!network.ok()) {
    return;
  }
  SPIKEMESH_CHECK(spikemesh::SerializeSpiking(*network) == bytes);
  if (!SmallEnoughToRun(*network)) {
    return;
  }
  const std::uint32_t line = 0;
  if (network->presentation.mode == spikemesh::PresentationMode::kRate) {
    spikemesh::RateRunner runner(*network);
    runner.Begin();
    runner.Step({&line, 1});
    SPIKEMESH_CHECK(runner.predicted_class() < network->class_count);
  } else {
    spikemesh::SpikingRunner runner(*network);
    runner.Run({&line, 1});
    SPIKEMESH_CHECK(runner.predicted_class() < network->class_count);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  ParseAndRun(bytes);
  const spikemesh::Sha256Digest digest = spikemesh::Sha256(bytes);
  bytes.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  ParseAndRun(bytes);
  return 0;
}
