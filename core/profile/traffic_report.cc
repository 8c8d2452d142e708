// SPDX-License-Identifier: Apache-2.0
#include "core/profile/traffic_report.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/strings.h"
#include "core/profile/latency_summary.h"
#include "core/report/text_table.h"
#include "router/cycle_mesh.h"

namespace spikemesh {
namespace {

constexpr std::size_t kHottestLinks = 8;  // in the text

}  // namespace

std::vector<TrafficLink> TrafficReport::LoadedLinks() const {
  const std::int32_t width = traffic.mesh.width();
  std::vector<TrafficLink> links;
  for (std::size_t i = 0; i < measured.links.size(); ++i) {
    const std::size_t port = i % kPorts;
    const auto core = static_cast<std::int32_t>(i / kPorts);
    if (port != static_cast<std::size_t>(Port::kLocal) && measured.links[i] > 0) {
      links.push_back({core % width, core / width, port,
                       static_cast<double>(measured.links[i]) / static_cast<double>(traffic.cycles),
                       static_cast<double>(measured.link_peaks[i]) /
                           static_cast<double>(PeakWindowCycles(traffic))});
    }
  }
  return links;
}

double TrafficReport::hops_per_cpu_second() const {
  return cpu_seconds > 0 ? static_cast<double>(measured.grants) / cpu_seconds : 0.0;
}

std::string TrafficReport::mesh_text() const {
  return Concat(traffic.mesh.width(), "x", traffic.mesh.height());
}

std::string FormatTrafficReport(const TrafficReport& report) {
  const SyntheticTraffic& traffic = report.traffic;
  const TrafficMeasurement& measured = report.measured;
  const LatencyHistogram& latency = measured.latency;
  std::string text =
      Concat("pattern   ", TrafficPatternName(traffic.pattern), " on ", report.mesh_text(), ", ",
             traffic.rate, " packets a core and cycle, ", FormatCount(traffic.cycles),
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
  AddLatencyCells(SummarizeLatency(latency), cycles.rows[1]);
  text += "\nlatency in cycles, source queue included\n" + FormatTable(cycles);
  std::vector<TrafficLink> links = report.LoadedLinks();
  std::ranges::stable_sort(links, std::ranges::greater(), &TrafficLink::load);
  links.resize(std::min(links.size(), kHottestLinks));
  TextTable table{.rows = {{"hottest links", "packets a cycle",
                            Concat("most in ", PeakWindowCycles(traffic), " cycles")}},
                  .heading = true,
                  .indent = 2};
  for (const TrafficLink& link : links) {
    table.rows.push_back({Concat("(", link.x, ",", link.y, ") ", kPortNames[link.port]),
                          FormatNumber(link.load), FormatNumber(link.peak)});
  }
  return text + "\n" + FormatTable(table) +
         Concat("\nsimulator ", report.version, ": ", FormatCount(measured.grants),
                " router hops, ", FormatQuantity(report.cpu_seconds, "s"), " processor, ",
                FormatQuantity(report.hops_per_cpu_second(), "router hops/s"), ", seed ",
                traffic.seed, "\n");
}

}  // namespace spikemesh
