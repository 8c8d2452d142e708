// SPDX-License-Identifier: Apache-2.0
#include "core/profile/spike_traffic.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/strings.h"
#include "core/chip/chip_routes.h"

namespace spikemesh {

LateSpike LateSpikeOf(const CycleTransport::Arrival& arrival, const MeshShape& mesh,
                      const RouterParameters& router, const RouteTable* table) {
  const RouteCost way = CostOfWay(mesh, table, arrival.from, arrival.to);
  LateSpike late = {.from = arrival.from,
                    .to = arrival.to,
                    .is_host = arrival.is_host,
                    .sent_tick = arrival.sent_cycle / router.cycles_per_tick,
                    .due_tick = arrival.due.value(),
                    .arrived_tick = arrival.arrived_cycle / router.cycles_per_tick,
                    .latency_cycles = arrival.arrived_cycle - arrival.sent_cycle,
                    .zero_load_cycles = ZeroLoadCycles(router, way),
                    .source_wait_cycles = arrival.left_cycle - arrival.sent_cycle};
  late.mesh_wait_cycles = late.latency_cycles - late.zero_load_cycles - late.source_wait_cycles;
  ForEachLinkOfWay(table, arrival.from, arrival.to,
                   [&late](CoreCoordinates at, Port) { late.path.push_back(at); });
  late.path.push_back(arrival.to);
  return late;
}

std::int32_t LayerOfCore(const ChipModel& chip, std::size_t core) {
  const std::int32_t layer = chip.provenance.LayerOf(core);
  return layer >= 0 ? layer : static_cast<std::int32_t>(chip.provenance.layers.size());
}

SpikeTraffic::SpikeTraffic(const ChipModel& chip) : chip_(chip) {
  const std::size_t places = static_cast<std::size_t>(mesh().width()) * mesh().height();
  core_at_.resize(places, kHost);
  for (std::uint32_t core = 0; core < chip.cores.size(); ++core) {
    const CoreCoordinates at = chip.cores[core].at;
    core_at_[static_cast<std::size_t>(at.y) * mesh().width() + at.x] = core;
  }
  links_.resize(places * kPorts);
  peaks_.resize(places * kPorts);
}

std::int32_t SpikeTraffic::LayerOf(std::uint32_t core) const {
  return core == kHost ? kHostLayer : LayerOfCore(chip_, core);
}

std::string SpikeTraffic::LayerName(std::int32_t layer) const {
  if (layer == kHostLayer) {
    return "host";
  }
  const std::vector<std::string>& layers = chip_.provenance.layers;
  const auto at = static_cast<std::size_t>(layer);
  return at < layers.size() ? layers[at] : "-";
}

CoreCoordinates SpikeTraffic::EnteredAt(const Pair& pair) const {
  const CoreCoordinates to = chip_.cores[pair.to].at;
  return pair.from == kHost ? HostEntry(to) : chip_.cores[pair.from].at;
}

std::int32_t SpikeTraffic::HopsOf(const Pair& pair) const {
  return CostOfWay(mesh(), table_, EnteredAt(pair), chip_.cores[pair.to].at).hops;
}

bool SpikeTraffic::Passes(const Pair& pair, const MeshLink& link) const {
  bool passes = false;
  ForEachLinkOfWay(
      table_, EnteredAt(pair), chip_.cores[pair.to].at,
      [&](CoreCoordinates at, Port output) { passes |= at == link.at && output == link.output; });
  return passes;
}

void SpikeTraffic::AddLate(const CycleTransport::Arrival& arrival) {
  ++late_;
  late_of_host_ += arrival.is_host ? 1 : 0;
  if (late_spikes_.size() == kLateSpikesKept) {
    return;
  }
  late_spikes_.push_back(LateSpikeOf(arrival, mesh(), router_, table_));
}

void SpikeTraffic::LookAtLinks(const CycleMesh& mesh) {
  if (mesh.grants() == router_hops_) {
    return;
  }
  router_hops_ = mesh.grants();
  const std::span<const std::int64_t> now = mesh.link_packets();
  for (std::size_t link = 0; link < links_.size(); ++link) {
    peaks_[link] = std::max(peaks_[link], now[link] - links_[link]);
    links_[link] = now[link];
  }
}

void SpikeTraffic::Look(const CycleTransport& transport,
                        std::span<const CycleTransport::Arrival> arrivals) {
  router_ = transport.parameters();
  table_ = transport.table();
  ++ticks_;
  for (const CycleTransport::Arrival& arrival : arrivals) {
    const std::int64_t latency = arrival.arrived_cycle - arrival.sent_cycle;
    (arrival.is_host ? host_latency_ : latency_).Add(latency);
    ++pairs_[{arrival.is_host ? kHost : CoreAt(arrival.from), CoreAt(arrival.to)}];
    const std::int64_t slack = transport.EndOf(arrival.due) - 1 - arrival.arrived_cycle;
    if (slack >= 0) {
      slack_.Add(slack);
    } else {
      AddLate(arrival);
    }
  }
  const CycleTransport::Counts& counts = transport.counts();
  dropped_ = counts.dropped;
  overdue_ = counts.dropped_late + (transport.idle() ? 0 : transport.Overdue());
  LookAtLinks(transport.mesh());
}

RoutingSummary SpikeTraffic::Summarize() const {
  return {.router = router_,
          .core_packets = latency_.packets(),
          .core_latency_mean = latency_.mean(),
          .host_packets = host_latency_.packets(),
          .late = late(),
          .late_of_host = late_of_host_,
          .dropped = dropped_,
          .late_spikes = late_spikes_,
          .slack_cycles = {.min = slack_.min(),
                           .p1 = slack_.Percentile(0.01),
                           .p5 = slack_.Percentile(0.05),
                           .p50 = slack_.Percentile(0.5)}};
}

std::vector<MeshLink> SpikeTraffic::Links() const {
  std::vector<MeshLink> links;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const auto output = static_cast<Port>(i % kPorts);
    const auto place = static_cast<std::int32_t>(i / kPorts);
    if (output != Port::kLocal && links_[i] > 0) {
      links.push_back(
          {{place % mesh().width(), place / mesh().width()}, output, links_[i], peaks_[i]});
    }
  }
  return links;
}

