// SPDX-License-Identifier: Apache-2.0
// Random small ONNX files, for properties of whatever network comes: images of a few channels,
// convolutions and dense layers with filters that are all zero, tiny, or a bias alone.
#ifndef SPIKEMESH_TESTS_PROPERTY_RANDOM_ONNX_H_
#define SPIKEMESH_TESTS_PROPERTY_RANDOM_ONNX_H_

#include <cstdint>

#include "core/base/random.h"
#include "tests/converters/onnx/model_builder.h"

namespace spikemesh {

enum class Numbers : std::uint8_t {
  kWhole,  // small multiples of powers of two: sums are exact, and often 0
  kReal,
};

// Convolutions of any window and groups, pools, residual additions, norms, then global means and
// dense layers; activations are now and then left out, so that sums follow sums.
ModelBuilder DrawAnyOnnx(RandomSequence& random, Numbers numbers);

// A classifier of images [1, 8, 8] that FoldRateNetwork takes: convolutions with ReLUs, max pools,
// a global mean or none, dense layers.
ModelBuilder DrawReluOnnx(RandomSequence& random);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_PROPERTY_RANDOM_ONNX_H_
