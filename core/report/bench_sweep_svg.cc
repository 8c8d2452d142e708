// SPDX-License-Identifier: Apache-2.0
#include "core/report/bench_sweep_svg.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/base/strings.h"
#include "core/report/heat_map_svg.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

// Pixels.
constexpr double kMargin = 20.0;
constexpr double kTitleHeight = 40.0;
constexpr double kGap = 24.0;
constexpr double kLineHeight = 17.0;
// A chip of 64 x 64 cores; only its figures can be compared with the published ones.
constexpr std::int64_t kCoresOfPublishedChip = 4096;

HeatMap EmptyMap(const BenchSweep& sweep) {
  HeatMap map;
  map.x_label = "firing rate asked (Hz)";
  map.y_label = "synapses of an axon";
  for (const double rate_hz : sweep.rates_hz) {
    map.x_marks.push_back(FormatNumber(rate_hz));
  }
  for (const std::int32_t synapses : sweep.synapses) {
    map.y_marks.push_back(FormatCount(synapses));
  }
  return map;
}

// The colours span the points with spikes: a silent chip is skipped, and a hundred times as fast.
HeatMap SpeedMap(const BenchSweep& sweep) {
  HeatMap map = EmptyMap(sweep);
  map.title = "Simulator: times real time";
  map.legend_label = "times real time, logarithmic";
  map.outline = 1.0;
  map.scale = {.min = 1.0, .max = 1.0, .logarithmic = true};
  bool first = true;
  for (const BenchReport& point : sweep.points) {
    const double factor = point.realtime_factor();
    map.values.push_back(factor);
    if (point.counts.spikes > 0 && factor > 0.0) {
      map.scale.min = first ? factor : std::min(map.scale.min, factor);
      map.scale.max = first ? factor : std::max(map.scale.max, factor);
      first = false;
    }
  }
  return map;
}

HeatMap EnergyMap(const BenchSweep& sweep) {
  HeatMap map = EmptyMap(sweep);
  map.title = "Chip, modelled: GSOPS/W";
  map.legend_label = "GSOPS/W";
  for (const BenchReport& point : sweep.points) {
    map.values.push_back(point.energy_whole_chip.gsops_per_watt);
  }
  map.scale = {.min = 0.0, .max = *std::ranges::max_element(map.values)};
  return map;
}

std::string RealTimeNote(const HeatMap& speed) {
  const auto fast = std::ranges::count_if(speed.values, [](double value) { return value >= 1.0; });
  if (fast == 0) {
    return "no point reaches real time";
  }
  return fast == std::ssize(speed.values)
             ? "every point reaches real time"
             : "the line parts points that keep up with real time (1 or more) from others";
}

std::string FormatCaption(const BenchSweep& sweep, const HeatMap& speed, double top) {
  const std::array<std::string, 3> lines = {
      Concat("Standard workload: ", FormatSweepConditions(sweep), "; Spikemesh ",
             sweep.points.front().version, "."),
      Concat("Left: from wall time, ", RealTimeNote(speed),
             "; colours span the points with spikes (a silent chip is skipped). Right: whole chips "
             "at ",
             FormatNumber(sweep.points.front().energy_whole_chip.volts), " V."),
      sweep.points.front().cores == kCoresOfPublishedChip
          ? "Published for TrueNorth at 0.75 V: 46 GSOPS/W at 20 Hz and 128 synapses, 400 at 200 "
            "Hz "
            "and 256 (Merolla et al. 2014; Akopyan et al. 2015)."
          : ""};
  std::string text;
  for (const std::string& line : lines) {
    text += SvgText({kMargin, top}, "start", line);
    top += kLineHeight;
  }
  return text;
}

}  // namespace

std::string FormatSweepSvg(const BenchSweep& sweep) {
  const HeatMap speed = SpeedMap(sweep);
  const HeatMap energy = EnergyMap(sweep);
  const SvgSize panel = HeatMapSize(speed);
  const double width = 2.0 * (kMargin + panel.width) + kGap;
  const double bottom = kMargin + kTitleHeight + panel.height;
  const double height = bottom + 4.0 * kLineHeight;
  std::string text = Concat("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", width,
                            "\" height=\"", height, "\" viewBox=\"0 0 ", width, " ", height,
                            "\" font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">\n",
                            "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
  text += HeatMapDefinitions();
  text += SvgText({kMargin, kMargin + 12.0}, "start",
                  "Speed of the simulator and modelled efficiency of the chip, over firing rate "
                  "and synapses",
                  "font-size=\"16\" font-weight=\"bold\"");
  const double top = kMargin + kTitleHeight - 8.0;
  text += FormatHeatMap(speed, {kMargin, top});
  text += FormatHeatMap(energy, {kMargin + panel.width + kGap, top});
  return text + FormatCaption(sweep, speed, bottom + kLineHeight) + "</svg>\n";
}

}  // namespace spikemesh
