// SPDX-License-Identifier: Apache-2.0
#include "core/report/chip_text.h"

#include <algorithm>
#include <vector>

#include "core/base/strings.h"
#include "core/report/chip_summary.h"
#include "core/report/report_text.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

// The map of cores is drawn up to this width; wider grids are described by numbers alone.
constexpr std::int32_t kMapWidthMax = 128;
constexpr std::int32_t kMapHeightMax = 128;

// The letter of a layer in the map: a..z, A..Z, then '#'; without layers '#'.
char LayerLetter(std::int32_t layer) {
  constexpr std::int32_t kLetters = 26;
  if (layer >= 0 && layer < kLetters) {
    return static_cast<char>('a' + layer);
  }
  if (layer >= kLetters && layer < 2 * kLetters) {
    return static_cast<char>('A' + layer - kLetters);
  }
  return '#';
}

// One past the last used column and row.
CoreCoordinates UsedArea(const ChipModel& chip) {
  CoreCoordinates area;
  for (const CoreModel& core : chip.cores) {
    area.x = std::max(area.x, core.at.x + 1);
    area.y = std::max(area.y, core.at.y + 1);
  }
  return area;
}

std::string FormatMap(const ChipModel& chip) {
  const CoreCoordinates area = UsedArea(chip);
  if (area.x > kMapWidthMax || area.y > kMapHeightMax) {
    return Concat("map       left out: the used cores span ", area.x, " x ", area.y, "\n");
  }
  const auto width = static_cast<std::size_t>(area.x);
  std::vector<std::string> rows(static_cast<std::size_t>(area.y), std::string(width, '.'));
  for (std::size_t core = 0; core < chip.cores.size(); ++core) {
    const CoreCoordinates at = chip.cores[core].at;
    rows[static_cast<std::size_t>(at.y)][static_cast<std::size_t>(at.x)] =
        LayerLetter(chip.provenance.LayerOf(core));
  }
  std::string text = "map       a letter a core, by layer; (0,0) is the north-west corner\n";
  for (const std::string& row : rows) {
    text += "  " + row + "\n";
  }
  return text;
}

std::string FormatInput(const ChipModel& chip) {
  const InputModel& input = chip.input;
  if (input.encoder == EncoderKind::kNone) {
    return Concat("input     ", FormatCount(static_cast<std::int64_t>(chip.input_lines.size())),
                  " lines, no image encoder\n");
  }
  std::string encoder = Concat(input.levels.size(), " levels");
  if (input.encoder == EncoderKind::kRate) {
    encoder = "rates";
  } else if (input.host_layer) {
    encoder = Concat("layer ", PrintableName(input.host_layer->name), " by the host, ",
                     FormatCount(input.host_layer->macs()), " multiply-adds");
  }
  return Concat("input     ", FormatCount(static_cast<std::int64_t>(chip.input_lines.size())),
                " lines, images of ", input.shape[0], "x", input.shape[1], "x", input.shape[2],
                ", ", encoder, "; bytes become 0..", FormatNumber(input.range_max),
                FormatPad(input.pad), "\n");
}

// Nothing where there are none.
std::string FormatDefects(const ChipSpec& spec) {
  const auto count = [](std::size_t number, const char* what) {
    return Concat(number, " dead ", what, number == 1 ? "" : "s");
  };
  if (spec.dead_cores.empty() && spec.dead_links.empty()) {
    return "";
  }
  return Concat(", ", count(spec.dead_cores.size(), "core"), ", ",
                count(spec.dead_links.size(), "link"));
}

std::string FormatPresentation(const PresentationModel& presentation) {
  std::string text = Concat("images    ", NameOf(presentation.mode));
  if (presentation.mode == PresentationMode::kRate) {
    text += Concat(", ", presentation.ticks_per_image, " ticks an image");
  }
  return text + Concat(", latency ", presentation.latency_ticks, " ticks\n");
}

std::string FormatLayers(const ChipModel& chip) {
  TextTable table{.rows = {{"layer", "on map", "cores", "axons", "neurons", "synapses"}},
                  .heading = true,
                  .indent = 2};
  for (const ChipLayer& layer : SummarizeLayers(chip)) {
    table.rows.push_back({layer.name, std::string(1, LayerLetter(layer.index)),
                          FormatCount(layer.cores), FormatCount(layer.axons),
                          FormatCount(layer.neurons), FormatCount(layer.synapses)});
  }
  return FormatTable(table);
}

}  // namespace

std::string FormatChip(const ChipModel& chip) {
  const ModelSummary sizes = SummarizeChip(chip, "");
  const MeshShape& mesh = chip.spec.mesh;
  return Concat(
      "chip      ", PrintableName(chip.name), ": ", FormatCount(*sizes.cores), " cores on ",
      *sizes.chips, *sizes.chips == 1 ? " chip, " : " chips, ", FormatCount(*sizes.neurons),
      " neurons, ", FormatCount(*sizes.axons), " axons, ", FormatCount(*sizes.synapses),
      " synapses\n", "hardware  ", mesh.chips_x, " x ", mesh.chips_y, " chips of ", mesh.cores_x,
      " x ", mesh.cores_y, " cores, ", FormatNumber(chip.spec.volts), " V, ticks of ",
      FormatNumber(chip.spec.tick_us), " us", FormatDefects(chip.spec), "\n", FormatInput(chip),
      "output    ", FormatCount(chip.pin_count), " pins\n", FormatPresentation(chip.presentation),
      "inside    ", FormatCount(static_cast<std::int64_t>(chip.neuron_kinds.size())),
      " kinds of neuron, seed ", chip.seed, ", ",
      chip.spiking_network.empty() ? "no spiking network" : "spiking network (to verify against)",
      "\n\n", FormatLayers(chip), "\n", FormatMap(chip));
}

}  // namespace spikemesh
