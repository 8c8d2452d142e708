// SPDX-License-Identifier: Apache-2.0
#include "networks/data/jpeg_image.h"

#include <jpeglib.h>  // wants <cstdio> before it

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::string_view kSignature = "\xFF\xD8\xFF";
// Of coefficients, which a progressive picture keeps: 4096 x 4096 of three channels, 16 bits each.
constexpr long kDecoderBytesMax = 160L << 20;

// libjpeg's state of one file. Its functions return false where libjpeg found an error; a jump from
// there passes no frame with anything to destroy.
class JpegDecoder {
 public:
  explicit JpegDecoder(std::string_view file) : file_(file) {
    jpeg_.err = jpeg_std_error(&errors_);
    jpeg_.client_data = this;
    errors_.error_exit = OnError;
    errors_.emit_message = OnMessage;
    errors_.output_message = [](j_common_ptr) {};
    progress_.progress_monitor = OnProgress;
  }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;
  ~JpegDecoder() { jpeg_destroy_decompress(&jpeg_); }

  bool ReadHeader() {
    if (setjmp(jump_) != 0) {
      return false;
    }
    jpeg_create_decompress(&jpeg_);
    jpeg_.client_data = this;
    jpeg_.progress = &progress_;
    jpeg_.mem->max_memory_to_use = kDecoderBytesMax;
    jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(file_.data()), file_.size());
    return jpeg_read_header(&jpeg_, TRUE) == JPEG_HEADER_OK;
  }

  // `row`: room for [width, channels]; `pixels`: [channels, height, width].
  bool ReadPixels(J_COLOR_SPACE space, JSAMPROW row, std::uint8_t* pixels) {
    if (setjmp(jump_) != 0) {
      return false;
    }
    jpeg_.out_color_space = space;
    jpeg_start_decompress(&jpeg_);
    while (jpeg_.output_scanline < jpeg_.output_height) {
      jpeg_read_scanlines(&jpeg_, &row, 1);
      SpreadRow(row, jpeg_.output_scanline - 1, pixels);
    }
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  const jpeg_decompress_struct& header() const { return jpeg_; }

 private:
  void SpreadRow(const std::uint8_t* row, std::size_t y, std::uint8_t* pixels) const {
    const std::size_t width = jpeg_.output_width;
    const auto channels = static_cast<std::size_t>(jpeg_.output_components);
    for (std::size_t channel = 0; channel < channels; ++channel) {
      std::uint8_t* const to = pixels + (channel * jpeg_.output_height + y) * width;
      for (std::size_t x = 0; x < width; ++x) {
        to[x] = row[x * channels + channel];
      }
    }
  }
  [[noreturn]] static void Fail(j_common_ptr jpeg) {
    std::longjmp(static_cast<JpegDecoder*>(jpeg->client_data)->jump_, 1);
  }
  [[noreturn]] static void OnError(j_common_ptr jpeg) { Fail(jpeg); }
  // Warnings (below 0) say that bytes were guessed.
  static void OnMessage(j_common_ptr jpeg, int level) {
    if (level < 0) {
      Fail(jpeg);
    }
  }
  static void OnProgress(j_common_ptr jpeg) {
    if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > kJpegScansMax) {
      Fail(jpeg);
    }
  }

  std::string_view file_;
  jpeg_decompress_struct jpeg_ = {};
  jpeg_error_mgr errors_ = {};
  jpeg_progress_mgr progress_ = {};
  std::jmp_buf jump_ = {};
};

absl::StatusOr<PictureShape> ShapeOf(JpegDecoder& decoder) {
  if (!decoder.ReadHeader()) {
    return absl::DataLossError("the JPEG file is cut short or corrupt in its header");
  }
  const jpeg_decompress_struct& header = decoder.header();
  SPIKEMESH_RETURN_IF_ERROR(CheckPictureSides(header.image_height, header.image_width));
  const J_COLOR_SPACE space = header.jpeg_color_space;
  if (space != JCS_GRAYSCALE && space != JCS_YCbCr && space != JCS_RGB) {
    return absl::UnimplementedError(
        Concat("the picture has ", header.num_components,
               " channels of another space than grey and RGB (CMYK?), allowed: these two"));
  }
  return PictureShape{.channels = space == JCS_GRAYSCALE ? 1 : 3,
                      .height = static_cast<std::int32_t>(header.image_height),
                      .width = static_cast<std::int32_t>(header.image_width)};
}

}  // namespace

bool IsJpeg(std::string_view file) { return file.starts_with(kSignature); }

absl::StatusOr<PictureShape> ReadJpegShape(std::string_view file) {
  JpegDecoder decoder(file);
  return ShapeOf(decoder);
}

absl::StatusOr<Picture> DecodeJpeg(std::string_view file) {
  JpegDecoder decoder(file);
  SPIKEMESH_ASSIGN_OR_RETURN(const PictureShape shape, ShapeOf(decoder));
  Picture picture{.shape = shape,
                  .pixels = std::vector<std::uint8_t>(static_cast<std::size_t>(shape.bytes()))};
  std::vector<std::uint8_t> row(static_cast<std::size_t>(shape.width) * shape.channels);
  if (!decoder.ReadPixels(shape.channels == 1 ? JCS_GRAYSCALE : JCS_RGB, row.data(),
                          picture.pixels.data())) {
    return absl::DataLossError("the JPEG file is cut short or corrupt in its pixels");
  }
  return picture;
}

}  // namespace spikemesh
