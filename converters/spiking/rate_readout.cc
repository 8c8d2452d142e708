// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/rate_readout.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

#include "converters/spiking/check_network.h"
#include "converters/spiking/node_kinds.h"
#include "core/base/strings.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

// The share of calibration images outside of the window, at either end.
constexpr double kReadoutOutside = 0.01;
// Of a class: two axons each fill a core.
constexpr std::int64_t kReadThroughInputsMax = 128;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <typename... Values>
absl::Status Refuse(const Values&... values) {
  return absl::UnimplementedError(Concat("read-out: ", values...));
}

// A branch that gives every channel of `input`, [channels, 1, 1], through its window.
Branch ChannelwiseBranch(std::int32_t source, const std::string& name, const FeatureShape& input,
                         const WindowGeometry& window) {
  Branch branch;
  branch.name = name;
  branch.source = source;
  branch.input = input;
  branch.convolution.window = window;
  branch.convolution.groups = input.channels;
  branch.convolution.weights.assign(std::size_t(input.channels) * window.kernel_y * window.kernel_x,
                                    1.0F);
  branch.convolution.bias.assign(static_cast<std::size_t>(input.channels), 0.0F);
  branch.output = {input.channels, 1, 1};
  return branch;
}

bool IsOnePosition(const FeatureShape& shape) { return shape.height == 1 && shape.width == 1; }

// The divisor of the only window of a mean.
double DivisorOf(const Stage& pool) {
  return static_cast<double>(CountedTaps(pool.pool, pool.input, 0, 0));
}

// The only nonlinear function of a stage, if that is a clip; else nullptr.
const ElementFunction* OnlyClip(const Stage& stage) {
  const ElementFunction* clip = nullptr;
  for (const ElementFunction& function : stage.functions) {
    if (IsAffine(*function.node)) {
      continue;
    }
    if (clip != nullptr || !IsAnyOf<ClipNode>(*function.node)) {
      return nullptr;
    }
    clip = &function;
  }
  return clip;
}

class ScaleFinder {
 public:
  ScaleFinder(const Network& network, const StageGraph& graph, const RateReadout& readout,
              const CalibrationImages& calibration)
      : network_(network),
        graph_(graph),
        stage_(readout.stage),
        calibration_(calibration),
        clip_(readout.is_activation ? OnlyClip(stage_) : nullptr) {}

  absl::StatusOr<ReadoutScale> FindOfSums();
  absl::StatusOr<ReadoutScale> FindOfActivations();

 private:
  absl::Status ReadLines();
  std::vector<std::vector<double>> ClassValues() const;
  void FindWindow(const std::vector<std::vector<double>>& values);
  void SetLines(const std::vector<std::vector<double>>& values);

  const Network& network_;
  const StageGraph& graph_;
  const Stage& stage_;
  const CalibrationImages& calibration_;
  const ElementFunction* clip_;
  std::int32_t floor_class_ = -1;
  double floor_ = -kInfinity;  // what activations end at, of the class that ends highest
  double ceiling_ = kInfinity;
  double low_ = 0.0;
  double high_ = 1.0;
  ReadoutScale scale_;
};

absl::StatusOr<ReadoutScale> ScaleFinder::FindOfSums() {
  for (std::int64_t c = 0; c < stage_.shape.channels; ++c) {
    scale_.lines.push_back(ReadAffine(stage_.functions, c));
  }
  const std::vector<std::vector<double>> values =
      RunOutputs(network_, calibration_, network_.output());
  FindWindow(values);
  SetLines(values);
  return std::move(scale_);
}

absl::StatusOr<ReadoutScale> ScaleFinder::FindOfActivations() {
  SPIKEMESH_RETURN_IF_ERROR(ReadLines());
  const std::vector<std::vector<double>> values = ClassValues();
  FindWindow(values);
  if (clip_ == nullptr) {
    low_ = std::max(low_, floor_);
  }
  SetLines(values);
  return std::move(scale_);
}

// The lines of the activation with what is behind it.
absl::Status ScaleFinder::ReadLines() {
  double greatest = -kInfinity;
  for (std::int64_t c = 0; c < stage_.shape.channels; ++c) {
    SPIKEMESH_ASSIGN_OR_RETURN(RateActivation line, ReadRateActivation(stage_.functions, c));
    const RateActivation behind = ReadAffine(graph_.tail.functions, c);
    if (!(behind.slope > 0.0)) {
      return Refuse("node \"", stage_.name, "\": the output of class ", c,
                    " falls as its activation grows; a positive scale is allowed");
    }
    line.slope *= behind.slope;
    line.offset = line.offset * behind.slope + behind.offset;
    greatest = std::max(greatest, line.high * behind.slope + behind.offset);
    line.quantised = false;  // the window is meant
    scale_.lines.push_back(line);
    if (behind.offset > floor_) {
      floor_ = behind.offset;
      floor_class_ = static_cast<std::int32_t>(c);
    }
  }
  ceiling_ = greatest;
  return absl::OkStatus();
}

