// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/stage_graph.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <variant>

#include "converters/spiking/check_network.h"
#include "converters/spiking/node_kinds.h"
#include "converters/spiking/rewrite_branch.h"
#include "core/base/strings.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kWeightsMax = std::int64_t{1} << 28;
constexpr const char* kNeedsActivation =
    "without an activation between; put one after every layer: a step, or a ReLU for rate mode";

template <typename... Values>
absl::Status Refuse(const NetworkNode& node, const Values&... values) {
  return absl::UnimplementedError(Concat(NodeText(node), values...));
}

bool IsElementwise(const NetworkNode& node) {
  return IsAffine(node) || IsNonlinear(node) || IsAnyOf<ReshapeNode>(node);
}

std::int64_t Plane(const FeatureShape& shape) { return std::int64_t{shape.height} * shape.width; }

// A convolution that repeats every value of `shape`.
ConvolutionNode Identity(const FeatureShape& shape) {
  const auto channels = static_cast<std::size_t>(shape.channels);
  return {.window = {},
          .groups = shape.channels,
          .weights = std::vector<float>(channels, 1.0F),
          .bias = std::vector<float>(channels, 0.0F)};
}

// Nodes in the order in which values pass them, and the node (or kNetworkInput) that they begin at.
struct Walk {
  std::int32_t begin = kNetworkInput;
  std::vector<ElementFunction> functions;
};

// Every node must lie on a way from the input to the output.
absl::Status CheckAllNeeded(const Network& network) {
  std::vector<bool> needed(network.nodes.size(), false);
  if (!needed.empty()) {
    needed.back() = true;
  }
  for (std::size_t i = network.nodes.size(); i-- > 0;) {
    if (!needed[i]) {
      return Refuse(network.nodes[i], " is not on the way from the input to the output; remove it");
    }
    for (const std::int32_t source : network.nodes[i].sources) {
      if (source != kNetworkInput) {
        needed[static_cast<std::size_t>(source)] = true;
      }
    }
  }
  return absl::OkStatus();
}

class Builder {
 public:
  Builder(const Network& network, const StageOptions& options)
      : network_(network),
        options_(options),
        consumers_(network.nodes.size(), 0),
        last_consumer_(network.nodes.size(), 0) {
    for (std::size_t i = 0; i < network.nodes.size(); ++i) {
      for (const std::int32_t source : network.nodes[i].sources) {
        if (source != kNetworkInput) {
          ++consumers_[static_cast<std::size_t>(source)];
          last_consumer_[static_cast<std::size_t>(source)] = static_cast<std::int32_t>(i);
        }
      }
    }
  }

  absl::StatusOr<StageGraph> Build();

 private:
  const NetworkNode& node(std::int32_t index) const {
    return network_.nodes[static_cast<std::size_t>(index)];
  }
  const FeatureShape& shape_of(std::int32_t index) const {
    return index == kNetworkInput ? network_.input_shape : node(index).shape;
  }
  std::int32_t source_of(std::int32_t index) const { return node(index).sources[0]; }
  bool is_pool(std::int32_t index, PoolKind kind) const {
    const auto* pool =
        index == kNetworkInput ? nullptr : std::get_if<PoolNode>(&node(index).operation);
    return pool != nullptr && pool->kind == kind;
  }

  bool EndsStage(std::int32_t index) const;
  bool IsActivation(std::int32_t index) const;
  Walk WalkAffine(std::int32_t index) const;
  Walk WalkActivation(std::int32_t index) const;
  absl::StatusOr<std::int32_t> StageOf(std::int32_t index);
  absl::StatusOr<Stage> SumStage(std::int32_t index);
  absl::StatusOr<Stage> CommutedPool(std::int32_t index, const Walk& walk);
  absl::StatusOr<Stage> PoolStage(std::int32_t index);
  absl::StatusOr<std::int32_t> Source(std::int32_t index, std::vector<ElementFunction>& before);
  absl::Status CollectSums(std::int32_t index, Branch part, Stage& stage);
  absl::Status CollectInputs(std::int32_t index, Branch branch, Stage& stage);
  absl::Status CollectPool(std::int32_t index, Branch branch, Stage& stage);
  absl::Status CollectParts(std::int32_t index, const Branch& branch, Stage& stage);
  absl::Status CollectPooledSums(std::int32_t index, const Branch& part, Stage& stage);
  absl::Status AddBranch(Branch branch, Stage& stage);

