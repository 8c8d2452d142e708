// SPDX-License-Identifier: Apache-2.0
#include "core/profile/spike_traffic.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Whether the X-then-Y way between two places takes the link.
bool Passes(CoreCoordinates from, CoreCoordinates to, const MeshLink& link) {
  const CoreCoordinates at = link.at;
  switch (link.output) {
    case Port::kEast:
      return at.y == from.y && from.x <= at.x && at.x < to.x;
    case Port::kWest:
      return at.y == from.y && to.x < at.x && at.x <= from.x;
    case Port::kSouth:
      return at.x == to.x && from.y <= at.y && at.y < to.y;
    case Port::kNorth:
      return at.x == to.x && to.y < at.y && at.y <= from.y;
    case Port::kLocal:
      break;
  }
  return false;
}

}  // namespace

LateSpike LateSpikeOf(const CycleTransport::Arrival& arrival, const MeshShape& mesh,
                      const RouterParameters& router) {
  LateSpike late = {.from = arrival.from,
                    .to = arrival.to,
                    .is_host = arrival.is_host,
                    .sent_tick = arrival.sent_cycle / router.cycles_per_tick,
                    .due_tick = arrival.due.value(),
                    .arrived_tick = arrival.arrived_cycle / router.cycles_per_tick,
                    .latency_cycles = arrival.arrived_cycle - arrival.sent_cycle,
                    .zero_load_cycles = ZeroLoadCycles(mesh, router, arrival.from, arrival.to),
                    .source_wait_cycles = arrival.left_cycle - arrival.sent_cycle};
  late.mesh_wait_cycles = late.latency_cycles - late.zero_load_cycles - late.source_wait_cycles;
  return late;
}

std::string Explain(const LateSpike& spike) {
  return Concat(spike.is_host ? "host to " : Concat("core ", spike.from, " to "), spike.to,
                ", sent in tick ", spike.sent_tick, ", due in tick ", spike.due_tick,
                ", arrived in tick ", spike.arrived_tick, ": ", spike.latency_cycles,
                " cycles, of which ", spike.zero_load_cycles, " its way takes, ",
                spike.source_wait_cycles, " in the queue of its source, ", spike.mesh_wait_cycles,
                " waiting in the mesh");
}

std::int32_t LayerOfCore(const ChipModel& chip, std::size_t core) {
  const ProvenanceModel& provenance = chip.provenance;
  const std::int32_t layer = provenance.core_layer.empty() ? -1 : provenance.core_layer[core];
  return layer >= 0 ? layer : static_cast<std::int32_t>(provenance.layers.size());
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
  return pair.from == kHost ? CoreCoordinates{0, to.y} : chip_.cores[pair.from].at;
}

void SpikeTraffic::AddLate(const CycleTransport::Arrival& arrival) {
  ++late_;
  late_of_host_ += arrival.is_host ? 1 : 0;
  if (late_spikes_.size() == kLateSpikesKept) {
    return;
  }
  late_spikes_.push_back(LateSpikeOf(arrival, mesh(), router_));
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
    const auto hops = static_cast<std::size_t>(
        DimensionOrderCost(mesh(), chip_.cores[pair.from].at, chip_.cores[pair.to].at).hops);
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
      const CoreCoordinates from = chip_.cores[pair.from].at;
      sum.hops += packets * DimensionOrderCost(mesh(), from, chip_.cores[pair.to].at).hops;
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
    if (Passes(EnteredAt(pair), chip_.cores[pair.to].at, link)) {
      sums[{LayerOf(pair.from), LayerOf(pair.to)}] += packets;
    }
  }
  std::vector<LayerTraffic> layers;
  for (const auto& [key, packets] : sums) {
    layers.push_back({.from = key.first, .to = key.second, .packets = packets, .hops = packets});
  }
  std::ranges::stable_sort(layers, std::ranges::greater(), &LayerTraffic::packets);
  return layers;
}

}  // namespace spikemesh
