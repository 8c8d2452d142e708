// SPDX-License-Identifier: Apache-2.0
// A trained network as what layers of neurons compute. A stage is everything between the
// activations that it reads and the activation that it makes:
//   sum stage:  activation(functions(sum of branches)), where a branch is a convolution of one
//               source's values (given affine functions first, and others behind it)
//   pool stage: the greatest, or mean, value in each window of one source
// Residual additions are several branches; a concatenation is branches for parts of the channels,
// of the inputs or of the outputs; average pools ahead of a convolution are folded into it, or are
// stages of their own (rate mode). Reshapes keep every flat index, so stages forget them.
// Method: from the output backwards; each activation becomes a stage once. Cost: linear in nodes
// and weights.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_STAGE_GRAPH_H_
#define SPIKEMESH_CONVERTERS_SPIKING_STAGE_GRAPH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

// A batch norm, affine, clip, rounding, step, sign or multi-threshold node. Its channel for the
// value at flat index f is (f + flat_offset) / plane: values of a part of a concatenation begin at
// an offset, and a function that was moved across a pool sees other planes than its own.
struct ElementFunction {
  const NetworkNode* node = nullptr;
  std::int64_t plane = 1;
  std::int64_t flat_offset = 0;
};

// What the functions make of value `x` at flat index `flat`, in order: RunNetwork's own functions.
double ApplyFunctions(const std::vector<ElementFunction>& functions, std::int64_t flat, double x);

inline constexpr std::int32_t kImage = -1;

struct Branch {
  std::string name;                     // of the convolution, or of what stands for it
  std::int32_t source = kImage;         // stage, earlier than this one
  std::vector<ElementFunction> before;  // affine, on the source's values by its flat index
  FeatureShape input;                   // how the source's flat values are read
  ConvolutionNode convolution;          // over `input`; an identity where there is none
  bool is_identity = false;
  double divisor = 1.0;                    // the sum is divided by it: average pools
  std::vector<ElementFunction> functions;  // affine, behind it, by flat index of `output`
  FeatureShape output;                     // its height and width are those of the stage
  std::int32_t output_begin = 0;           // the first channel of the stage that it adds to
  // Whether it brings the bias and the offsets of `functions`: of branches cut from one, the first.
  bool carries_constants = true;
};

enum class StageKind : std::uint8_t { kSum, kMaxPool, kAveragePool };

struct Stage {
  StageKind kind = StageKind::kSum;
  std::string name;       // of its first convolution, or of the pool
  FeatureShape shape;     // of the output; flat indices are those of the activation's tensor
  std::int32_t node = 0;  // whose output it is: position in Network::nodes
  // kSum
  std::vector<Branch> branches;
  std::vector<ElementFunction> functions;  // by flat index of `shape`; empty in the tail
  // kMaxPool, kAveragePool
  std::int32_t source = kImage;
  FeatureShape input;
  PoolNode pool;
  // kMaxPool: the functions that followed the pool are in the source instead; where they fall, the
  // greatest value ahead of them is the least behind them.
  bool commuted = false;
};

// The weights of all its branches; 0 of a pool.
std::int64_t CountWeights(const Stage& stage);

struct StageGraph {
  std::vector<Stage> stages;  // topological order
  // The network's output: a sum stage whose functions are affine. Without branches: `functions` of
  // stage tail_source.
  Stage tail;
  std::int32_t tail_source = kImage;
};

struct StageOptions {
  bool average_pool_stages = false;  // average pools of activations are stages
};

// `network` is checked (CheckNetwork) and must outlive the graph. Errors: Unimplemented, naming the
// node, the reason and the remedy: two convolutions without an activation between, functions
// between two additions, a pool that neither folds nor stands on an activation, nodes that the
// output does not depend on, more than 2^28 weights in all.
absl::StatusOr<StageGraph> BuildStageGraph(const Network& network, const StageOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_STAGE_GRAPH_H_
