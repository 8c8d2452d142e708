// SPDX-License-Identifier: Apache-2.0
// Bytes of a file as little-endian fields, on any host. The reader checks every count against the
// bytes that are left before anything is allocated, so a hostile size costs nothing; after the
// first failed read all further reads give zeros, and the caller asks ok() once at the end of a
// section.
#ifndef SPIKEMESH_NETWORKS_IR_LITTLE_ENDIAN_H_
#define SPIKEMESH_NETWORKS_IR_LITTLE_ENDIAN_H_

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace spikemesh {

class LittleEndianWriter {
 public:
  template <std::integral T>
  void Put(T value) {
    const auto bits = static_cast<std::make_unsigned_t<T>>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bytes_.push_back(static_cast<char>(bits >> (8 * i) & 0xFF));
    }
  }
  void Put(double value) { Put(std::bit_cast<std::uint64_t>(value)); }

  // A 64-bit count, then the elements.
  template <typename T>
  void PutAll(const std::vector<T>& values) {
    Put(static_cast<std::uint64_t>(values.size()));
    bytes_.reserve(bytes_.size() + values.size() * sizeof(T));
    for (const T value : values) {
      Put(value);
    }
  }
  void PutText(std::string_view text) {
    Put(static_cast<std::uint64_t>(text.size()));
    bytes_.append(text);
  }

  void Append(std::string_view bytes) { bytes_.append(bytes); }
  std::string_view bytes() const { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class LittleEndianReader {
 public:
  explicit LittleEndianReader(std::string_view bytes) : bytes_(bytes) {}

  template <std::integral T>
  T Get() {
    if (!Need(sizeof(T))) {
      return 0;
    }
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bits |= std::uint64_t{static_cast<unsigned char>(bytes_[at_ + i])} << (8 * i);
    }
    at_ += sizeof(T);
    return static_cast<T>(bits);
  }
  template <std::same_as<double> T>
  T Get() {
    return std::bit_cast<double>(Get<std::uint64_t>());
  }

  template <typename T>
  std::vector<T> GetAll() {
    const std::uint64_t count = GetCount(sizeof(T));
    std::vector<T> values;
    values.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      values.push_back(Get<T>());
    }
    return values;
  }
  std::string GetText() {
    const std::uint64_t count = GetCount(1);
    std::string text(bytes_.substr(at_, count));
    at_ += count;
    return text;
  }

  // A 64-bit count of items that take at least `item_bytes` each: 0, and not ok(), where fewer
  // bytes than that are left.
  std::uint64_t GetCount(std::size_t item_bytes) {
    const auto count = Get<std::uint64_t>();
    if (count > (bytes_.size() - at_) / item_bytes) {
      ok_ = false;
    }
    return ok_ ? count : 0;
  }

  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size() - at_; }

 private:
  bool Need(std::size_t count) {
    ok_ = ok_ && left() >= count;
    return ok_;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_IR_LITTLE_ENDIAN_H_
