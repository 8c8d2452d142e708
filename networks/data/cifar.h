// SPDX-License-Identifier: Apache-2.0
// CIFAR-10's binary files: records of one label byte and 3,072 pixel bytes (32x32 of red, then
// green, then blue, row-major), 10,000 a file, no header; plain or gzip.
// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, and the
// description of the binary version on its download page.
#ifndef SPIKEMESH_NETWORKS_DATA_CIFAR_H_
#define SPIKEMESH_NETWORKS_DATA_CIFAR_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace spikemesh {

inline constexpr int kCifarChannels = 3;
inline constexpr int kCifarSide = 32;
inline constexpr int kCifarImageBytes = kCifarChannels * kCifarSide * kCifarSide;
inline constexpr int kCifarRecordBytes = 1 + kCifarImageBytes;
inline constexpr int kCifarClasses = 10;
// The whole training set in one file, five official ones: 154 MB.
inline constexpr std::int64_t kCifarRecordsMax = 50'000;

struct CifarBatch {
  std::vector<std::uint8_t> pixels;  // [images, 3, 32, 32]
  std::vector<std::uint8_t> labels;  // [images], 0..9
};

// Parses any whole number of records, 1..kCifarRecordsMax, of them the first `images_max` where
// given (the rest is then not looked at). Errors: InvalidArgument (no record), DataLoss (a part of
// a record, corrupt gzip), OutOfRange (label), ResourceExhausted (more records, or packed beyond
// UnpackedBytesMax).
absl::StatusOr<CifarBatch> ParseCifarBatch(std::string_view file,
                                           std::optional<std::int64_t> images_max);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_CIFAR_H_
