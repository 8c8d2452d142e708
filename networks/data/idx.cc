// SPDX-License-Identifier: Apache-2.0
#include "networks/data/idx.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/strings.h"
#include "networks/data/gzip.h"

namespace spikemesh {
namespace {

constexpr std::uint32_t kImagesMagic = 0x0803;  // unsigned bytes, three dimensions
constexpr std::uint32_t kLabelsMagic = 0x0801;  // unsigned bytes, one dimension

absl::StatusOr<std::uint32_t> ReadWord(ContentReader& reader) {
  std::array<char, 4> bytes = {};
  SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t count, reader.Read(bytes));
  if (count != bytes.size()) {
    return absl::DataLossError("the file ends within its IDX header");
  }
  std::uint32_t word = 0;
  for (const char byte : bytes) {
    word = word << 8 | static_cast<std::uint8_t>(byte);
  }
  return word;
}

absl::Status CheckMagic(ContentReader& reader, std::uint32_t allowed, std::string_view meaning) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::uint32_t found, ReadWord(reader));
  if (found != allowed) {
    return absl::InvalidArgumentError(Concat("IDX type ", found, " found, ", allowed, " (", meaning,
                                             ", unsigned bytes) allowed"));
  }
  return absl::OkStatus();
}

// One size of the header. `what` names it: "images", "rows".
absl::StatusOr<std::int64_t> ReadSize(ContentReader& reader, std::string_view what,
                                      std::int64_t max) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t found, ReadWord(reader));
  if (found < 1 || found > max) {
    return absl::OutOfRangeError(
        Concat("the header says ", found, " ", what, ", allowed: 1..", max));
  }
  return found;
}

// The first `wanted` of `count` elements of `bytes_each`, which are the rest of the content.
absl::StatusOr<std::vector<std::uint8_t>> ReadElements(ContentReader& reader, std::int64_t count,
                                                       std::int64_t wanted,
                                                       std::int64_t bytes_each) {
  const auto bytes_promised = static_cast<std::uint64_t>(count * bytes_each);
  if (bytes_promised > kDataFileBytesMax) {
    return absl::ResourceExhaustedError(
        Concat("the header promises ", bytes_promised, " bytes, allowed: ", kDataFileBytesMax));
  }
  SPIKEMESH_RETURN_IF_ERROR(reader.CheckRest(bytes_promised));
  std::vector<std::uint8_t> elements(static_cast<std::size_t>(wanted * bytes_each));
  const std::span<char> buffer(reinterpret_cast<char*>(elements.data()), elements.size());
  SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t found, reader.Read(buffer));
  if (found != elements.size()) {
    return absl::DataLossError(
        Concat("the content ends after ", found, " of ", elements.size(), " bytes"));
  }
  if (wanted == count) {
    SPIKEMESH_RETURN_IF_ERROR(reader.CheckEnd());
  }
  return elements;
}

void AppendWord(std::string& bytes, std::int64_t word) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(word >> shift & 0xFF));
  }
}

std::string_view AsText(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

absl::StatusOr<IdxImages> ParseIdxImages(std::string_view file,
                                         std::optional<std::int64_t> images_max) {
  SPIKEMESH_CHECK(images_max.value_or(1) >= 1);
  ContentReader reader(file);
  SPIKEMESH_RETURN_IF_ERROR(CheckMagic(reader, kImagesMagic, "images"));
  IdxImages result;
  SPIKEMESH_ASSIGN_OR_RETURN(result.images_in_file, ReadSize(reader, "images", kImagesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t height, ReadSize(reader, "rows", kImageSideMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t width, ReadSize(reader, "columns", kImageSideMax));
  result.height = static_cast<std::int32_t>(height);
  result.width = static_cast<std::int32_t>(width);
  const std::int64_t wanted =
      std::min(result.images_in_file, images_max.value_or(result.images_in_file));
  SPIKEMESH_ASSIGN_OR_RETURN(result.pixels,
                             ReadElements(reader, result.images_in_file, wanted, height * width));
  return result;
}

absl::StatusOr<IdxLabels> ParseIdxLabels(std::string_view file,
                                         std::optional<std::int64_t> images_max, int classes) {
  SPIKEMESH_CHECK(images_max.value_or(1) >= 1);
  ContentReader reader(file);
  SPIKEMESH_RETURN_IF_ERROR(CheckMagic(reader, kLabelsMagic, "labels"));
  IdxLabels result;
  SPIKEMESH_ASSIGN_OR_RETURN(result.labels_in_file, ReadSize(reader, "labels", kImagesMax));
  const std::int64_t wanted =
      std::min(result.labels_in_file, images_max.value_or(result.labels_in_file));
  SPIKEMESH_ASSIGN_OR_RETURN(result.labels, ReadElements(reader, result.labels_in_file, wanted, 1));
  const auto wrong = std::find_if(result.labels.begin(), result.labels.end(),
                                  [classes](std::uint8_t label) { return label >= classes; });
  if (wrong != result.labels.end()) {
    return absl::OutOfRangeError(Concat("image ", wrong - result.labels.begin(), " has label ",
                                        int{*wrong}, ", allowed: 0..", classes - 1));
  }
  return result;
}

IdxFileNames IdxFileNamesOf(DatasetSplit split) {
  const std::string prefix = split == DatasetSplit::kTrain ? "train" : "t10k";
  return {prefix + "-images-idx3-ubyte", prefix + "-labels-idx1-ubyte"};
}

absl::Status WriteIdxFiles(const Dataset& dataset, DatasetSplit split, const std::string& folder) {
  if (dataset.channels != 1) {
    return absl::InvalidArgumentError(Concat("dataset \"", dataset.name, "\": ", dataset.channels,
                                             " channels, an IDX image file has 1"));
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::InvalidArgumentError(
        Concat(folder, ": cannot create the folder: ", error.message()));
  }
  std::string image_header;
  for (const std::int64_t word : {std::int64_t{kImagesMagic}, dataset.size(),
                                  std::int64_t{dataset.height}, std::int64_t{dataset.width}}) {
    AppendWord(image_header, word);
  }
  std::string label_header;
  AppendWord(label_header, kLabelsMagic);
  AppendWord(label_header, dataset.size());
  const IdxFileNames names = IdxFileNamesOf(split);
  const std::array<std::string_view, 2> images = {image_header, AsText(dataset.pixels)};
  const std::array<std::string_view, 2> labels = {label_header, AsText(dataset.labels)};
  SPIKEMESH_RETURN_IF_ERROR(WriteFileAtomically(folder + "/" + names.images, images));
  return WriteFileAtomically(folder + "/" + names.labels, labels);
}

}  // namespace spikemesh
