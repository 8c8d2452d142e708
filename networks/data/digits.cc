// SPDX-License-Identifier: Apache-2.0
#include "networks/data/digits.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/base/status.h"
#include "networks/data/digit_styles.h"
#include "networks/data/gzip.h"
#include "networks/data/stroke_raster.h"

namespace spikemesh {
namespace {

constexpr int kClasses = 10;
static_assert(kDigitsImagesMax * kDigitsImageSize * kDigitsImageSize < kDataFileBytesMax);

// What a random stream is for: its two highest bits. The rest is the image or the block of ten.
enum class StreamUse : std::uint64_t { kTrainImage, kTestImage, kTrainLabels, kTestLabels };

RandomSequence StreamOf(std::uint64_t seed, StreamUse use, std::int64_t index) {
  return RandomSequence(seed,
                        static_cast<std::uint64_t>(use) << 62 | static_cast<std::uint64_t>(index));
}

double Uniform(RandomSequence& random, double low, double high) {
  return low + (high - low) * random.NextUnit();
}

// Bell-shaped: mean 0, standard deviation 1, within -3.47..3.47. A sum of four uniforms, because a
// library's logarithm may differ in the last bit from one machine to the next.
double Bell(RandomSequence& random) {
  constexpr double kScale = 1.7320508075688772;  // sqrt(3): four uniforms have variance 4 / 12
  double sum = -2.0;
  for (int draw = 0; draw < 4; ++draw) {
    sum += random.NextUnit();
  }
  return sum * kScale;
}

const DigitStyle& ChooseStyle(RandomSequence& random, int digit) {
  const std::span<const DigitStyle> styles = StylesOfDigit(digit);
  int total = 0;
  for (const DigitStyle& style : styles) {
    total += style.weight;
  }
  int rest = static_cast<int>(random.NextBelow(static_cast<std::uint32_t>(total)));
  std::size_t chosen = 0;
  while (rest >= styles[chosen].weight) {
    rest -= styles[chosen].weight;
    ++chosen;
  }
  return styles[chosen];
}

// How one writer bends the whole sheet: in units of half the digit's height.
struct Deformation {
  double bend_x, bend_y, taper;  // x += bend_x y^2 + taper x y, y += bend_y x^2
  double slant, aspect;          // x = aspect x - slant y
  double cosine, sine;

  explicit Deformation(RandomSequence& random)
      : bend_x(0.09 * Bell(random)),
        bend_y(0.12 * Bell(random)),
        taper(0.12 * Bell(random)),
        slant(0.12 + 0.20 * Bell(random)),
        aspect(1.0 + 0.14 * Bell(random)) {
    // The rotation by 2 atan(half), without a library's sine.
    const double half = 0.06 * Bell(random);
    const double norm = 1.0 + half * half;
    cosine = (1.0 - half * half) / norm;
    sine = 2.0 * half / norm;
  }

