// SPDX-License-Identifier: Apache-2.0
// IDX files, the format of MNIST and Fashion-MNIST: a big-endian header (two zero bytes, element
// type, number of dimensions, one 32-bit size each) and the elements. Read here: unsigned bytes,
// three dimensions (images) or one (labels), plain or gzip.
// Source: Y. LeCun, "The MNIST database of handwritten digits", section "File formats".
#ifndef SPIKEMESH_NETWORKS_DATA_IDX_H_
#define SPIKEMESH_NETWORKS_DATA_IDX_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "networks/data/dataset.h"

namespace spikemesh {

inline constexpr std::int32_t kImageSideMax = 4096;

struct IdxImages {
  std::int64_t images_in_file = 0;
  std::int32_t height = 0;
  std::int32_t width = 0;
  std::vector<std::uint8_t> pixels;  // [images read, height, width]
};

struct IdxLabels {
  std::int64_t labels_in_file = 0;
  std::vector<std::uint8_t> labels;  // [labels read]
};

// Parses an image file (at most kDataFileBytesMax bytes), of it the first `images_max` images where
// given. Memory: what the header promises, if the file's length can hold it. Errors:
// InvalidArgument (another format, or longer than its header says), OutOfRange (no images, more
// than kImagesMax, a side outside 1..kImageSideMax), ResourceExhausted (more than
// kDataFileBytesMax of pixels), DataLoss (shorter than its header says, or corrupt gzip).
absl::StatusOr<IdxImages> ParseIdxImages(std::string_view file,
                                         std::optional<std::int64_t> images_max);

// Parses a label file likewise; labels must be below `classes`, else OutOfRange.
absl::StatusOr<IdxLabels> ParseIdxLabels(std::string_view file,
                                         std::optional<std::int64_t> images_max, int classes);

struct IdxFileNames {
  std::string images;
  std::string labels;
};

// MNIST's names: train-images-idx3-ubyte and so on, t10k-... for the test split.
IdxFileNames IdxFileNamesOf(DatasetSplit split);

// Writes the two files of a split, plain, into `folder`, which is created where missing. Errors:
// InvalidArgument (not one channel), and those of WriteFileAtomically.
absl::Status WriteIdxFiles(const Dataset& dataset, DatasetSplit split, const std::string& folder);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_IDX_H_
