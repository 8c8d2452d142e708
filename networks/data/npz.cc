// SPDX-License-Identifier: Apache-2.0
#include "networks/data/npz.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "networks/data/gzip.h"
#include "networks/data/idx.h"
#include "networks/data/npy.h"
#include "networks/data/unpack_limit.h"
#include "networks/data/zip.h"

namespace spikemesh {
namespace {

constexpr std::string_view kImages = "x";
constexpr std::string_view kLabels = "y";
constexpr NpyType kByte = {NpyKind::kUnsigned, 1};
constexpr NpyType kSingle = {NpyKind::kFloat, 4};
// Arrays are unpacked in pieces of so many elements.
constexpr std::int64_t kPieceElements = 8192;
constexpr std::size_t kNamesShown = 10;

static_assert(std::endian::native == std::endian::little, "arrays are read as they lie");

// An array of the archive: its header, and a reader that stands at its first element.
struct Array {
  NpyHeader header;
  std::unique_ptr<ZipReader> elements;
};

absl::StatusOr<Array> OpenArray(const ZipMember& member) {
  std::string start(std::min<std::uint64_t>(member.bytes, kNpyPrefixBytes + kNpyHeaderBytesMax),
                    '\0');
  SPIKEMESH_RETURN_IF_ERROR(ZipReader(member).Read(start).status());
  Array array;
  SPIKEMESH_ASSIGN_OR_RETURN(array.header, ParseNpyHeader(start));
  const std::uint64_t promised = array.header.bytes + array.header.element_bytes;
  if (promised != member.bytes) {
    return absl::DataLossError(Concat("shape ", FormatShape(array.header.shape), " of ",
                                      array.header.description, " has ", promised,
                                      " bytes with its header, the archive says ", member.bytes));
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckUnpacked("the array", member.packed.size(), member.bytes));
  array.elements = std::make_unique<ZipReader>(member);
  std::string header(array.header.bytes, '\0');
  SPIKEMESH_RETURN_IF_ERROR(array.elements->Read(header).status());
  return array;
}

absl::Status MissingImages(std::string_view file) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListZipMembers(file));
  std::string found;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) {
    found += Concat(found.empty() ? "" : ", ", names[i]);
  }
  return absl::InvalidArgumentError(
      Concat("no array x in it, found: ", found.empty() ? "nothing" : found,
             names.size() > kNamesShown ? ", ..." : "",
             "; allowed: x (images) and y (labels), as numpy.savez(FILE, x=..., y=...) writes"));
}

absl::Status CheckSize(std::string_view what, std::int64_t found, std::int64_t max) {
  if (found < 1 || found > max) {
    return absl::OutOfRangeError(Concat("the array has ", found, " ", what, ", allowed: 1..", max));
  }
  return absl::OkStatus();
}

// The shape of the images; `set` has no pixels yet.
absl::StatusOr<std::int64_t> TakeShape(const NpyHeader& header, Dataset& set) {
  if (header.type != kByte && header.type != kSingle) {
    return absl::InvalidArgumentError(Concat("the array's type is ", header.description,
                                             ", allowed: uint8 (|u1) and float32 (<f4)"));
  }
  const std::vector<std::int64_t>& shape = header.shape;
  if (shape.size() != 3 && shape.size() != 4) {
    return absl::InvalidArgumentError(
        Concat("the array's shape is ", FormatShape(shape),
               ", allowed: [images, channels, height, width] and [images, height, width]"));
  }
  const std::int64_t channels = shape.size() == 4 ? shape[1] : 1;
  const std::int64_t height = shape[shape.size() - 2];
  const std::int64_t width = shape.back();
  SPIKEMESH_RETURN_IF_ERROR(CheckSize("images", shape[0], kImagesMax));
  SPIKEMESH_RETURN_IF_ERROR(CheckSize("channels", channels, kImageChannelsMax));
  SPIKEMESH_RETURN_IF_ERROR(CheckSize("rows", height, kImageSideMax));
  SPIKEMESH_RETURN_IF_ERROR(CheckSize("columns", width, kImageSideMax));
  set.channels = static_cast<std::int32_t>(channels);
  set.height = static_cast<std::int32_t>(height);
  set.width = static_cast<std::int32_t>(width);
  return shape[0];
}

// The byte that `value`, of 0..1, stands for; -1 where it is none.
int ByteOf(float value) {
  const double scaled = 255.0 * static_cast<double>(value);
  if (!(scaled >= -kByteTolerance && scaled <= 255.0 + kByteTolerance)) {
    return -1;
  }
  const double nearest = std::round(scaled);
  return std::abs(scaled - nearest) <= kByteTolerance ? static_cast<int>(nearest) : -1;
}

