// SPDX-License-Identifier: Apache-2.0
// The images that flags of `run` name.
#ifndef SPIKEMESH_APPS_IMAGE_FILES_H_
#define SPIKEMESH_APPS_IMAGE_FILES_H_

#include <cstdint>

#include "apps/run_chip.h"
#include "apps/run_command.h"
#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "core/report/run_report.h"
#include "networks/data/dataset.h"

namespace spikemesh {

// The images that --dataset, --split, --images (else --diagnose) and --seed name, with `pad` around
// them. Errors: those of LoadDataset and PadImages.
absl::StatusOr<Dataset> LoadImages(const RunOptions& options, const ImagePad& pad);

// Where Ctrl-C ended the run after fewer images: keeps the first `done` of `images`, and says in
// the result what was asked for.
void KeepImagesDone(std::int64_t done, Dataset& images, RunResult& result);

DatasetSummary SummarizeDataset(const RunOptions& options, const Dataset& images,
                                const ImagePad& pad);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_IMAGE_FILES_H_
