// SPDX-License-Identifier: Apache-2.0
// Parts of an activation, its channels in another order, or with channels of zeros between, as a
// convolution of weights 0 and 1: what Slice, Split, Gather and Pad of channels take, and a channel
// shuffle. Conversion composes it with the layers around (converters/spiking, compose_linear.h).
// Cost: a weight for each pair of channels, charged to the memory budget.
#ifndef SPIKEMESH_CONVERTERS_ONNX_PICK_H_
#define SPIKEMESH_CONVERTERS_ONNX_PICK_H_

#include <cstdint>
#include <vector>

#include "converters/onnx/network_builder.h"
#include "converters/onnx/node_call.h"
#include "core/base/status.h"

namespace spikemesh {

// Every `step`-th of `count` positions from `first` on.
struct PickedExtent {
  std::int64_t first = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
  bool operator==(const PickedExtent&) const = default;
};

inline constexpr std::int64_t kZeroChannel = -1;

// What is taken of an image: channels in their order (or kZeroChannel), rows, columns.
struct Pick {
  std::vector<std::int64_t> channels;
  PickedExtent rows;
  PickedExtent columns;
};

// All of `shape`.
Pick PickAll(const FeatureShape& shape);

// `pick` of `input`, which has its channels first, seen as `dims`. Errors: InvalidArgument (nothing
// is left), ResourceExhausted.
absl::StatusOr<Activation> AppendPick(const NodeCall& call, const Activation& input,
                                      const Pick& pick, std::vector<std::int64_t> dims,
                                      NetworkBuilder& builder, const char* part = "");

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_PICK_H_