absl::Status NoByte(const Dataset& set, std::int64_t element, float value) {
  const std::int64_t image = element / set.image_bytes();
  return absl::InvalidArgumentError(
      Concat("image ", image, ", element ", element % set.image_bytes(), " is ", value,
             ", allowed in float32: byte / 255, 0..1 (a preprocessing of your own belongs to the "
             "conversion; bytes may be given as uint8)"));
}

absl::Status ReadFloats(Array& array, std::int64_t count, Dataset& set) {
  std::vector<float> piece(kPieceElements);
  for (std::int64_t done = 0; done < count; done += kPieceElements) {
    const std::int64_t elements = std::min(kPieceElements, count - done);
    const std::span<char> bytes(reinterpret_cast<char*>(piece.data()),
                                static_cast<std::size_t>(elements) * sizeof(float));
    SPIKEMESH_RETURN_IF_ERROR(array.elements->Read(bytes).status());
    for (std::int64_t i = 0; i < elements; ++i) {
      const float value = piece[static_cast<std::size_t>(i)];
      const int byte = ByteOf(value);
      if (byte < 0) {
        return NoByte(set, done + i, value);
      }
      set.pixels[static_cast<std::size_t>(done + i)] = static_cast<std::uint8_t>(byte);
    }
  }
  return absl::OkStatus();
}

// Reads the first images into `set`; returns how many the array has.
absl::StatusOr<std::int64_t> ReadImages(const ZipMember& member,
                                        std::optional<std::int64_t> images_max, Dataset& set) {
  SPIKEMESH_ASSIGN_OR_RETURN(Array array, OpenArray(member));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t images, TakeShape(array.header, set));
  const std::int64_t wanted = std::min(images, images_max.value_or(images));
  const std::int64_t bytes = wanted * set.image_bytes();
  if (bytes > static_cast<std::int64_t>(kDataFileBytesMax)) {
    return absl::ResourceExhaustedError(
        Concat(wanted, " images have ", bytes, " bytes, allowed: ", kDataFileBytesMax));
  }
  set.pixels.resize(static_cast<std::size_t>(bytes));
  if (array.header.type == kByte) {
    SPIKEMESH_RETURN_IF_ERROR(
        array.elements
            ->Read(std::span(reinterpret_cast<char*>(set.pixels.data()), set.pixels.size()))
            .status());
  } else {
    SPIKEMESH_RETURN_IF_ERROR(ReadFloats(array, bytes, set));
  }
  return images;
}

// The little-endian number of type `type` at `bytes`, where it is 0..255; else -1.
int LabelOf(NpyType type, const char* bytes) {
  for (int i = 1; i < type.bytes; ++i) {
    if (bytes[i] != 0) {
      return -1;
    }
  }
  const auto low = static_cast<std::uint8_t>(bytes[0]);
  return type == NpyType{NpyKind::kSigned, 1} && low > 127 ? -1 : int{low};
}

absl::Status ReadLabels(const ZipMember& member, std::int64_t images, Dataset& set) {
  SPIKEMESH_ASSIGN_OR_RETURN(Array array, OpenArray(member));
  const NpyType type = array.header.type;
  if (type.kind == NpyKind::kFloat) {
    return absl::InvalidArgumentError(
        Concat("the array's type is ", array.header.description, ", allowed: whole numbers"));
  }
  if (array.header.shape != std::vector{images}) {
    return absl::InvalidArgumentError(
        Concat("the array's shape is ", FormatShape(array.header.shape),
               ", allowed: ", FormatShape({images}), ", one for each image of x"));
  }
  set.labels.resize(set.pixels.size() / static_cast<std::size_t>(set.image_bytes()));
  std::array<char, 8> number = {};
  for (std::size_t i = 0; i < set.labels.size(); ++i) {
    SPIKEMESH_RETURN_IF_ERROR(
        array.elements->Read(std::span(number).first(static_cast<std::size_t>(type.bytes)))
            .status());
    const int label = LabelOf(type, number.data());
    if (label < 0) {
      return absl::OutOfRangeError(
          Concat("the label of image ", i, " is out of range, allowed: 0..", kLabelMax));
    }
    set.labels[i] = static_cast<std::uint8_t>(label);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Dataset> ParseNpz(std::string_view file, std::optional<std::int64_t> images_max) {
  SPIKEMESH_CHECK(file.size() <= kDataFileBytesMax && images_max.value_or(1) >= 1);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::optional<ZipMember> pictures,
                             FindZipMember(file, Concat(kImages, ".npy")));
  if (!pictures) {
    return MissingImages(file);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::optional<ZipMember> labels,
                             FindZipMember(file, Concat(kLabels, ".npy")));
  Dataset set;
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t images,
                             Annotate(ReadImages(*pictures, images_max, set), kImages));
  if (labels) {
    SPIKEMESH_RETURN_IF_ERROR(Annotate(ReadLabels(*labels, images, set), kLabels));
  }
  return set;
}

}  // namespace spikemesh
