// SPDX-License-Identifier: Apache-2.0
// Steps are written in many ways: Sign; a comparison and Cast; a comparison and Where. A comparison
// stays a Comparison, a boolean value, until Cast or Where gives it two numbers.
#include <algorithm>
#include <functional>

#include "converters/onnx/attributes.h"
#include "converters/onnx/channel_constants.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

enum class Relation { kGreater, kGreaterOrEqual, kLess, kLessOrEqual };

// c < x is x > c.
Relation Mirrored(Relation relation) {
  switch (relation) {
    case Relation::kGreater:
      return Relation::kLess;
    case Relation::kGreaterOrEqual:
      return Relation::kLessOrEqual;
    case Relation::kLess:
      return Relation::kGreater;
    case Relation::kLessOrEqual:
      break;
  }
  return Relation::kGreaterOrEqual;
}

absl::StatusOr<OnnxValue> Compare(const NodeCall& call, Relation relation,
                                  NetworkBuilder& builder) {
  const bool constant_first = FindConstant(call, 0) != nullptr;
  const std::size_t activation_at = constant_first ? 1 : 0;
  Comparison comparison;
  SPIKEMESH_ASSIGN_OR_RETURN(comparison.input, ActivationInput(call, activation_at));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, 1 - activation_at));
  SPIKEMESH_ASSIGN_OR_RETURN(comparison.thresholds,
                             PerChannel(*constant, comparison.input, builder));
  const std::vector<double>& thresholds = comparison.thresholds;
  if (std::adjacent_find(thresholds.begin(), thresholds.end(), std::not_equal_to<>()) ==
      thresholds.end()) {
    comparison.thresholds.resize(1);
  }
  const Relation seen = constant_first ? Mirrored(relation) : relation;
  comparison.negated = seen == Relation::kLess || seen == Relation::kLessOrEqual;
  comparison.strict = seen == Relation::kGreater || seen == Relation::kLessOrEqual;
  return comparison;
}

// A step that gives `when_true` where the comparison holds. Thresholds that differ by channel are
// subtracted first: x - t >= 0 exactly where x >= t, since a difference of doubles is zero only
// between equals.
absl::StatusOr<OnnxValue> AppendStep(const NodeCall& call, const Comparison& comparison,
                                     double when_true, double when_false, NetworkBuilder& builder) {
  StepNode step;
  step.strict = comparison.strict;
  step.high = comparison.negated ? when_false : when_true;
  step.low = comparison.negated ? when_true : when_false;
  Activation source = comparison.input;
  if (comparison.thresholds.size() == 1) {
    step.threshold = comparison.thresholds[0];
  } else {
    AffineNode shift;
    for (const double threshold : comparison.thresholds) {
      shift.scale.push_back(1.0);
      shift.offset.push_back(-threshold);
    }
    SPIKEMESH_ASSIGN_OR_RETURN(source,
                               builder.AppendLike(call, source, std::move(shift), ":thresholds"));
  }
  return builder.AppendLike(call, source, step);
}

absl::StatusOr<Comparison> ComparisonInput(const NodeCall& call) {
  const auto* comparison = call.has_input(0) ? std::get_if<Comparison>(&*call.inputs[0]) : nullptr;
  if (comparison == nullptr) {
    return NotSupported("input 0 is no comparison", "the output of a comparison or Not");
  }
  return *comparison;
}

// The one number that input `index` holds, in a shape that does not enlarge `activation`.
absl::StatusOr<double> UniformInput(const NodeCall& call, std::size_t index,
                                    const Activation& activation, const NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* constant, ConstantInput(call, index));
  std::vector<std::int64_t> full = activation.dims;
  full.insert(full.begin(), builder.batch().value_or(1));
  const std::vector<std::int64_t>& dims = constant->dims;
  bool fits = dims.size() <= full.size();
  for (std::size_t i = 1; fits && i <= dims.size(); ++i) {
    fits = dims[dims.size() - i] == 1 || dims[dims.size() - i] == full[full.size() - i];
  }
  if (!fits) {
    return absl::InvalidArgumentError(Concat("input ", index, " has shape ", PrintDims(dims),
                                             "; allowed: one that fits ",
                                             PrintDims(activation.dims), " per image"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const double value, FiniteAt(*constant, 0, "constant"));
  for (std::int64_t i = 1; i < constant->count(); ++i) {
    if (constant->at(i) != value) {
      return NotSupported(
          Concat("input ", index, " has elements ", value, " and ", constant->at(i)),
          "one number for all");
    }
  }
  return value;
}

}  // namespace

absl::StatusOr<OnnxValue> TranslateSign(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation input, ActivationInput(call, 0));
  return builder.AppendLike(call, input, SignNode());
}

absl::StatusOr<OnnxValue> TranslateGreater(const NodeCall& call, NetworkBuilder& builder) {
  return Compare(call, Relation::kGreater, builder);
}

absl::StatusOr<OnnxValue> TranslateGreaterOrEqual(const NodeCall& call, NetworkBuilder& builder) {
  return Compare(call, Relation::kGreaterOrEqual, builder);
}

absl::StatusOr<OnnxValue> TranslateLess(const NodeCall& call, NetworkBuilder& builder) {
  return Compare(call, Relation::kLess, builder);
}

absl::StatusOr<OnnxValue> TranslateLessOrEqual(const NodeCall& call, NetworkBuilder& builder) {
  return Compare(call, Relation::kLessOrEqual, builder);
}

absl::StatusOr<OnnxValue> TranslateNot(const NodeCall& call, NetworkBuilder&) {
  SPIKEMESH_ASSIGN_OR_RETURN(Comparison comparison, ComparisonInput(call));
  comparison.negated = !comparison.negated;
  return comparison;
}

absl::StatusOr<OnnxValue> TranslateWhere(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Comparison comparison, ComparisonInput(call));
  SPIKEMESH_ASSIGN_OR_RETURN(const double when_true,
                             UniformInput(call, 1, comparison.input, builder));
  SPIKEMESH_ASSIGN_OR_RETURN(const double when_false,
                             UniformInput(call, 2, comparison.input, builder));
  return AppendStep(call, comparison, when_true, when_false, builder);
}

absl::StatusOr<OnnxValue> TranslateCast(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t to, IntAttribute(call.node, "to", 0));
  const auto type = static_cast<OnnxElementType>(to);
  if (!call.has_input(0)) {
    return absl::InvalidArgumentError("input 0 is missing");
  }
  const OnnxValue& value = *call.inputs[0];
  if (std::holds_alternative<ShapeList>(value)) {
    if (type == OnnxElementType::kInt64 || type == OnnxElementType::kInt32) {
      return value;
    }
    return NotSupported(Concat("a shape cast to element type ", to), "int32 (6), int64 (7)");
  }
  if (type != OnnxElementType::kFloat && type != OnnxElementType::kDouble) {
    return NotSupported(Concat("Cast to element type ", to), "float (1), double (11)");
  }
  if (std::holds_alternative<Activation>(value)) {
    return value;  // activations are held in double precision
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const Comparison comparison, ComparisonInput(call));
  return AppendStep(call, comparison, 1.0, 0.0, builder);
}

}  // namespace spikemesh
