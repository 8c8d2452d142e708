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

namespace spikemesh {
namespace {

constexpr std::string_view kDigits = "digits";
constexpr std::string_view kMnist = "mnist";
constexpr std::string_view kFashionMnist = "fashion-mnist";
constexpr std::string_view kCifar10 = "cifar10";
constexpr std::array kNames = {kDigits, kMnist, kFashionMnist, kCifar10};

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
  if (spec.folder.has_value()) {
    return {*spec.folder};
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

// `folder/name` or `folder/name.gz`, whichever exists; nullopt where neither does.
std::optional<std::string> FindFile(const std::string& folder, const std::string& name) {
  for (const std::string_view ending : {"", ".gz"}) {
    std::string path = Concat(folder, "/", name, ending);
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
      return path;
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
    if (FindFile(place, file).has_value()) {
      return place;
    }
  }
  return MissingFile(spec.name, file, places);
}

struct FileBytes {
  std::string path;
  std::string bytes;
};

absl::StatusOr<FileBytes> ReadDataFile(const std::string& dataset, const std::string& folder,
                                       const std::string& file) {
  std::optional<std::string> path = FindFile(folder, file);
  if (!path.has_value()) {
    return MissingFile(dataset, file, {folder});
  }
  SPIKEMESH_ASSIGN_OR_RETURN(std::string bytes, ReadFile(*path, kDataFileBytesMax));
  return FileBytes{*std::move(path), std::move(bytes)};
}

absl::Status TooFewImages(const std::string& where, std::int64_t found, std::int64_t wanted) {
  return absl::OutOfRangeError(Concat(where, ": ", wanted, " images asked for, it has ", found));
}

absl::StatusOr<Dataset> LoadIdx(const DatasetSpec& spec, DatasetSplit split,
                                std::optional<std::int64_t> images) {
  const IdxFileNames names = IdxFileNamesOf(split);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string folder, FindFolder(spec, names.images));
  Dataset set;
  set.name = spec.name;
  set.class_names = ClassNames(spec.name);
  const int classes = static_cast<int>(set.class_names.size());
  SPIKEMESH_ASSIGN_OR_RETURN(const FileBytes file, ReadDataFile(spec.name, folder, names.images));
  // One image, for the count: a small file can unpack to a gigabyte that has no labels.
  SPIKEMESH_ASSIGN_OR_RETURN(const IdxImages first,
                             Annotate(ParseIdxImages(file.bytes, 1), file.path));
  if (images.value_or(1) > first.images_in_file) {
    return TooFewImages(file.path, first.images_in_file, *images);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const FileBytes label_file,
                             ReadDataFile(spec.name, folder, names.labels));
  SPIKEMESH_ASSIGN_OR_RETURN(
      IdxLabels labels,
      Annotate(ParseIdxLabels(label_file.bytes, images, classes), label_file.path));
  if (labels.labels_in_file != first.images_in_file) {
    return absl::InvalidArgumentError(Concat(label_file.path, ": ", labels.labels_in_file,
                                             " labels, the image file beside it has ",
                                             first.images_in_file, " images"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(IdxImages pictures,
                             Annotate(ParseIdxImages(file.bytes, images), file.path));
  set.height = pictures.height;
  set.width = pictures.width;
  set.pixels = std::move(pictures.pixels);
  set.labels = std::move(labels.labels);
  return set;
}

absl::StatusOr<Dataset> LoadCifar(const DatasetSpec& spec, DatasetSplit split,
                                  std::optional<std::int64_t> images) {
  const std::vector<std::string> names = CifarFileNames(split);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string folder, FindFolder(spec, names.front()));
  Dataset set;
  set.name = spec.name;
  set.channels = kCifarChannels;
  set.height = kCifarSide;
  set.width = kCifarSide;
  set.class_names = ClassNames(spec.name);
  for (const std::string& name : names) {
    std::optional<std::int64_t> rest;
    if (images.has_value()) {
      rest = *images - set.size();
    }
    if (rest == 0) {
      break;
    }
    SPIKEMESH_ASSIGN_OR_RETURN(const FileBytes file, ReadDataFile(spec.name, folder, name));
    SPIKEMESH_ASSIGN_OR_RETURN(const CifarBatch batch,
                               Annotate(ParseCifarBatch(file.bytes, rest), file.path));
    set.pixels.insert(set.pixels.end(), batch.pixels.begin(), batch.pixels.end());
    set.labels.insert(set.labels.end(), batch.labels.begin(), batch.labels.end());
  }
  if (images.value_or(0) > set.size()) {
    return TooFewImages(folder, set.size(), *images);
  }
  return set;
}

absl::StatusOr<Dataset> LoadBuiltIn(DatasetSplit split, std::optional<std::int64_t> images,
                                    std::uint64_t seed) {
  const bool train = split == DatasetSplit::kTrain;
  const std::int64_t available = train ? kDigitsTrainImages : kDigitsTestImages;
  if (images.value_or(0) > available) {
    return TooFewImages(Concat("dataset \"digits\", ", train ? "train" : "test", " split"),
                        available, *images);
  }
  return MakeDigits(images.value_or(available), seed, split);
}

}  // namespace

absl::StatusOr<DatasetSpec> ParseDatasetSpec(std::string_view text) {
  const std::size_t colon = text.find(':');
  DatasetSpec spec;
  spec.name = text.substr(0, colon);
  if (std::find(kNames.begin(), kNames.end(), spec.name) == kNames.end()) {
    std::string known;
    for (const std::string_view name : kNames) {
      known += Concat(known.empty() ? "" : ", ", name);
    }
    return absl::InvalidArgumentError(
        Concat("dataset \"", spec.name, "\" is unknown; known: ", known));
  }
  if (colon != std::string_view::npos) {
    spec.folder = text.substr(colon + 1);
    if (spec.folder->empty()) {
      return absl::InvalidArgumentError(
          Concat("dataset \"", text, "\": no folder after the colon"));
    }
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

absl::StatusOr<Dataset> LoadDataset(const DatasetSpec& spec, DatasetSplit split,
                                    std::optional<std::int64_t> images, std::uint64_t seed) {
  if (images.value_or(1) < 1) {
    return absl::OutOfRangeError(
        Concat("dataset \"", spec.name, "\": ", *images, " images asked for, at least 1 needed"));
  }
  if (spec.name == kCifar10) {
    return LoadCifar(spec, split, images);
  }
  if (spec.name == kDigits && !spec.folder.has_value()) {
    return LoadBuiltIn(split, images, seed);
  }
  return LoadIdx(spec, split, images);
}

}  // namespace spikemesh
