// SPDX-License-Identifier: Apache-2.0
#include "networks/data/npy.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::uint64_t kElementBytesMax = std::uint64_t{1} << 62;

absl::Status Malformed(std::string_view found) {
  return absl::InvalidArgumentError(
      Concat("the .npy header has ", found,
             "; allowed: {'descr': ..., 'fortran_order': ..., 'shape': ...}"));
}

// The literal, token by token. Spaces between tokens do not matter.
class Literal {
 public:
  explicit Literal(std::string_view text) : rest_(text) {}

  // Takes `token` where it is next.
  bool Take(std::string_view token) {
    SkipSpaces();
    if (!rest_.starts_with(token)) {
      return false;
    }
    rest_.remove_prefix(token.size());
    return true;
  }
  bool AtEnd() {
    SkipSpaces();
    return rest_.empty();
  }
  // 'text', without escapes.
  std::optional<std::string> TakeString() {
    for (const char quote : {'\'', '"'}) {
      if (!Take(std::string_view(&quote, 1))) {
        continue;
      }
      const std::size_t end = rest_.find(quote);
      if (end == std::string_view::npos || rest_.substr(0, end).find('\\') != rest_.npos) {
        return std::nullopt;
      }
      std::string text(rest_.substr(0, end));
      rest_.remove_prefix(end + 1);
      return text;
    }
    return std::nullopt;
  }
  std::optional<std::int64_t> TakeCount() {
    SkipSpaces();
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), count);
    if (error != std::errc() || count < 0 || rest_.front() == '-') {
      return std::nullopt;
    }
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return count;
  }
  bool IsNext(char token) {
    SkipSpaces();
    return rest_.starts_with(token);
  }

 private:
  void SkipSpaces() {
    const std::size_t begin = rest_.find_first_not_of(" \n");
    rest_.remove_prefix(begin == std::string_view::npos ? rest_.size() : begin);
  }

  std::string_view rest_;
};

// (), (3,) or (3, 28, 28).
absl::StatusOr<std::vector<std::int64_t>> TakeShape(Literal& literal) {
  std::vector<std::int64_t> shape;
  if (!literal.Take("(")) {
    return Malformed("a shape that is no tuple");
  }
  while (!literal.Take(")")) {
    const std::optional<std::int64_t> size = literal.TakeCount();
    if (!size) {
      return Malformed("a shape whose sizes are not whole numbers from 0");
    }
    if (shape.size() == kNpyDimensionsMax) {
      return absl::OutOfRangeError(
          Concat("the .npy header has more than ", kNpyDimensionsMax, " dimensions"));
    }
    shape.push_back(*size);
    if (!literal.Take(",") && !(shape.size() > 1 && literal.IsNext(')'))) {
      return Malformed("a shape that is no tuple");
    }
  }
  return shape;
}

