// SPDX-License-Identifier: Apache-2.0
#include "core/profile/traffic_timeline.h"

namespace spikemesh {
namespace {

std::size_t Places(const MeshShape& mesh) {
  return static_cast<std::size_t>(mesh.width()) * mesh.height();
}

}  // namespace

TrafficTimeline::TrafficTimeline(const MeshShape& mesh)
    : mesh_(mesh),
      sent_(Places(mesh), kBinsMax),
      received_from_cores_(Places(mesh), kBinsMax),
      received_from_host_(Places(mesh), kBinsMax),
      carried_(Places(mesh) * kPorts, kBinsMax),
      link_now_(Places(mesh) * kPorts) {}

void TrafficTimeline::LookAtLinks(const CycleMesh& mesh, std::size_t bin) {
  if (mesh.grants() == grants_) {
    return;
  }
  grants_ = mesh.grants();
  const std::span<const std::int64_t> now = mesh.link_packets();
  for (std::size_t link = 0; link < link_now_.size(); ++link) {
    if (now[link] != link_now_[link]) {
      carried_.Add({link, bin}, now[link] - link_now_[link]);
      link_now_[link] = now[link];
    }
  }
}

void TrafficTimeline::Look(const CycleTransport& transport,
                           std::span<const CycleTransport::Arrival> arrivals) {
  if (ticks_ == static_cast<std::int64_t>(kBinsMax) * ticks_per_bin_) {
    MergeNeighbours();
  }
  const auto bin = static_cast<std::size_t>(ticks_ / ticks_per_bin_);
  ++ticks_;
  for (const CycleTransport::Arrival& arrival : arrivals) {
    if (arrival.is_host) {
      received_from_host_.Add({Place(arrival.to), bin}, 1);
    } else {
      sent_.Add({Place(arrival.from), bin}, 1);
      received_from_cores_.Add({Place(arrival.to), bin}, 1);
    }
  }
  LookAtLinks(transport.mesh(), bin);
}

void TrafficTimeline::MergeNeighbours() {
  ticks_per_bin_ *= 2;
  sent_.MergeNeighbours();
  received_from_cores_.MergeNeighbours();
  received_from_host_.MergeNeighbours();
  carried_.MergeNeighbours();
}

std::size_t TrafficTimeline::bins() const {
  return static_cast<std::size_t>((ticks_ + ticks_per_bin_ - 1) / ticks_per_bin_);
}

std::span<const std::int64_t> TrafficTimeline::InUse(std::span<const std::int64_t> all) const {
  return all.empty() ? all : all.first(bins());
}

std::span<const std::int64_t> TrafficTimeline::Sent(CoreCoordinates core) const {
  return InUse(sent_.Of(Place(core)));
}

std::span<const std::int64_t> TrafficTimeline::ReceivedFromCores(CoreCoordinates core) const {
  return InUse(received_from_cores_.Of(Place(core)));
}

std::span<const std::int64_t> TrafficTimeline::ReceivedFromHost(CoreCoordinates core) const {
  return InUse(received_from_host_.Of(Place(core)));
}

std::span<const std::int64_t> TrafficTimeline::Carried(CoreCoordinates router, Port output) const {
  return InUse(carried_.Of(Place(router) * kPorts + static_cast<std::size_t>(output)));
}

}  // namespace spikemesh
