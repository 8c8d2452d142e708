// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_network.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "converters/spiking/check_network.h"
#include "converters/spiking/fold_host_layer.h"
#include "converters/spiking/fold_input.h"
#include "converters/spiking/fold_layer.h"
#include "converters/spiking/fold_pool.h"
#include "converters/spiking/fold_readout.h"
#include "converters/spiking/spike_means.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/remedy.h"
#include "core/base/strings.h"
#include "networks/ir/layer_depths.h"

namespace spikemesh {
namespace {

// A stage in spikes: one layer a level, and the values that its spikes stand for.
struct FoldedStage {
  std::vector<std::int32_t> layers;
  LevelValues values;                    // that are taken, [levels + 1]
  std::vector<std::size_t> levels;       // of the activation, that have a layer: FoldedLevels
  std::vector<Activations> activations;  // [level]
};

class NetworkFolder {
 public:
  NetworkFolder(const Network& network, const StageGraph& graph, const FoldOptions& options)
      : network_(network), graph_(graph), options_(options) {
    folded_.network.name = network.name;
  }

  absl::Status FoldStages(const Preprocessing& preprocessing);
  absl::Status FoldTail();
  absl::StatusOr<FoldedNetwork> Finish();

 private:
  absl::Status FoldEncoder(const Stage& stage, const Preprocessing& preprocessing);
  absl::Status FoldSum(const Stage& stage);
  absl::Status FoldPool(const Stage& stage);
  absl::StatusOr<std::vector<StageInput>> InputsOf(const Stage& stage);
  absl::StatusOr<StageInput> EncodedInputOf(const Branch& branch);
  std::vector<double> MeansOf(std::size_t stage, std::size_t level) const;
  const LayerOptions& options_of(std::size_t stage) const {
    return options_.layers.empty() ? options_.layer : options_.layers[stage];
  }
  void AddLayer(SpikingLayer layer, std::int32_t node, FoldedStage& stage);

