// SPDX-License-Identifier: Apache-2.0
#include "tests/networks/data/picture_test_util.h"

#include <jpeglib.h>  // wants <cstdio> before it
#include <png.h>
#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include "core/base/status.h"
#include "tests/networks/data/data_test_util.h"

namespace spikemesh {
namespace {

std::size_t SamplesOf(int color_type) {
  constexpr std::array<std::size_t, 7> kSamples = {1, 0, 3, 1, 2, 0, 4};
  return kSamples[static_cast<std::size_t>(color_type)];
}

void AppendBytes(png_structp png, png_bytep bytes, std::size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))
      ->append(reinterpret_cast<const char*>(bytes), count);
}

}  // namespace

std::string WritePng(const PngTestForm& form, std::uint32_t height, std::uint32_t width,
                     const std::vector<std::uint8_t>& samples) {
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &file, AppendBytes, nullptr);
  png_set_IHDR(png, info, width, height, form.bits, form.color_type,
               form.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
  std::array<png_color, 4> palette;
  for (std::size_t i = 0; i < palette.size(); ++i) {
    palette[i] = {static_cast<png_byte>(i), static_cast<png_byte>(2 * i),
                  static_cast<png_byte>(3 * i)};
  }
  if (form.color_type == PNG_COLOR_TYPE_PALETTE) {
    png_set_PLTE(png, info, palette.data(), palette.size());
  }
  png_write_info(png, info);
  const std::size_t row = (width * SamplesOf(form.color_type) * form.bits + 7) / 8;
  SPIKEMESH_CHECK(samples.size() == row * height);
  std::vector<png_bytep> rows;
  for (std::size_t y = 0; y < height; ++y) {
    rows.push_back(const_cast<png_bytep>(samples.data() + y * row));
  }
  png_write_image(png, rows.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

std::string PngWithSides(std::uint32_t height, std::uint32_t width) {
  std::string file = WritePng({}, 1, 1, {7});
  file.replace(16, 8, Words({width, height}));
  const auto* const header = reinterpret_cast<const Bytef*>(file.data() + 12);
  file.replace(29, 4, Words({static_cast<std::uint32_t>(crc32_z(0, header, 17))}));
  return file;
}

std::string WriteJpeg(const JpegTestForm& form, std::uint32_t height, std::uint32_t width,
                      const std::vector<std::uint8_t>& samples) {
  SPIKEMESH_CHECK(samples.size() == std::size_t{height} * width * form.channels);
  jpeg_compress_struct jpeg = {};
  jpeg_error_mgr errors = {};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long count = 0;
  jpeg_mem_dest(&jpeg, &bytes, &count);
  jpeg.image_width = width;
  jpeg.image_height = height;
  jpeg.input_components = form.channels;
  jpeg.in_color_space = form.channels == 1   ? JCS_GRAYSCALE
                        : form.channels == 3 ? JCS_RGB
                                             : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, form.quality, TRUE);
  if (form.progressive) {
    jpeg_simple_progression(&jpeg);
  }
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < height) {
    JSAMPROW row = const_cast<JSAMPROW>(samples.data()) +
                   std::size_t{jpeg.next_scanline} * width * form.channels;
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  std::string file(reinterpret_cast<const char*>(bytes), count);
  jpeg_destroy_compress(&jpeg);
  std::free(bytes);
  return file;
}

}  // namespace spikemesh
