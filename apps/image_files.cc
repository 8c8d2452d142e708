// SPDX-License-Identifier: Apache-2.0
#include "apps/image_files.h"

#include <cstdint>
#include <optional>

namespace spikemesh {
namespace {

// The seed of the built-in images where --seed does not say otherwise.
constexpr std::uint64_t kImageSeed = 1;

}  // namespace

absl::StatusOr<Dataset> LoadImages(const RunOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const DatasetSpec spec,
                             Annotate(ParseDatasetSpec(options.dataset), "--dataset"));
  const std::optional<std::int64_t> images = options.images ? options.images : options.diagnose;
  return Annotate(
      LoadDataset(spec, options.split, images, options.machine.seed.value_or(kImageSeed)),
      "--dataset");
}

DatasetSummary SummarizeDataset(const RunOptions& options, const Dataset& images) {
  return {.name = images.name,
          .split = options.split == DatasetSplit::kTrain ? "train" : "test",
          .images = images.size()};
}

}  // namespace spikemesh
