// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_records.h"

#include <array>
#include <limits>

namespace spikemesh {
namespace {

// A neuron kind as the file has it: no padding, no bool.
struct KindRecord {
  std::array<std::int16_t, kAxonTypes> weights = {};
  std::uint8_t stochastic_weights = 0;
  std::uint8_t flags = 0;
  std::int16_t leak = 0;
  std::int32_t threshold = 0;
  std::int32_t negative_threshold = 0;
  std::int32_t reset_potential = 0;
  std::uint8_t threshold_mask_bits = 0;
  std::uint8_t reset_mode = 0;
  std::uint16_t zero = 0;
};
static_assert(sizeof(KindRecord) == kNeuronKindBytes);
static_assert(std::has_unique_object_representations_v<KindRecord>);

constexpr std::uint8_t kLeakReversalFlag = 1;
constexpr std::uint8_t kStochasticLeakFlag = 2;
constexpr std::uint8_t kNegativeSaturationFlag = 4;
constexpr std::uint8_t kAllFlags = 7;

std::uint8_t FlagsOf(const NeuronParameters& kind) {
  const int flags = (kind.leak_reversal ? kLeakReversalFlag : 0) |
                    (kind.stochastic_leak ? kStochasticLeakFlag : 0) |
                    (kind.negative_saturation ? kNegativeSaturationFlag : 0);
  return static_cast<std::uint8_t>(flags);
}

KindRecord ToRecord(const NeuronParameters& kind) {
  return {.weights = kind.weights,
          .stochastic_weights = kind.stochastic_weights,
          .flags = FlagsOf(kind),
          .leak = kind.leak,
          .threshold = kind.threshold,
          .negative_threshold = kind.negative_threshold,
          .reset_potential = kind.reset_potential,
          .threshold_mask_bits = kind.threshold_mask_bits,
          .reset_mode = static_cast<std::uint8_t>(kind.reset_mode),
          .zero = 0};
}

NeuronParameters FromRecord(const KindRecord& record) {
  NeuronParameters kind;
  kind.weights = record.weights;
  kind.stochastic_weights = record.stochastic_weights;
  kind.leak = record.leak;
  kind.leak_reversal = (record.flags & kLeakReversalFlag) != 0;
  kind.stochastic_leak = (record.flags & kStochasticLeakFlag) != 0;
  kind.threshold = record.threshold;
  kind.negative_threshold = record.negative_threshold;
  kind.threshold_mask_bits = record.threshold_mask_bits;
  kind.reset_potential = record.reset_potential;
  kind.reset_mode = static_cast<ResetMode>(record.reset_mode);
  kind.negative_saturation = (record.flags & kNegativeSaturationFlag) != 0;
  return kind;
}

}  // namespace

void PackNeuronKinds(std::span<const NeuronParameters> kinds, std::span<std::byte> bytes) {
  SPIKEMESH_CHECK(bytes.size() == kinds.size() * kNeuronKindBytes);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const KindRecord record = ToRecord(kinds[i]);
    std::memcpy(bytes.data() + i * kNeuronKindBytes, &record, kNeuronKindBytes);
  }
}

absl::StatusOr<std::vector<NeuronParameters>> ParseNeuronKinds(std::string_view bytes) {
  if (bytes.size() % kNeuronKindBytes != 0) {
    return absl::DataLossError(
        Concat("neuron kinds: ", bytes.size(), " bytes are no whole number of ", kNeuronKindBytes));
  }
  std::vector<NeuronParameters> kinds(bytes.size() / kNeuronKindBytes);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    KindRecord record;
    std::memcpy(&record, bytes.data() + i * kNeuronKindBytes, kNeuronKindBytes);
    if (record.flags > kAllFlags || record.zero != 0) {
      return absl::DataLossError(Concat("neuron kind ", i, ": flags ", int{record.flags},
                                        " and last field ", record.zero, ", allowed 0..",
                                        int{kAllFlags}, " and 0"));
    }
    kinds[i] = FromRecord(record);
  }
  return kinds;
}

