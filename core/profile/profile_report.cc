// SPDX-License-Identifier: Apache-2.0
#include "core/profile/profile_report.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "core/base/strings.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

constexpr std::size_t kHottestLinks = 8;
constexpr std::size_t kLayersOfALink = 3;  // in the text

std::vector<HotLink> HottestLinks(const SpikeTraffic& traffic, std::vector<MeshLink> links) {
  std::ranges::stable_sort(links, std::ranges::greater(), &MeshLink::packets);
  links.resize(std::min(links.size(), kHottestLinks));
  std::vector<HotLink> hottest;
  hottest.reserve(links.size());
  for (const MeshLink& link : links) {
    hottest.push_back({link, traffic.LayersOn(link)});
  }
  return hottest;
}

// The least value that at least `share` of the sorted ones do not exceed.
double PercentileOf(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) {
    return 0.0;
  }
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

LinkLoads LoadsOf(const ProfileReport& report) {
  std::vector<double> sorted;
  LinkLoads loads;
  double sum = 0.0;
  for (const MeshLink& link : report.links) {
    sorted.push_back(report.per_tick(link.packets));
    loads.peak = std::max(loads.peak, link.peak_packets);
  }
  std::ranges::sort(sorted);
  for (const double load : sorted) {
    sum += load;
  }
  loads.links = static_cast<std::int64_t>(sorted.size());
  loads.mean = sorted.empty() ? 0.0 : sum / static_cast<double>(sorted.size());
  loads.p50 = PercentileOf(sorted, 0.5);
  loads.p95 = PercentileOf(sorted, 0.95);
  loads.p99 = PercentileOf(sorted, 0.99);
  loads.max = sorted.empty() ? 0.0 : sorted.back();
  return loads;
}

std::vector<ChipEdge> ChipEdges(const MeshShape& mesh, const std::vector<MeshLink>& links) {
  std::map<std::tuple<std::int32_t, std::int32_t, Port>, std::int64_t> sums;  // by chip: y, x
  for (const MeshLink& link : links) {
    const bool horizontal = link.output == Port::kEast || link.output == Port::kWest;
    const std::int32_t step = link.output == Port::kEast || link.output == Port::kSouth ? 1 : -1;
    const std::int32_t side = horizontal ? mesh.cores_x : mesh.cores_y;
    const std::int32_t place = horizontal ? link.at.x : link.at.y;
    if (place / side != (place + step) / side) {
      sums[{link.at.y / mesh.cores_y, link.at.x / mesh.cores_x, link.output}] += link.packets;
    }
  }
  std::vector<ChipEdge> edges;
  edges.reserve(sums.size());
  for (const auto& [key, packets] : sums) {
    edges.push_back({std::get<1>(key), std::get<0>(key), std::get<2>(key), packets});
  }
  return edges;
}

std::vector<std::string> LayerNames(const SpikeTraffic& traffic,
                                    const std::vector<LayerTraffic>& pairs) {
  std::int32_t last = kHostLayer;
  for (const LayerTraffic& pair : pairs) {
    last = std::max({last, pair.from, pair.to});
  }
  std::vector<std::string> names;
  for (std::int32_t layer = kHostLayer; layer <= last; ++layer) {
    names.push_back(traffic.LayerName(layer));
  }
  return names;
}

std::string LayersText(const ProfileReport& report, const HotLink& hot) {
  std::string text;
  std::size_t shown = 0;
  for (const LayerTraffic& pair : hot.layers) {
    if (shown++ == kLayersOfALink) {
      return text + ", ...";
    }
    const double share = static_cast<double>(pair.packets) / static_cast<double>(hot.link.packets);
    text += Concat(text.empty() ? "" : ", ", PrintableName(report.layer_name(pair.from)), " to ",
                   PrintableName(report.layer_name(pair.to)), " ", FormatPercent(share));
  }
  return text;
}

std::string FormatLatencies(const ProfileReport& report) {
  TextTable table{.rows = {{"latency in cycles", "packets"}}, .heading = true, .indent = 2};
  AddLatencyHeadings(table.rows.front());
  const auto add = [&table](const LatencySummary& latency, const char* what) {
    std::vector<std::string> row = {what, FormatCount(latency.packets)};
    AddLatencyCells(latency, row);
    table.rows.push_back(std::move(row));
  };
  add(report.latency, "between cores");
  add(report.host_latency, "of the host");
  return FormatTable(table);
}

