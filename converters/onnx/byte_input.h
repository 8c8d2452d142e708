// SPDX-License-Identifier: Apache-2.0
// A network whose input is uint8: the bytes of an image as they are, cast to float inside. Taken as
// a float input of the values 0..255, which is the same as long as no node computes in bytes.
#ifndef SPIKEMESH_CONVERTERS_ONNX_BYTE_INPUT_H_
#define SPIKEMESH_CONVERTERS_ONNX_BYTE_INPUT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "converters/onnx/onnx_model.h"
#include "core/base/status.h"

namespace spikemesh {

// Whether bytes go from `input` through nodes that move values into Casts to float alone. `nodes`:
// positions in the model, inputs first. Errors: Unimplemented (a node that reads bytes, named).
absl::Status CheckByteInput(const OnnxModel& model, const std::vector<std::size_t>& nodes,
                            const std::string& input);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_BYTE_INPUT_H_