std::vector<std::array<std::int32_t, 3>> PackDeadLinks(std::span<const DeadLink> links) {
  std::vector<std::array<std::int32_t, 3>> records;
  records.reserve(links.size());
  for (const DeadLink& link : links) {
    records.push_back({link.at.x, link.at.y, static_cast<std::int32_t>(link.side)});
  }
  return records;
}

absl::StatusOr<std::vector<DeadLink>> ParseDeadLinks(std::string_view bytes) {
  using Record = std::array<std::int32_t, 3>;
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<Record> records,
                             ParseRecords<Record>(bytes, "dead links"));
  std::vector<DeadLink> links;
  links.reserve(records.size());
  for (const auto& [x, y, side] : records) {
    if (side < 0 || side >= kPorts) {
      return absl::DataLossError(Concat("dead links: side ", side, ", allowed 0..", kPorts - 1));
    }
    links.push_back({{x, y}, static_cast<Port>(side)});
  }
  return links;
}

PackedLines PackInputLines(const std::vector<std::vector<AxonAddress>>& lines) {
  PackedLines packed;
  for (const std::vector<AxonAddress>& line : lines) {
    packed.sizes.push_back(static_cast<std::uint32_t>(line.size()));
    for (const AxonAddress& address : line) {
      packed.axons.push_back({address.core.value(), address.axon.value()});
    }
  }
  return packed;
}

absl::StatusOr<std::vector<std::vector<AxonAddress>>> UnpackInputLines(const PackedLines& packed) {
  std::span<const std::array<std::uint32_t, 2>> rest = packed.axons;
  std::vector<std::vector<AxonAddress>> lines;
  lines.reserve(packed.sizes.size());
  for (const std::uint32_t size : packed.sizes) {
    if (size > rest.size()) {
      return absl::DataLossError(Concat("input line ", lines.size(), ": reaches ", size,
                                        " axons, only ", rest.size(), " are left in the file"));
    }
    std::vector<AxonAddress>& line = lines.emplace_back();
    line.reserve(size);
    for (const auto& [core, axon] : rest.first(size)) {
      if (axon > std::numeric_limits<AxonIndex::rep>::max()) {
        return absl::DataLossError(Concat("input line ", lines.size() - 1, ": axon ", axon,
                                          ", allowed 0..", kAxonsPerCore - 1));
      }
      line.push_back({CoreId(core), AxonIndex(static_cast<AxonIndex::rep>(axon))});
    }
    rest = rest.subspan(size);
  }
  if (!rest.empty()) {
    return absl::DataLossError(Concat("input lines: ", rest.size(), " axons belong to no line"));
  }
  return lines;
}

absl::StatusOr<std::vector<std::vector<std::int32_t>>> UnpackNeuronSources(
    std::string_view bytes, std::span<const CoreModel> cores) {
  std::vector<std::vector<std::int32_t>> sources;
  if (bytes.empty()) {
    return sources;
  }
  std::size_t neurons = 0;
  for (const CoreModel& core : cores) {
    neurons += core.neurons.size();
  }
  if (bytes.size() != neurons * sizeof(std::int32_t)) {
    return absl::DataLossError(Concat("sources of neurons: ", bytes.size(), " bytes, allowed 0 or ",
                                      neurons * sizeof(std::int32_t), ", 4 for each of ", neurons,
                                      " neurons"));
  }
  sources.reserve(cores.size());
  for (const CoreModel& core : cores) {
    const std::size_t size = core.neurons.size() * sizeof(std::int32_t);
    SPIKEMESH_ASSIGN_OR_RETURN(sources.emplace_back(),
                               ParseRecords<std::int32_t>(bytes.substr(0, size), "sources"));
    bytes.remove_prefix(size);
  }
  return sources;
}

}  // namespace spikemesh
