// SPDX-License-Identifier: Apache-2.0
// Labelled images in memory, and the data sets that can be named on the command line.
#ifndef SPIKEMESH_NETWORKS_DATA_DATASET_H_
#define SPIKEMESH_NETWORKS_DATA_DATASET_H_

#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace spikemesh {

enum class DatasetSplit { kTrain, kTest };

inline constexpr int kLabelMax = 255;

struct Dataset {
  std::string name;
  std::int32_t channels = 1;
  std::int32_t height = 0;
  std::int32_t width = 0;
  std::vector<std::string> class_names;
  std::vector<std::uint8_t> pixels;  // [images, channels, height, width]
  std::vector<std::uint8_t> labels;  // [images], or empty: images without labels
  bool operator==(const Dataset&) const = default;

  bool labelled() const { return !labels.empty(); }
  std::int64_t size() const {
    return labelled() || pixels.empty() ? std::ssize(labels) : std::ssize(pixels) / image_bytes();
  }
  // -1 where it has none, which no answer is.
  std::int32_t label(std::int64_t index) const {
    return labelled() ? labels[static_cast<std::size_t>(index)] : -1;
  }
  std::int64_t image_bytes() const { return std::int64_t{channels} * height * width; }
  std::span<const std::uint8_t> image(std::int64_t index) const {
    return std::span(pixels).subspan(static_cast<std::size_t>(index * image_bytes()),
                                     static_cast<std::size_t>(image_bytes()));
  }
};

// The first `count` of `images`, 1 or more, or all where they are fewer.
Dataset FirstImages(Dataset images, std::int64_t count);

// A named set, `NAME[:DIR]`: digits (built in; with a folder, IDX files there), mnist,
// fashion-mnist, cifar10. Or images of one's own, which have no splits but where it is said:
//   npz:FILE      arrays x and y of a NumPy archive (npz.h)
//   images:DIR    pictures, a folder a class; DIR/train and DIR/test are splits (image_folder.h)
//   idx:PREFIX    PREFIX-images-idx3-ubyte and PREFIX-labels-idx1-ubyte; where PREFIX is a folder,
//                 the files of MNIST's names in it, with its splits
//   cifar:FILES   binary batches of CIFAR-10, separated by commas
struct DatasetSpec {
  std::string name;
  std::optional<std::string> path;  // what stands behind the colon
};

// Splits at the first colon. Errors: InvalidArgument (unknown name, lists the known ones; nothing
// behind the colon).
absl::StatusOr<DatasetSpec> ParseDatasetSpec(std::string_view text);

inline constexpr std::int64_t kImagesMax = 10'000'000;

// Where downloaded data sets are kept: $XDG_CACHE_HOME/spikemesh/NAME, or ~/.cache/spikemesh/NAME.
// Errors: FailedPrecondition (neither XDG_CACHE_HOME nor HOME is set to an absolute path).
absl::StatusOr<std::string> DatasetCacheFolder(std::string_view name);

// Loads the first `images_max` images of a split, or all it has where they are fewer or where
// nullopt (of `digits` 10,000 for test and 60,000 for train). A named set without a folder:
// $SPIKEMESH_DATA/NAME (cifar10: cifar-10, then cifar10), else the user's cache folder. IDX and
// CIFAR files are plain or end in .gz. The name of the result is the set's, of one's own images
// `spec` as it was written. `seed` matters to the built-in `digits` only. Memory: the images and
// one file. Errors: NotFound (with the places tried and the remedy kFetchData or kMakeDigits),
// DataLoss / InvalidArgument / OutOfRange / ResourceExhausted / Unimplemented with file and cause,
// OutOfRange (no images asked for).
absl::StatusOr<Dataset> LoadImagesUpTo(const DatasetSpec& spec, DatasetSplit split,
                                       std::optional<std::int64_t> images_max, std::uint64_t seed);

// The same of exactly `images` images. Errors: as above; OutOfRange (more than the split has).
absl::StatusOr<Dataset> LoadDataset(const DatasetSpec& spec, DatasetSplit split,
                                    std::optional<std::int64_t> images, std::uint64_t seed);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_DATASET_H_
