// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/wire_limits.h"

#include <array>
#include <optional>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

// The messages of onnx.proto that can hold repeated fields. kLeaf: one whose own fields are all
// that it can repeat. kPacked is no message: packed integers.
enum class Content {
  kModel,
  kTraining,
  kFunction,
  kGraph,
  kNode,
  kAttribute,
  kTensor,
  kSparseTensor,
  kValueInfo,
  kType,
  kTypeHolder,  // sequence, optional, map
  kTensorType,
  kShape,
  kLeaf,
  kPacked,
};

struct Field {
  Content message;
  std::uint64_t number;
  Content content;
};

// Fields that are walked into; every other one is counted and skipped.
constexpr auto kFields = std::to_array<Field>({
    {Content::kModel, 7, Content::kGraph},
    {Content::kModel, 8, Content::kLeaf},
    {Content::kModel, 14, Content::kLeaf},
    {Content::kModel, 20, Content::kTraining},
    {Content::kModel, 25, Content::kFunction},
    {Content::kTraining, 1, Content::kGraph},
    {Content::kTraining, 2, Content::kGraph},
    {Content::kTraining, 3, Content::kLeaf},
    {Content::kTraining, 4, Content::kLeaf},
    {Content::kFunction, 7, Content::kNode},
    {Content::kFunction, 9, Content::kLeaf},
    {Content::kGraph, 1, Content::kNode},
    {Content::kGraph, 5, Content::kTensor},
    {Content::kGraph, 11, Content::kValueInfo},
    {Content::kGraph, 12, Content::kValueInfo},
    {Content::kGraph, 13, Content::kValueInfo},
    {Content::kGraph, 14, Content::kLeaf},
    {Content::kGraph, 15, Content::kSparseTensor},
    {Content::kNode, 5, Content::kAttribute},
    {Content::kAttribute, 5, Content::kTensor},
    {Content::kAttribute, 6, Content::kGraph},
    {Content::kAttribute, 8, Content::kPacked},
    {Content::kAttribute, 10, Content::kTensor},
    {Content::kAttribute, 11, Content::kGraph},
    {Content::kAttribute, 14, Content::kType},
    {Content::kAttribute, 15, Content::kType},
    {Content::kAttribute, 22, Content::kSparseTensor},
    {Content::kAttribute, 23, Content::kSparseTensor},
    {Content::kSparseTensor, 1, Content::kTensor},
    {Content::kSparseTensor, 2, Content::kTensor},
    {Content::kSparseTensor, 3, Content::kPacked},
    {Content::kTensor, 1, Content::kPacked},
    {Content::kTensor, 3, Content::kLeaf},
    {Content::kTensor, 5, Content::kPacked},
    {Content::kTensor, 7, Content::kPacked},
    {Content::kTensor, 11, Content::kPacked},
    {Content::kTensor, 13, Content::kLeaf},
    {Content::kValueInfo, 2, Content::kType},
    {Content::kType, 1, Content::kTensorType},
    {Content::kType, 4, Content::kTypeHolder},
    {Content::kType, 5, Content::kTypeHolder},
    {Content::kType, 8, Content::kTensorType},
    {Content::kType, 9, Content::kTypeHolder},
    {Content::kTypeHolder, 1, Content::kType},
    {Content::kTypeHolder, 2, Content::kType},
    {Content::kTensorType, 2, Content::kShape},
    {Content::kShape, 1, Content::kLeaf},
});

std::optional<Content> FindContent(Content message, std::uint64_t number) {
  for (const Field& field : kFields) {
    if (field.message == message && field.number == number) {
      return field.content;
    }
  }
  return std::nullopt;
}

// Takes a base-128 integer from the front of `bytes`; nothing where it is cut short or too long.
std::optional<std::uint64_t> TakeVarint(std::string_view& bytes) {
  constexpr std::size_t kVarintBytesMax = 10;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kVarintBytesMax && i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= std::uint64_t{byte & 0x7Fu} << (7 * i);
    if (byte < 0x80) {
      bytes.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

// Takes the payload of a field of `wire_type`; nothing where it is cut short or of no known type.
std::optional<std::string_view> TakePayload(std::uint64_t wire_type, std::string_view& bytes) {
  std::uint64_t size = 0;
  switch (wire_type) {
    case 0: {
      const std::size_t before = bytes.size();
      const char* const begin = bytes.data();
      if (!TakeVarint(bytes).has_value()) {
        return std::nullopt;
      }
      return std::string_view(begin, before - bytes.size());
    }
    case 1:
      size = 8;
      break;
    case 2: {
      const std::optional<std::uint64_t> length = TakeVarint(bytes);
      if (!length.has_value()) {
        return std::nullopt;
      }
      size = *length;
      break;
    }
    case 5:
      size = 4;
      break;
    default:
      return std::nullopt;
  }
  if (size > bytes.size()) {
    return std::nullopt;
  }
  const std::string_view payload = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return payload;
}

struct Totals {
  std::int64_t fields = 0;
  std::int64_t packed_bytes = 0;
};

absl::Status CheckTotals(const Totals& totals) {
  if (totals.fields > kOnnxFieldsMax) {
    return absl::ResourceExhaustedError(
        Concat("more than ", kOnnxFieldsMax, " protobuf fields; allowed: ", kOnnxFieldsMax));
  }
  if (totals.packed_bytes > kOnnxPackedBytesMax) {
    return absl::ResourceExhaustedError(
        Concat("more than ", kOnnxPackedBytesMax,
               " bytes of packed integers; allowed: that many; store tensors as raw_data"));
  }
  return absl::OkStatus();
}

// Recursion is bounded by kOnnxNestingMax.
absl::Status Walk(std::string_view bytes, Content message, int depth, Totals& totals) {
  if (depth > kOnnxNestingMax) {
    return absl::ResourceExhaustedError(
        Concat("messages nested deeper than ", kOnnxNestingMax, "; allowed: ", kOnnxNestingMax));
  }
  while (!bytes.empty()) {
    const std::optional<std::uint64_t> tag = TakeVarint(bytes);
    const std::optional<std::string_view> payload =
        tag.has_value() ? TakePayload(*tag & 7u, bytes) : std::nullopt;
    if (!payload.has_value()) {
      return absl::DataLossError("not an ONNX (protobuf) file, or the file is cut short");
    }
    ++totals.fields;
    const bool is_sequence = (*tag & 7u) == 2;
    const std::optional<Content> content =
        is_sequence ? FindContent(message, *tag >> 3) : std::nullopt;
    if (content == Content::kPacked) {
      totals.packed_bytes += static_cast<std::int64_t>(payload->size());
    } else if (content.has_value()) {
      SPIKEMESH_RETURN_IF_ERROR(Walk(*payload, *content, depth + 1, totals));
    }
    SPIKEMESH_RETURN_IF_ERROR(CheckTotals(totals));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckWireLimits(std::string_view bytes) {
  Totals totals;
  return Walk(bytes, Content::kModel, 0, totals);
}

}  // namespace spikemesh
