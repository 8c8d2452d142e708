// SPDX-License-Identifier: Apache-2.0
#include "core/report/color_map.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace spikemesh {
namespace {

// White and black text have the same contrast here: (1 + 0.05) / (L + 0.05) = (L + 0.05) / 0.05.
constexpr double kLuminanceOfEqualContrast = 0.179;

// The light that a component of sRGB stands for, 0..1 (IEC 61966-2-1).
double Linear(std::uint8_t component) {
  const double value = component / 255.0;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

}  // namespace

Rgb ViridisColor(double fraction) {
  constexpr std::size_t kSteps = kViridisSamples.size() - 1;
  const double at = std::clamp(fraction, 0.0, 1.0) * kSteps;
  const auto step = std::min(static_cast<std::size_t>(at), kSteps - 1);
  const double part = at - static_cast<double>(step);
  const auto between = [part](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(std::lround(a + part * (b - a)));
  };
  const Rgb& a = kViridisSamples[step];
  const Rgb& b = kViridisSamples[step + 1];
  return {between(a.red, b.red), between(a.green, b.green), between(a.blue, b.blue)};
}

std::string HexColor(Rgb color) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "#";
  for (const std::uint8_t component : {color.red, color.green, color.blue}) {
    text += kDigits[component / 16];
    text += kDigits[component % 16];
  }
  return text;
}

bool IsDark(Rgb color) {
  const double luminance =
      0.2126 * Linear(color.red) + 0.7152 * Linear(color.green) + 0.0722 * Linear(color.blue);
  return luminance < kLuminanceOfEqualContrast;
}

}  // namespace spikemesh