  const Network& network_;
  const StageOptions& options_;
  std::vector<std::int32_t> consumers_;          // [node]: how many
  std::vector<std::int32_t> last_consumer_;      // [node]
  std::map<std::int32_t, std::int32_t> stages_;  // by node
  std::int64_t weights_ = 0;
  StageGraph graph_;
};

// Whether the nonlinear node `index` is the last one of its activation: nothing but affines,
// reshapes and another nonlinear node may follow for it not to be.
bool Builder::EndsStage(std::int32_t index) const {
  std::int32_t at = index;
  while (consumers_[static_cast<std::size_t>(at)] == 1) {
    const std::int32_t next = last_consumer_[static_cast<std::size_t>(at)];
    if (IsNonlinear(node(next))) {
      return false;
    }
    if (!IsElementwise(node(next))) {
      return true;
    }
    at = next;
  }
  return true;
}

// Whether the value is an activation given affine functions, and not a sum. A mean is a sum, but
// for those that are to be stages; a mean of the image folds into the layer that reads it.
bool Builder::IsActivation(std::int32_t index) const {
  const std::int32_t begin = WalkAffine(index).begin;
  if (begin == kNetworkInput || IsNonlinear(node(begin))) {
    return true;
  }
  if (!IsAnyOf<PoolNode>(node(begin)) || !IsActivation(source_of(begin))) {
    return false;
  }
  const bool of_image = WalkAffine(source_of(begin)).begin == kNetworkInput;
  return is_pool(begin, PoolKind::kMax) || (options_.average_pool_stages && !of_image);
}

Walk Builder::WalkAffine(std::int32_t index) const {
  Walk walk;
  while (index != kNetworkInput && (IsAffine(node(index)) || IsAnyOf<ReshapeNode>(node(index)))) {
    if (IsAffine(node(index))) {
      walk.functions.push_back({&node(index), Plane(node(index).shape), 0});
    }
    index = source_of(index);
  }
  std::reverse(walk.functions.begin(), walk.functions.end());
  walk.begin = index;
  return walk;
}

// Back from the last node of an activation to the sum (or the other activation) ahead of it.
Walk Builder::WalkActivation(std::int32_t index) const {
  Walk walk;
  const std::int32_t last = index;
  while (index != kNetworkInput && IsElementwise(node(index)) &&
         (index == last || !IsNonlinear(node(index)) || !EndsStage(index))) {
    if (!IsAnyOf<ReshapeNode>(node(index))) {
      walk.functions.push_back({&node(index), Plane(node(index).shape), 0});
    }
    index = source_of(index);
  }
  std::reverse(walk.functions.begin(), walk.functions.end());
  walk.begin = index;
  return walk;
}

absl::Status Builder::AddBranch(Branch branch, Stage& stage) {
  weights_ += static_cast<std::int64_t>(branch.convolution.weights.size());
  if (weights_ > kWeightsMax) {
    return absl::ResourceExhaustedError(
        Concat("node \"", branch.name, "\": more than ", kWeightsMax, " weights in all branches"));
  }
  if (branch.source != kImage &&
      graph_.stages[static_cast<std::size_t>(branch.source)].shape.size() != branch.input.size()) {
    return absl::InternalError(Concat("node \"", branch.name, "\": its branch has another size"));
  }
  if (branch.output.height != stage.shape.height || branch.output.width != stage.shape.width) {
    return absl::UnimplementedError(Concat(
        "node \"", branch.name, "\": ", ShapeText(branch.output), " is reshaped before it joins ",
        ShapeText(stage.shape), "; put the reshape behind the addition or concatenation"));
  }
  stage.branches.push_back(std::move(branch));
  return absl::OkStatus();
}

// The stage whose activation `index` is. Affine functions between an activation and a pool are the
// same behind the pool (of a mean always; of a maximum where they rise), and go in front of
// `before`.
absl::StatusOr<std::int32_t> Builder::Source(std::int32_t index,
                                             std::vector<ElementFunction>& before) {
  if (index == kNetworkInput) {
    return kImage;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int32_t stage, StageOf(index));
  if (!IsAnyOf<PoolNode>(node(index))) {
    return stage;
  }
  std::vector<ElementFunction> moved = WalkAffine(source_of(index)).functions;
  const PoolNode& pool = std::get<PoolNode>(node(index).operation);
  for (ElementFunction& function : moved) {
    SPIKEMESH_RETURN_IF_ERROR(CheckMovesAcross(*function.node, node(index), pool));
    function.plane = Plane(node(index).shape);
  }
  before.insert(before.begin(), moved.begin(), moved.end());
  return stage;
}

