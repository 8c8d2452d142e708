// SPDX-License-Identifier: Apache-2.0
// Labelled images in memory, and the data sets that can be named on the command line.
#ifndef SPIKEMESH_NETWORKS_DATA_DATASET_H_
#define SPIKEMESH_NETWORKS_DATA_DATASET_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace spikemesh {

enum class DatasetSplit { kTrain, kTest };

struct Dataset {
  std::string name;
  std::int32_t channels = 1;
  std::int32_t height = 0;
  std::int32_t width = 0;
  std::vector<std::string> class_names;
  std::vector<std::uint8_t> pixels;  // [images, channels, height, width]
  std::vector<std::uint8_t> labels;  // [images]
  bool operator==(const Dataset&) const = default;

  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
  std::int64_t image_bytes() const { return std::int64_t{channels} * height * width; }
  std::span<const std::uint8_t> image(std::int64_t index) const {
    return std::span(pixels).subspan(static_cast<std::size_t>(index * image_bytes()),
                                     static_cast<std::size_t>(image_bytes()));
  }
};

// `NAME[:DIR]`; names: digits (built in; with a folder, IDX files there), mnist, fashion-mnist,
// cifar10.
struct DatasetSpec {
  std::string name;
  std::optional<std::string> folder;
};

// Splits at the first colon. Errors: InvalidArgument (unknown name, lists the known ones; an empty
// folder).
absl::StatusOr<DatasetSpec> ParseDatasetSpec(std::string_view text);

inline constexpr std::int64_t kImagesMax = 10'000'000;

// Where downloaded data sets are kept: $XDG_CACHE_HOME/spikemesh/NAME, or ~/.cache/spikemesh/NAME.
// Errors: FailedPrecondition (neither XDG_CACHE_HOME nor HOME is set to an absolute path).
absl::StatusOr<std::string> DatasetCacheFolder(std::string_view name);

// Loads the first `images` images of a split (all of the files' where nullopt; of `digits` 10,000
// for test and 60,000 for train). Without a folder: $SPIKEMESH_DATA/NAME (cifar10: cifar-10, then
// cifar10), else the user's cache folder. Files are plain or end in .gz. `seed` matters to the
// built-in `digits` only. Memory: the images and one file. Errors: NotFound (with the places tried
// and the remedy kFetchData or kMakeDigits), DataLoss / InvalidArgument / OutOfRange with file and
// cause, OutOfRange (no images or more than the split has asked for).
absl::StatusOr<Dataset> LoadDataset(const DatasetSpec& spec, DatasetSplit split,
                                    std::optional<std::int64_t> images, std::uint64_t seed);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_DATASET_H_