std::vector<std::int64_t> SpikeTraffic::HopHistogram() const {
  std::vector<std::int64_t> histogram;
  for (const auto& [pair, packets] : pairs_) {
    if (pair.from == kHost) {
      continue;
    }
    const auto hops = static_cast<std::size_t>(HopsOf(pair));
    if (hops >= histogram.size()) {
      histogram.resize(hops + 1);
    }
    histogram[hops] += packets;
  }
  return histogram;
}

std::vector<LayerTraffic> SpikeTraffic::Layers() const {
  std::map<std::pair<std::int32_t, std::int32_t>, LayerTraffic> sums;
  for (const auto& [pair, packets] : pairs_) {
    LayerTraffic& sum = sums[{LayerOf(pair.from), LayerOf(pair.to)}];
    sum.packets += packets;
    if (pair.from != kHost) {
      sum.hops += packets * HopsOf(pair);
    }
  }
  std::vector<LayerTraffic> layers;
  for (auto& [key, sum] : sums) {
    sum.from = key.first;
    sum.to = key.second;
    layers.push_back(sum);
  }
  return layers;
}

std::vector<LayerTraffic> SpikeTraffic::LayersOn(const MeshLink& link) const {
  std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> sums;
  for (const auto& [pair, packets] : pairs_) {
    if (Passes(pair, link)) {
      sums[{LayerOf(pair.from), LayerOf(pair.to)}] += packets;
    }
  }
  std::vector<LayerTraffic> layers;
  layers.reserve(sums.size());
  for (const auto& [key, packets] : sums) {
    layers.push_back({.from = key.first, .to = key.second, .packets = packets, .hops = packets});
  }
  std::ranges::stable_sort(layers, std::ranges::greater(), &LayerTraffic::packets);
  return layers;
}

}  // namespace spikemesh
