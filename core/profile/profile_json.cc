// SPDX-License-Identifier: Apache-2.0
#include "core/profile/profile_json.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/json.h"
#include "core/report/energy_json.h"
#include "core/report/routing_json.h"
#include "core/report/run_json.h"
#include "router/cycle_mesh.h"
#include "router/router_config.h"

namespace spikemesh {
namespace {

// Appends mean, p50, p95, p99, p999 and max, in cycles, to an object.
void AddLatency(const LatencySummary& latency, Json& json) {
  json["mean"] = latency.mean;
  for (std::size_t i = 0; i < kLatencyPercentiles.size(); ++i) {
    json[kLatencyPercentiles[i].key] = latency.percentiles[i];
  }
  json["max"] = latency.max;
}

Json LatencyJson(const LatencySummary& latency) {
  Json json = {{"packets", latency.packets}};
  AddLatency(latency, json);
  return json;
}

Json LinkJson(const ProfileReport& report, const MeshLink& link) {
  return {{"x", link.at.x},
          {"y", link.at.y},
          {"direction", NameOf(link.output)},
          {"load_mean", report.per_tick(link.packets)},
          {"load_peak", link.peak_packets}};
}

Json LinksJson(const ProfileReport& report) {
  Json links = Json::array();
  for (const MeshLink& link : report.links) {
    links.push_back(LinkJson(report, link));
  }
  return links;
}

Json HottestJson(const ProfileReport& report) {
  Json hottest = Json::array();
  for (const HotLink& hot : report.hottest) {
    Json link = LinkJson(report, hot.link);
    link["layers"] = Json::array();
    for (const LayerTraffic& pair : hot.layers) {
      link["layers"].push_back({{"from", report.layer_name(pair.from)},
                                {"to", report.layer_name(pair.to)},
                                {"packets", pair.packets}});
    }
    hottest.push_back(link);
  }
  return hottest;
}

Json LoadsJson(const LinkLoads& loads) {
  return {{"links", loads.links}, {"mean", loads.mean}, {"p50", loads.p50},  {"p95", loads.p95},
          {"p99", loads.p99},     {"max", loads.max},   {"peak", loads.peak}};
}

Json ChipEdgesJson(const ProfileReport& report) {
  Json edges = Json::array();
  for (const ChipEdge& edge : report.chip_edges) {
    edges.push_back({{"chip_x", edge.chip_x},
                     {"chip_y", edge.chip_y},
                     {"direction", NameOf(edge.direction)},
                     {"load_mean", report.per_tick(edge.packets)}});
  }
  return edges;
}

// A row and a column for each of `layer_names`; the host comes first.
void AddLayers(const ProfileReport& report, Json& json) {
  const std::size_t count = report.layer_names.size();
  std::vector<std::vector<std::int64_t>> packets(count, std::vector<std::int64_t>(count));
  std::vector<std::vector<std::int64_t>> hops = packets;
  for (const LayerTraffic& pair : report.layers) {
    const auto from = static_cast<std::size_t>(std::int64_t{pair.from} + 1);
    const auto to = static_cast<std::size_t>(std::int64_t{pair.to} + 1);
    packets[from][to] = pair.packets;
    hops[from][to] = pair.hops;
  }
  json["layer_names"] = report.layer_names;
  json["layers"] = packets;
  json["layer_hops"] = hops;
}

Json CostJson(const ProfileReport& report) {
  Json simulator = SimulatorJson(report.run);
  simulator["router_hops"] = report.router_hops;
  if (report.ideal_cpu_seconds) {
    simulator["ideal_cpu_seconds"] = *report.ideal_cpu_seconds;
  }
  return simulator;
}

}  // namespace

Json ProfileReportJson(const ProfileReport& report, ProfileLinks links) {
  const RoutingSummary routing = report.run.routing.value_or(RoutingSummary());
  Json json;
  json["schema"] = kProfileSchema;
  json["model"] = ModelJson(report.run.model);
  json["dataset"] = DatasetJson(report.run.dataset);
  json["ticks"] = report.ticks;
  json["router"] = RouterConfigJson(routing.router);
  json["latency_cycles"] = LatencyJson(report.latency);
  json["host_latency_cycles"] = LatencyJson(report.host_latency);
  json["slack_cycles"] = SlackJson(routing.slack_cycles);
  json["late"] = LateJson(routing);
  json["hops_mean"] = report.hops_mean();
  json["hops"] = report.hops;
  json["link_load"] = LoadsJson(report.link_loads);
  if (links == ProfileLinks::kAll) {
    json["links"] = LinksJson(report);
  }
  json["hottest"] = HottestJson(report);
  json["chip_edges"] = ChipEdgesJson(report);
  AddLayers(report, json);
  json["energy"] = report.run.energy ? EnergyJson(*report.run.energy) : Json();
  json["simulator"] = CostJson(report);
  return json;
}

Json TrafficReportJson(const TrafficReport& report) {
  const SyntheticTraffic& traffic = report.traffic;
  const TrafficMeasurement& measured = report.measured;
  Json latency = {{"zero_load", ZeroLoadLatency(traffic)}};
  AddLatency(SummarizeLatency(measured.latency), latency);
  Json links = Json::array();
  for (const TrafficLink& link : report.LoadedLinks()) {
    links.push_back({{"x", link.x},
                     {"y", link.y},
                     {"direction", kPortNames[link.port]},
                     {"load_mean", link.load},
                     {"load_peak", link.peak}});
  }
  return {{"schema", kProfileSchema},
          {"pattern", TrafficPatternName(traffic.pattern)},
          {"rate", traffic.rate},
          {"mesh", report.mesh_text()},
          {"router", RouterConfigJson(traffic.router)},
          {"warmup_cycles", traffic.warmup_cycles},
          {"cycles", traffic.cycles},
          {"peak_window_cycles", PeakWindowCycles(traffic)},
          {"packets", {{"arrived", measured.latency.packets()}, {"left", measured.packets_left}}},
          {"latency_cycles", latency},
          {"hops_mean", measured.hops_mean},
          {"accepted", {{"mean", measured.accepted_mean}, {"worst", measured.accepted_worst}}},
          {"saturation_rate", report.saturation_rate ? Json(*report.saturation_rate) : Json()},
          {"links", links},
          {"simulator",
           {{"version", report.version},
            {"cpu_seconds", report.cpu_seconds},
            {"router_hops", measured.grants},
            {"router_hops_per_cpu_second", report.hops_per_cpu_second()},
            {"seed", traffic.seed}}}};
}

}  // namespace spikemesh
