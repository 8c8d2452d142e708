// SPDX-License-Identifier: Apache-2.0
#include "core/profile/spike_traffic_report.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/profile/latency_report.h"
#include "core/stats/text_table.h"
#include "router/router_config.h"

namespace spikemesh {
namespace {

constexpr std::size_t kHottestLinks = 8;
constexpr std::size_t kLayersOfALink = 3;  // in the text
constexpr std::size_t kLateInText = 5;

double PerTick(const SpikeTraffic& traffic, std::int64_t packets) {
  return static_cast<double>(packets) /
         static_cast<double>(std::max<std::int64_t>(traffic.ticks(), 1));
}

Json LatencyJson(const LatencyHistogram& latency) {
  Json json = {{"packets", latency.packets()}};
  AddLatency(latency, json);
  return json;
}

double HopsMean(const std::vector<std::int64_t>& histogram) {
  std::int64_t hops = 0;
  std::int64_t packets = 0;
  for (std::size_t i = 0; i < histogram.size(); ++i) {
    hops += static_cast<std::int64_t>(i) * histogram[i];
    packets += histogram[i];
  }
  return packets == 0 ? 0.0 : static_cast<double>(hops) / static_cast<double>(packets);
}

std::vector<MeshLink> HottestLinks(std::vector<MeshLink> links) {
  std::ranges::stable_sort(links, std::ranges::greater(), &MeshLink::packets);
  links.resize(std::min(links.size(), kHottestLinks));
  return links;
}

Json LinkJson(const SpikeTraffic& traffic, const MeshLink& link) {
  return {{"x", link.at.x},
          {"y", link.at.y},
          {"direction", NameOf(link.output)},
          {"load_mean", PerTick(traffic, link.packets)},
          {"load_peak", link.peak_packets}};
}

// Packets a tick of all links that carried any, ascending.
std::vector<double> LoadsOf(const SpikeTraffic& traffic, const std::vector<MeshLink>& links) {
  std::vector<double> loads;
  for (const MeshLink& link : links) {
    loads.push_back(PerTick(traffic, link.packets));
  }
  std::ranges::sort(loads);
  return loads;
}

double MeanOf(const std::vector<double>& sorted) {
  double sum = 0.0;
  for (const double value : sorted) {
    sum += value;
  }
  return sorted.empty() ? 0.0 : sum / static_cast<double>(sorted.size());
}

// The least value that at least `share` of the sorted ones do not exceed.
double PercentileOf(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) {
    return 0.0;
  }
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

std::int64_t PeakOf(const std::vector<MeshLink>& links) {
  std::int64_t peak = 0;
  for (const MeshLink& link : links) {
    peak = std::max(peak, link.peak_packets);
  }
  return peak;
}

// A row and a column for each of `layer_names`; the host comes first.
void AddLayers(const SpikeTraffic& traffic, Json& json) {
  std::int32_t last = kHostLayer;
  const std::vector<LayerTraffic> pairs = traffic.Layers();
  for (const LayerTraffic& pair : pairs) {
    last = std::max({last, pair.from, pair.to});
  }
  const auto count = static_cast<std::size_t>(last + 2);
  std::vector<std::vector<std::int64_t>> packets(count, std::vector<std::int64_t>(count));
  std::vector<std::vector<std::int64_t>> hops = packets;
  Json names = Json::array();
  for (std::int32_t layer = kHostLayer; layer <= last; ++layer) {
    names.push_back(traffic.LayerName(layer));
  }
  for (const LayerTraffic& pair : pairs) {
    packets[static_cast<std::size_t>(pair.from + 1)][static_cast<std::size_t>(pair.to + 1)] =
        pair.packets;
    hops[static_cast<std::size_t>(pair.from + 1)][static_cast<std::size_t>(pair.to + 1)] =
        pair.hops;
  }
  json["layer_names"] = names;
  json["layers"] = packets;
  json["layer_hops"] = hops;
}

// Packets over the sides of chips, by chip and direction.
Json ChipEdgesJson(const SpikeTraffic& traffic, const std::vector<MeshLink>& links) {
  const MeshShape& mesh = traffic.mesh();
  std::map<std::tuple<std::int32_t, std::int32_t, std::size_t>, std::int64_t> sums;
  for (const MeshLink& link : links) {
    const bool horizontal = link.output == Port::kEast || link.output == Port::kWest;
    const std::int32_t step = link.output == Port::kEast || link.output == Port::kSouth ? 1 : -1;
    const std::int32_t side = horizontal ? mesh.cores_x : mesh.cores_y;
    const std::int32_t place = horizontal ? link.at.x : link.at.y;
    if (place / side != (place + step) / side) {
      sums[{link.at.y / mesh.cores_y, link.at.x / mesh.cores_x,
            static_cast<std::size_t>(link.output)}] += link.packets;
    }
  }
  Json edges = Json::array();
  for (const auto& [key, packets] : sums) {
    edges.push_back({{"chip_x", std::get<1>(key)},
                     {"chip_y", std::get<0>(key)},
                     {"direction", kPortNames[std::get<2>(key)]},
                     {"load_mean", PerTick(traffic, packets)}});
  }
  return edges;
}

std::string LayersText(const SpikeTraffic& traffic, const MeshLink& link) {
  std::string text;
  std::size_t shown = 0;
  for (const LayerTraffic& pair : traffic.LayersOn(link)) {
    if (shown++ == kLayersOfALink) {
      return text + ", ...";
    }
    const double share = static_cast<double>(pair.packets) / static_cast<double>(link.packets);
    text += Concat(text.empty() ? "" : ", ", PrintableName(traffic.LayerName(pair.from)), " to ",
                   PrintableName(traffic.LayerName(pair.to)), " ", FormatPercent(share));
  }
  return text;
}

void AddLatencyRow(const LatencyHistogram& latency, const char* what, TextTable& table) {
  std::vector<std::string> row = {what, FormatCount(latency.packets())};
  AddLatencyCells(latency, row);
  table.rows.push_back(std::move(row));
}

}  // namespace

Json LateJson(const SpikeTraffic& traffic) {
  Json packets = Json::array();
  const auto place = [](CoreCoordinates at) { return Json{{"x", at.x}, {"y", at.y}}; };
  for (const LateSpike& spike : traffic.late_spikes()) {
    Json path = Json::array();
    for (const CoreCoordinates at : spike.path) {
      path.push_back(place(at));
    }
    packets.push_back({{"from", place(spike.from)},
                       {"to", place(spike.to)},
                       {"host", spike.is_host},
                       {"sent_tick", spike.sent_tick},
                       {"due_tick", spike.due_tick},
                       {"arrived_tick", spike.arrived_tick},
                       {"latency_cycles", spike.latency_cycles},
                       {"zero_load_cycles", spike.zero_load_cycles},
                       {"source_wait_cycles", spike.source_wait_cycles},
                       {"mesh_wait_cycles", spike.mesh_wait_cycles},
                       {"path", path}});
  }
  return {{"count", traffic.late()},
          {"of_host", traffic.late_of_host()},
          {"dropped", traffic.dropped()},
          {"packets", packets}};
}

Json SlackJson(const SpikeTraffic& traffic) {
  const LatencyHistogram& slack = traffic.slack();
  return {{"min", slack.min()},
          {"p1", slack.Percentile(0.01)},
          {"p5", slack.Percentile(0.05)},
          {"p50", slack.Percentile(0.5)}};
}

Json SpikeTrafficJson(const SpikeTraffic& traffic, const RunReport& run) {
  const Json run_json = RunReportJson(run);
  const std::vector<MeshLink> links = traffic.Links();
  const std::vector<double> loads = LoadsOf(traffic, links);
  const std::vector<std::int64_t> hops = traffic.HopHistogram();
  Json json;
  json["schema"] = "spikemesh.profile/1";
  json["model"] = run_json["model"];
  json["dataset"] = run_json["dataset"];
  json["ticks"] = traffic.ticks();
  json["router"] = RouterConfigJson(traffic.router());
  json["latency_cycles"] = LatencyJson(traffic.latency());
  json["host_latency_cycles"] = LatencyJson(traffic.host_latency());
  json["slack_cycles"] = SlackJson(traffic);
  json["late"] = LateJson(traffic);
  json["hops_mean"] = HopsMean(hops);
  json["hops"] = hops;
  json["link_load"] = {{"links", links.size()},
                       {"mean", MeanOf(loads)},
                       {"p50", PercentileOf(loads, 0.5)},
                       {"p95", PercentileOf(loads, 0.95)},
                       {"p99", PercentileOf(loads, 0.99)},
                       {"max", loads.empty() ? 0.0 : loads.back()},
                       {"peak", PeakOf(links)}};
  json["links"] = Json::array();
  for (const MeshLink& link : links) {
    json["links"].push_back(LinkJson(traffic, link));
  }
  json["hottest"] = Json::array();
  for (const MeshLink& link : HottestLinks(links)) {
    Json hot = LinkJson(traffic, link);
    hot["layers"] = Json::array();
    for (const LayerTraffic& pair : traffic.LayersOn(link)) {
      hot["layers"].push_back({{"from", traffic.LayerName(pair.from)},
                               {"to", traffic.LayerName(pair.to)},
                               {"packets", pair.packets}});
    }
    json["hottest"].push_back(hot);
  }
  json["chip_edges"] = ChipEdgesJson(traffic, links);
  AddLayers(traffic, json);
  json["energy"] = run_json["energy"];
  json["simulator"] = run_json["simulator"];
  json["simulator"]["router_hops"] = traffic.router_hops();
  return json;
}

std::string FormatLate(const SpikeTraffic& traffic) {
  const LatencyHistogram& slack = traffic.slack();
  std::string text = Concat("\nrouter    ", FormatCount(traffic.latency().packets()),
                            " spikes between cores, ", FormatNumber(traffic.latency().mean()),
                            " cycles each, ", FormatCount(traffic.host_latency().packets()),
                            " of the host; ", FormatCount(traffic.late()),
                            " late\n          slack at least ", FormatCount(slack.min()), " of ",
                            FormatCount(traffic.router().cycles_per_tick), " cycles a tick\n");
  for (std::size_t i = 0; i < std::min(traffic.late_spikes().size(), kLateInText); ++i) {
    text += Concat("  late: ", Explain(traffic.late_spikes()[i]), "\n");
  }
  return text;
}

std::string FormatSpikeTraffic(const SpikeTraffic& traffic, const RunReport& run) {
  std::string text = Concat("model     ", PrintableName(run.model.name), ", ",
                            run.model.cores.value_or(0), " cores\n");
  if (run.dataset) {
    text += Concat("dataset   ", run.dataset->name, ", ", FormatCount(run.dataset->images),
                   " images\n");
  }
  text += FormatLate(traffic);
  TextTable latency{.rows = {{"latency in cycles", "packets"}}, .heading = true, .indent = 2};
  AddLatencyHeadings(latency.rows.front());
  AddLatencyRow(traffic.latency(), "between cores", latency);
  AddLatencyRow(traffic.host_latency(), "of the host", latency);
  text += "\n" + FormatTable(latency);

  const std::vector<MeshLink> links = traffic.Links();
  const std::vector<double> loads = LoadsOf(traffic, links);
  text += Concat("\nhops      ", FormatNumber(HopsMean(traffic.HopHistogram())),
                 " a spike between cores");
  if (run.energy) {
    text += Concat(", ", FormatQuantity(run.energy->hop_joules, "J"), " of ",
                   FormatQuantity(run.energy->total_joules, "J"));
  }
  text += Concat("\nlinks     ", FormatCount(static_cast<std::int64_t>(links.size())),
                 " carried packets; a tick: mean ", FormatNumber(MeanOf(loads)), ", p95 ",
                 FormatNumber(PercentileOf(loads, 0.95)), ", p99 ",
                 FormatNumber(PercentileOf(loads, 0.99)), ", most ",
                 FormatNumber(loads.empty() ? 0.0 : loads.back()), "; in one tick at most ",
                 FormatCount(PeakOf(links)), "\n");
  TextTable hottest{.rows = {{"hottest links", "packets a tick", "peak", "loaded by"}},
                    .heading = true,
                    .indent = 2};
  for (const MeshLink& link : HottestLinks(links)) {
    hottest.rows.push_back({Concat("(", link.at.x, ",", link.at.y, ") ", NameOf(link.output)),
                            FormatNumber(PerTick(traffic, link.packets)),
                            FormatCount(link.peak_packets), LayersText(traffic, link)});
  }
  text += "\n" + FormatTable(hottest);
  TextTable layers{.rows = {{"from", "to", "packets", "hops each"}},
                   .heading = true,
                   .indent = 2,
                   .left_columns = 2};
  for (const LayerTraffic& pair : traffic.Layers()) {
    layers.rows.push_back(
        {PrintableName(traffic.LayerName(pair.from)), PrintableName(traffic.LayerName(pair.to)),
         FormatCount(pair.packets),
         pair.from == kHostLayer
             ? "-"
             : FormatNumber(static_cast<double>(pair.hops) / static_cast<double>(pair.packets))});
  }
  const double cpu = run.simulator.cpu_seconds;
  return text + "\n" + FormatTable(layers) +
         Concat("\nsimulator ", run.simulator.version, ": ", FormatCount(traffic.router_hops()),
                " router hops, ", FormatQuantity(cpu, "s"), " processor with the cores, ",
                FormatQuantity(cpu > 0 ? static_cast<double>(traffic.router_hops()) / cpu : 0.0,
                               "router hops/s"),
                "\n");
}

}  // namespace spikemesh
