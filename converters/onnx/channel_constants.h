// SPDX-License-Identifier: Apache-2.0
// Constants that are broadcast against an activation: one number, or one per channel. ONNX
// broadcasts as NumPy does, from the last axis backwards, so per-channel constants of images have
// shape [c, 1, 1] or [1, c, 1, 1], and [c] would run along the width (but along the channels where
// the graph holds these last).
#ifndef SPIKEMESH_CONVERTERS_ONNX_CHANNEL_CONSTANTS_H_
#define SPIKEMESH_CONVERTERS_ONNX_CHANNEL_CONSTANTS_H_

#include <vector>

#include "converters/onnx/network_builder.h"
#include "converters/onnx/node_call.h"
#include "core/base/status.h"

namespace spikemesh {

// The value of `constant` for each channel of `activation`: [FeatureShape::channels]. Errors:
// Unimplemented (varies along another axis, or enlarges the activation), InvalidArgument (NaN or
// infinite; extents that do not match), ResourceExhausted.
absl::StatusOr<std::vector<double>> PerChannel(const OnnxConstant& constant,
                                               const Activation& activation,
                                               NetworkBuilder& builder);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_CHANNEL_CONSTANTS_H_
