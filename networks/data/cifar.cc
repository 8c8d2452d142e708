// SPDX-License-Identifier: Apache-2.0
#include "networks/data/cifar.h"

#include <array>
#include <cstddef>

#include "core/base/strings.h"
#include "networks/data/gzip.h"
#include "networks/data/unpack_limit.h"

namespace spikemesh {
namespace {

absl::Status AppendRecord(const std::array<char, kCifarRecordBytes>& record, CifarBatch& batch) {
  const auto label = static_cast<std::uint8_t>(record[0]);
  if (label >= kCifarClasses) {
    return absl::OutOfRangeError(Concat("record ", batch.labels.size(), " has label ", int{label},
                                        ", allowed: 0..", kCifarClasses - 1));
  }
  batch.labels.push_back(label);
  batch.pixels.insert(batch.pixels.end(), record.begin() + 1, record.end());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CifarBatch> ParseCifarBatch(std::string_view file,
                                           std::optional<std::int64_t> images_max) {
  SPIKEMESH_CHECK(images_max.value_or(1) >= 1);
  ContentReader reader(file);
  CifarBatch batch;
  std::array<char, kCifarRecordBytes> record;
  while (std::ssize(batch.labels) < images_max.value_or(kCifarRecordsMax + 1)) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t count, reader.Read(record));
    if (count == 0) {
      break;
    }
    if (count != record.size()) {
      return absl::DataLossError(Concat("record ", batch.labels.size(), " has ", count, " of ",
                                        kCifarRecordBytes, " bytes"));
    }
    if (std::ssize(batch.labels) == kCifarRecordsMax) {
      return absl::ResourceExhaustedError(
          Concat("more than ", kCifarRecordsMax, " records of ", kCifarRecordBytes, " bytes"));
    }
    SPIKEMESH_RETURN_IF_ERROR(
        CheckUnpacked("records", file.size(), batch.pixels.size() + record.size()));
    SPIKEMESH_RETURN_IF_ERROR(AppendRecord(record, batch));
  }
  if (batch.labels.empty()) {
    return absl::InvalidArgumentError("no CIFAR record, at least 1 needed");
  }
  return batch;
}

}  // namespace spikemesh
