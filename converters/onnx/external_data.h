// SPDX-License-Identifier: Apache-2.0
// Tensors whose bytes lie in a file beside the model. A model comes from the world, so the file
// must lie inside the model's folder once every symbolic link is resolved, and be a regular file.
#ifndef SPIKEMESH_CONVERTERS_ONNX_EXTERNAL_DATA_H_
#define SPIKEMESH_CONVERTERS_ONNX_EXTERNAL_DATA_H_

#include <string>

#include "converters/onnx/onnx_model.h"
#include "core/base/status.h"

namespace spikemesh {

// The `size` bytes that `data` names, from a file inside `folder`. Errors: FailedPrecondition
// (`folder` is empty), InvalidArgument (an absolute path, "..", a path that leaves the folder, not
// a regular file, a length other than `size`, or beyond the end), NotFound, PermissionDenied,
// DataLoss. The caller bounds `size`.
absl::StatusOr<std::string> ReadExternalData(const OnnxExternalData& data, std::uint64_t size,
                                             const std::string& folder);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_EXTERNAL_DATA_H_
