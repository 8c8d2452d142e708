// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/quantizer.h"

#include <cmath>

#include "core/base/strings.h"

namespace spikemesh {

absl::StatusOr<Activation> AppendRounded(const NodeCall& call, const Activation& input,
                                         const RoundedQuotient& quotient, NetworkBuilder& builder) {
  AffineNode affine;
  affine.offset = quotient.offset;
  for (const double scale : quotient.scale) {
    affine.scale.push_back(1.0 / scale);
    if (!(scale > 0) || !std::isfinite(affine.scale.back())) {
      return absl::InvalidArgumentError(
          Concat("scale ", scale, "; allowed: positive, with a finite inverse"));
    }
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation scaled,
                             builder.AppendLike(call, input, std::move(affine), ":scale"));
  return builder.AppendLike(call, scaled, RoundNode{quotient.rounding}, ":round");
}

absl::StatusOr<OnnxValue> AppendClippedAffine(const NodeCall& call, const Activation& rounded,
                                              const ClipNode& range, AffineNode back,
                                              NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation clipped,
                             builder.AppendLike(call, rounded, range, ":clip"));
  return builder.AppendLike(call, clipped, std::move(back));
}

}  // namespace spikemesh
