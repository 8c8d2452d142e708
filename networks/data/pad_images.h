// SPDX-License-Identifier: Apache-2.0
// Images that are smaller than a model's input: MNIST for a LeNet of 32 x 32.
#ifndef SPIKEMESH_NETWORKS_DATA_PAD_IMAGES_H_
#define SPIKEMESH_NETWORKS_DATA_PAD_IMAGES_H_

#include <cstdint>

#include "core/base/status.h"
#include "core/chip/presentation.h"
#include "networks/data/dataset.h"

namespace spikemesh {

// Of all images together, padded: all of MNIST at a side of 256.
inline constexpr std::int64_t kPaddedBytesMax = std::int64_t{1} << 32;

// `images` with `pad`, whose sides are not negative, around each channel of each. Errors:
// ResourceExhausted (more than kPaddedBytesMax bytes; remedy kFewerImages).
absl::StatusOr<Dataset> PadImages(const ImagePad& pad, Dataset images);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_PAD_IMAGES_H_