std::string FormatLinks(const ProfileReport& report) {
  const LinkLoads& loads = report.link_loads;
  std::string text =
      Concat("links     ", FormatCount(loads.links), " carried packets; a tick: mean ",
             FormatNumber(loads.mean), ", p95 ", FormatNumber(loads.p95), ", p99 ",
             FormatNumber(loads.p99), ", most ", FormatNumber(loads.max), "; in one tick at most ",
             FormatCount(loads.peak), "\n");
  TextTable table{.rows = {{"hottest links", "packets a tick", "peak", "loaded by"}},
                  .heading = true,
                  .indent = 2};
  for (const HotLink& hot : report.hottest) {
    table.rows.push_back(
        {Concat("(", hot.link.at.x, ",", hot.link.at.y, ") ", NameOf(hot.link.output)),
         FormatNumber(report.per_tick(hot.link.packets)), FormatCount(hot.link.peak_packets),
         LayersText(report, hot)});
  }
  return text + "\n" + FormatTable(table);
}

std::string FormatLayers(const ProfileReport& report) {
  TextTable table{.rows = {{"from", "to", "packets", "hops each"}},
                  .heading = true,
                  .indent = 2,
                  .left_columns = 2};
  for (const LayerTraffic& pair : report.layers) {
    const double each = static_cast<double>(pair.hops) / static_cast<double>(pair.packets);
    table.rows.push_back({PrintableName(report.layer_name(pair.from)),
                          PrintableName(report.layer_name(pair.to)), FormatCount(pair.packets),
                          pair.from == kHostLayer ? "-" : FormatNumber(each)});
  }
  return FormatTable(table);
}

std::string FormatCost(const ProfileReport& report) {
  const double cpu = report.run.simulator.cpu_seconds;
  const auto router_hops = static_cast<double>(report.router_hops);
  std::string text =
      Concat("simulator ", report.run.simulator.version, ": ", FormatCount(report.router_hops),
             " router hops, ", FormatQuantity(cpu, "s"), " processor with the cores, ",
             FormatQuantity(cpu > 0 ? router_hops / cpu : 0.0, "router hops/s"), "\n");
  if (report.ideal_cpu_seconds) {
    const double ideal = *report.ideal_cpu_seconds;
    text += Concat("          on the ideal transport ", FormatQuantity(ideal, "s"),
                   " processor; the routers make it ", FormatNumber(ideal > 0 ? cpu / ideal : 0.0),
                   " times as much\n");
  }
  return text;
}

}  // namespace

double ProfileReport::per_tick(std::int64_t packets) const {
  return static_cast<double>(packets) / static_cast<double>(std::max<std::int64_t>(ticks, 1));
}

double ProfileReport::hops_mean() const {
  std::int64_t sum = 0;
  std::int64_t packets = 0;
  for (std::size_t i = 0; i < hops.size(); ++i) {
    sum += static_cast<std::int64_t>(i) * hops[i];
    packets += hops[i];
  }
  return packets == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(packets);
}

ProfileReport MakeProfileReport(const SpikeTraffic& traffic, RunReport run) {
  ProfileReport report;
  report.run = std::move(run);
  report.run.routing = traffic.Summarize();
  report.ticks = traffic.ticks();
  report.latency = SummarizeLatency(traffic.latency());
  report.host_latency = SummarizeLatency(traffic.host_latency());
  report.hops = traffic.HopHistogram();
  report.links = traffic.Links();
  report.link_loads = LoadsOf(report);
  report.hottest = HottestLinks(traffic, report.links);
  report.chip_edges = ChipEdges(traffic.mesh(), report.links);
  report.layers = traffic.Layers();
  report.layer_names = LayerNames(traffic, report.layers);
  report.router_hops = traffic.router_hops();
  return report;
}

std::string FormatProfileReport(const ProfileReport& report) {
  const RunReport& run = report.run;
  std::string text = Concat("model     ", PrintableName(run.model.name), ", ",
                            run.model.cores.value_or(0), " cores\n");
  if (run.dataset) {
    text += Concat("dataset   ", run.dataset->name, ", ", FormatCount(run.dataset->images),
                   " images\n");
  }
  text += run.routing ? FormatRouting(*run.routing) : "";
  text += "\n" + FormatLatencies(report);
  text += Concat("\nhops      ", FormatNumber(report.hops_mean()), " a spike between cores");
  if (run.energy) {
    text += Concat(", ", FormatQuantity(run.energy->hop_joules, "J"), " of ",
                   FormatQuantity(run.energy->total_joules, "J"));
  }
  return Concat(text, "\n", FormatLinks(report), "\n", FormatLayers(report), "\n",
                FormatCost(report));
}

}  // namespace spikemesh
