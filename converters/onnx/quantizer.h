// SPDX-License-Identifier: Apache-2.0
// The nodes that quantisers of all dialects become: affine, rounding, clip, affine.
#ifndef SPIKEMESH_CONVERTERS_ONNX_QUANTIZER_H_
#define SPIKEMESH_CONVERTERS_ONNX_QUANTIZER_H_

#include <vector>

#include "converters/onnx/network_builder.h"
#include "converters/onnx/node_call.h"
#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// round(x / scale + offset), per channel.
struct RoundedQuotient {
  std::vector<double> scale, offset;  // [channels]
  Rounding rounding = Rounding::kHalfEven;
};

// Appends the affine node ("NAME:scale") and the rounding ("NAME:round"). Errors: InvalidArgument
// (a scale without a finite inverse), those of NetworkBuilder::Append.
absl::StatusOr<Activation> AppendRounded(const NodeCall& call, const Activation& input,
                                         const RoundedQuotient& quotient, NetworkBuilder& builder);

// Appends the clip ("NAME:clip") and the affine node ("NAME").
absl::StatusOr<OnnxValue> AppendClippedAffine(const NodeCall& call, const Activation& rounded,
                                              const ClipNode& range, AffineNode back,
                                              NetworkBuilder& builder);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_QUANTIZER_H_
