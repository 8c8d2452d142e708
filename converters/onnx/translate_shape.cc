// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "converters/onnx/attributes.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// No shape that an accepted graph computes with is longer; keeps repeated Concat from growing.
constexpr std::size_t kShapeEntriesMax = 16;

absl::StatusOr<std::vector<std::int64_t>> Integers(const OnnxConstant& constant) {
  const auto* integers = std::get_if<std::vector<std::int64_t>>(&constant.elements);
  if (integers == nullptr || constant.dims.size() > 1 || integers->size() > kShapeEntriesMax) {
    return NotSupported(Concat("a constant of shape ", PrintDims(constant.dims), " as a shape"),
                        Concat("up to ", kShapeEntriesMax, " integers"));
  }
  return *integers;
}

// Position `index`, counted from the end where negative, within [0, size].
std::int64_t ClampIndex(std::int64_t index, std::int64_t size) {
  const std::int64_t from_start = index < 0 ? index + size : index;
  return std::clamp<std::int64_t>(from_start, 0, size);
}

ShapeList Range(const ShapeList& list, std::int64_t start, std::int64_t end) {
  const auto size = static_cast<std::int64_t>(list.entries.size());
  const std::int64_t first = ClampIndex(start, size);
  const std::int64_t last = std::max(first, ClampIndex(end, size));
  return {false, {list.entries.begin() + first, list.entries.begin() + last}};
}

}  // namespace

absl::StatusOr<std::optional<std::vector<std::int64_t>>> IntegersOf(const NodeCall& call,
                                                                    std::string_view name,
                                                                    std::size_t index) {
  if (const OnnxAttributeValue* value = FindAttribute(call.node, name)) {
    const auto* integers = std::get_if<std::vector<std::int64_t>>(value);
    if (integers == nullptr || integers->size() > kShapeEntriesMax) {
      return absl::InvalidArgumentError(
          Concat("attribute \"", name, "\"; allowed: up to ", kShapeEntriesMax, " integers"));
    }
    return *integers;
  }
  if (!call.has_input(index)) {
    return std::nullopt;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, index));
  SPIKEMESH_ASSIGN_OR_RETURN(std::vector<std::int64_t> integers, Integers(*constant));
  return integers;
}

absl::StatusOr<ShapeList> ShapeInput(const NodeCall& call, std::size_t index) {
  if (call.has_input(index)) {
    if (const auto* list = std::get_if<ShapeList>(&*call.inputs[index])) {
      return *list;
    }
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, index));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<std::int64_t> integers, Integers(*constant));
  ShapeList list;
  list.is_scalar = constant->dims.empty();
  for (const std::int64_t value : integers) {
    list.entries.push_back({false, value});
  }
  return list;
}

OnnxValue ShapeArithmetic(const NodeCall& call) {
  const absl::StatusOr<ShapeList> a = ShapeInput(call, 0);
  const absl::StatusOr<ShapeList> b = ShapeInput(call, 1);
  if (!a.ok() || !b.ok() || a->entries.size() != 1 || b->entries.size() != 1) {
    return NotUnderstood{};
  }
  const ShapeEntry& x = a->entries[0];
  const ShapeEntry& y = b->entries[0];
  std::int64_t result = 0;
  const std::string& op = call.node.op_type;
  const bool is_wrong = op == "Mul"   ? __builtin_mul_overflow(x.value, y.value, &result)
                        : op == "Add" ? __builtin_add_overflow(x.value, y.value, &result)
                        : op == "Sub" ? __builtin_sub_overflow(x.value, y.value, &result)
                                      : x.value < 0 || y.value < 1;
  if (x.is_batch || y.is_batch || is_wrong) {
    return NotUnderstood{};
  }
  result = op == "Div" ? x.value / y.value : result;
  return ShapeList{a->is_scalar && b->is_scalar, {{false, result}}};
}

absl::StatusOr<OnnxValue> TranslateShape(const NodeCall& call, NetworkBuilder&) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t start, IntAttribute(call.node, "start", 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t end,
                             IntAttribute(call.node, "end", kShapeEntriesMax));
  ShapeList list{false, {{true, 0}}};
  for (const std::int64_t dim : input.dims) {
    list.entries.push_back({false, dim});
  }
  return Range(list, start, end);
}

