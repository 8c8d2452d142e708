// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/onnx_constant.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "converters/onnx/external_data.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

// Enough for any weight, and small enough that products with element sizes cannot overflow.
constexpr std::int64_t kElementsMax = std::int64_t{1} << 40;
constexpr std::size_t kRankMax = 16;
constexpr double kExactIntegerMax = 9007199254740992.0;  // 2^53

// Bits of one element in raw_data; 0: not decoded.
std::int64_t ElementBits(OnnxElementType type) {
  switch (type) {
    case OnnxElementType::kUint4:
    case OnnxElementType::kInt4:
      return 4;
    case OnnxElementType::kUint8:
    case OnnxElementType::kInt8:
    case OnnxElementType::kBool:
      return 8;
    case OnnxElementType::kUint16:
    case OnnxElementType::kInt16:
    case OnnxElementType::kFloat16:
      return 16;
    case OnnxElementType::kFloat:
    case OnnxElementType::kInt32:
      return 32;
    case OnnxElementType::kInt64:
    case OnnxElementType::kDouble:
      return 64;
  }
  return 0;
}

bool IsPacked(OnnxElementType type) {
  return type == OnnxElementType::kUint4 || type == OnnxElementType::kInt4;
}

// `count` elements of 4 bits from bytes that hold two each, the first in the low half.
std::vector<std::int64_t> Unpack(OnnxElementType type, const auto& bytes, std::int64_t count) {
  std::vector<std::int64_t> elements;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i / 2]);
    const std::int64_t bits = i % 2 == 0 ? byte & 0xF : byte >> 4;
    elements.push_back(type == OnnxElementType::kInt4 && bits > 7 ? bits - 16 : bits);
  }
  return elements;
}

// IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 of fraction.
float FromFloat16(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1F;
  const int fraction = bits & 0x3FF;
  float magnitude = 0.0F;
  if (exponent == 0x1F) {
    magnitude = fraction == 0 ? std::numeric_limits<float>::infinity()
                              : std::numeric_limits<float>::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(fraction + 0x400), exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

// The elements of `raw`, each a Stored, converted to Element.
template <typename Stored, typename Element>
std::vector<Element> FromRaw(const std::string& raw) {
  std::vector<Element> elements(raw.size() / sizeof(Stored));
  for (std::size_t i = 0; i < elements.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, raw.data() + i * sizeof(Stored), sizeof(Stored));
    // NOLINTNEXTLINE(bugprone-signed-char-misuse): INT8 elements are numbers, not characters.
    elements[i] = static_cast<Element>(stored);
  }
  return elements;
}

// Whole bytes each.
ConstantElements DecodeRaw(OnnxElementType type, const std::string& raw) {
  switch (type) {
    case OnnxElementType::kFloat:
      return FromRaw<float, float>(raw);
    case OnnxElementType::kDouble:
      return FromRaw<double, double>(raw);
    case OnnxElementType::kUint8:
    case OnnxElementType::kBool:
      return FromRaw<std::uint8_t, std::int64_t>(raw);
    case OnnxElementType::kInt8:
      return FromRaw<std::int8_t, std::int64_t>(raw);
    case OnnxElementType::kUint16:
      return FromRaw<std::uint16_t, std::int64_t>(raw);
    case OnnxElementType::kInt16:
      return FromRaw<std::int16_t, std::int64_t>(raw);
    case OnnxElementType::kInt32:
      return FromRaw<std::int32_t, std::int64_t>(raw);
    case OnnxElementType::kInt64:
      return FromRaw<std::int64_t, std::int64_t>(raw);
    case OnnxElementType::kFloat16:
    case OnnxElementType::kUint4:
    case OnnxElementType::kInt4:
      break;
  }
  std::vector<float> floats;
  for (const std::uint16_t bits : FromRaw<std::uint16_t, std::uint16_t>(raw)) {
    floats.push_back(FromFloat16(bits));
  }
  return floats;
}

// The elements of float_data, double_data, int32_data or int64_data, whichever the type uses.
ConstantElements DecodeFields(const OnnxTensor& tensor) {
  switch (tensor.type) {
    case OnnxElementType::kFloat:
      return tensor.floats;
    case OnnxElementType::kDouble:
      return tensor.doubles;
    case OnnxElementType::kFloat16: {
      std::vector<float> floats;
      for (const std::int64_t bits : tensor.integers) {
        floats.push_back(FromFloat16(static_cast<std::uint16_t>(bits)));
      }
      return floats;
    }
    default:
      return tensor.integers;
  }
}

std::int64_t CountOf(const ConstantElements& elements) {
  return std::visit([](const auto& values) { return static_cast<std::int64_t>(values.size()); },
                    elements);
}

absl::Status CheckCount(std::int64_t found, std::int64_t count, const OnnxTensor& tensor) {
  if (found == count) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(Concat("tensor \"", tensor.name, "\" holds ", found,
                                           " elements; its shape ", PrintDims(tensor.dims),
                                           " asks for ", count));
}

}  // namespace

std::int64_t OnnxConstant::count() const { return CountOf(elements); }

double OnnxConstant::at(std::int64_t index) const {
  return std::visit([index](const auto& values) { return static_cast<double>(values[index]); },
                    elements);
}

std::string PrintDims(const std::vector<std::int64_t>& dims) {
  std::string text = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) {
    text += Concat(i == 0 ? "" : ", ", dims[i]);
  }
  return text + "]";
}

