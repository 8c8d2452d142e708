// SPDX-License-Identifier: Apache-2.0
// The header of a NumPy array file (.npy): a magic, a version, a length, and a Python dictionary
// literal of exactly three keys, then the elements. The literal is read by a small grammar of its
// own: nothing is evaluated, and what NumPy itself would not write is malformed.
// Source: NumPy, "NEP 1: A simple file format for NumPy arrays", versions 1.0 to 3.0.
#ifndef SPIKEMESH_NETWORKS_DATA_NPY_H_
#define SPIKEMESH_NETWORKS_DATA_NPY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace spikemesh {

// Headers of plain arrays have 118 bytes.
inline constexpr std::size_t kNpyHeaderBytesMax = 4096;
inline constexpr std::size_t kNpyDimensionsMax = 32;  // NumPy's own limit
// Magic, version and the length of what follows, at least as many bytes as any version needs.
inline constexpr std::size_t kNpyPrefixBytes = 12;

enum class NpyKind : std::uint8_t { kUnsigned, kSigned, kFloat };

// A type of elements that is read: little-endian numbers of 1, 2, 4 or 8 bytes.
struct NpyType {
  NpyKind kind = NpyKind::kUnsigned;
  int bytes = 1;
  bool operator==(const NpyType&) const = default;
};

struct NpyHeader {
  std::string description;  // of the type as the file has it: "<f4"
  NpyType type;
  std::vector<std::int64_t> shape;  // row-major, each at least 0
  std::size_t bytes = 0;            // of prefix and header: where the elements begin
  // Of all elements, at most 2^62.
  std::uint64_t element_bytes = 0;
};

// "(10, 28, 28)", as Python writes it.
std::string FormatShape(const std::vector<std::int64_t>& shape);

// Parses the header at the front of `file`, of which the first kNpyPrefixBytes +
// kNpyHeaderBytesMax bytes are enough. Errors: InvalidArgument (no .npy, another version, not the
// literal that NumPy writes), ResourceExhausted (a longer header), OutOfRange (more dimensions or
// bytes), Unimplemented (Fortran order, big-endian numbers, Python objects, records, other types).
absl::StatusOr<NpyHeader> ParseNpyHeader(std::string_view file);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_NPY_H_