// Branches of the sum that node `index` is. `part` says which channels of the stage it adds to and
// which functions follow.
absl::Status Builder::CollectSums(std::int32_t index, Branch part, Stage& stage) {
  Walk walk = WalkAffine(index);
  part.functions.insert(part.functions.begin(), walk.functions.begin(), walk.functions.end());
  index = walk.begin;
  const NetworkNode* at = index == kNetworkInput ? nullptr : &node(index);
  if (at != nullptr && (IsAnyOf<AddNode>(*at) || IsAnyOf<ConcatNode>(*at))) {
    return CollectParts(index, part, stage);
  }
  if (at != nullptr) {
    part.output = at->shape;
    part.name = at->name;
  }
  if (at != nullptr && IsAnyOf<ConvolutionNode>(*at)) {
    part.convolution = std::get<ConvolutionNode>(at->operation);
    part.input = shape_of(source_of(index));
    return CollectInputs(source_of(index), std::move(part), stage);
  }
  if (is_pool(index, PoolKind::kAverage) && !IsActivation(index)) {
    const auto& pool = std::get<PoolNode>(at->operation);
    SPIKEMESH_RETURN_IF_ERROR(CheckPoolFolds(*at, pool, shape_of(source_of(index))));
    if (!IsActivation(source_of(index))) {
      return CollectPooledSums(index, part, stage);
    }
    part.input = shape_of(source_of(index));
    part.convolution = SumOfWindows(pool, part.input.channels);
    part.divisor = pool.window.kernel_y * pool.window.kernel_x;
    return CollectInputs(source_of(index), std::move(part), stage);
  }
  part.output = part.input = shape_of(index);
  part.convolution = Identity(part.input);
  part.is_identity = true;
  part.name = part.name.empty() ? stage.name : part.name;
  return CollectInputs(index, std::move(part), stage);
}

// An average pool of sums: each of their branches gives the mean of its windows.
absl::Status Builder::CollectPooledSums(std::int32_t index, const Branch& part, Stage& stage) {
  Stage sums;
  sums.name = stage.name;
  sums.shape = shape_of(source_of(index));
  SPIKEMESH_RETURN_IF_ERROR(CollectSums(source_of(index), Branch(), sums));
  for (Branch& branch : sums.branches) {
    SPIKEMESH_RETURN_IF_ERROR(PoolBranch(node(index), branch));
    branch.functions.insert(branch.functions.end(), part.functions.begin(), part.functions.end());
    branch.output_begin += part.output_begin;
    SPIKEMESH_RETURN_IF_ERROR(AddBranch(std::move(branch), stage));
  }
  return absl::OkStatus();
}

// The operands of an addition, or the parts of a concatenation, at node `index`.
absl::Status Builder::CollectParts(std::int32_t index, const Branch& branch, Stage& stage) {
  const bool add = IsAnyOf<AddNode>(node(index));
  if (add && !branch.functions.empty()) {
    return Refuse(node(index), " is followed by ", NodeText(*branch.functions.front().node),
                  " and then by another addition or concatenation; put an activation between, or "
                  "the function ahead of the addition");
  }
  std::int32_t channel = 0;
  for (const std::int32_t source : node(index).sources) {
    Branch part = branch;
    if (!add) {
      part.output_begin += channel;
      for (ElementFunction& function : part.functions) {
        function.flat_offset += channel * Plane(node(index).shape);
      }
      channel += shape_of(source).channels;
    }
    SPIKEMESH_RETURN_IF_ERROR(CollectSums(source, std::move(part), stage));
  }
  return absl::OkStatus();
}