  const Network& network_;
  const StageGraph& graph_;
  const FoldOptions& options_;
  SpikeMeans means_;  // empty without calibration
  std::vector<FoldedStage> stages_;
  FoldedInput encoded_;
  std::deque<EncodedBranch> encoded_branches_;  // that inputs of a stage point to
  FoldedNetwork folded_;
};

// As levels of the image's bytes; where that cannot be, as a layer of the host, if it may be.
absl::StatusOr<FoldedInput> FoldFirstStage(const Stage& stage, const FeatureShape& image_shape,
                                           const Preprocessing& preprocessing) {
  absl::StatusOr<FoldedInput> encoder = FoldInput(stage, image_shape, preprocessing);
  if (encoder.ok() || !absl::IsUnimplemented(encoder.status())) {
    return encoder;
  }
  absl::StatusOr<FoldedInput> host = FoldHostLayer(stage, image_shape, preprocessing);
  if (preprocessing.host_first_layer) {
    return host;
  }
  return host.ok() ? WithRemedy(encoder.status(), {RemedyKind::kHostFirstLayer}) : encoder.status();
}

bool ReadsImage(const Stage& stage) {
  return stage.kind == StageKind::kSum &&
         std::any_of(stage.branches.begin(), stage.branches.end(),
                     [](const Branch& branch) { return branch.source == kImage; });
}

void NetworkFolder::AddLayer(SpikingLayer layer, std::int32_t node, FoldedStage& stage) {
  stage.layers.push_back(static_cast<std::int32_t>(folded_.network.layers.size()));
  folded_.network.layers.push_back(std::move(layer));
  folded_.layer_nodes.push_back(node);
}

// How often each channel of a stage reaches its level at position `level`; empty without
// calibration.
std::vector<double> NetworkFolder::MeansOf(std::size_t stage, std::size_t level) const {
  return means_.empty() || means_[stage].empty() ? std::vector<double>()
                                                 : means_[stage][stages_[stage].levels[level] - 1];
}

// All levels of the image are one input. Lines that are active where the value is low spike as
// often as it is not reached.
absl::StatusOr<StageInput> NetworkFolder::EncodedInputOf(const Branch& branch) {
  const auto source = static_cast<std::size_t>(branch.source);
  SPIKEMESH_ASSIGN_OR_RETURN(EncodedBranch encoded, ReadEncoded(encoded_, branch));
  const EncodedBranch& kept = encoded_branches_.emplace_back(std::move(encoded));
  StageInput input = {.branch = &kept.branch,
                      .layer = kEncodedInput,
                      .values = kept.values,
                      .carries_constants = branch.carries_constants,
                      .spike_means = {}};
  std::vector<double> means(encoded_.falling.size());
  const std::size_t levels = encoded_.levels.size();
  for (std::size_t level = 0; level < levels; ++level) {
    const std::vector<double> reached = MeansOf(source, level);
    if (reached.empty()) {
      return input;
    }
    for (std::size_t c = 0; c < reached.size(); ++c) {
      const std::size_t line = c * levels + level;
      means[line] = encoded_.falling[line] ? 1.0 - reached[c] : reached[c];
    }
  }
  input.spike_means = MeansOfInput(means, encoded_.encoded_shape, kept.branch.input);
  return input;
}

absl::StatusOr<std::vector<StageInput>> NetworkFolder::InputsOf(const Stage& stage) {
  std::vector<StageInput> inputs;
  for (const Branch& branch : stage.branches) {
    if (branch.source == kImage) {
      return absl::UnimplementedError(
          Concat("node \"", branch.name,
                 "\" reads the real-valued image beside spikes; a pipelined "
                 "network begins with one step on the image, which all layers read"));
    }
    const auto from = static_cast<std::size_t>(branch.source);
    const FoldedStage& source = stages_[from];
    if (source.layers.front() == kEncodedInput) {
      SPIKEMESH_ASSIGN_OR_RETURN(inputs.emplace_back(), EncodedInputOf(branch));
      continue;
    }
    for (std::size_t level = 0; level < source.layers.size(); ++level) {
      StageInput& input = inputs.emplace_back();
      input.branch = &branch;
      input.layer = source.layers[level];
      input.values = source.activations[level];
      input.carries_constants = branch.carries_constants && level == 0;
      ApplyToActivations(branch.before, level, input.values);
      if (const std::vector<double> means = MeansOf(from, level); !means.empty()) {
        input.spike_means = MeansOfInput(means, graph_.stages[from].shape, branch.input);
      }
    }
  }
  return inputs;
}

absl::Status NetworkFolder::FoldEncoder(const Stage& stage, const Preprocessing& preprocessing) {
  SPIKEMESH_ASSIGN_OR_RETURN(encoded_, FoldFirstStage(stage, network_.input_shape, preprocessing));
  folded_.network.input = encoded_.input;
  folded_.network.encoded_shape = encoded_.encoded_shape;
  FoldedStage folded = {{kEncodedInput}, encoded_.values, encoded_.levels, {}};
  if (encoded_.levels.size() == 1) {
    Branch itself;
    SPIKEMESH_ASSIGN_OR_RETURN(EncodedBranch lines, ReadEncoded(encoded_, itself));
    folded.activations.push_back(std::move(lines.values));
  }
  stages_.push_back(std::move(folded));
  return absl::OkStatus();
}

absl::Status NetworkFolder::FoldSum(const Stage& stage) {
  SPIKEMESH_ASSIGN_OR_RETURN(const LevelValues values, ValuesOf(stage));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<StageInput> inputs, InputsOf(stage));
  SPIKEMESH_ASSIGN_OR_RETURN(FoldedLevels made,
                             FoldLayer(stage, inputs, values, options_of(stages_.size())));
  FoldedStage folded;
  folded.values = TakenValues(values, made.levels);
  folded.levels = std::move(made.levels);
  for (std::size_t level = 0; level < made.layers.size(); ++level) {
    folded.activations.push_back(LevelActivations(folded.values, level, stage.shape.size()));
    AddLayer(std::move(made.layers[level]), stage.node, folded);
  }
  stages_.push_back(std::move(folded));
  return absl::OkStatus();
}

// The value of a maximum is one of its source's; where a spike stands for the lesser one, all of
// the window must spike.
absl::Status NetworkFolder::FoldPool(const Stage& stage) {
  if (stage.kind == StageKind::kAveragePool) {
    return absl::InternalError(Concat("node \"", stage.name, "\": a stage of averages"));
  }
  const FoldedStage& source = stages_[static_cast<std::size_t>(stage.source)];
  const auto channels = static_cast<std::size_t>(stage.shape.channels);
  const std::size_t plane_in = std::size_t(stage.input.height) * stage.input.width;
  const std::size_t plane_out = std::size_t(stage.shape.height) * stage.shape.width;
  std::vector<bool> falling(channels, false);
  if (stage.commuted) {
    falling = FallingChannels(graph_.stages[static_cast<std::size_t>(stage.source)]);
  }
  if (source.activations.size() != source.levels.size()) {
    return absl::UnimplementedError(Concat("node \"", stage.name,
                                           "\" is a max pool of an image of ", source.values.size(),
                                           " values a pixel; images of two values may be pooled"));
  }
  FoldedStage folded;
  folded.values = source.values;
  folded.levels = source.levels;
  for (std::size_t level = 0; level < source.layers.size(); ++level) {
    const Activations& from = source.activations[level];
    Activations to;
    std::vector<bool> needs_all;
    for (std::size_t c = 0; c < channels; ++c) {
      const std::size_t at = c * plane_in;
      needs_all.push_back(falling[c] != (from.active[at] < from.inactive[at]));
      to.inactive.insert(to.inactive.end(), plane_out, from.inactive[at]);
      to.active.insert(to.active.end(), plane_out, from.active[at]);
    }
    SpikingLayer layer = FoldMaxPool(stage, source.layers[level], needs_all);
    layer.name = LevelName(stage.name, source.levels[level]);
    folded.activations.push_back(std::move(to));
    AddLayer(std::move(layer), stage.node, folded);
  }
  stages_.push_back(std::move(folded));
  return absl::OkStatus();
}

absl::Status NetworkFolder::FoldStages(const Preprocessing& preprocessing) {
  if (options_.calibration != nullptr) {
    SPIKEMESH_ASSIGN_OR_RETURN(means_, MeasureSpikes(network_, graph_, *options_.calibration));
  }
  bool encoded = false;
  for (const Stage& stage : graph_.stages) {
    const bool encodes = ReadsImage(stage);
    if (encodes && encoded) {
      return absl::UnimplementedError(
          Concat("node \"", stage.name,
                 "\" reads the real-valued image, as another layer does; a "
                 "pipelined network begins with one step on the image, which all layers read"));
    }
    encoded = encoded || encodes;
    SPIKEMESH_RETURN_IF_ERROR(encodes                         ? FoldEncoder(stage, preprocessing)
                              : stage.kind == StageKind::kSum ? FoldSum(stage)
                                                              : FoldPool(stage));
  }
  if (!encoded || (folded_.network.layers.empty() && graph_.tail.branches.empty())) {
    return WithRemedy(
        absl::UnimplementedError(
            Concat("network \"", network_.name, "\" has ", graph_.stages.size(),
                   " step activations; pipelined networks need one that encodes the image, and a "
                   "layer behind it")),
        {RemedyKind::kRateMode, "for other activations"});
  }
  return absl::OkStatus();
}

absl::Status NetworkFolder::FoldTail() {
  const Stage& tail = graph_.tail;
  const std::int32_t source =
      tail.branches.empty() ? graph_.tail_source : tail.branches.front().source;
  SpikingNetwork& network = folded_.network;
  const auto last = static_cast<std::int32_t>(network.layers.size()) - 1;
  absl::Status no_votes = absl::UnimplementedError("");
  if (source != kImage) {
    const FoldedStage& voters = stages_[static_cast<std::size_t>(source)];
    if (last >= 0 && voters.layers.size() == 1 && voters.layers[0] == last) {
      absl::StatusOr<FoldedReadout> votes = FoldVotes(graph_, voters.activations[0]);
      if (votes.ok()) {
        network.output_classes = std::move(votes->classes);
        network.class_count = votes->class_count;
        return absl::OkStatus();
      }
      no_votes = votes.status();
    }
  }
  if (tail.branches.empty()) {
    return no_votes.message().empty()
               ? absl::UnimplementedError(
                     "read-out: an activation of more than two values; put a "
                     "dense layer behind it")
               : no_votes;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<StageInput> inputs, InputsOf(tail));
  SPIKEMESH_ASSIGN_OR_RETURN(FoldedLogits logits,
                             FoldLogits(tail, inputs, options_of(stages_.size())));
  if (!logits.exact) {
    folded_.warnings.push_back(Concat("node \"", tail.name, "\": its logits are read out in ",
                                      logits.levels,
                                      " levels a class; classes closer than a level can swap"));
  }
  FoldedStage readout;
  AddLayer(std::move(logits.layer), -1, readout);
  network.output_classes = std::move(logits.readout.classes);
  network.class_count = logits.readout.class_count;
  return absl::OkStatus();
}

absl::StatusOr<FoldedNetwork> NetworkFolder::Finish() {
  SpikingNetwork& network = folded_.network;
  network.presentation = {.mode = PresentationMode::kPipelined,
                          .ticks_per_image = 1,
                          .latency_ticks = LayerDepths(network).back()};
  SPIKEMESH_RETURN_IF_ERROR(Annotate(ValidateSpiking(network), "folded network"));
  return std::move(folded_);
}

}  // namespace

