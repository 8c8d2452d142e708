// SPDX-License-Identifier: Apache-2.0
// What `spikemesh inspect` finds of networks, as values and as text: their nodes or layers, whether
// they fit a chip, and what stops them. Obstacles carry remedies, which the program words.
#ifndef SPIKEMESH_CORE_REPORT_NETWORK_INSPECTION_H_
#define SPIKEMESH_CORE_REPORT_NETWORK_INSPECTION_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/remedy.h"
#include "core/report/convert_report.h"
#include "core/report/run_mode.h"

namespace spikemesh {

// What stops a node, a layer or a network; nothing where `message` is empty.
struct Obstacle {
  std::string message;
  std::vector<Remedy> remedies;
  std::string Text(const RemedyWords& words) const { return WithWords(message, remedies, words); }
};

// One node of a float network.
struct InspectedNode {
  std::string name;  // printable
  std::string kind;
  std::array<std::int64_t, 3> shape = {};  // of the output: channels, height, width
  std::int64_t fan_in = 0;                 // convolutions and dense layers
  std::string weights;                     // likewise: what one channel's weights are
  Obstacle obstacle;
};

// One layer of a spiking network on cores, by closed forms, whether or not it fits.
struct InspectedFit {
  std::string name;
  std::string weights;
  std::int64_t fan_in = 0;
  std::int64_t axons = 0;  // of the widest neuron
  std::int64_t neurons = 0;
  std::int64_t cores = 0;
  std::int64_t total_axons = 0;
  std::int64_t copies = 0;
  std::int64_t splitter_cores = 0;
  std::int32_t latency_ticks = 0;
  bool fits = true;
  Obstacle obstacle;
};

struct FitEstimate {
  std::vector<InspectedFit> layers;
  std::int64_t cores = 0;
  std::int32_t latency_ticks = 0;
};

// Whether conversion succeeds, and what it makes or why not.
struct Verdict {
  bool fits = false;
  bool is_known = true;  // false: it takes images, or a form of weights, to tell
  Obstacle text;
};

struct NetworkInspection {
  std::string name;
  std::array<std::int64_t, 3> input_shape = {};
  std::vector<InspectedNode> nodes;
  Verdict verdict;
  std::vector<std::string> warnings;
  // Of a network that becomes spikes.
  std::optional<RunMode> mode;
  std::string mode_reason;
  std::optional<FitEstimate> fit;
};

struct SpikingInspection {
  std::string name;
  std::int64_t classes = 0;
  std::vector<ConvertedLayer> layers;
  Verdict verdict;
  FitEstimate fit;
};

std::string FormatInspection(const NetworkInspection& inspection, const RemedyWords& words);
std::string FormatInspection(const SpikingInspection& inspection, const RemedyWords& words);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_NETWORK_INSPECTION_H_
