// SPDX-License-Identifier: Apache-2.0
// One core: crossbar, kinds of neuron, targets.
#include <algorithm>
#include <map>
#include <vector>

#include "apps/inspect_chip.h"
#include "core/base/strings.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

constexpr std::size_t kBrailleRows = 4;
constexpr std::size_t kBrailleColumns = 2;

// Unicode's Braille patterns begin at U+2800; bits 0..2 and 6 are the left column from the top,
// 3..5 and 7 the right one. In UTF-8: E2, A0 + (dots >> 6), 80 + (dots & 63).
std::string BrailleCharacter(unsigned dots) {
  return {'\xE2', static_cast<char>(0xA0 + (dots >> 6)), static_cast<char>(0x80 + (dots & 63))};
}

constexpr unsigned kBrailleBits[kBrailleRows][kBrailleColumns] = {{0, 3}, {1, 4}, {2, 5}, {6, 7}};

std::string FormatWeights(const NeuronParameters& kind) {
  std::string text;
  for (int type = 0; type < kAxonTypes; ++type) {
    const bool stochastic = ((kind.stochastic_weights >> type) & 1) != 0;
    text += Concat(type == 0 ? "" : " ", kind.weights[static_cast<std::size_t>(type)],
                   stochastic ? "?" : "");
  }
  return text;
}

const char* ResetName(ResetMode mode) {
  switch (mode) {
    case ResetMode::kNormal:
      return "to R";
    case ResetMode::kLinear:
      return "subtract";
    case ResetMode::kNone:
      return "none";
  }
  return "none";
}

std::map<std::uint32_t, std::int64_t> NeuronsByKind(const CoreModel& core) {
  std::map<std::uint32_t, std::int64_t> counts;
  for (const NeuronModel& neuron : core.neurons) {
    ++counts[neuron.kind];
  }
  return counts;
}

std::string FormatKinds(const ChipModel& chip, const CoreModel& core) {
  TextTable table{.rows = {{"kind", "neurons", "weights of types 0..3", "leak", "threshold",
                            "mask bits", "negative", "R", "reset", "floor"}},
                  .heading = true,
                  .indent = 2};
  for (const auto& [kind, count] : NeuronsByKind(core)) {
    const NeuronParameters& p = chip.neuron_kinds[kind];
    const std::string leak =
        Concat(p.leak, p.stochastic_leak ? "?" : "", p.leak_reversal ? " sgn(V)" : "");
    table.rows.push_back({std::to_string(kind), FormatCount(count), FormatWeights(p), leak,
                          std::to_string(p.threshold), std::to_string(p.threshold_mask_bits),
                          std::to_string(p.negative_threshold), std::to_string(p.reset_potential),
                          ResetName(p.reset_mode), p.negative_saturation ? "saturate" : "reset"});
  }
  return FormatTable(table) + "  (?: stochastic)\n";
}

std::string FormatTarget(const ChipModel& chip, const NeuronTarget& target) {
  switch (target.kind) {
    case TargetKind::kAxon:
      return Concat("core ", chip.cores[target.index].at, " axon ", target.axon, " after ",
                    target.delay);
    case TargetKind::kPin:
      return Concat("pin ", target.index);
    case TargetKind::kNone:
      break;
  }
  return "nowhere";
}

// Whether `next`, of the neuron after `target`'s, continues the run: the next axon or pin.
bool Continues(const NeuronTarget& target, const NeuronTarget& next) {
  if (target.kind != next.kind || target.delay != next.delay) {
    return false;
  }
  switch (target.kind) {
    case TargetKind::kAxon:
      return next.index == target.index && next.axon.value() == target.axon.value() + 1;
    case TargetKind::kPin:
      return next.index == target.index + 1;
    case TargetKind::kNone:
      return true;
  }
  return false;
}

// One line for each run of neurons whose targets follow one another.
std::string FormatTargets(const ChipModel& chip, const CoreModel& core) {
  std::string text;
  for (std::size_t first = 0; first < core.neurons.size();) {
    std::size_t last = first;
    while (last + 1 < core.neurons.size() &&
           Continues(core.neurons[last].target, core.neurons[last + 1].target)) {
      ++last;
    }
    text += first == last ? Concat("  neuron ", first, " -> ")
                          : Concat("  neurons ", first, "..", last, " -> ");
    text += FormatTarget(chip, core.neurons[first].target);
    if (first != last && core.neurons[first].target.kind != TargetKind::kNone) {
      text += Concat(" .. ", FormatTarget(chip, core.neurons[last].target));
    }
    text += "\n";
    first = last + 1;
  }
  return text;
}