  RasterPoint Apply(RasterPoint p) const {
    const double bent_x = p.x + bend_x * p.y * p.y + taper * p.x * p.y;
    const double bent_y = p.y + bend_y * p.x * p.x;
    const double leaning_x = aspect * bent_x - slant * bent_y;
    return {cosine * leaning_x - sine * bent_y, sine * leaning_x + cosine * bent_y};
  }
};

// The curves of one written digit, in units of half its height.
std::vector<Segment> WriteStrokes(RandomSequence& random, const DigitStyle& style) {
  SPIKEMESH_CHECK(style.points.size() <= kStylePointsMax);
  constexpr double kPointJitter = 0.065;
  const Deformation deformation(random);
  std::array<RasterPoint, kStylePointsMax> placed;
  for (std::size_t i = 0; i < style.points.size(); ++i) {
    const double x = style.points[i].x / 100.0 + kPointJitter * Bell(random);
    const double y = style.points[i].y / 100.0 + kPointJitter * Bell(random);
    placed[i] = deformation.Apply({x, y});
  }
  std::vector<Segment> segments;
  std::vector<RasterPoint> curve;
  for (const char letter : style.strokes) {
    if (letter != ' ') {
      curve.push_back(placed[letter - 'a']);
      continue;
    }
    AppendCurve(curve, segments);
    curve.clear();
  }
  AppendCurve(curve, segments);
  return segments;
}

// Scales the drawing so that its longer side is about 19 pixels and moves its middle near the
// image's.
void PlaceInImage(RandomSequence& random, std::vector<Segment>& segments) {
  RasterPoint low = segments.front().from;
  RasterPoint high = low;
  for (const Segment& segment : segments) {
    low = {std::min(low.x, segment.to.x), std::min(low.y, segment.to.y)};
    high = {std::max(high.x, segment.to.x), std::max(high.y, segment.to.y)};
  }
  const double longer_side = std::max(high.x - low.x, high.y - low.y);
  const double scale = (18.5 + 1.6 * Bell(random)) / longer_side;
  const double middle = 0.5 * (kDigitsImageSize - 1);
  const double x = middle + 1.1 * Bell(random) - scale * 0.5 * (low.x + high.x);
  const double y = middle + 1.1 * Bell(random) - scale * 0.5 * (low.y + high.y);
  for (Segment& segment : segments) {
    segment.from = {scale * segment.from.x + x, scale * segment.from.y + y};
    segment.to = {scale * segment.to.x + x, scale * segment.to.y + y};
  }
}

void DrawDigit(RandomSequence& random, int digit, std::span<std::uint8_t> pixels) {
  std::vector<Segment> segments = WriteStrokes(random, ChooseStyle(random, digit));
  PlaceInImage(random, segments);
  const Pen pen = {.radius = std::max(0.55, 1.15 + 0.35 * Bell(random)),
                   .softness = Uniform(random, 0.9, 1.7)};
  const std::vector<double> ink = DrawSegments(segments, pen, kDigitsImageSize);
  const double brightness = Uniform(random, 190.0, 255.0);
  const double unevenness = Uniform(random, 0.0, 0.25);
  const double noise = Uniform(random, 0.0, 24.0);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const double uneven = ink[i] * (1.0 - unevenness * random.NextUnit());
    const double value = brightness * uneven + noise * Uniform(random, -1.0, 1.0);
    pixels[i] = static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
  }
}

std::array<std::uint8_t, kClasses> LabelsOfBlock(RandomSequence random) {
  std::array<std::uint8_t, kClasses> labels;
  std::iota(labels.begin(), labels.end(), std::uint8_t{0});
  for (std::uint32_t rest = kClasses; rest > 1; --rest) {
    std::swap(labels[rest - 1], labels[random.NextBelow(rest)]);
  }
  return labels;
}

}  // namespace

Dataset MakeDigits(std::int64_t count, std::uint64_t seed, DatasetSplit split) {
  SPIKEMESH_CHECK(count >= 0 && count <= kDigitsImagesMax);
  const bool train = split == DatasetSplit::kTrain;
  Dataset set = {.name = "digits",
                 .channels = 1,
                 .height = kDigitsImageSize,
                 .width = kDigitsImageSize,
                 .class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
                 .pixels = {},
                 .labels = {}};
  set.labels.resize(static_cast<std::size_t>(count));
  set.pixels.resize(static_cast<std::size_t>(count * set.image_bytes()));
  std::array<std::uint8_t, kClasses> block = {};
  for (std::int64_t i = 0; i < count; ++i) {
    if (i % kClasses == 0) {
      block = LabelsOfBlock(
          StreamOf(seed, train ? StreamUse::kTrainLabels : StreamUse::kTestLabels, i / kClasses));
    }
    set.labels[i] = block[i % kClasses];
    RandomSequence random =
        StreamOf(seed, train ? StreamUse::kTrainImage : StreamUse::kTestImage, i);
    DrawDigit(random, set.labels[i],
              std::span(set.pixels).subspan(i * set.image_bytes(), set.image_bytes()));
  }
  return set;
}

}  // namespace spikemesh
