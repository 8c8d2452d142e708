// SPDX-License-Identifier: Apache-2.0
// From predictions to what a report and a file tell of them.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_ANSWERS_H_
#define SPIKEMESH_NETWORKS_INFERENCE_ANSWERS_H_

#include <cstdint>
#include <span>
#include <string>

#include "core/report/classification.h"
#include "core/report/run_report.h"
#include "networks/data/dataset.h"

namespace spikemesh {

// `predicted`: [images], each 0 or above. There are as many classes as the data set names or the
// labels and predictions use, whichever is more. Images without labels are not tallied.
Classification Classify(const Dataset& images, std::span<const std::int32_t> predicted);

// The share of the first predicted.size() images whose class is told; 0 of none.
double AccuracyOf(const Dataset& images, std::span<const std::int32_t> predicted);

// `trained`, `predicted`: [images], of the float network and of what was made of it.
AnswerSummary SummarizeAnswers(const Dataset& images, std::span<const std::int32_t> trained,
                               std::span<const std::int32_t> predicted);

// CSV `image,label,predicted`; the label of images without one is empty.
std::string FormatAnswers(const Dataset& images, std::span<const std::int32_t> predicted);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_ANSWERS_H_
