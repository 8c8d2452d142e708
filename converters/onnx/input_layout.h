// SPDX-License-Identifier: Apache-2.0
// Whether a graph takes its image with channels last, as networks from Keras do.
#ifndef SPIKEMESH_CONVERTERS_ONNX_INPUT_LAYOUT_H_
#define SPIKEMESH_CONVERTERS_ONNX_INPUT_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "converters/onnx/onnx_model.h"

namespace spikemesh {

// The input's use decides: looking through nodes that act on each value, are its readers Transposes
// from channels last? Where readers only flatten it, its extents decide: one or three in the last
// place, after an image of 8 x 8 or more. `nodes`: positions in the model, inputs first; `dims`:
// of one image.
bool HasChannelsLast(const OnnxModel& model, const std::vector<std::size_t>& nodes,
                     const std::string& input, const std::vector<std::int64_t>& dims);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_INPUT_LAYOUT_H_
