// SPDX-License-Identifier: Apache-2.0
// Images through networks without a machine: spiking ones as integers, in either presentation, and
// float ones.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_NETWORK_ANSWERS_H_
#define SPIKEMESH_NETWORKS_INFERENCE_NETWORK_ANSWERS_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "core/report/run_report.h"
#include "networks/data/dataset.h"
#include "networks/inference/answer_observer.h"
#include "networks/inference/image_run.h"
#include "networks/ir/encoded_image.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// What a network answers: a class for each image, and in rate presentation the accuracy of shorter
// read-outs.
struct NetworkAnswers {
  std::vector<std::int32_t> predicted;             // [images]
  std::vector<AccuracyAfter> accuracy_over_ticks;  // rate, of labelled images
};

// What ends a run before its last image, with the image it is at.
struct AnswerLimits {
  double cpu_seconds = std::numeric_limits<double>::infinity();
  const StopFlag* stop = nullptr;
};

// `progress` may be empty. Where a limit ends the run, `predicted` is shorter than `images`;
// accuracies are of those that were run. Errors: those of CheckImages
// and of creating the encoder; FailedPrecondition (no output stands for a class).
absl::StatusOr<NetworkAnswers> RunSpikingNetwork(const SpikingNetwork& network,
                                                 const Dataset& images,
                                                 const ImageProgress& progress,
                                                 const AnswerLimits& limits = {});

// The same of a float network. `input` tells the preprocessing. Errors: those of CheckImageShape.
absl::StatusOr<NetworkAnswers> RunFloatNetwork(const Network& network, const InputModel& input,
                                               const Dataset& images, const ImageProgress& progress,
                                               const AnswerLimits& limits = {});

// The first `count` images (all where there are fewer) as the encoder gives them. Errors: those of
// creating the encoder.
absl::StatusOr<std::vector<EncodedImage>> EncodeImages(const SpikingNetwork& network,
                                                       const Dataset& images, std::int64_t count);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_NETWORK_ANSWERS_H_
