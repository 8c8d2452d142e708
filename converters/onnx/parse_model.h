// SPDX-License-Identifier: Apache-2.0
// From the bytes of an ONNX file to an OnnxModel. Protobuf stays inside the .cc file.
#ifndef SPIKEMESH_CONVERTERS_ONNX_PARSE_MODEL_H_
#define SPIKEMESH_CONVERTERS_ONNX_PARSE_MODEL_H_

#include <string_view>

#include "converters/onnx/onnx_model.h"
#include "core/base/status.h"

namespace spikemesh {

// Errors: DataLoss (not a protobuf message, or cut short); InvalidArgument (no graph); those of
// CheckWireLimits; Unimplemented (sparse initializers).
absl::StatusOr<OnnxModel> ParseModel(std::string_view bytes);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_PARSE_MODEL_H_
