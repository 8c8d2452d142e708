// SPDX-License-Identifier: Apache-2.0
// Small data files made in the tests themselves, and a folder that goes away.
#ifndef SPIKEMESH_TESTS_NETWORKS_DATA_DATA_TEST_UTIL_H_
#define SPIKEMESH_TESTS_NETWORKS_DATA_DATA_TEST_UTIL_H_

#include <stdlib.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace spikemesh {

// `content`, deflated; `window_bits` as zlib's, which says what stands around it.
inline std::string Deflate(std::string_view content, int window_bits) {
  z_stream z = {};
  SPIKEMESH_CHECK(deflateInit2(&z, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&z, content.size()), '\0');
  z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(content.data()));
  z.avail_in = static_cast<uInt>(content.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  SPIKEMESH_CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
  packed.resize(z.total_out);
  deflateEnd(&z);
  return packed;
}

// One gzip member holding `content`.
inline std::string Gzip(std::string_view content) { return Deflate(content, 15 + 16); }

// Big-endian 32-bit words.
inline std::string Words(std::initializer_list<std::uint32_t> words) {
  std::string bytes;
  for (const std::uint32_t word : words) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<char>(word >> shift & 0xFF));
    }
  }
  return bytes;
}

// A folder of its own for one test, removed with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "spikemesh_XXXXXX").string();
    SPIKEMESH_CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_NETWORKS_DATA_DATA_TEST_UTIL_H_
