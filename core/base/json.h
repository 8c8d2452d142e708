// SPDX-License-Identifier: Apache-2.0
// JSON from outside: parsed with bounds on size and depth, and read with messages that say where.
// nlohmann-json does the parsing; its exceptions stay in json.cc. And JSON that we write.
#ifndef SPIKEMESH_CORE_BASE_JSON_H_
#define SPIKEMESH_CORE_BASE_JSON_H_

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/json_fwd.h"
#include "core/base/status.h"

namespace spikemesh {

inline constexpr int kJsonDepthMax = 64;
// Members of one object. The parser looks each new key up among the others, one by one.
inline constexpr std::uint64_t kJsonMembersMax = 1000;
// Text and parsed values together.
inline constexpr std::uint64_t kJsonMemoryBytesMax = std::uint64_t{230} << 20;

// Parses one JSON text; a UTF-8 byte order mark is skipped. What it would take is found before
// anything is allocated. Errors: InvalidArgument (malformed, nested deeper than kJsonDepthMax, an
// object of more than kJsonMembersMax members), ResourceExhausted (kJsonMemoryBytesMax).
absl::StatusOr<Json> ParseJson(std::string_view text);

// Checks that `object` is an object and has no key outside `allowed`. `where` begins the message.
absl::Status CheckKeys(const Json& object, std::string_view where,
                       std::span<const std::string_view> allowed);
inline absl::Status CheckKeys(const Json& object, std::string_view where,
                              std::initializer_list<std::string_view> allowed) {
  return CheckKeys(object, where, std::span(allowed.begin(), allowed.size()));
}

// The member `key` of `object` as an integer in [min, max]. Errors: InvalidArgument (missing or not
// an integer), OutOfRange.
absl::StatusOr<std::int64_t> GetInteger(const Json& object, std::string_view where,
                                        std::string_view key, std::int64_t min, std::int64_t max);

// `value` itself as an integer in [min, max].
absl::StatusOr<std::int64_t> AsInteger(const Json& value, std::string_view where, std::int64_t min,
                                       std::int64_t max);

// The member `key` of `object` as a finite number.
absl::StatusOr<double> GetNumber(const Json& object, std::string_view where, std::string_view key);

// The member `key` of `object`, which must be an array. Never null on success.
absl::StatusOr<const Json*> GetArray(const Json& object, std::string_view where,
                                     std::string_view key);

// The text of a JSON file: two spaces of indent, a line feed at the end; bytes that are not UTF-8
// (names out of files) are replaced.
std::string FormatJsonFile(const Json& json);

// What was not measured is null.
template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_JSON_H_
