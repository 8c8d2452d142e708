// SPDX-License-Identifier: Apache-2.0
// How people write the ten digits, as strokes: the shapes behind the built-in data set `digits`.
// A style is a set of named points and the strokes through them; every digit has several styles,
// drawn with the frequency of their weight. The shapes are our own, drawn by eye.
#ifndef SPIKEMESH_NETWORKS_DATA_DIGIT_STYLES_H_
#define SPIKEMESH_NETWORKS_DATA_DIGIT_STYLES_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace spikemesh {

// Hundredths of half the digit's height; x to the right, y downward, the centre is (0, 0).
struct StylePoint {
  int x = 0;
  int y = 0;
};

inline constexpr int kStylePointsMax = 12;

struct DigitStyle {
  int weight = 1;
  // Strokes separated by blanks, each the letters of its points in order: 'a' is points[0]. A
  // stroke is a smooth curve; corners are where two strokes share a point; one that ends where it
  // began is closed.
  std::string_view strokes;
  std::span<const StylePoint> points;  // at most kStylePointsMax
};

// The styles of digit 0..9.
std::span<const DigitStyle> StylesOfDigit(int digit);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_DIGIT_STYLES_H_