// The sources of a branch whose convolution reads node `index`.
absl::Status Builder::CollectInputs(std::int32_t index, Branch branch, Stage& stage) {
  const Walk walk = WalkAffine(index);
  branch.before.insert(branch.before.begin(), walk.functions.begin(), walk.functions.end());
  index = walk.begin;
  const NetworkNode* at = index == kNetworkInput ? nullptr : &node(index);
  if (at != nullptr && IsAnyOf<ConvolutionNode>(*at)) {
    return absl::UnimplementedError(
        Concat("node \"", branch.name, "\" follows ", NodeText(*at), " ", kNeedsActivation));
  }
  if (at != nullptr && IsAnyOf<AddNode>(*at)) {
    if (!branch.before.empty()) {
      return Refuse(*at, " is followed by ", NodeText(*branch.before.front().node), " ",
                    kNeedsActivation);
    }
    for (const std::int32_t source : at->sources) {
      SPIKEMESH_RETURN_IF_ERROR(CollectInputs(source, branch, stage));
      branch.carries_constants = false;
    }
    return absl::OkStatus();
  }
  if (at != nullptr && IsAnyOf<ConcatNode>(*at)) {
    SPIKEMESH_ASSIGN_OR_RETURN(std::vector<Branch> parts, SplitInputs(branch, network_, *at));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      SPIKEMESH_RETURN_IF_ERROR(CollectInputs(at->sources[i], std::move(parts[i]), stage));
    }
    return absl::OkStatus();
  }
  if (is_pool(index, PoolKind::kAverage) && !IsActivation(index)) {
    return CollectPool(index, std::move(branch), stage);
  }
  if (is_pool(index, PoolKind::kMax) && !IsActivation(source_of(index))) {
    return Refuse(*at, " pools sums ", kNeedsActivation);
  }
  SPIKEMESH_ASSIGN_OR_RETURN(branch.source, Source(index, branch.before));
  return AddBranch(std::move(branch), stage);
}

