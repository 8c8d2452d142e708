// SPDX-License-Identifier: Apache-2.0
// From data set flags to images, and from predictions to report and file: what every kind of model
// shares when it classifies.
#ifndef SPIKEMESH_APPS_IMAGE_ANSWERS_H_
#define SPIKEMESH_APPS_IMAGE_ANSWERS_H_

#include <cstdint>
#include <span>
#include <string>

#include "apps/run_command.h"
#include "core/base/status.h"
#include "core/report/run_report.h"
#include "networks/data/dataset.h"

namespace spikemesh {

// The images that --dataset, --split, --images (else --diagnose) and --seed name. Errors: those of
// LoadDataset.
absl::StatusOr<Dataset> LoadImages(const RunOptions& options);

DatasetSummary SummarizeDataset(const RunOptions& options, const Dataset& images);

// `predicted`: [images], each 0 or above. There are as many classes as the data set names or the
// labels and predictions use, whichever is more.
Classification Classify(const Dataset& images, std::span<const std::int32_t> predicted);

// The file of --predictions.
std::string FormatAnswers(const Dataset& images, std::span<const std::int32_t> predicted);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_IMAGE_ANSWERS_H_
