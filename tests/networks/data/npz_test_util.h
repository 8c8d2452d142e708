// SPDX-License-Identifier: Apache-2.0
// NumPy archives made in the tests, byte by byte, so that each field can be wrong.
#ifndef SPIKEMESH_TESTS_NETWORKS_DATA_NPZ_TEST_UTIL_H_
#define SPIKEMESH_TESTS_NETWORKS_DATA_NPZ_TEST_UTIL_H_

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/base/strings.h"
#include "tests/networks/data/data_test_util.h"

namespace spikemesh {

// The little-endian bytes of a number.
inline std::string Little(std::uint64_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i, number >>= 8) {
    text.push_back(static_cast<char>(number & 0xFF));  // beyond eight bytes: 0
  }
  return text;
}

// A .npy file whose header literal is `literal`.
inline std::string NpyOf(std::string_view literal, std::string_view elements) {
  std::string header(literal);
  header.resize((header.size() + 10 + 63) / 64 * 64 - 10, ' ');
  header.back() = '\n';
  return Concat("\x93NUMPY", std::string_view("\x01\x00", 2), Little(header.size(), 2), header,
                elements);
}

// A .npy file as NumPy writes it. `shape`: "(2, 3)".
inline std::string Npy(std::string_view type, std::string_view shape, std::string_view elements) {
  return NpyOf(Concat("{'descr': '", type, "', 'fortran_order': False, 'shape': ", shape, ", }   "),
               elements);
}

inline std::string FloatBytes(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// As zip archives hold it, with nothing around it.
inline std::string Deflate(std::string_view content) { return Deflate(content, -15); }

// A member, and what its headers say where that is not the truth.
struct ZipTestMember {
  std::string name;
  std::string content;
  bool deflated = false;
  bool wide = false;  // sizes and offset in a 64-bit extra field, as numpy.savez writes
  std::optional<std::uint64_t> bytes_said = std::nullopt;
  std::optional<std::uint64_t> packed_said = std::nullopt;
  std::optional<std::uint32_t> checksum_said = std::nullopt;
  std::optional<std::uint16_t> method_said = std::nullopt;
  std::uint16_t flags = 0;
};

// Where the archive's end is to lie about its directory.
struct ZipTestEnd {
  bool wide = false;
  std::optional<std::uint64_t> members = std::nullopt;
  std::string comment = {};
};

inline std::string Zip(const std::vector<ZipTestMember>& members, const ZipTestEnd& end = {}) {
  constexpr std::uint64_t kSaturated = 0xFFFF'FFFF;
  std::string archive;
  std::string directory;
  for (const ZipTestMember& member : members) {
    const std::string packed = member.deflated ? Deflate(member.content) : member.content;
    const auto* const bytes = reinterpret_cast<const Bytef*>(member.content.data());
    const std::uint64_t sum =
        member.checksum_said.value_or(crc32_z(0, bytes, member.content.size()));
    const std::uint64_t size = member.bytes_said.value_or(member.content.size());
    const std::uint64_t packed_size = member.packed_said.value_or(packed.size());
    const std::string what = Concat(
        Little(member.flags, 2), Little(member.method_said.value_or(member.deflated ? 8 : 0), 2),
        Little(0, 4), Little(sum, 4), Little(member.wide ? kSaturated : packed_size, 4),
        Little(member.wide ? kSaturated : size, 4), Little(member.name.size(), 2));
    const std::string extra = Concat(Little(1, 2), Little(24, 2), Little(size, 8),
                                     Little(packed_size, 8), Little(archive.size(), 8));
    directory += Concat("PK\x01\x02", Little(45, 2), Little(45, 2), what,
                        Little(member.wide ? extra.size() : 0, 2), Little(0, 10),
                        Little(member.wide ? kSaturated : archive.size(), 4), member.name,
                        member.wide ? extra : "");
    archive += Concat("PK\x03\x04", Little(45, 2), what, Little(0, 2), member.name, packed);
  }
  const std::uint64_t begin = archive.size();
  const std::uint64_t count = end.members.value_or(members.size());
  archive += directory;
  if (end.wide) {
    const std::uint64_t record = archive.size();
    archive +=
        Concat("PK\x06\x06", Little(44, 8), Little(45, 2), Little(45, 2), Little(0, 8),
               Little(count, 8), Little(count, 8), Little(directory.size(), 8), Little(begin, 8));
    archive += Concat("PK\x06\x07", Little(0, 4), Little(record, 8), Little(1, 4));
  }
  return Concat(archive, "PK\x05\x06", Little(0, 4), Little(end.wide ? 0xFFFF : count, 2),
                Little(end.wide ? 0xFFFF : count, 2), Little(directory.size(), 4),
                Little(end.wide ? kSaturated : begin, 4), Little(end.comment.size(), 2),
                end.comment);
}

// An archive of x and y as numpy.savez writes it.
inline std::string Npz(std::string_view x, std::string_view y) {
  return Zip(
      {{.name = "x.npy", .content = std::string(x)}, {.name = "y.npy", .content = std::string(y)}});
}

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_NETWORKS_DATA_NPZ_TEST_UTIL_H_
