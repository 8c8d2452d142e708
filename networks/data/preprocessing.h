// SPDX-License-Identifier: Apache-2.0
// The preprocessing of an InputModel (core/chip/presentation.h): whether it can be executed, and
// the whole image executed in double, as the float network sees it.
#ifndef SPIKEMESH_NETWORKS_DATA_PREPROCESSING_H_
#define SPIKEMESH_NETWORKS_DATA_PREPROCESSING_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/chip/presentation.h"

namespace spikemesh {

inline constexpr int kByteValues = 256;

// Errors: InvalidArgument (a shape without pixels, another number of means or scales than channels,
// a number that is not finite, a scale of 0, a range that is not positive).
absl::Status CheckPreprocessing(const InputModel& input);

// The whole image preprocessed, for RunNetwork: [channels, height, width]. Mean and scale of
// `input` must be those of its channels; its encoder does not matter.
std::vector<double> PreprocessImage(const InputModel& input, std::span<const std::uint8_t> image);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_PREPROCESSING_H_
