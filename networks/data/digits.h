// SPDX-License-Identifier: Apache-2.0
// The built-in data set `digits`: 28x28 grey images of handwritten-looking digits, white on black
// as in MNIST, made by a program so that everything runs without a download.
// Method: a style of the digit (digit_styles.h) with moved control points, bent, slanted, turned
// and scaled, drawn with a soft pen of random width (stroke_raster.h), then uneven ink and noise.
// Image i of a split depends on (seed, split, i) alone, and is the same on every machine. Cost:
// about 25 us an image.
#ifndef SPIKEMESH_NETWORKS_DATA_DIGITS_H_
#define SPIKEMESH_NETWORKS_DATA_DIGITS_H_

#include <cstdint>

#include "networks/data/dataset.h"

namespace spikemesh {

inline constexpr int kDigitsImageSize = 28;
inline constexpr std::int64_t kDigitsTrainImages = 60'000;
inline constexpr std::int64_t kDigitsTestImages = 10'000;
// 784 MB of pixels: what a reader of data files still takes.
inline constexpr std::int64_t kDigitsImagesMax = 1'000'000;

// The first `count` (0..kDigitsImagesMax) images of a split, [count, 1, 28, 28]. Each ten that
// begin at a multiple of ten hold every label once, in random order.
Dataset MakeDigits(std::int64_t count, std::uint64_t seed, DatasetSplit split);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_DIGITS_H_
