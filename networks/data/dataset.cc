// SPDX-License-Identifier: Apache-2.0
#include "networks/data/dataset.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"
#include "networks/data/cifar.h"
#include "networks/data/digits.h"
#include "networks/data/gzip.h"
#include "networks/data/idx.h"
#include "networks/data/image_folder.h"
#include "networks/data/npz.h"

namespace spikemesh {
namespace {

constexpr std::string_view kDigits = "digits";
constexpr std::string_view kMnist = "mnist";
constexpr std::string_view kFashionMnist = "fashion-mnist";
constexpr std::string_view kCifar10 = "cifar10";
constexpr std::array kNames = {kDigits, kMnist, kFashionMnist, kCifar10};

// Images of one's own, and what stands behind their colon.
constexpr std::string_view kNpz = "npz";
constexpr std::string_view kImages = "images";
constexpr std::string_view kIdx = "idx";
constexpr std::string_view kCifar = "cifar";
struct OwnFormat {
  std::string_view name;
  std::string_view path;
};
constexpr std::array<OwnFormat, 4> kOwnFormats = {
    {{kNpz, "FILE"}, {kImages, "DIR"}, {kIdx, "PREFIX"}, {kCifar, "FILES"}}};

std::vector<std::string> ClassNames(std::string_view name) {
  if (name == kFashionMnist) {
    return {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
            "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  }
  if (name == kCifar10) {
    return {"airplane", "automobile", "bird",  "cat",  "deer",
            "dog",      "frog",       "horse", "ship", "truck"};
  }
  return {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
}

std::vector<std::string> CifarFileNames(DatasetSplit split) {
  if (split == DatasetSplit::kTest) {
    return {"test_batch.bin"};
  }
  return {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
          "data_batch_5.bin"};
}

std::vector<std::string> PlacesOf(const DatasetSpec& spec) {
  if (spec.path.has_value()) {
    return {*spec.path};
  }
  std::vector<std::string> places;
  if (const char* root = std::getenv("SPIKEMESH_DATA"); root != nullptr && *root != '\0') {
    if (spec.name == kCifar10) {
      places.push_back(Concat(root, "/cifar-10"));
    }
    places.push_back(Concat(root, "/", spec.name));
  }
  if (absl::StatusOr<std::string> cache = DatasetCacheFolder(spec.name); cache.ok()) {
    places.push_back(*std::move(cache));
  }
  return places;
}

// `path` or `path.gz`, whichever exists; nullopt where neither does.
std::optional<std::string> FindFile(const std::string& path) {
  for (const std::string_view ending : {"", ".gz"}) {
    std::string file = Concat(path, ending);
    std::error_code error;
    if (std::filesystem::exists(file, error)) {
      return file;
    }
  }
  return std::nullopt;
}

absl::Status MissingFile(const std::string& dataset, const std::string& file,
                         const std::vector<std::string>& places) {
  std::string tried;
  for (const std::string& place : places) {
    tried += (tried.empty() ? "" : ", ") + place;
  }
  return WithRemedy(
      absl::NotFoundError(Concat("dataset \"", dataset, "\": neither ", file, " nor ", file,
                                 ".gz in ", tried.empty() ? "any place" : tried)),
      dataset == kDigits ? Remedy{RemedyKind::kMakeDigits}
                         : Remedy{RemedyKind::kFetchData, dataset});
}

// The first place that has `file`. Errors: NotFound.
absl::StatusOr<std::string> FindFolder(const DatasetSpec& spec, const std::string& file) {
  const std::vector<std::string> places = PlacesOf(spec);
  for (const std::string& place : places) {
    if (FindFile(Concat(place, "/", file)).has_value()) {
      return place;
    }
  }
  return MissingFile(spec.name, file, places);
}

struct FileBytes {
  std::string path;
  std::string bytes;
};

// Reads `path` or `path.gz`.
absl::StatusOr<FileBytes> ReadDataFile(const std::string& path) {
  std::optional<std::string> file = FindFile(path);
  if (!file.has_value()) {
    return absl::NotFoundError(Concat("neither ", path, " nor ", path, ".gz"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(std::string bytes, ReadFile(*file, kDataFileBytesMax));
  return FileBytes{*std::move(file), std::move(bytes)};
}

// Reads two IDX files into `set`. Labels must be below `classes`.
absl::Status ReadIdxFiles(const std::string& image_path, const std::string& label_path, int classes,
                          std::optional<std::int64_t> images_max, Dataset& set) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FileBytes file, ReadDataFile(image_path));
  // One image, for the count: a small file can unpack to a gigabyte that has no labels.
  SPIKEMESH_ASSIGN_OR_RETURN(const IdxImages first,
                             Annotate(ParseIdxImages(file.bytes, 1), file.path));
  SPIKEMESH_ASSIGN_OR_RETURN(const FileBytes label_file, ReadDataFile(label_path));
  SPIKEMESH_ASSIGN_OR_RETURN(
      IdxLabels labels,
      Annotate(ParseIdxLabels(label_file.bytes, images_max, classes), label_file.path));
  if (labels.labels_in_file != first.images_in_file) {
    return absl::InvalidArgumentError(Concat(label_file.path, ": ", labels.labels_in_file,
                                             " labels, the image file beside it has ",
                                             first.images_in_file, " images"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(IdxImages pictures,
                             Annotate(ParseIdxImages(file.bytes, images_max), file.path));
  set.height = pictures.height;
  set.width = pictures.width;
  set.pixels = std::move(pictures.pixels);
  set.labels = std::move(labels.labels);
  return absl::OkStatus();
}

// Reads CIFAR batches into `set`, one after the other.
absl::Status ReadCifarFiles(const std::vector<std::string>& paths,
                            std::optional<std::int64_t> images_max, Dataset& set) {
  set.channels = kCifarChannels;
  set.height = kCifarSide;
  set.width = kCifarSide;
  for (const std::string& path : paths) {
    std::optional<std::int64_t> rest;
    if (images_max.has_value()) {
      rest = *images_max - set.size();
    }
    if (rest == 0) {
      break;
    }
    SPIKEMESH_ASSIGN_OR_RETURN(const FileBytes file, ReadDataFile(path));
    SPIKEMESH_ASSIGN_OR_RETURN(const CifarBatch batch,
                               Annotate(ParseCifarBatch(file.bytes, rest), file.path));
    if (set.pixels.size() + batch.pixels.size() > kDataFileBytesMax) {
      return absl::ResourceExhaustedError(Concat(file.path,
                                                 ": with it images have more bytes than the ",
                                                 kDataFileBytesMax, " that are allowed"));
    }
    set.pixels.insert(set.pixels.end(), batch.pixels.begin(), batch.pixels.end());
    set.labels.insert(set.labels.end(), batch.labels.begin(), batch.labels.end());
  }
  return absl::OkStatus();
}

absl::StatusOr<Dataset> LoadNamedIdx(const DatasetSpec& spec, DatasetSplit split,
                                     std::optional<std::int64_t> images_max) {
  const IdxFileNames names = IdxFileNamesOf(split);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string folder, FindFolder(spec, names.images));
  const std::string label_path = Concat(folder, "/", names.labels);
  if (!FindFile(label_path).has_value()) {
    return MissingFile(spec.name, names.labels, {folder});
  }
  Dataset set;
  set.name = spec.name;
  set.class_names = ClassNames(spec.name);
  SPIKEMESH_RETURN_IF_ERROR(ReadIdxFiles(Concat(folder, "/", names.images), label_path,
                                         static_cast<int>(set.class_names.size()), images_max,
                                         set));
  return set;
}

absl::StatusOr<Dataset> LoadNamedCifar(const DatasetSpec& spec, DatasetSplit split,
                                       std::optional<std::int64_t> images_max) {
  const std::vector<std::string> names = CifarFileNames(split);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string folder, FindFolder(spec, names.front()));
  std::vector<std::string> paths;
  paths.reserve(names.size());
  for (const std::string& name : names) {
    paths.push_back(Concat(folder, "/", name));
  }
  Dataset set;
  set.name = spec.name;
  set.class_names = ClassNames(spec.name);
  SPIKEMESH_RETURN_IF_ERROR(ReadCifarFiles(paths, images_max, set));
  return set;
}

Dataset LoadBuiltIn(DatasetSplit split, std::optional<std::int64_t> images_max,
                    std::uint64_t seed) {
  const std::int64_t available =
      split == DatasetSplit::kTrain ? kDigitsTrainImages : kDigitsTestImages;
  return MakeDigits(std::min(available, images_max.value_or(available)), seed, split);
}

absl::StatusOr<Dataset> LoadNpz(const std::string& path, std::optional<std::int64_t> images_max) {
  // A large file that is no archive is refused by its first bytes.
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string start, ReadFileStart(path, 2));
  if (start != "PK") {
    return absl::InvalidArgumentError(
        Concat(path, ": no zip archive; allowed: what numpy.savez(FILE, x=..., y=...) writes"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string file, ReadFile(path, kDataFileBytesMax));
  return Annotate(ParseNpz(file, images_max), path);
}

absl::StatusOr<Dataset> LoadIdxPrefix(const std::string& prefix, DatasetSplit split,
                                      std::optional<std::int64_t> images_max) {
  std::error_code error;
  const bool folder = std::filesystem::is_directory(prefix, error);
  const IdxFileNames names =
      folder ? IdxFileNamesOf(split) : IdxFileNames{"-images-idx3-ubyte", "-labels-idx1-ubyte"};
  const std::string_view between = folder ? "/" : "";
  Dataset set;
  SPIKEMESH_RETURN_IF_ERROR(ReadIdxFiles(Concat(prefix, between, names.images),
                                         Concat(prefix, between, names.labels), kLabelMax + 1,
                                         images_max, set));
  return set;
}

absl::StatusOr<Dataset> LoadCifarList(std::string_view files,
                                      std::optional<std::int64_t> images_max) {
  std::vector<std::string> paths;
  for (std::size_t begin = 0; begin <= files.size();) {
    const std::size_t end = std::min(files.find(',', begin), files.size());
    paths.emplace_back(files.substr(begin, end - begin));
    begin = end + 1;
  }
  Dataset set;
  set.class_names = ClassNames(kCifar10);
  SPIKEMESH_RETURN_IF_ERROR(ReadCifarFiles(paths, images_max, set));
  return set;
}

bool IsOwnFormat(std::string_view name) {
  return std::ranges::any_of(kOwnFormats,
                             [name](const OwnFormat& format) { return format.name == name; });
}

absl::StatusOr<Dataset> LoadOwn(const DatasetSpec& spec, DatasetSplit split,
                                std::optional<std::int64_t> images_max) {
  const std::string& path = *spec.path;
  absl::StatusOr<Dataset> set = spec.name == kNpz      ? LoadNpz(path, images_max)
                                : spec.name == kImages ? LoadImageFolder(path, split, images_max)
                                : spec.name == kIdx    ? LoadIdxPrefix(path, split, images_max)
                                                       : LoadCifarList(path, images_max);
  if (set.ok()) {
    set->name = Concat(spec.name, ":", path);
  }
  return set;
}

std::string KnownNames() {
  std::string known;
  for (const std::string_view name : kNames) {
    known += Concat(known.empty() ? "" : ", ", name);
  }
  for (const OwnFormat& format : kOwnFormats) {
    known += Concat(", ", format.name, ":", format.path);
  }
  return known;
}

}  // namespace

Dataset FirstImages(Dataset images, std::int64_t count) {
  if (count < images.size()) {
    const auto kept = static_cast<std::size_t>(count);
    images.pixels.resize(kept * static_cast<std::size_t>(images.image_bytes()));
    images.labels.resize(images.labelled() ? kept : 0);
  }
  return images;
}

absl::StatusOr<DatasetSpec> ParseDatasetSpec(std::string_view text) {
  const std::size_t colon = text.find(':');
  DatasetSpec spec;
  spec.name = text.substr(0, colon);
  const bool own = IsOwnFormat(spec.name);
  if (!own && std::ranges::find(kNames, spec.name) == kNames.end()) {
    return absl::InvalidArgumentError(
        Concat("dataset \"", spec.name, "\" is unknown; known: ", KnownNames()));
  }
  if (colon != std::string_view::npos) {
    spec.path = text.substr(colon + 1);
  }
  if (spec.path.has_value() ? spec.path->empty() : own) {
    return absl::InvalidArgumentError(Concat("dataset \"", text, "\": no ",
                                             own ? "file or folder" : "folder", " behind a colon",
                                             "; known: ", KnownNames()));
  }
  return spec;
}

absl::StatusOr<std::string> DatasetCacheFolder(std::string_view name) {
  // An XDG path that is not absolute is to be ignored (XDG Base Directory Specification).
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') {
    return Concat(cache, "/spikemesh/", name);
  }
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') {
    return Concat(home, "/.cache/spikemesh/", name);
  }
  return absl::FailedPreconditionError(
      "no cache folder: neither XDG_CACHE_HOME nor HOME is set to an absolute path");
}

absl::StatusOr<Dataset> LoadImagesUpTo(const DatasetSpec& spec, DatasetSplit split,
                                       std::optional<std::int64_t> images_max, std::uint64_t seed) {
  if (images_max.value_or(1) < 1) {
    return absl::OutOfRangeError(Concat("dataset \"", spec.name, "\": ", *images_max,
                                        " images asked for, at least 1 needed"));
  }
  if (IsOwnFormat(spec.name)) {
    return LoadOwn(spec, split, images_max);
  }
  if (spec.name == kCifar10) {
    return LoadNamedCifar(spec, split, images_max);
  }
  if (spec.name == kDigits && !spec.path.has_value()) {
    return LoadBuiltIn(split, images_max, seed);
  }
  return LoadNamedIdx(spec, split, images_max);
}

absl::StatusOr<Dataset> LoadDataset(const DatasetSpec& spec, DatasetSplit split,
                                    std::optional<std::int64_t> images, std::uint64_t seed) {
  SPIKEMESH_ASSIGN_OR_RETURN(Dataset set, LoadImagesUpTo(spec, split, images, seed));
  if (images.value_or(0) > set.size()) {
    const char* const where = split == DatasetSplit::kTrain ? ", train split: " : ": ";
    return absl::OutOfRangeError(Concat("dataset \"", set.name, '"', where, *images,
                                        " images asked for, it has ", set.size()));
  }
  return set;
}

}  // namespace spikemesh
