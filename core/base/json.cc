// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Heap bytes of nlohmann's values: an array or object is allocated apart from the value that names
// it; an element is a value; a member is its key and value.
constexpr std::uint64_t kContainerBytes = 64;
constexpr std::uint64_t kElementBytes = sizeof(Json);
constexpr std::uint64_t kMemberBytes = sizeof(Json::object_t::value_type);

// What parsing a text would take, found by one scan of its brackets, commas and strings before
// anything is allocated. Exact for well-formed JSON; malformed text fails in the parser.
class JsonScan {
 public:
  // Errors: InvalidArgument (too deep, too many members), ResourceExhausted (too much memory).
  absl::Status Check(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      i = text[i] == '"' ? SkipString(text, i) : i;
      Visit(i < text.size() ? text[i] : ' ');
    }
    if (deepest_ > kJsonDepthMax) {
      return absl::InvalidArgumentError(
          Concat("JSON nested ", deepest_, " deep, allowed: ", kJsonDepthMax));
    }
    if (members_most_ > kJsonMembersMax) {
      return absl::InvalidArgumentError(
          Concat("JSON object of ", members_most_, " members, allowed: ", kJsonMembersMax));
    }
    // While an array grows, its old half is still there.
    const std::uint64_t bytes = text.size() + bytes_ + largest_ / 2;
    if (bytes > kJsonMemoryBytesMax) {
      return absl::ResourceExhaustedError(
          Concat("JSON would take ", bytes, " bytes of memory, allowed: ", kJsonMemoryBytesMax));
    }
    return absl::OkStatus();
  }

 private:
  struct Container {
    bool is_object = false;
    std::uint64_t items = 1;
  };

  // Returns the index of the closing quote, or the end.
  std::size_t SkipString(std::string_view text, std::size_t opening) {
    std::size_t i = opening + 1;
    while (i < text.size() && text[i] != '"') {
      i += text[i] == '\\' ? 2 : 1;
    }
    bytes_ += kElementBytes + 2 * (i - opening);
    return i;
  }

  void Visit(char c) {
    if (c == '[' || c == '{') {
      deepest_ = std::max(deepest_, ++depth_);
      // What is deeper is refused anyway and must not cost memory.
      if (depth_ <= kJsonDepthMax) {
        open_.push_back({.is_object = c == '{'});
      }
    } else if (c == ',' && !open_.empty()) {
      ++open_.back().items;
    } else if (c == ']' || c == '}') {
      if (--depth_ < static_cast<int>(open_.size()) && !open_.empty()) {
        Close(open_.back());
        open_.pop_back();
      }
    }
  }

  void Close(const Container& container) {
    members_most_ = std::max(members_most_, container.is_object ? container.items : 0);
    const std::uint64_t item = container.is_object ? kMemberBytes : kElementBytes;
    const std::uint64_t items = std::bit_ceil(container.items) * item;
    largest_ = std::max(largest_, items);
    bytes_ += kContainerBytes + items;
  }

  std::vector<Container> open_;
  int depth_ = 0;
  int deepest_ = 0;
  std::uint64_t members_most_ = 0;
  std::uint64_t largest_ = 0;
  std::uint64_t bytes_ = 0;
};

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

// Where the parser stopped, which has read `bytes_read` bytes, and what stands there.
std::string MalformedText(std::string_view text, std::size_t bytes_read) {
  const std::string_view before = text.substr(0, bytes_read == 0 ? 0 : bytes_read - 1);
  const std::size_t line_begin = before.rfind('\n') + 1;  // 0 on the first line
  const std::string place = Concat("malformed JSON: line ", std::ranges::count(before, '\n') + 1,
                                   ", column ", before.size() - line_begin + 1, ": ");
  if (before.size() >= text.size()) {
    return place + "the text ends too early";
  }
  std::string found(text.substr(before.size(), 1));
  const bool printable = found[0] > ' ' && found[0] <= '~';
  return place + (printable ? "unexpected '" + found + "'" : "unexpected byte");
}

}  // namespace

absl::StatusOr<Json> ParseJson(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  SPIKEMESH_RETURN_IF_ERROR(JsonScan().Check(text));
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const Json::parse_error& error) {
    return absl::InvalidArgumentError(MalformedText(text, error.byte));
  } catch (const Json::exception&) {
    return absl::InvalidArgumentError("malformed JSON: a number is too large");
  }
}

absl::Status CheckKeys(const Json& object, std::string_view where,
                       std::span<const std::string_view> allowed) {
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

std::string FormatJsonFile(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace spikemesh