absl::StatusOr<std::int64_t> CountElements(const std::vector<std::int64_t>& dims) {
  if (dims.size() > kRankMax) {
    return absl::InvalidArgumentError(
        Concat("a shape of ", dims.size(), " extents; allowed: up to ", kRankMax));
  }
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 1 || dim > kElementsMax / count) {
      return absl::InvalidArgumentError(Concat("shape ", PrintDims(dims),
                                               "; allowed: positive extents, at most ",
                                               kElementsMax, " elements"));
    }
    count *= dim;
  }
  return count;
}

absl::StatusOr<OnnxConstant> DecodeTensor(const OnnxTensor& tensor, const std::string& folder,
                                          MemoryBudget& budget) {
  const std::string where = Concat("tensor \"", tensor.name, "\"");
  const std::int64_t element_bits = ElementBits(tensor.type);
  if (element_bits == 0) {
    return absl::UnimplementedError(Concat(where, ": element type ", static_cast<int>(tensor.type),
                                           " is not supported; allowed: float, double, float16, "
                                           "bool and integers of 4 to 64 bits"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t count, Annotate(CountElements(tensor.dims), where));
  OnnxConstant constant{tensor.dims, tensor.type, {}};
  const bool is_raw = tensor.external.has_value() || !tensor.raw.empty();
  const bool is_packed = IsPacked(tensor.type);
  const auto raw_bytes = static_cast<std::uint64_t>((count * element_bits + 7) / 8);
  if (!is_raw && is_packed) {
    SPIKEMESH_RETURN_IF_ERROR(CheckCount(static_cast<std::int64_t>(tensor.integers.size()) * 2,
                                         count + count % 2, tensor));
    SPIKEMESH_RETURN_IF_ERROR(Annotate(budget.Take(count, sizeof(std::int64_t)), where));
    constant.elements = Unpack(tensor.type, tensor.integers, count);
    return constant;
  }
  if (!is_raw) {
    constant.elements = DecodeFields(tensor);
    SPIKEMESH_RETURN_IF_ERROR(CheckCount(constant.count(), count, tensor));
    return constant;
  }
  std::string external;
  if (tensor.external.has_value()) {
    SPIKEMESH_RETURN_IF_ERROR(Annotate(budget.AddExternal(raw_bytes), where));
    SPIKEMESH_ASSIGN_OR_RETURN(
        external, Annotate(ReadExternalData(*tensor.external, raw_bytes, folder), where));
  }
  const std::string& raw = tensor.external.has_value() ? external : tensor.raw;
  if (raw.size() != raw_bytes) {
    return absl::InvalidArgumentError(Concat(where, " has ", raw.size(), " bytes; its shape ",
                                             PrintDims(tensor.dims), " asks for ", raw_bytes));
  }
  SPIKEMESH_RETURN_IF_ERROR(Annotate(budget.Take(count, sizeof(std::int64_t)), where));
  constant.elements = is_packed ? Unpack(tensor.type, raw, count) : DecodeRaw(tensor.type, raw);
  return constant;
}

absl::StatusOr<OnnxConstant> MakeConstant(std::vector<std::int64_t> dims, OnnxElementType type,
                                          const std::vector<double>& elements) {
  OnnxConstant constant{std::move(dims), type, {}};
  switch (type) {
    case OnnxElementType::kFloat:
      constant.elements = std::vector<float>(elements.begin(), elements.end());
      return constant;
    case OnnxElementType::kDouble:
      constant.elements = elements;
      return constant;
    case OnnxElementType::kFloat16:
      return absl::UnimplementedError("constants of element type 10 (float16) are not computed");
    default:
      break;
  }
  const std::int64_t element_bits = ElementBits(type);
  if (element_bits == 0) {
    return absl::UnimplementedError(
        Concat("constants of element type ", static_cast<int>(type), " are not computed"));
  }
  const bool is_unsigned = type == OnnxElementType::kUint4 || type == OnnxElementType::kUint8 ||
                           type == OnnxElementType::kUint16;
  const double magnitudes =
      std::min(kExactIntegerMax, std::exp2(element_bits - (is_unsigned ? 0 : 1)));
  const double low = is_unsigned ? 0 : -magnitudes;
  const double high = magnitudes == kExactIntegerMax ? magnitudes : magnitudes - 1;
  std::vector<std::int64_t> integers;
  for (const double element : elements) {
    if (!(element >= low && element <= high)) {
      return absl::UnimplementedError(
          Concat("integer constant ", element, "; allowed: ", low, "..", high));
    }
    integers.push_back(static_cast<std::int64_t>(element));
  }
  constant.elements = std::move(integers);
  return constant;
}

absl::StatusOr<double> FiniteAt(const OnnxConstant& constant, std::int64_t index,
                                std::string_view what) {
  const double value = constant.at(index);
  if (!std::isfinite(value)) {
    return absl::InvalidArgumentError(
        Concat(what, "[", index, "] is ", value, "; allowed: finite numbers"));
  }
  return value;
}

absl::StatusOr<std::vector<float>> FiniteFloats(const OnnxConstant& constant,
                                                std::string_view what) {
  std::vector<float> floats(constant.count());
  for (std::int64_t i = 0; i < constant.count(); ++i) {
    SPIKEMESH_ASSIGN_OR_RETURN(const double value, FiniteAt(constant, i, what));
    floats[i] = static_cast<float>(value);
    if (double{floats[i]} != value) {
      return absl::UnimplementedError(
          Concat(what, "[", i, "] is ", value, ", which no float equals; store weights as float"));
    }
  }
  return floats;
}

}  // namespace spikemesh
