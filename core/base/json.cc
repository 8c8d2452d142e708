// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"

#include <algorithm>
#include <cmath>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::size_t kErrorTextMax = 300;

// The deepest nesting of brackets outside strings. Checked before parsing, so that a hostile file
// of a million brackets costs one scan and no memory.
int NestingDepth(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      i += c == '\\' ? 1 : 0;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return deepest;
}

absl::StatusOr<const Json*> GetMember(const Json& object, std::string_view where,
                                      std::string_view key) {
  if (!object.is_object()) {
    return absl::InvalidArgumentError(
        Concat(where, ": found ", object.type_name(), ", allowed: an object"));
  }
  const auto found = object.find(std::string(key));
  if (found == object.end()) {
    return absl::InvalidArgumentError(Concat(where, ": key \"", key, "\" is missing"));
  }
  return &*found;
}

}  // namespace

absl::StatusOr<Json> ParseJson(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  if (const int depth = NestingDepth(text); depth > kJsonDepthMax) {
    return absl::InvalidArgumentError(
        Concat("JSON nested ", depth, " deep, allowed: ", kJsonDepthMax));
  }
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::exception& error) {
    // The parser quotes the token that it stopped at, however long it is.
    return absl::InvalidArgumentError(
        Concat("malformed JSON: ", std::string_view(error.what()).substr(0, kErrorTextMax)));
  }
}

absl::Status CheckKeys(const Json& object, std::string_view where,
                       std::initializer_list<std::string_view> allowed) {
  if (!object.is_object()) {
    return absl::InvalidArgumentError(
        Concat(where, ": found ", object.type_name(), ", allowed: an object"));
  }
  for (const auto& [key, value] : object.items()) {
    if (std::ranges::find(allowed, key) == allowed.end()) {
      std::string names;
      for (const std::string_view name : allowed) {
        names += Concat(names.empty() ? "" : ", ", name);
      }
      return absl::InvalidArgumentError(
          Concat(where, ": unknown key \"", key.substr(0, 60), "\", allowed: ", names));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> AsInteger(const Json& value, std::string_view where, std::int64_t min,
                                       std::int64_t max) {
  if (!value.is_number_integer()) {
    return absl::InvalidArgumentError(
        Concat(where, ": found ", value.type_name(), ", allowed: an integer ", min, "..", max));
  }
  const bool too_large = value.is_number_unsigned() &&
                         value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  const std::int64_t number = too_large ? INT64_MAX : value.get<std::int64_t>();
  if (too_large || number < min || number > max) {
    return absl::OutOfRangeError(
        Concat(where, ": found ", value.dump(), ", allowed: ", min, "..", max));
  }
  return number;
}

absl::StatusOr<std::int64_t> GetInteger(const Json& object, std::string_view where,
                                        std::string_view key, std::int64_t min, std::int64_t max) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* member, GetMember(object, where, key));
  return AsInteger(*member, Concat(where, ".", key), min, max);
}

absl::StatusOr<double> GetNumber(const Json& object, std::string_view where, std::string_view key) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* member, GetMember(object, where, key));
  if (!member->is_number() || !std::isfinite(member->get<double>())) {
    return absl::InvalidArgumentError(
        Concat(where, ".", key, ": found ", member->type_name(), ", allowed: a finite number"));
  }
  return member->get<double>();
}

absl::StatusOr<const Json*> GetArray(const Json& object, std::string_view where,
                                     std::string_view key) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* member, GetMember(object, where, key));
  if (!member->is_array()) {
    return absl::InvalidArgumentError(
        Concat(where, ".", key, ": found ", member->type_name(), ", allowed: an array"));
  }
  return member;
}

}  // namespace spikemesh