struct Values {
  std::string description;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

absl::Status TakeValue(std::string_view key, Literal& literal, Values& values) {
  if (key == "descr") {
    if (literal.IsNext('[')) {
      return absl::UnimplementedError("the array has records, allowed: plain numbers");
    }
    const std::optional<std::string> text = literal.TakeString();
    values.description = text.value_or("");
    return text ? absl::OkStatus() : Malformed("a descr that is no text");
  }
  if (key == "fortran_order") {
    values.fortran_order = literal.Take("True");
    return values.fortran_order || literal.Take("False")
               ? absl::OkStatus()
               : Malformed("a fortran_order that is neither True nor False");
  }
  if (key == "shape") {
    SPIKEMESH_ASSIGN_OR_RETURN(values.shape, TakeShape(literal));
    return absl::OkStatus();
  }
  return Malformed("a key of another name");
}

absl::StatusOr<Values> ParseLiteral(std::string_view text) {
  Literal literal(text);
  Values values;
  std::vector<std::string> keys;
  if (!literal.Take("{")) {
    return Malformed("no dictionary");
  }
  while (!literal.Take("}")) {
    const std::optional<std::string> key = literal.TakeString();
    if (!key || !literal.Take(":")) {
      return Malformed("no dictionary of texts");
    }
    if (std::ranges::find(keys, *key) != keys.end()) {
      return Malformed("a key twice");
    }
    keys.push_back(*key);
    SPIKEMESH_RETURN_IF_ERROR(TakeValue(*key, literal, values));
    if (!literal.Take(",") && !literal.IsNext('}')) {
      return Malformed("something that is no dictionary");
    }
  }
  if (!literal.AtEnd()) {
    return Malformed("more than a dictionary");
  }
  if (keys.size() != 3) {
    return Malformed("fewer than the three keys");
  }
  return values;
}

absl::StatusOr<NpyType> ParseType(const std::string& description) {
  const auto unsupported = [&](std::string_view what) {
    return absl::UnimplementedError(
        Concat("the array's type is ", what, " ('", description,
               "'), allowed: little-endian whole numbers and floating point"));
  };
  if (description.size() != 3 ||
      std::string_view("<>|=").find(description[0]) == std::string::npos) {
    const bool object = description.find('O') != std::string::npos;
    return unsupported(object ? "Python objects" : "no plain number");
  }
  const int bytes = description[2] - '0';
  if (description[1] == 'O') {
    return unsupported("Python objects");
  }
  if (description[0] == '>' && bytes != 1) {
    return unsupported("big-endian");
  }
  const bool power = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
  if (description[1] == 'u' && power) {
    return NpyType{NpyKind::kUnsigned, bytes};
  }
  if (description[1] == 'i' && power) {
    return NpyType{NpyKind::kSigned, bytes};
  }
  if (description[1] == 'f' && power && bytes != 1) {
    return NpyType{NpyKind::kFloat, bytes};
  }
  return unsupported("another one");
}

absl::StatusOr<std::uint64_t> ElementBytes(const std::vector<std::int64_t>& shape, int bytes) {
  std::uint64_t total = static_cast<std::uint64_t>(bytes);
  for (const std::int64_t size : shape) {
    if (size != 0 && total > kElementBytesMax / static_cast<std::uint64_t>(size)) {
      return absl::OutOfRangeError(
          Concat("shape ", FormatShape(shape), " has more than ", kElementBytesMax, " bytes"));
    }
    total *= static_cast<std::uint64_t>(size);
  }
  return total;
}

// The length of the literal that follows the prefix, and of the prefix.
absl::StatusOr<std::pair<std::size_t, std::size_t>> ParsePrefix(std::string_view file) {
  if (!file.starts_with(kMagic) || file.size() < kNpyPrefixBytes) {
    return absl::InvalidArgumentError("no .npy array");
  }
  const auto byte = [file](std::size_t at) {
    return std::size_t{static_cast<std::uint8_t>(file[at])};
  };
  const std::size_t version = byte(kMagic.size());
  if (version < 1 || version > 3 || byte(kMagic.size() + 1) != 0) {
    return absl::InvalidArgumentError(
        Concat(".npy version ", version, ".", byte(kMagic.size() + 1), ", allowed: 1.0 to 3.0"));
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    length |= byte(kMagic.size() + 2 + i) << (8 * i);
  }
  return std::pair(length, kMagic.size() + 2 + length_bytes);
}

}  // namespace

std::string FormatShape(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t size : shape) {
    text += Concat(text.empty() ? "" : ", ", size);
  }
  return Concat("(", text, shape.size() == 1 ? "," : "", ")");
}

absl::StatusOr<NpyHeader> ParseNpyHeader(std::string_view file) {
  SPIKEMESH_ASSIGN_OR_RETURN(const auto prefix, ParsePrefix(file));
  const auto [length, prefix_bytes] = prefix;
  if (length > kNpyHeaderBytesMax) {
    return absl::ResourceExhaustedError(
        Concat("the .npy header has ", length, " bytes, allowed: ", kNpyHeaderBytesMax));
  }
  if (file.size() - prefix_bytes < length) {
    return absl::DataLossError("the array ends within its .npy header");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(Values values, ParseLiteral(file.substr(prefix_bytes, length)));
  NpyHeader header{.description = std::move(values.description),
                   .type = {},
                   .shape = std::move(values.shape),
                   .bytes = prefix_bytes + length,
                   .element_bytes = 0};
  SPIKEMESH_ASSIGN_OR_RETURN(header.type, ParseType(header.description));
  if (values.fortran_order && header.shape.size() > 1) {
    return absl::UnimplementedError(
        "the array is in Fortran order, allowed: C order (numpy.ascontiguousarray)");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(header.element_bytes, ElementBytes(header.shape, header.type.bytes));
  return header;
}

}  // namespace spikemesh