absl::StatusOr<std::vector<std::int64_t>> CountPipelinedWeights(const Network& network) {
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  SPIKEMESH_ASSIGN_OR_RETURN(const StageGraph graph, BuildStageGraph(network, StageOptions()));
  std::vector<std::int64_t> counts;
  for (const Stage& stage : graph.stages) {
    counts.push_back(ReadsImage(stage) ? 0 : CountWeights(stage));
  }
  counts.push_back(CountWeights(graph.tail));
  return counts;
}

absl::StatusOr<FoldedNetwork> FoldNetwork(const Network& network,
                                          const Preprocessing& preprocessing,
                                          const FoldOptions& options) {
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  SPIKEMESH_ASSIGN_OR_RETURN(const StageGraph graph, BuildStageGraph(network, StageOptions()));
  SPIKEMESH_CHECK(options.layers.empty() || options.layers.size() == graph.stages.size() + 1);
  NetworkFolder folder(network, graph, options);
  // Image -> lines -> layer -> layer; the values of each layer's spikes are what the next one folds
  // with. Last layer -> classes.
  SPIKEMESH_RETURN_IF_ERROR(folder.FoldStages(preprocessing));
  SPIKEMESH_RETURN_IF_ERROR(folder.FoldTail());
  return folder.Finish();
}

}  // namespace spikemesh