// An average pool ahead of the branch's convolution becomes part of it.
absl::Status Builder::CollectPool(std::int32_t index, Branch branch, Stage& stage) {
  const NetworkNode& at = node(index);
  const auto& pool = std::get<PoolNode>(at.operation);
  SPIKEMESH_RETURN_IF_ERROR(CheckPoolFolds(at, pool, shape_of(source_of(index))));
  for (ElementFunction& function : branch.before) {
    SPIKEMESH_RETURN_IF_ERROR(CheckMovesAcross(*function.node, at, pool));
    function.plane = Plane(shape_of(source_of(index)));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(branch.convolution,
                             ComposePool(at, shape_of(source_of(index)), branch));
  branch.is_identity = false;
  branch.divisor *= pool.window.kernel_y * pool.window.kernel_x;
  branch.input = shape_of(source_of(index));
  return CollectInputs(source_of(index), std::move(branch), stage);
}

absl::StatusOr<Stage> Builder::SumStage(std::int32_t index) {
  const Walk walk = WalkActivation(index);
  if (is_pool(walk.begin, PoolKind::kMax) && !IsActivation(source_of(walk.begin))) {
    return CommutedPool(index, walk);
  }
  Stage stage;
  stage.node = index;
  stage.name = node(index).name;
  stage.functions = walk.functions;
  stage.shape = shape_of(walk.begin);
  SPIKEMESH_RETURN_IF_ERROR(CollectSums(walk.begin, Branch(), stage));
  stage.name = stage.branches.front().name;
  return stage;
}

// f(max of sums) is the max of f(sums), or the min where f falls: the functions behind the pool go
// ahead of it.
absl::StatusOr<Stage> Builder::CommutedPool(std::int32_t index, const Walk& walk) {
  const NetworkNode& pool = node(walk.begin);
  const std::int32_t sums = source_of(walk.begin);
  Stage inner;
  inner.node = -1;
  inner.shape = shape_of(sums);
  SPIKEMESH_RETURN_IF_ERROR(CollectSums(sums, Branch(), inner));
  inner.name = inner.branches.front().name;
  for (ElementFunction function : walk.functions) {
    if (function.node->shape.channels != pool.shape.channels) {
      return Refuse(*function.node, " follows ", NodeText(pool),
                    " and a reshape; put it ahead of "
                    "the reshape");
    }
    function.plane = Plane(inner.shape);
    inner.functions.push_back(function);
  }
  Stage stage;
  stage.kind = StageKind::kMaxPool;
  stage.commuted = true;
  stage.name = pool.name;
  stage.shape = pool.shape;
  stage.node = index;
  stage.pool = std::get<PoolNode>(pool.operation);
  stage.input = inner.shape;
  stage.source = static_cast<std::int32_t>(graph_.stages.size());
  graph_.stages.push_back(std::move(inner));
  return stage;
}

// A pool whose input is an activation.
absl::StatusOr<Stage> Builder::PoolStage(std::int32_t index) {
  const std::int32_t source = source_of(index);
  Stage stage;
  stage.pool = std::get<PoolNode>(node(index).operation);
  stage.kind = stage.pool.kind == PoolKind::kMax ? StageKind::kMaxPool : StageKind::kAveragePool;
  stage.name = node(index).name;
  stage.shape = node(index).shape;
  stage.node = index;
  stage.input = shape_of(source);
  const Walk walk = WalkAffine(source);
  std::vector<ElementFunction> moved;
  SPIKEMESH_ASSIGN_OR_RETURN(stage.source, Source(walk.begin, moved));
  if (!moved.empty()) {
    return Refuse(node(index), " follows another pool with a function between; remove one of them");
  }
  if (stage.source == kImage) {
    return Refuse(node(index),
                  " pools the image itself; put a step on the image first, or for rate mode a 1x1 "
                  "convolution with ReLU");
  }
  return stage;
}

absl::StatusOr<std::int32_t> Builder::StageOf(std::int32_t index) {
  const auto known = stages_.find(index);
  if (known != stages_.end()) {
    return known->second;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(Stage stage,
                             IsAnyOf<PoolNode>(node(index)) ? PoolStage(index) : SumStage(index));
  graph_.stages.push_back(std::move(stage));
  const auto at = static_cast<std::int32_t>(graph_.stages.size()) - 1;
  stages_.emplace(index, at);
  return at;
}

absl::StatusOr<StageGraph> Builder::Build() {
  SPIKEMESH_RETURN_IF_ERROR(CheckAllNeeded(network_));
  // In the order of nodes, so that every source is known before it is asked for.
  for (std::int32_t i = 0; i <= network_.output(); ++i) {
    if (IsNonlinear(node(i)) && EndsStage(i)) {
      SPIKEMESH_RETURN_IF_ERROR(StageOf(i).status());
    }
  }
  const Walk walk = WalkAffine(network_.output());
  Stage& tail = graph_.tail;
  tail.node = network_.output();
  tail.functions = walk.functions;
  tail.shape = shape_of(walk.begin);
  if (IsActivation(network_.output())) {
    SPIKEMESH_ASSIGN_OR_RETURN(graph_.tail_source, Source(walk.begin, tail.functions));
  } else {
    SPIKEMESH_RETURN_IF_ERROR(CollectSums(walk.begin, Branch(), tail));
    tail.name = tail.branches.front().name;
  }
  return std::move(graph_);
}

}  // namespace

double ApplyFunctions(const std::vector<ElementFunction>& functions, std::int64_t flat, double x) {
  for (const ElementFunction& function : functions) {
    const auto channel = static_cast<std::size_t>((flat + function.flat_offset) / function.plane);
    const NodeOperation& operation = function.node->operation;
    if (const auto* norm = std::get_if<BatchNormNode>(&operation)) {
      x = ApplyBatchNorm(*norm, channel, x);
    } else if (const auto* affine = std::get_if<AffineNode>(&operation)) {
      x = ApplyAffine(*affine, channel, x);
    } else if (const auto* step = std::get_if<StepNode>(&operation)) {
      x = StepIsHigh(*step, x) ? step->high : step->low;
    } else if (std::holds_alternative<SignNode>(operation)) {
      x = ApplySign(x);
    } else if (const auto* clip = std::get_if<ClipNode>(&operation)) {
      x = ApplyClip(*clip, x);
    } else if (const auto* round = std::get_if<RoundNode>(&operation)) {
      x = ApplyRound(*round, x);
    } else {
      x = ApplyMultiThreshold(std::get<MultiThresholdNode>(operation), channel, x);
    }
  }
  return x;
}

std::int64_t CountWeights(const Stage& stage) {
  std::int64_t weights = 0;
  for (const Branch& branch : stage.branches) {
    weights += static_cast<std::int64_t>(branch.convolution.weights.size());
  }
  return weights;
}

absl::StatusOr<StageGraph> BuildStageGraph(const Network& network, const StageOptions& options) {
  return Builder(network, options).Build();
}

}  // namespace spikemesh
