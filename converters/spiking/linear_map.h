// SPDX-License-Identifier: Apache-2.0
// Linear functions of images in double precision, and their algebra: what several layers without an
// activation between compute is one such function, where zero padding lets it be. A map behind a
// map is a sum over windows of windows; at a border the two differ from one convolution where the
// one behind pads what the one ahead would have computed from inputs that exist. Cost: one
// multiply-add per pair of weights that meet, bounded by the caller.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_LINEAR_MAP_H_
#define SPIKEMESH_CONVERTERS_SPIKING_LINEAR_MAP_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// A convolution without a bias. The input's padding is zeros.
struct LinearMap {
  WindowGeometry window;
  std::int32_t groups = 1;
  FeatureShape input;
  FeatureShape output;
  std::vector<double> weights;  // [output channels, input channels/groups, kernel_y, kernel_x]
};

// What maps may take.
struct LinearBudget {
  std::int64_t weights_max = 0;    // of one map
  std::int64_t products_left = 0;  // of weights, to compute all that is still to be composed
};

// Every value as it is.
LinearMap IdentityMap(const FeatureShape& shape);

// Channel c as channel 2c, and negated as channel 2c + 1.
LinearMap BothSigns(const FeatureShape& shape);

// The weights of `node`, those that are whole multiples of a scale as RunNetwork takes them.
LinearMap MapOf(const ConvolutionNode& node, const FeatureShape& input, const FeatureShape& output);

// The means of the pool's windows. `pool` divides evenly (window.h).
LinearMap MapOf(const PoolNode& pool, const FeatureShape& input, const FeatureShape& output);

// behind(ahead(x)), whose products are taken off `budget`. Errors: Unimplemented where padding
// makes it no map, ResourceExhausted beyond `budget` or a window of kSpikingWindowMax.
absl::StatusOr<LinearMap> Compose(const LinearMap& behind, const LinearMap& ahead,
                                  LinearBudget& budget);

// The part of `map` that reads the input channels first..first + count - 1, over those alone.
absl::StatusOr<LinearMap> SelectInputs(const LinearMap& map, std::int32_t first, std::int32_t count,
                                       const LinearBudget& budget);

// `map` over `shape`, whose flat values are its input, {size, 1, 1}. Errors: Unimplemented where it
// reads them in another way.
absl::StatusOr<LinearMap> Unflatten(LinearMap map, const FeatureShape& shape,
                                    const LinearBudget& budget);

// map(diag(scale) x). scale: [input channels].
void ScaleInputs(std::span<const double> scale, LinearMap& map);

// map(x, -x), of what BothSigns gives after a rectifier: its input channels twice.
LinearMap OfBothSigns(const LinearMap& map);

// What the map makes of channels that have one value each: [output size]. constants: [input
// channels].
std::vector<double> OfConstants(const LinearMap& map, std::span<const double> constants);

// `into` plus `map` as one map; false where their windows or groups differ too much.
bool AddMap(const LinearMap& map, LinearMap& into);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_LINEAR_MAP_H_