// What classes are compared by, [image][class]: where a clip alone makes the activation, values
// ahead of it, as the lines have them, and the floor; else the output.
std::vector<std::vector<double>> ScaleFinder::ClassValues() const {
  if (clip_ == nullptr) {
    return RunOutputs(network_, calibration_, network_.output());
  }
  std::vector<ElementFunction> behind(
      stage_.functions.begin() + (clip_ - stage_.functions.data()) + 1, stage_.functions.end());
  behind.insert(behind.end(), graph_.tail.functions.begin(), graph_.tail.functions.end());
  std::vector<std::vector<double>> values =
      RunOutputs(network_, calibration_, clip_->node->sources[0]);
  for (std::vector<double>& image : values) {
    for (std::size_t c = 0; c < image.size(); ++c) {
      image[c] = ApplyFunctions(behind, static_cast<std::int64_t>(c), image[c]);
    }
    image.push_back(floor_);
  }
  return values;
}

void ScaleFinder::FindWindow(const std::vector<std::vector<double>>& values) {
  std::vector<double> greatest;
  std::vector<double> second;
  for (std::vector<double> classes : values) {
    std::sort(classes.begin(), classes.end());
    greatest.push_back(classes.back());
    second.push_back(classes.size() > 1 ? classes[classes.size() - 2] : classes.back());
  }
  std::sort(greatest.begin(), greatest.end());
  std::sort(second.begin(), second.end());
  const auto outside =
      static_cast<std::size_t>(kReadoutOutside * static_cast<double>(values.size()));
  low_ = second[outside];
  high_ = std::min(greatest[greatest.size() - 1 - outside], ceiling_);
}

void ScaleFinder::SetLines(const std::vector<std::vector<double>>& values) {
  scale_.span = high_ > low_ ? high_ - low_ : 1.0;
  const bool floor_shows = clip_ != nullptr && low_ < floor_;
  for (RateActivation& line : scale_.lines) {
    line.offset -= low_;
  }
  if (floor_shows) {
    scale_.floor_class = floor_class_;
    scale_.floor = floor_ - low_;
    scale_.lines[static_cast<std::size_t>(floor_class_)].offset -= scale_.floor;
  }
  for (const std::vector<double>& image : values) {
    std::vector<double>& rates = scale_.rates.emplace_back();
    for (std::size_t c = 0; c < scale_.lines.size(); ++c) {
      const bool ends = static_cast<std::int32_t>(c) == scale_.floor_class;
      rates.push_back(
          std::clamp((image[c] - low_ - (ends ? scale_.floor : 0.0)) / scale_.span, 0.0, 1.0));
    }
  }
}

// Weights other than 0 that a class has at most.
std::int64_t GreatestFanIn(const ConvolutionNode& convolution) {
  const std::size_t fan_in = convolution.weights.size() / convolution.bias.size();
  std::int64_t greatest = 0;
  for (std::size_t out = 0; out < convolution.bias.size(); ++out) {
    const auto begin = convolution.weights.begin() + static_cast<std::ptrdiff_t>(out * fan_in);
    greatest = std::max<std::int64_t>(
        greatest, std::count_if(begin, begin + static_cast<std::ptrdiff_t>(fan_in),
                                [](float weight) { return weight != 0.0F; }));
  }
  return greatest;
}

// Whether the classes can read what a last mean is of, in place of the mean: its rate would cut
// what they are told to T steps.
bool CanReadThrough(const StageGraph& graph) {
  if (graph.tail.branches.size() != 1) {
    return false;
  }
  const Branch& branch = graph.tail.branches.front();
  if (branch.source != static_cast<std::int32_t>(graph.stages.size()) - 1 ||
      !branch.before.empty()) {
    return false;
  }
  const Stage& pool = graph.stages.back();
  const std::int64_t places = std::int64_t{pool.pool.window.kernel_y} * pool.pool.window.kernel_x;
  return pool.kind == StageKind::kAveragePool && IsOnePosition(pool.shape) &&
         branch.input == pool.shape &&
         GreatestFanIn(branch.convolution) * places <= kReadThroughInputsMax;
}

