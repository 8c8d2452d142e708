// SPDX-License-Identifier: Apache-2.0
#include "apps/image_answers.h"

#include <algorithm>
#include <vector>

#include "core/events/event_files.h"

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

Classification Classify(const Dataset& images, std::span<const std::int32_t> predicted) {
  SPIKEMESH_CHECK(static_cast<std::int64_t>(predicted.size()) == images.size());
  auto classes = static_cast<std::int32_t>(images.class_names.size());
  for (std::size_t image = 0; image < predicted.size(); ++image) {
    classes = std::max({classes, images.labels[image] + 1, predicted[image] + 1});
  }
  Classification classification(classes, images.class_names);
  for (std::size_t image = 0; image < predicted.size(); ++image) {
    classification.Add({.label = images.labels[image], .predicted = predicted[image]});
  }
  return classification;
}

std::string FormatAnswers(const Dataset& images, std::span<const std::int32_t> predicted) {
  std::vector<Prediction> predictions;
  predictions.reserve(predicted.size());
  for (std::size_t image = 0; image < predicted.size(); ++image) {
    predictions.push_back({.image = static_cast<std::int64_t>(image),
                           .label = images.labels[image],
                           .predicted = predicted[image]});
  }
  return FormatPredictions(predictions);
}

}  // namespace spikemesh
