// SPDX-License-Identifier: Apache-2.0
#include "apps/image_files.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "core/base/strings.h"
#include "core/report/text_table.h"
#include "networks/data/pad_images.h"

namespace spikemesh {
namespace {

// The seed of the built-in images where --seed does not say otherwise.
constexpr std::uint64_t kImageSeed = 1;

}  // namespace

absl::StatusOr<Dataset> LoadImages(const RunOptions& options, const ImagePad& pad) {
  SPIKEMESH_ASSIGN_OR_RETURN(const DatasetSpec spec,
                             Annotate(ParseDatasetSpec(options.dataset), "--dataset"));
  const std::optional<std::int64_t> images = options.images ? options.images : options.diagnose;
  SPIKEMESH_ASSIGN_OR_RETURN(
      Dataset loaded,
      Annotate(LoadDataset(spec, options.split, images, options.machine.seed.value_or(kImageSeed)),
               "--dataset"));
  return Annotate(PadImages(pad, std::move(loaded)), "--dataset");
}

void KeepImagesDone(std::int64_t done, Dataset& images, RunResult& result) {
  if (done == images.size()) {
    return;
  }
  result.images_asked = images.size();
  result.report.warnings.push_back(Concat("interrupted: of the first ", FormatCount(done), " of ",
                                          FormatCount(images.size()), " images"));
  images = FirstImages(std::move(images), done);
}

DatasetSummary SummarizeDataset(const RunOptions& options, const Dataset& images,
                                const ImagePad& pad) {
  return {.name = images.name,
          .split = options.split == DatasetSplit::kTrain ? "train" : "test",
          .images = images.size(),
          .pad = pad};
}

}  // namespace spikemesh
