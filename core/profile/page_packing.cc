// SPDX-License-Identifier: Apache-2.0
#include "core/profile/page_packing.h"

#include <algorithm>
#include <cstddef>

namespace spikemesh {
namespace {

constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint64_t ZigZag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

}  // namespace

void AppendLeb128(std::uint64_t value, std::string& bytes) {
  for (; value >= 0x80; value >>= 7) {
    bytes.push_back(static_cast<char>((value & 0x7F) | 0x80));
  }
  bytes.push_back(static_cast<char>(value));
}

void AppendPacked(std::span<const std::int64_t> values, std::string& bytes) {
  std::int64_t last = 0;
  for (const std::int64_t value : values) {
    AppendLeb128(ZigZag(value - last), bytes);
    last = value;
  }
}

std::string Base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(bytes.size() - at, 3);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<std::uint8_t>(bytes[at + i]) : 0U);
    }
    for (std::size_t digit = 0; digit < 4; ++digit) {
      const bool is_padding = digit > count;
      text.push_back(is_padding ? '=' : kBase64Digits[group >> (18 - 6 * digit) & 0x3F]);
    }
  }
  return text;
}

std::string PackedText(std::span<const std::int64_t> values) {
  std::string bytes;
  AppendPacked(values, bytes);
  return Base64(bytes);
}

}  // namespace spikemesh