// The branch over the mean as one over what the mean is of.
void ReadThrough(const Stage& pool, Branch& branch) {
  const std::size_t places = std::size_t(pool.pool.window.kernel_y) * pool.pool.window.kernel_x;
  std::vector<float> weights;
  for (const float weight : branch.convolution.weights) {
    weights.insert(weights.end(), places, weight);
  }
  branch.convolution.weights = std::move(weights);
  branch.convolution.precise_weights.clear();
  branch.convolution.window = pool.pool.window;
  branch.source = pool.source;
  branch.input = pool.input;
  branch.is_identity = false;
  branch.divisor *= DivisorOf(pool);
}

}  // namespace

absl::StatusOr<RateReadout> ReadoutOf(const StageGraph& graph) {
  RateReadout readout;
  if (!graph.tail.branches.empty()) {
    readout.stage = graph.tail;
    if (!IsOnePosition(readout.stage.shape)) {
      return Refuse("node \"", readout.stage.name, "\" gives ", ShapeText(readout.stage.shape),
                    "; one value a class is allowed");
    }
    if (CanReadThrough(graph)) {
      ReadThrough(graph.stages.back(), readout.stage.branches.front());
      readout.replaces_last = true;
    }
    return readout;
  }
  if (graph.tail_source == kImage) {
    return Refuse("the output is the image itself; a layer of sums is allowed");
  }
  const auto last = static_cast<std::int32_t>(graph.stages.size()) - 1;
  const Stage& source = graph.stages[static_cast<std::size_t>(graph.tail_source)];
  const bool replaceable = graph.tail_source == last && IsOnePosition(source.shape);
  if (replaceable && source.kind == StageKind::kSum) {
    readout.stage = source;
    readout.replaces_last = true;
    readout.is_activation = true;
    return readout;
  }
  readout.stage.name = source.name;
  readout.stage.node = graph.tail.node;
  readout.stage.functions = graph.tail.functions;
  readout.replaces_last = replaceable && source.kind == StageKind::kAveragePool;
  if (readout.replaces_last) {
    Branch mean = ChannelwiseBranch(source.source, source.name, source.input, source.pool.window);
    mean.divisor = DivisorOf(source);
    readout.stage.branches.push_back(std::move(mean));
  } else {
    const auto size = static_cast<std::int32_t>(source.shape.size());
    readout.stage.branches.push_back(
        ChannelwiseBranch(graph.tail_source, source.name, {size, 1, 1}, WindowGeometry()));
  }
  readout.stage.shape = readout.stage.branches.front().output;
  return readout;
}

absl::StatusOr<ReadoutScale> ScaleReadout(const Network& network, const StageGraph& graph,
                                          const RateReadout& readout,
                                          const CalibrationImages& calibration) {
  ScaleFinder finder(network, graph, readout, calibration);
  return readout.is_activation ? finder.FindOfActivations() : finder.FindOfSums();
}

SpikingLayer ReadoutLayer(const SpikingLayer& classes, const ReadoutScale& scale,
                          std::vector<std::int32_t>& output_classes) {
  SpikingLayer joined = classes;
  joined.axon_weights.clear();
  joined.thresholds.clear();
  joined.leaks.clear();
  joined.initial_potentials.clear();
  for (LayerInput& edge : joined.inputs) {
    edge.weights.clear();
  }
  const auto append = [&](std::int32_t to, std::size_t from, bool weighs, std::int32_t leak) {
    for (std::int32_t k = 0; k < kReadoutNeurons; ++k) {
      for (std::size_t i = 0; i < joined.inputs.size(); ++i) {
        const std::vector<std::int16_t>& weights = classes.inputs[i].weights;
        const std::size_t per_class = weights.size() / classes.thresholds.size();
        std::vector<std::int16_t>& joined_weights = joined.inputs[i].weights;
        for (std::size_t w = from * per_class; w < (from + 1) * per_class; ++w) {
          joined_weights.push_back(weighs ? weights[w] : std::int16_t{0});
        }
      }
      const std::int64_t threshold = classes.thresholds[from];
      joined.axon_weights.push_back(classes.axon_weights[from]);
      joined.thresholds.push_back(classes.thresholds[from]);
      joined.leaks.push_back(leak);
      joined.initial_potentials.push_back(
          static_cast<std::int32_t>(threshold * (2 * k + 1) / (std::int64_t{2} * kReadoutNeurons)));
      output_classes.push_back(to);
    }
  };
  for (std::size_t c = 0; c < classes.thresholds.size(); ++c) {
    append(static_cast<std::int32_t>(c), c, true, classes.leaks[c]);
  }
  if (scale.floor_class >= 0) {
    const auto of = static_cast<std::size_t>(scale.floor_class);
    const double leak = classes.thresholds[of] * scale.floor / scale.span;
    append(scale.floor_class, of, false, static_cast<std::int32_t>(std::lround(leak)));
  }
  joined.output_shape.channels = static_cast<std::int32_t>(output_classes.size());
  return joined;
}

}  // namespace spikemesh
