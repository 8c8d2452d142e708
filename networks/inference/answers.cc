// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/answers.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/status.h"
#include "core/events/event_files.h"

namespace spikemesh {

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

double AccuracyOf(const Dataset& images, std::span<const std::int32_t> predicted) {
  std::int64_t right = 0;
  for (std::size_t image = 0; image < predicted.size(); ++image) {
    right += predicted[image] == images.labels[image] ? 1 : 0;
  }
  return predicted.empty() ? 0.0
                           : static_cast<double>(right) / static_cast<double>(predicted.size());
}

AnswerSummary SummarizeAnswers(const Dataset& images, std::span<const std::int32_t> trained,
                               std::span<const std::int32_t> predicted) {
  SPIKEMESH_CHECK(trained.size() == predicted.size());
  AnswerSummary summary{
      .images = images.size(), .differing = 0, .float_accuracy = AccuracyOf(images, trained)};
  for (std::size_t image = 0; image < predicted.size(); ++image) {
    summary.differing += trained[image] != predicted[image] ? 1 : 0;
  }
  return summary;
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
