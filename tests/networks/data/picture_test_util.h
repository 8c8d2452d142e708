// SPDX-License-Identifier: Apache-2.0
// Pictures made in the tests, by the libraries' own writers.
#ifndef SPIKEMESH_TESTS_NETWORKS_DATA_PICTURE_TEST_UTIL_H_
#define SPIKEMESH_TESTS_NETWORKS_DATA_PICTURE_TEST_UTIL_H_

#include <cstdint>
#include <string>
#include <vector>

namespace spikemesh {

struct PngTestForm {
  int bits = 8;
  int color_type = 0;  // PNG's numbers: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
  bool interlaced = false;
};

// `samples`: [height, width, samples of a pixel], of 16 bits big-endian, of fewer than 8 packed. A
// palette has entry i = (i, 2 i, 3 i).
std::string WritePng(const PngTestForm& form, std::uint32_t height, std::uint32_t width,
                     const std::vector<std::uint8_t>& samples);

// A PNG file of 8 bits that announces other sizes than it has: its header's checksum is right.
std::string PngWithSides(std::uint32_t height, std::uint32_t width);

struct JpegTestForm {
  int channels = 1;  // 1 grey, 3 RGB, 4 CMYK
  bool progressive = false;
  int quality = 100;
};

// `samples`: [height, width, channels].
std::string WriteJpeg(const JpegTestForm& form, std::uint32_t height, std::uint32_t width,
                      const std::vector<std::uint8_t>& samples);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_NETWORKS_DATA_PICTURE_TEST_UTIL_H_
