// SPDX-License-Identifier: Apache-2.0
#include "core/profile/traffic_report.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/strings.h"
#include "core/profile/latency_report.h"
#include "core/stats/text_table.h"
#include "router/cycle_mesh.h"
#include "router/router_config.h"

namespace spikemesh {
namespace {

constexpr std::size_t kHottestLinks = 8;  // in the text

// The load of one link in the measured cycles.
struct Link {
  std::int32_t x = 0;
  std::int32_t y = 0;
  std::size_t port = 0;
  double load = 0.0;  // packets a cycle, 0..1
  double peak = 0.0;  // the same in the busiest window
};

// Links between routers, row-major, then by port; those that no packet took are left out.
std::vector<Link> LoadedLinks(const TrafficReport& report) {
  const std::int32_t width = report.traffic.mesh.width();
  std::vector<Link> links;
  for (std::size_t i = 0; i < report.measured.links.size(); ++i) {
    const std::size_t port = i % kPorts;
    const auto core = static_cast<std::int32_t>(i / kPorts);
    if (port != static_cast<std::size_t>(Port::kLocal) && report.measured.links[i] > 0) {
      links.push_back({core % width, core / width, port,
                       static_cast<double>(report.measured.links[i]) /
                           static_cast<double>(report.traffic.cycles),
                       static_cast<double>(report.measured.link_peaks[i]) /
                           static_cast<double>(PeakWindowCycles(report.traffic))});
    }
  }
  return links;
}

double HopsPerCpuSecond(const TrafficReport& report) {
  return report.cpu_seconds > 0 ? static_cast<double>(report.measured.grants) / report.cpu_seconds
                                : 0.0;
}

std::string MeshText(const MeshShape& mesh) { return Concat(mesh.width(), "x", mesh.height()); }

}  // namespace

Json TrafficReportJson(const TrafficReport& report) {
  const SyntheticTraffic& traffic = report.traffic;
  const TrafficMeasurement& measured = report.measured;
  Json latency = {{"zero_load", ZeroLoadLatency(traffic)}};
  AddLatency(measured.latency, latency);
  Json links = Json::array();
  for (const Link& link : LoadedLinks(report)) {
    links.push_back({{"x", link.x},
                     {"y", link.y},
                     {"direction", kPortNames[link.port]},
                     {"load_mean", link.load},
                     {"load_peak", link.peak}});
  }
  return {{"schema", kProfileSchema},
          {"pattern", TrafficPatternName(traffic.pattern)},
          {"rate", traffic.rate},
          {"mesh", MeshText(traffic.mesh)},
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
            {"router_hops_per_cpu_second", HopsPerCpuSecond(report)},
            {"seed", traffic.seed}}}};
}

std::string FormatTrafficReport(const TrafficReport& report) {
  const SyntheticTraffic& traffic = report.traffic;
  const TrafficMeasurement& measured = report.measured;
  const LatencyHistogram& latency = measured.latency;
  std::string text =
      Concat("pattern   ", TrafficPatternName(traffic.pattern), " on ", MeshText(traffic.mesh),
             ", ", traffic.rate, " packets a core and cycle, ", FormatCount(traffic.cycles),
             " cycles after ", FormatCount(traffic.warmup_cycles), " of warm-up\n", "packets   ",
             FormatCount(latency.packets()), " arrived, ", FormatCount(measured.packets_left),
             " did not within as many cycles again; ", FormatNumber(measured.hops_mean),
             " hops each\n", "accepted  ", FormatNumber(measured.accepted_mean),
             " packets a core and cycle, worst core ", FormatNumber(measured.accepted_worst), "\n");
  if (report.saturation_rate) {
    text += Concat("saturates at ", FormatNumber(*report.saturation_rate),
                   " packets a core and cycle: mean latency three times that of zero load\n");
  }
  TextTable cycles{.rows = {{"zero load"}, {FormatNumber(ZeroLoadLatency(traffic))}},
                   .heading = true,
                   .indent = 2,
                   .left_columns = 0};
  AddLatencyHeadings(cycles.rows[0]);
  AddLatencyCells(latency, cycles.rows[1]);
  text += "\nlatency in cycles, source queue included\n" + FormatTable(cycles);
  std::vector<Link> links = LoadedLinks(report);
  std::ranges::stable_sort(links, std::ranges::greater(), &Link::load);
  links.resize(std::min(links.size(), kHottestLinks));
  TextTable table{.rows = {{"hottest links", "packets a cycle",
                            Concat("most in ", PeakWindowCycles(traffic), " cycles")}},
                  .heading = true,
                  .indent = 2};
  for (const Link& link : links) {
    table.rows.push_back({Concat("(", link.x, ",", link.y, ") ", kPortNames[link.port]),
                          FormatNumber(link.load), FormatNumber(link.peak)});
  }
  return text + "\n" + FormatTable(table) +
         Concat("\nsimulator ", report.version, ": ", FormatCount(measured.grants),
                " router hops, ", FormatQuantity(report.cpu_seconds, "s"), " processor, ",
                FormatQuantity(HopsPerCpuSecond(report), "router hops/s"), ", seed ", traffic.seed,
                "\n");
}

}  // namespace spikemesh
