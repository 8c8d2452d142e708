// SPDX-License-Identifier: Apache-2.0
// One core: crossbar, kinds of neuron, targets.
#include <algorithm>
#include <map>
#include <vector>

#include "core/base/strings.h"
#include "core/report/chip_summary.h"
#include "core/report/chip_text.h"
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
                          NameOf(p.reset_mode), p.negative_saturation ? "saturate" : "reset"});
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

std::string FormatCore(const ChipModel& chip, CoreId id) {
  const CoreModel& core = chip.cores[id.value()];
  const std::string layer = LayerNameOf(chip, id);
  return Concat("core      ", core.at, layer.empty() ? "" : ", layer ", PrintableName(layer), ": ",
                core.axon_types.size(), " axons, ", core.neurons.size(), " neurons, random stream ",
                core.rng_stream, "\n\n",
                "crossbar  axons downwards, neurons to the right; a character is ", kBrailleRows,
                " x ", kBrailleColumns, " of them\n", FormatCrossbar(core), "\naxon types\n",
                FormatAxonTypes(core), "\nneurons\n", FormatKinds(chip, core), "\ntargets\n",
                FormatTargets(chip, core));
}

}  // namespace spikemesh
