// SPDX-License-Identifier: Apache-2.0
#include "networks/data/image_folder.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/strings.h"
#include "networks/data/gzip.h"
#include "networks/data/jpeg_image.h"
#include "networks/data/picture.h"
#include "networks/data/png_image.h"
#include "networks/data/unpack_limit.h"

namespace spikemesh {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTrainFolder = "train";
constexpr std::string_view kTestFolder = "test";
constexpr std::array<std::string_view, 3> kEndings = {".png", ".jpg", ".jpeg"};

bool IsHidden(std::string_view name) { return name.starts_with('.') || name == "Thumbs.db"; }

bool HasPictureName(const std::string& name) {
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::any_of(kEndings,
                             [&](std::string_view ending) { return lower.ends_with(ending); });
}

// Whether `path` is `root` or something in it; both are canonical.
bool IsWithin(const fs::path& path, const fs::path& root) {
  return std::ranges::mismatch(root, path).in1 == root.end();
}

// What is listed in a folder, hidden files left out, in no order.
struct Listing {
  std::vector<std::string> folders;
  std::vector<std::string> files;
};

// Errors: InvalidArgument (a link out of `root`, a file that is none, such as a pipe).
absl::Status AddEntry(const fs::directory_entry& entry, const fs::path& root, Listing& listing) {
  std::string name = entry.path().filename().string();
  if (IsHidden(name)) {
    return absl::OkStatus();
  }
  std::error_code error;
  if (entry.is_symlink(error)) {
    const fs::path target = fs::canonical(entry.path(), error);
    if (error || !IsWithin(target, root)) {
      return absl::InvalidArgumentError(
          Concat(entry.path().string(), ": a symbolic link ", error ? "to nothing" : "that leaves ",
                 error ? "" : root.string(), ", allowed: links within the folder"));
    }
  }
  if (entry.is_directory(error)) {
    listing.folders.push_back(std::move(name));
  } else if (entry.is_regular_file(error)) {
    listing.files.push_back(std::move(name));
  } else {
    return absl::InvalidArgumentError(
        Concat(entry.path().string(), ": neither a file nor a folder"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Listing> List(const fs::path& folder, const fs::path& root,
                             std::int64_t entries_max) {
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  Listing listing;
  std::int64_t entries = 0;
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (++entries > entries_max) {
      return absl::ResourceExhaustedError(Concat(folder.string(), ": more than ", kFolderFilesMax,
                                                 " files in all, allowed: ", kFolderFilesMax));
    }
    SPIKEMESH_RETURN_IF_ERROR(AddEntry(*entry, root, listing));
  }
  if (error) {
    return absl::NotFoundError(
        Concat(folder.string(), ": cannot list the folder: ", error.message()));
  }
  std::ranges::sort(listing.folders);
  std::ranges::sort(listing.files);
  return listing;
}

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// The folder that has the class folders of a split, and these. Links must stay in `root`, which is
// canonical.
struct ClassFolders {
  fs::path folder;
  std::vector<std::string> names;
};

absl::StatusOr<ClassFolders> FindClassFolders(const fs::path& folder, const fs::path& root,
                                              DatasetSplit split) {
  SPIKEMESH_ASSIGN_OR_RETURN(Listing top, List(folder, root, kFolderFilesMax));
  if (!Contains(top.folders, kTrainFolder) || !Contains(top.folders, kTestFolder)) {
    const auto picture = std::ranges::find_if(top.files, HasPictureName);
    if (picture != top.files.end()) {
      return absl::InvalidArgumentError(Concat(
          (folder / *picture).string(),
          ": a picture outside of a class folder, allowed: ", folder.string(), "/CLASS/PICTURE"));
    }
    return ClassFolders{folder, std::move(top.folders)};
  }
  const fs::path train = folder / kTrainFolder;
  const fs::path test = folder / kTestFolder;
  SPIKEMESH_ASSIGN_OR_RETURN(Listing of_train, List(train, root, kFolderFilesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(Listing of_test, List(test, root, kFolderFilesMax));
  if (of_train.folders != of_test.folders) {
    const auto [a, b] = std::ranges::mismatch(of_train.folders, of_test.folders);
    return absl::InvalidArgumentError(
        Concat(folder.string(), ": train and test have different class folders: ",
               a == of_train.folders.end() ? "none" : *a, " and ",
               b == of_test.folders.end() ? "none" : *b, ", allowed: the same"));
  }
  return split == DatasetSplit::kTrain ? ClassFolders{train, std::move(of_train.folders)}
                                       : ClassFolders{test, std::move(of_test.folders)};
}

// The pictures of each class, by name.
absl::StatusOr<std::vector<std::vector<std::string>>> ListPictures(const fs::path& root,
                                                                   const ClassFolders& classes) {
  std::vector<std::vector<std::string>> pictures;
  std::int64_t left = kFolderFilesMax;
  for (const std::string& name : classes.names) {
    const fs::path folder = classes.folder / name;
    SPIKEMESH_ASSIGN_OR_RETURN(Listing listing, List(folder, root, left));
    if (!listing.folders.empty()) {
      return absl::InvalidArgumentError(Concat((folder / listing.folders.front()).string(),
                                               ": a folder in a class folder, allowed: pictures"));
    }
    const auto other = std::ranges::find_if_not(listing.files, HasPictureName);
    if (other != listing.files.end()) {
      return absl::InvalidArgumentError(
          Concat((folder / *other).string(), ": allowed in a class folder: .png, .jpg and .jpeg"));
    }
    left -= std::ssize(listing.files);
    pictures.push_back(std::move(listing.files));
  }
  return pictures;
}

// Where an image lies.
struct Place {
  std::size_t label = 0;
  std::size_t rank = 0;  // in its class
};

// One of each class, then the next of each.
std::vector<Place> TakeInTurn(const std::vector<std::vector<std::string>>& pictures,
                              std::optional<std::int64_t> images_max) {
  std::vector<Place> places;
  bool more = true;
  for (std::size_t rank = 0; more; ++rank) {
    more = false;
    for (std::size_t label = 0; label < pictures.size(); ++label) {
      if (rank >= pictures[label].size()) {
        continue;
      }
      if (std::ssize(places) == images_max.value_or(kFolderFilesMax)) {
        return places;
      }
      places.push_back({label, rank});
      more = true;
    }
  }
  return places;
}

absl::StatusOr<PictureShape> ReadShape(std::string_view file) {
  if (IsPng(file)) {
    return ReadPngShape(file);
  }
  if (IsJpeg(file)) {
    return ReadJpegShape(file);
  }
  return absl::InvalidArgumentError("the content is neither PNG nor JPEG");
}

absl::StatusOr<Picture> Decode(std::string_view file) {
  return IsPng(file) ? DecodePng(file) : DecodeJpeg(file);
}

// The images of a folder, each as a path.
class Pictures {
 public:
  Pictures(const ClassFolders& classes, const std::vector<std::vector<std::string>>& names,
           std::vector<Place> places)
      : classes_(classes), names_(names), places_(std::move(places)) {}

  std::size_t size() const { return places_.size(); }
  std::size_t label(std::size_t image) const { return places_[image].label; }
  std::string path(std::size_t image) const {
    const auto [label, rank] = places_[image];
    return (classes_.folder / classes_.names[label] / names_[label][rank]).string();
  }
  // Of all files; those that cannot be asked count nothing.
  std::uint64_t file_bytes() const {
    std::uint64_t bytes = 0;
    for (std::size_t image = 0; image < size(); ++image) {
      std::error_code error;
      const std::uintmax_t of_file = fs::file_size(path(image), error);
      bytes += error ? 0 : of_file;
    }
    return bytes;
  }

 private:
  const ClassFolders& classes_;
  const std::vector<std::vector<std::string>>& names_;
  std::vector<Place> places_;
};

// The shape of the first picture, if all pictures may have it.
absl::StatusOr<PictureShape> ReadFirstShape(const Pictures& pictures) {
  const std::string first = pictures.path(0);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string file, ReadFile(first, kPictureFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const PictureShape shape, Annotate(ReadShape(file), first));
  const std::uint64_t bytes = pictures.size() * static_cast<std::uint64_t>(shape.bytes());
  if (bytes > kDataFileBytesMax) {
    return absl::ResourceExhaustedError(Concat(pictures.size(), " pictures of ",
                                               FormatPictureShape(shape), " have ", bytes,
                                               " bytes, allowed: ", kDataFileBytesMax));
  }
  SPIKEMESH_RETURN_IF_ERROR(
      CheckUnpacked(Concat("pictures like ", first), pictures.file_bytes(), bytes));
  return shape;
}

absl::Status AppendPicture(const Pictures& pictures, std::size_t image, const PictureShape& shape,
                           Dataset& set) {
  const std::string path = pictures.path(image);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string file, ReadFile(path, kPictureFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const PictureShape found, Annotate(ReadShape(file), path));
  if (found != shape) {
    return absl::InvalidArgumentError(Concat(path, ": the picture is ", FormatPictureShape(found),
                                             ", the first one, ", pictures.path(0), ", is ",
                                             FormatPictureShape(shape), "; all must be alike"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const Picture picture, Annotate(Decode(file), path));
  set.pixels.insert(set.pixels.end(), picture.pixels.begin(), picture.pixels.end());
  set.labels.push_back(static_cast<std::uint8_t>(pictures.label(image)));
  return absl::OkStatus();
}

absl::Status CheckClasses(const ClassFolders& classes) {
  if (classes.names.empty()) {
    return absl::InvalidArgumentError(
        Concat(classes.folder.string(), ": no class folders, allowed: ", classes.folder.string(),
               "/CLASS/PICTURE"));
  }
  if (std::ssize(classes.names) > kLabelMax + 1) {
    return absl::OutOfRangeError(Concat(classes.folder.string(), ": ", classes.names.size(),
                                        " class folders, allowed: 1..", kLabelMax + 1));
  }
  return absl::OkStatus();
}

absl::StatusOr<Dataset> DecodeAll(const Pictures& pictures, const ClassFolders& classes) {
  // What the headers announce is checked before anything is decoded.
  SPIKEMESH_ASSIGN_OR_RETURN(const PictureShape shape, ReadFirstShape(pictures));
  Dataset set;
  set.channels = shape.channels;
  set.height = shape.height;
  set.width = shape.width;
  set.class_names = classes.names;
  set.pixels.reserve(pictures.size() * static_cast<std::size_t>(shape.bytes()));
  for (std::size_t image = 0; image < pictures.size(); ++image) {
    SPIKEMESH_RETURN_IF_ERROR(AppendPicture(pictures, image, shape, set));
  }
  return set;
}

}  // namespace

absl::StatusOr<Dataset> LoadImageFolder(const std::string& folder, DatasetSplit split,
                                        std::optional<std::int64_t> images_max) {
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error || !fs::is_directory(root, error)) {
    return absl::NotFoundError(Concat(folder, ": no folder"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const ClassFolders classes, FindClassFolders(folder, root, split));
  SPIKEMESH_RETURN_IF_ERROR(CheckClasses(classes));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto names, ListPictures(root, classes));
  const Pictures pictures(classes, names, TakeInTurn(names, images_max));
  if (pictures.size() == 0) {
    return absl::InvalidArgumentError(
        Concat(classes.folder.string(), ": no picture in its class folders"));
  }
  return DecodeAll(pictures, classes);
}

}  // namespace spikemesh
