// SPDX-License-Identifier: Apache-2.0
#include "networks/data/png_image.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
// Of chunks beside the pixels, which say nothing that is used here.
constexpr png_uint_32 kChunksKept = 16;
constexpr png_alloc_size_t kChunkBytesMax = 1 << 20;

// libpng's state of one file. Its functions return false where libpng found an error; a jump from
// there passes no frame with anything to destroy.
class PngDecoder {
 public:
  explicit PngDecoder(std::string_view file) : rest_(file) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, OnError, OnWarning);
    info_ = png_ != nullptr ? png_create_info_struct(png_) : nullptr;
  }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;
  ~PngDecoder() { png_destroy_read_struct(&png_, &info_, nullptr); }

  bool created() const { return info_ != nullptr; }

  bool ReadHeader() {
    if (setjmp(png_jmpbuf(png_)) != 0) {
      return false;
    }
    png_set_read_fn(png_, this, OnRead);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // ours are told more clearly
    png_set_chunk_cache_max(png_, kChunksKept);
    png_set_chunk_malloc_max(png_, kChunkBytesMax);
    png_read_info(png_, info_);
    return true;
  }

  // Everything becomes 8 bits a sample: grey, RGB, or one of them with alpha.
  bool Transform() {
    if (setjmp(png_jmpbuf(png_)) != 0) {
      return false;
    }
    png_set_expand(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }

  // `rows`: a pointer to each row of row_bytes() bytes.
  bool ReadRows(png_bytepp rows) {
    if (setjmp(png_jmpbuf(png_)) != 0) {
      return false;
    }
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }

  std::uint32_t width() const { return png_get_image_width(png_, info_); }
  std::uint32_t height() const { return png_get_image_height(png_, info_); }
  int bits() const { return png_get_bit_depth(png_, info_); }
  int color_type() const { return png_get_color_type(png_, info_); }
  // After Transform.
  std::size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
  std::size_t channels() const { return png_get_channels(png_, info_); }

 private:
  [[noreturn]] static void OnError(png_structp png, png_const_charp) {
    std::longjmp(png_jmpbuf(png), 1);
  }
  static void OnWarning(png_structp, png_const_charp) {}
  static void OnRead(png_structp png, png_bytep to, std::size_t count) {
    auto* const decoder = static_cast<PngDecoder*>(png_get_io_ptr(png));
    if (count > decoder->rest_.size()) {
      png_error(png, "the file ends");
    }
    std::memcpy(to, decoder->rest_.data(), count);
    decoder->rest_.remove_prefix(count);
  }

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::string_view rest_;
};

absl::Status Corrupt(std::string_view what) {
  return absl::DataLossError(Concat("the PNG file is cut short or corrupt in its ", what));
}

// Reads the header and checks what it announces.
absl::StatusOr<PictureShape> ShapeOf(PngDecoder& decoder) {
  if (!decoder.created()) {
    return absl::ResourceExhaustedError("no memory for a PNG decoder");
  }
  if (!decoder.ReadHeader()) {
    return Corrupt("header");
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckPictureSides(decoder.height(), decoder.width()));
  if (decoder.bits() == 16) {
    return absl::UnimplementedError("the picture has 16 bits a sample, allowed: 1 to 8");
  }
  const bool color = (decoder.color_type() & PNG_COLOR_MASK_COLOR) != 0;
  return PictureShape{.channels = color ? 3 : 1,
                      .height = static_cast<std::int32_t>(decoder.height()),
                      .width = static_cast<std::int32_t>(decoder.width())};
}

// Whether the last of every `channels` bytes is 255.
bool IsOpaque(std::span<const std::uint8_t> pixels, std::size_t channels) {
  for (std::size_t i = channels - 1; i < pixels.size(); i += channels) {
    if (pixels[i] != 255) {
      return false;
    }
  }
  return true;
}

// Pixels that lie one after the other, as planes. `interleaved`: [height, width, stride], of which
// the first shape.channels bytes are taken.
Picture PictureOf(const PictureShape& shape, std::span<const std::uint8_t> interleaved,
                  std::size_t stride) {
  Picture picture{.shape = shape, .pixels = {}};
  const std::size_t plane = static_cast<std::size_t>(shape.height) * shape.width;
  picture.pixels.resize(plane * shape.channels);
  for (std::size_t channel = 0; channel < static_cast<std::size_t>(shape.channels); ++channel) {
    for (std::size_t i = 0; i < plane; ++i) {
      picture.pixels[channel * plane + i] = interleaved[i * stride + channel];
    }
  }
  return picture;
}

}  // namespace

bool IsPng(std::string_view file) { return file.starts_with(kSignature); }

absl::StatusOr<PictureShape> ReadPngShape(std::string_view file) {
  PngDecoder decoder(file);
  return ShapeOf(decoder);
}

absl::StatusOr<Picture> DecodePng(std::string_view file) {
  PngDecoder decoder(file);
  SPIKEMESH_ASSIGN_OR_RETURN(const PictureShape shape, ShapeOf(decoder));
  if (!decoder.Transform()) {
    return Corrupt("header");
  }
  const auto height = static_cast<std::size_t>(shape.height);
  const std::size_t channels = decoder.channels();
  const std::size_t row_bytes = decoder.row_bytes();
  const auto color_channels = static_cast<std::size_t>(shape.channels);
  SPIKEMESH_CHECK(row_bytes == channels * static_cast<std::size_t>(shape.width));
  SPIKEMESH_CHECK(channels == color_channels || channels == color_channels + 1);
  std::vector<std::uint8_t> pixels(row_bytes * height);
  std::vector<png_bytep> rows(height);
  for (std::size_t y = 0; y < height; ++y) {
    rows[y] = pixels.data() + y * row_bytes;
  }
  if (!decoder.ReadRows(rows.data())) {
    return Corrupt("pixels");
  }
  if (channels > color_channels && !IsOpaque(pixels, channels)) {
    return absl::UnimplementedError(
        "the picture is transparent in places, allowed: opaque pictures");
  }
  return PictureOf(shape, pixels, channels);
}

}  // namespace spikemesh
