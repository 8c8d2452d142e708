// SPDX-License-Identifier: Apache-2.0
#include "core/stats/traffic_file.h"

#include <array>
#include <utility>

#include "core/base/csv.h"
#include "core/base/limits.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// `row` counts from 0; the header is line 1.
absl::Status CheckWithin(std::size_t row, const char* what, std::int64_t value, std::int64_t max) {
  if (value >= 0 && value <= max) {
    return absl::OkStatus();
  }
  return absl::OutOfRangeError(
      Concat("line ", row + 2, ": ", what, ": found ", value, ", allowed: 0..", max));
}

}  // namespace

absl::StatusOr<std::vector<NeuronSpikes>> ParseTraffic(std::string_view text) {
  SPIKEMESH_ASSIGN_OR_RETURN(const IntegerTable table, ParseCsv(text, kTrafficHeader));
  std::vector<NeuronSpikes> traffic;
  traffic.reserve(table.rows());
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const std::span<const std::int64_t> row = table.row(i);
    SPIKEMESH_RETURN_IF_ERROR(CheckWithin(i, "rng_stream", row[0], UINT32_MAX));
    SPIKEMESH_RETURN_IF_ERROR(CheckWithin(i, "neuron", row[1], kNeuronsPerCore - 1));
    SPIKEMESH_RETURN_IF_ERROR(CheckWithin(i, "spikes", row[2], INT64_MAX));
    const NeuronSpikes spikes = {static_cast<std::uint32_t>(row[0]),
                                 static_cast<std::uint16_t>(row[1]), row[2]};
    const auto key = [](const NeuronSpikes& n) { return std::pair(n.rng_stream, n.neuron); };
    if (!traffic.empty() && key(spikes) <= key(traffic.back())) {
      return absl::InvalidArgumentError(
          Concat("line ", i + 2, ": rng_stream ", row[0], ", neuron ", row[1],
                 " does not follow the line before; allowed: ascending, each once"));
    }
    traffic.push_back(spikes);
  }
  return traffic;
}

std::string FormatTraffic(std::span<const NeuronSpikes> traffic) {
  std::string text = Concat(kTrafficHeader, "\n");
  for (const NeuronSpikes& spikes : traffic) {
    AppendCsvRow(text,
                 std::array<std::int64_t, 3>{spikes.rng_stream, spikes.neuron, spikes.spikes});
  }
  return text;
}

}  // namespace spikemesh
