// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/answers.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <vector>

#include "core/base/status.h"
#include "core/events/event_files.h"

namespace spikemesh {

Classification Classify(const Dataset& images, std::span<const std::int32_t> predicted) {
  SPIKEMESH_CHECK(static_cast<std::int64_t>(predicted.size()) == images.size());
  auto classes = static_cast<std::int32_t>(images.class_names.size());
  for (std::int64_t image = 0; image < images.size(); ++image) {
    classes = std::max({classes, images.label(image) + 1, predicted[image] + 1});
  }
  Classification classification(classes, images.class_names);
  for (std::int64_t image = 0; images.labelled() && image < images.size(); ++image) {
    classification.Add({.label = images.label(image), .predicted = predicted[image]});
  }
  return classification;
}

double AccuracyOf(const Dataset& images, std::span<const std::int32_t> predicted) {
  std::int64_t right = 0;
  for (std::size_t image = 0; image < predicted.size(); ++image) {
    right += predicted[image] == images.label(static_cast<std::int64_t>(image)) ? 1 : 0;
  }
  return predicted.empty() ? 0.0
                           : static_cast<double>(right) / static_cast<double>(predicted.size());
}

AnswerSummary SummarizeAnswers(const Dataset& images, std::span<const std::int32_t> trained,
                               std::span<const std::int32_t> predicted) {
  SPIKEMESH_CHECK(trained.size() == predicted.size());
  AnswerSummary summary{.images = images.size(), .differing = 0, .float_accuracy = std::nullopt};
  if (images.labelled()) {
    summary.float_accuracy = AccuracyOf(images, trained);
  }
  for (std::size_t image = 0; image < predicted.size(); ++image) {
    summary.differing += trained[image] != predicted[image] ? 1 : 0;
  }
  return summary;
}

std::string FormatAnswers(const Dataset& images, std::span<const std::int32_t> predicted) {
  std::vector<Prediction> predictions;
  predictions.reserve(predicted.size());
  for (std::int64_t image = 0; image < std::ssize(predicted); ++image) {
    predictions.push_back(
        {.image = image,
         .label = images.labelled() ? std::optional(images.label(image)) : std::nullopt,
         .predicted = predicted[static_cast<std::size_t>(image)]});
  }
  return FormatPredictions(predictions);
}

}  // namespace spikemesh