absl::StatusOr<OnnxValue> TranslateGather(const NodeCall& call, NetworkBuilder& builder) {
  if (FindInput<Activation>(call, 0) != nullptr) {
    return GatherActivations(call, builder);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const ShapeList list, ShapeInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const ShapeList indices, ShapeInput(call, 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t axis, IntAttribute(call.node, "axis", 0));
  if (axis != 0 && axis != -1) {
    return absl::InvalidArgumentError(Concat("axis ", axis, " of a shape; allowed: 0"));
  }
  const auto size = static_cast<std::int64_t>(list.entries.size());
  ShapeList result{indices.is_scalar, {}};
  for (const ShapeEntry& entry : indices.entries) {
    const std::int64_t index = entry.value < 0 ? entry.value + size : entry.value;
    if (entry.is_batch || index < 0 || index >= size) {
      return absl::InvalidArgumentError(
          Concat("index ", entry.value, " into a shape of ", size, " extents"));
    }
    result.entries.push_back(list.entries[index]);
  }
  return result;
}

absl::StatusOr<OnnxValue> TranslateUnsqueeze(const NodeCall& call, NetworkBuilder& builder) {
  if (FindInput<Activation>(call, 0) != nullptr) {
    return UnsqueezeActivation(call, builder);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(ShapeList list, ShapeInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto axes, IntegersOf(call, "axes", 1));
  const bool first = axes.has_value() && axes->size() == 1 && ((*axes)[0] == 0 || (*axes)[0] == -1);
  if (!list.is_scalar || !first) {
    return NotSupported("Unsqueeze of more than one extent of a shape", "of one, on axis 0");
  }
  list.is_scalar = false;
  return list;
}

absl::StatusOr<OnnxValue> TranslateSqueeze(const NodeCall& call, NetworkBuilder& builder) {
  if (FindInput<Activation>(call, 0) != nullptr) {
    return SqueezeActivation(call, builder);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(ShapeList list, ShapeInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto axes, IntegersOf(call, "axes", 1));
  const bool first =
      !axes.has_value() || (axes->size() == 1 && ((*axes)[0] == 0 || (*axes)[0] == -1));
  if (list.is_scalar || list.entries.size() != 1 || !first) {
    return NotSupported("Squeeze of more than one extent of a shape", "of one, on axis 0");
  }
  list.is_scalar = true;
  return list;
}

absl::StatusOr<OnnxValue> TranslateConcat(const NodeCall& call, NetworkBuilder& builder) {
  if (FindInput<Activation>(call, 0) != nullptr) {
    return ConcatActivations(call, builder);
  }
  ShapeList result;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (FindInput<Activation>(call, i) != nullptr) {
      return NotSupported("a Concat of a constant and an activation", "of activations alone");
    }
    SPIKEMESH_ASSIGN_OR_RETURN(const ShapeList list, ShapeInput(call, i));
    result.entries.insert(result.entries.end(), list.entries.begin(), list.entries.end());
    if (list.is_scalar || result.entries.size() > kShapeEntriesMax) {
      return NotSupported("a Concat of scalars, or of many extents",
                          Concat("lists of up to ", kShapeEntriesMax, " extents in all"));
    }
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t axis, IntAttribute(call.node, "axis", 0));
  if (axis != 0 && axis != -1) {
    return absl::InvalidArgumentError(Concat("axis ", axis, " of a shape; allowed: 0"));
  }
  return result;
}

absl::StatusOr<OnnxValue> TranslateSlice(const NodeCall& call, NetworkBuilder& builder) {
  if (FindInput<Activation>(call, 0) != nullptr) {
    return SliceActivation(call, builder);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const ShapeList list, ShapeInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto starts, IntegersOf(call, "starts", 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto ends, IntegersOf(call, "ends", 2));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto axes, IntegersOf(call, "axes", 3));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto steps, IntegersOf(call, "steps", 4));
  const std::vector<std::int64_t> zero = {0};
  const std::vector<std::int64_t> one = {1};
  const bool simple = starts.has_value() && starts->size() == 1 && ends.has_value() &&
                      ends->size() == 1 && axes.value_or(zero) == zero &&
                      steps.value_or(one) == one && !list.is_scalar;
  if (!simple) {
    return NotSupported("a Slice with steps or more axes", "a Slice of a shape, step 1");
  }
  return Range(list, (*starts)[0], (*ends)[0]);
}

absl::StatusOr<OnnxConstant> FillValue(const NodeCall& call, NetworkBuilder& builder) {
  OnnxConstant value{{}, OnnxElementType::kFloat, std::vector<float>{0.0F}};
  if (const OnnxAttributeValue* attribute = FindAttribute(call.node, "value")) {
    const auto* tensor = std::get_if<OnnxTensor>(attribute);
    if (tensor == nullptr) {
      return absl::InvalidArgumentError("attribute \"value\"; allowed: a tensor of one element");
    }
    SPIKEMESH_ASSIGN_OR_RETURN(value, DecodeTensor(*tensor, "", builder.budget()));
  }
  if (value.count() != 1) {
    return NotSupported(Concat("a value of ", value.count(), " elements"), "one number");
  }
  value.dims.clear();
  return value;
}

// A constant as large as a shape says. Where that shape holds the batch, it is the shape of an
// activation (ones_like), and one number broadcasts to the same.
absl::StatusOr<OnnxValue> TranslateConstantOfShape(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const ShapeList shape, ShapeInput(call, 0));
  const bool of_activation = std::any_of(shape.entries.begin(), shape.entries.end(),
                                         [](const ShapeEntry& entry) { return entry.is_batch; });
  if (!of_activation) {
    return NotSupported("a constant of a part of an activation's shape",
                        "one number, spread over the shape of an activation");
  }
  SPIKEMESH_ASSIGN_OR_RETURN(OnnxConstant value, FillValue(call, builder));
  return builder.Keep(std::move(value));
}

}  // namespace spikemesh