std::string FormatAxonTypes(const CoreModel& core) {
  std::string text;
  for (std::size_t axon = 0; axon < core.axon_types.size(); ++axon) {
    text += axon % 64 == 0 ? Concat(axon == 0 ? "" : "\n", "  ") : "";
    text += static_cast<char>('0' + core.axon_types[axon]);
  }
  return text + "\n";
}

Json TargetJson(const ChipModel& chip, const NeuronTarget& target) {
  switch (target.kind) {
    case TargetKind::kAxon: {
      const CoreCoordinates at = chip.cores[target.index].at;
      return {
          {"core", {at.x, at.y}}, {"axon", target.axon.value()}, {"delay", target.delay.value()}};
    }
    case TargetKind::kPin:
      return {{"pin", target.index}};
    case TargetKind::kNone:
      break;
  }
  return {};
}

Json KindJson(const NeuronParameters& p) {
  return {{"weights", p.weights},
          {"stochastic_weights", p.stochastic_weights},
          {"leak", p.leak},
          {"leak_reversal", p.leak_reversal},
          {"stochastic_leak", p.stochastic_leak},
          {"threshold", p.threshold},
          {"threshold_mask_bits", p.threshold_mask_bits},
          {"negative_threshold", p.negative_threshold},
          {"negative_saturation", p.negative_saturation},
          {"reset_potential", p.reset_potential},
          {"reset", ResetName(p.reset_mode)}};
}

Json CoreJson(const ChipModel& chip, const CoreModel& core, const std::string& layer) {
  Json kinds = Json::object();
  for (const auto& [kind, count] : NeuronsByKind(core)) {
    kinds[std::to_string(kind)] = KindJson(chip.neuron_kinds[kind]);
  }
  Json neurons = Json::array();
  for (const NeuronModel& neuron : core.neurons) {
    neurons.push_back({{"kind", neuron.kind},
                       {"initial_potential", neuron.initial_potential},
                       {"target", TargetJson(chip, neuron.target)}});
  }
  Json crossbar = Json::array();
  for (const Bits256& row : core.crossbar) {
    Json set = Json::array();
    row.ForEach([&set](int neuron) { set.push_back(neuron); });
    crossbar.push_back(std::move(set));
  }
  return {{"schema", kInspectSchema},
          {"kind", "core"},
          {"core", {core.at.x, core.at.y}},
          {"layer", layer},
          {"rng_stream", core.rng_stream},
          {"axon_types", core.axon_types},
          {"crossbar", crossbar},
          {"neuron_kinds", kinds},
          {"neurons", neurons}};
}

}  // namespace

std::string FormatCrossbar(const CoreModel& core) {
  std::string text;
  for (std::size_t top = 0; top < core.crossbar.size(); top += kBrailleRows) {
    text += "  ";
    for (std::size_t left = 0; left < core.neurons.size(); left += kBrailleColumns) {
      unsigned dots = 0;
      for (std::size_t y = 0; y < kBrailleRows && top + y < core.crossbar.size(); ++y) {
        for (std::size_t x = 0; x < kBrailleColumns && left + x < core.neurons.size(); ++x) {
          const bool set = core.crossbar[top + y].Test(static_cast<int>(left + x));
          dots |= (set ? 1u : 0u) << kBrailleBits[y][x];
        }
      }
      text += BrailleCharacter(dots);
    }
    text += "\n";
  }
  return text;
}

absl::StatusOr<Inspection> InspectCore(const ChipModel& chip, CoreCoordinates at) {
  const auto found = std::ranges::lower_bound(chip.cores, at, {}, &CoreModel::at);
  if (found == chip.cores.end() || found->at != at) {
    return absl::NotFoundError(Concat("--core: no used core at ", at, "; ", chip.cores.size(),
                                      " cores are used, the map of `inspect` shows them"));
  }
  const CoreModel& core = *found;
  const auto index = static_cast<std::size_t>(found - chip.cores.begin());
  const std::int32_t layer = chip.provenance.LayerOf(index);
  const std::string name =
      layer < 0 ? std::string() : chip.provenance.layers[static_cast<std::size_t>(layer)];
  Inspection result;
  result.text = Concat("core      ", core.at, name.empty() ? "" : ", layer ", PrintableName(name),
                       ": ", core.axon_types.size(), " axons, ", core.neurons.size(),
                       " neurons, random stream ", core.rng_stream, "\n\n",
                       "crossbar  axons downwards, neurons to the right; a character is ",
                       kBrailleRows, " x ", kBrailleColumns, " of them\n", FormatCrossbar(core),
                       "\naxon types\n", FormatAxonTypes(core), "\nneurons\n",
                       FormatKinds(chip, core), "\ntargets\n", FormatTargets(chip, core));
  result.json = CoreJson(chip, core, name);
  return result;
}

}  // namespace spikemesh
