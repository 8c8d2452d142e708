// SPDX-License-Identifier: Apache-2.0
// The sums of a network and which of them folding does not take as they are written.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_LINEAR_SUMS_H_
#define SPIKEMESH_CONVERTERS_SPIKING_LINEAR_SUMS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "networks/ir/network.h"

namespace spikemesh {

class LinearSums {
 public:
  explicit LinearSums(const Network& network);  // keeps a reference; checked (CheckNetwork)

  // Whether `index` is where linear functions begin: the image, an activation, a greatest value, or
  // a mean of the image or of activations.
  bool IsSource(std::int32_t index) const;

  // Whether node `index` is a sum that an activation, a max pool or the output reads, affine
  // functions and reshapes between left out, and is not written as a sum of convolutions of
  // sources.
  bool IsTangled(std::int32_t index) const { return tangled_[static_cast<std::size_t>(index)]; }
  bool any_tangled() const;

 private:
  // What lies behind a node on the way to the sum: nothing but additions, concatenations and means
  // (kSum) or a convolution (kBranch); with affine functions directly behind it or not.
  struct Behind {
    bool branch = false;
    bool affine = false;
  };
  static std::size_t Row(Behind behind) {
    return std::size_t{2} * static_cast<std::size_t>(behind.branch) +
           static_cast<std::size_t>(behind.affine);
  }

  std::int32_t WalkBack(std::int32_t index) const;
  bool FindSource(std::int32_t index) const;
  bool FindTangle(std::int32_t index, Behind behind) const;
  bool AnySourceTangled(std::int32_t index, Behind behind) const;

  const Network& network_;
  std::vector<bool> is_source_;               // [node]
  std::array<std::vector<bool>, 4> refused_;  // [Row][node]: below it folding finds no sum
  std::vector<bool> tangled_;                 // [node]
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_LINEAR_SUMS_H_
