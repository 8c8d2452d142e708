// SPDX-License-Identifier: Apache-2.0
// Colours for numbers: viridis, which is perceptually uniform, keeps its order in grey and for
// colour-blind eyes, and needs no hue to be told apart. Nine evenly spaced samples, linear between
// them in sRGB, as an SVG gradient draws them. Source: S. van der Walt and N. Smith, viridis
// (2015), released as CC0 with matplotlib.
#ifndef SPIKEMESH_CORE_REPORT_COLOR_MAP_H_
#define SPIKEMESH_CORE_REPORT_COLOR_MAP_H_

#include <array>
#include <cstdint>
#include <string>

namespace spikemesh {

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  bool operator==(const Rgb&) const = default;
};

// From dark (0) to light (1).
inline constexpr std::array<Rgb, 9> kViridisSamples = {{{0x44, 0x01, 0x54},
                                                        {0x47, 0x2D, 0x7B},
                                                        {0x3B, 0x52, 0x8B},
                                                        {0x2C, 0x72, 0x8E},
                                                        {0x21, 0x90, 0x8C},
                                                        {0x27, 0xAD, 0x81},
                                                        {0x5D, 0xC8, 0x63},
                                                        {0xAA, 0xDC, 0x32},
                                                        {0xFD, 0xE7, 0x25}}};

// The colour at `fraction` of the way; clamped to 0..1.
Rgb ViridisColor(double fraction);

// "#21908c".
std::string HexColor(Rgb color);

// Whether white text has the higher contrast on `color`, black otherwise. Source: relative
// luminance and contrast ratio of WCAG 2.1; both contrasts are equal at a luminance of 0.179.
bool IsDark(Rgb color);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_COLOR_MAP_H_
