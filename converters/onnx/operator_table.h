// SPDX-License-Identifier: Apache-2.0
// Which operators the importer knows: those that it translates, and those that it refuses with a
// reason and a remedy. Everything else is refused as not supported.
#ifndef SPIKEMESH_CONVERTERS_ONNX_OPERATOR_TABLE_H_
#define SPIKEMESH_CONVERTERS_ONNX_OPERATOR_TABLE_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "converters/onnx/onnx_model.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/status.h"

namespace spikemesh {

inline constexpr std::size_t kAttributesMax = 7;

// Whether an operator may read images that the graph holds with channels last.
enum class Layout { kChannelsFirst, kAny };

// One accepted operator: what translates it, what computes it where all inputs are constants (null:
// the same), and the attributes that are known.
struct OperatorRule {
  std::string_view op_type;
  TranslateOperator* translate;
  TranslateOperator* fold;
  Layout layout;
  std::array<std::string_view, kAttributesMax> attributes;
};

// Null where the operator is not accepted. QONNX is known under the names of its three domains.
const OperatorRule* FindOperator(const OnnxNode& node);

// Unimplemented: why `node`, which FindOperator does not know, is not accepted, and what is.
absl::Status RefuseOperator(const OnnxNode& node);

// Unimplemented: for operators that only act on constants.
absl::Status RefuseOnActivations();

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_OPERATOR_TABLE_H_
