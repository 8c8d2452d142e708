// SPDX-License-Identifier: Apache-2.0
// A folder of pictures, a sub-folder a class: DIR/cat/1.png, DIR/dog/a.jpg. Classes are numbered in
// the order of their folders' names (byte by byte, as Python sorts them) and keep these names.
// Where DIR has the sub-folders train and test, they are the splits, of the same classes;
// elsewhere every split is DIR.
//
// Order of images: the first picture of each class by name, then the second of each, and so on, so
// that the first N images are of all classes. Hidden files and, beside the class folders, files
// that are no pictures do not matter. Symbolic links are followed as far as they stay in DIR.
#ifndef SPIKEMESH_NETWORKS_DATA_IMAGE_FOLDER_H_
#define SPIKEMESH_NETWORKS_DATA_IMAGE_FOLDER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/status.h"
#include "networks/data/dataset.h"

namespace spikemesh {

// Of all class folders together: twice Fashion-MNIST and MNIST, train and test.
inline constexpr std::int64_t kFolderFilesMax = 300'000;

// Loads the first `images_max` images (all where nullopt). The result has no name. Memory: names of
// files, the images, one file; the shape of all images, which the first one tells, is held against
// UnpackedBytesMax of all files before any is decoded. Errors: NotFound (no folder),
// InvalidArgument (no class folder, no picture; a file that is no picture, a folder in a class
// folder; a picture of another shape; a link out of the folder; splits of different classes),
// OutOfRange (more than kLabelMax + 1 classes), ResourceExhausted (more than kFolderFilesMax files
// or kDataFileBytesMax of pixels), and those of DecodePng and DecodeJpeg, with the file.
absl::StatusOr<Dataset> LoadImageFolder(const std::string& folder, DatasetSplit split,
                                        std::optional<std::int64_t> images_max);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_IMAGE_FOLDER_H_
