// SPDX-License-Identifier: Apache-2.0
// The fixed records of a .chip file (layouts: chip.capnp) as bytes. Neurons, crossbar rows and
// integers have the same layout in memory and are copied whole; neuron kinds and axon addresses
// have padding or bool fields in memory and are packed field by field. Private to core/chip.
#ifndef SPIKEMESH_CORE_CHIP_CHIP_RECORDS_H_
#define SPIKEMESH_CORE_CHIP_CHIP_RECORDS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/base/status.h"
#include "core/base/strings.h"
#include "core/chip/chip_model.h"

namespace spikemesh {

inline constexpr std::size_t kNeuronKindBytes = 28;

static_assert(std::endian::native == std::endian::little, "records are little-endian");
static_assert(std::has_unique_object_representations_v<NeuronModel> && sizeof(NeuronModel) == 16);
static_assert(offsetof(NeuronModel, initial_potential) == 4 && offsetof(NeuronModel, target) == 8);
static_assert(offsetof(NeuronTarget, delay) == 1 && offsetof(NeuronTarget, axon) == 2 &&
              offsetof(NeuronTarget, index) == 4);

// Bytes of records that are stored as they lie in memory.
template <typename Record>
std::string_view RecordBytes(const std::vector<Record>& records) {
  static_assert(std::has_unique_object_representations_v<Record>, "no padding may reach a file");
  return {reinterpret_cast<const char*>(records.data()), records.size() * sizeof(Record)};
}

// The inverse. Errors: DataLoss, where `bytes` is no whole number of records.
template <typename Record>
absl::StatusOr<std::vector<Record>> ParseRecords(std::string_view bytes, std::string_view where) {
  static_assert(std::is_trivially_copyable_v<Record>);
  if (bytes.size() % sizeof(Record) != 0) {
    return absl::DataLossError(
        Concat(where, ": ", bytes.size(), " bytes are no whole number of ", sizeof(Record)));
  }
  std::vector<Record> records(bytes.size() / sizeof(Record));
  if (!records.empty()) {
    std::memcpy(records.data(), bytes.data(), bytes.size());
  }
  return records;
}

// Packs `kinds` into `bytes`, which holds kNeuronKindBytes for each.
void PackNeuronKinds(std::span<const NeuronParameters> kinds, std::span<std::byte> bytes);

// Errors: DataLoss (no whole number of records, unknown flags, padding that is not 0).
absl::StatusOr<std::vector<NeuronParameters>> ParseNeuronKinds(std::string_view bytes);

// Dead links of a ChipSpec as records, and back. Errors: DataLoss (no whole number of records, a
// side that no port has).
std::vector<std::array<std::int32_t, 3>> PackDeadLinks(std::span<const DeadLink> links);
absl::StatusOr<std::vector<DeadLink>> ParseDeadLinks(std::string_view bytes);

// The axons that input lines reach, as one list and the count of each line.
struct PackedLines {
  std::vector<std::uint32_t> sizes;                 // [line]
  std::vector<std::array<std::uint32_t, 2>> axons;  // core, axon; line after line
};
PackedLines PackInputLines(const std::vector<std::vector<AxonAddress>>& lines);

// Errors: DataLoss (the sizes do not add up to the axons; an axon above 65535).
absl::StatusOr<std::vector<std::vector<AxonAddress>>> UnpackInputLines(const PackedLines& packed);

// ProvenanceModel::neuron_sources from the records of all cores: none, or one a used neuron.
// Errors: DataLoss (any other number of them).
absl::StatusOr<std::vector<std::vector<std::int32_t>>> UnpackNeuronSources(
    std::string_view bytes, std::span<const CoreModel> cores);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_CHIP_RECORDS_H_
