// SPDX-License-Identifier: Apache-2.0
// Tar archives made in the tests.
#ifndef SPIKEMESH_TESTS_NETWORKS_DATA_TAR_TEST_UTIL_H_
#define SPIKEMESH_TESTS_NETWORKS_DATA_TAR_TEST_UTIL_H_

#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <string>

namespace spikemesh {

// A ustar header block.
inline std::string TarHeader(const std::string& path, char type, std::uint64_t bytes) {
  std::string block(512, '\0');
  block.replace(0, path.size(), path);
  std::array<char, 16> number;
  std::snprintf(number.data(), number.size(), "%011" PRIo64, bytes);
  block.replace(124, 11, number.data());
  block.replace(148, 8, "        ");
  block[156] = type;
  block.replace(257, 5, "ustar");
  unsigned sum = 0;
  for (const char byte : block) {
    sum += static_cast<unsigned char>(byte);
  }
  std::snprintf(number.data(), number.size(), "%06o", sum);
  block.replace(148, 7, number.data(), 7);
  return block;
}

inline std::string TarMember(const std::string& path, const std::string& content, char type = '0') {
  const std::string padding((512 - content.size() % 512) % 512, '\0');
  return TarHeader(path, type, content.size()) + content + padding;
}

inline std::string TarEnd() { return std::string(1024, '\0'); }

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_NETWORKS_DATA_TAR_TEST_UTIL_H_
