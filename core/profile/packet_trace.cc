// SPDX-License-Identifier: Apache-2.0
#include "core/profile/packet_trace.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/base/json.h"
#include "core/base/strings.h"
#include "core/profile/spike_traffic.h"
#include "core/profile/trace_events.h"

namespace spikemesh {
namespace {

using Arrival = CycleTransport::Arrival;

// Two slices and two ends of an arrow, each longer than this: more packets than the limit has room
// for are not even kept.
constexpr std::size_t kEventBytesMin = 50;
constexpr std::size_t kPacketBytesMin = 4 * kEventBytesMin;

constexpr const char* kHead = "{\"traceEvents\":[\n";

// Processes: the mesh, the host, the layers in their order, the cores of none.
constexpr std::int64_t kMeshProcess = 1;
constexpr std::int64_t kHostProcess = 2;
std::int64_t ProcessOf(std::int32_t layer) { return kHostProcess + layer - kHostLayer; }

// [packet]: the cycle in which it was the first of its source's queue. From there until it leaves
// the source has no other packet, so that these times of a source do not overlap.
std::vector<std::int64_t> FirstInQueue(std::span<const Arrival> packets) {
  std::vector<std::size_t> order(packets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto source = [packets](std::size_t i) {
    return std::tuple(packets[i].is_host, packets[i].from);
  };
  std::ranges::sort(order, {},
                    [&](std::size_t i) { return std::tuple(source(i), packets[i].left_cycle); });
  std::vector<std::int64_t> first(packets.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::size_t i = order[k];
    first[i] = packets[i].sent_cycle;
    if (k > 0 && source(order[k - 1]) == source(i)) {
      first[i] = std::max(first[i], packets[order[k - 1]].left_cycle + 1);
    }
  }
  return first;
}

// [cycle]: by how much the number of packets under way changes.
std::map<std::int64_t, std::int64_t> ChangesUnderWay(std::span<const Arrival> packets) {
  std::map<std::int64_t, std::int64_t> changes;
  for (const Arrival& packet : packets) {
    ++changes[packet.sent_cycle];
    --changes[packet.arrived_cycle];
  }
  return changes;
}

class TraceWriter {
 public:
  TraceWriter(const ChipModel& chip, const RouterParameters& router, const RouteTable* table,
              std::span<const Arrival> packets)
      : chip_(chip),
        router_(router),
        table_(table),
        packets_(packets),
        first_in_queue_(FirstInQueue(packets)),
        changes_(ChangesUnderWay(packets)),
        next_change_(changes_.begin()) {
    const MeshShape& mesh = chip.spec.mesh;
    const auto places = static_cast<std::int64_t>(mesh.width()) * mesh.height();
    layer_at_.resize(static_cast<std::size_t>(places));
    for (std::size_t core = 0; core < chip.cores.size(); ++core) {
      layer_at_[PlaceOf(chip.cores[core].at)] = LayerOfCore(chip, core);
    }
    mesh_track_ = {kMeshProcess,
                   ProcessOf(static_cast<std::int32_t>(chip.provenance.layers.size())) + 1};
    host_threads_ = mesh_track_.thread + 1;
    core_threads_ = host_threads_ + mesh.height();
    named_.resize(static_cast<std::size_t>(core_threads_ + 2 * places));
    events_.NameProcess(kMeshProcess, "mesh (1 us is a router cycle)");
    events_.NameThread(mesh_track_, "ticks");
  }

  // The events of the tick whose packets are [first, end). Ticks in ascending order; in the `next`
  // one there are events again.
  std::string FormatTick(Tick tick, Tick next, std::size_t first, std::size_t end) {
    const std::int64_t start_cycle = tick.value() * router_.cycles_per_tick;
    AddTick(tick, packets_.subspan(first, end - first));
    std::map<std::int64_t, LayerPackets> layers;
    for (std::size_t i = first; i < end; ++i) {
      AddPacket(i);
      ++layers[SenderOf(packets_[i]).process].sent;
      ++layers[ReceiverOf(packets_[i]).process].received;
    }
    AddLayers(start_cycle, layers);
    if (next != tick + 1) {
      AddLayers(start_cycle + router_.cycles_per_tick, {});
    }
    AddUnderWay(start_cycle + router_.cycles_per_tick);
    return events_.Take();
  }

 private:
  struct LayerPackets {
    std::int64_t sent = 0;
    std::int64_t received = 0;
  };

  std::size_t PlaceOf(CoreCoordinates at) const {
    return static_cast<std::size_t>(at.y) * chip_.spec.mesh.width() + at.x;
  }
  bool IsLate(const Arrival& packet) const {
    return packet.arrived_cycle / router_.cycles_per_tick > packet.due.value();
  }
  std::int32_t LayerAt(CoreCoordinates at) const { return layer_at_[PlaceOf(at)]; }

  TraceTrack SenderOf(const Arrival& packet) const {
    if (packet.is_host) {
      return {kHostProcess, host_threads_ + packet.from.y};
    }
    return {ProcessOf(LayerAt(packet.from)),
            core_threads_ + 2 * static_cast<std::int64_t>(PlaceOf(packet.from))};
  }
  TraceTrack ReceiverOf(const Arrival& packet) const {
    return {ProcessOf(LayerAt(packet.to)),
            core_threads_ + 2 * static_cast<std::int64_t>(PlaceOf(packet.to)) + 1};
  }

  // What is drawn for the first time gets its names.
  void Name(TraceTrack track, std::int32_t layer, const std::string& thread) {
    if (!named_[static_cast<std::size_t>(track.process)]) {
      named_[static_cast<std::size_t>(track.process)] = true;
      layers_.push_back(track.process);
      const std::vector<std::string>& names = chip_.provenance.layers;
      const auto at = static_cast<std::size_t>(layer);
      events_.NameProcess(track.process, layer == kHostLayer ? "host"
                                         : at < names.size() ? names[at]
                                                             : "cores of no layer");
    }
    if (!named_[static_cast<std::size_t>(track.thread)]) {
      named_[static_cast<std::size_t>(track.thread)] = true;
      events_.NameThread(track, thread);
    }
  }

  void AddTick(Tick tick, std::span<const Arrival> packets) {
    const std::int64_t start = tick.value() * router_.cycles_per_tick;
    std::int64_t first = start + router_.cycles_per_tick;
    std::int64_t last = start;
    std::int64_t late = 0;
    for (const Arrival& packet : packets) {
      first = std::min(first, std::max(start, packet.sent_cycle));
      last = std::max(last, packet.arrived_cycle);
      late += IsLate(packet) ? 1 : 0;
    }
    const auto count = static_cast<std::int64_t>(packets.size());
    events_.AddSlice(mesh_track_, {start, start + router_.cycles_per_tick, Concat("tick ", tick)},
                     {{"packets", count}, {"late", late}});
    events_.AddSlice(mesh_track_, {first, last + 1, "packets under way"}, {});
  }

  void AddPacket(std::size_t i) {
    const Arrival& packet = packets_[i];
    const TraceTrack sender = SenderOf(packet);
    const TraceTrack receiver = ReceiverOf(packet);
    const std::string from = packet.is_host ? "host" : Concat(packet.from);
    Name(sender, packet.is_host ? kHostLayer : LayerAt(packet.from),
         packet.is_host ? Concat("row ", packet.from.y) : Concat("core ", from, " out"));
    Name(receiver, LayerAt(packet.to), Concat("core ", packet.to, " in"));
    const bool late = IsLate(packet);
    const char* prefix = late ? "late " : "";
    const std::string why =
        late ? Explain(LateSpikeOf(packet, chip_.spec.mesh, router_, table_)) : std::string();
    const auto id = static_cast<std::int64_t>(i) + 1;
    const std::int64_t left = packet.left_cycle;
    const std::int64_t arrived = packet.arrived_cycle;
    events_.AddSlice(sender,
                     {first_in_queue_[i], left + 1, Concat(prefix, "to ", packet.to), why, late},
                     {{"waited", left - packet.sent_cycle}});
    events_.AddArrowStart(id, sender, left, late);
    events_.AddSlice(receiver, {arrived, arrived + 1, Concat(prefix, "from ", from), why, late},
                     {{"latency", arrived - packet.sent_cycle}});
    events_.AddArrowEnd(id, receiver, arrived, late);
  }

  // Of every layer that was drawn so far.
  void AddLayers(std::int64_t cycle, const std::map<std::int64_t, LayerPackets>& packets) {
    for (const std::int64_t process : layers_) {
      const auto found = packets.find(process);
      const LayerPackets count = found == packets.end() ? LayerPackets() : found->second;
      events_.AddCounters(process, "packets a tick", cycle,
                          {{"sent", count.sent}, {"received", count.received}});
    }
  }

  // What changed before the cycle `end`.
  void AddUnderWay(std::int64_t end) {
    for (; next_change_ != changes_.end() && next_change_->first < end; ++next_change_) {
      if (next_change_->second != 0) {
        under_way_ += next_change_->second;
        events_.AddCounters(kMeshProcess, "packets", next_change_->first,
                            {{"under way", under_way_}});
      }
    }
  }

  const ChipModel& chip_;
  const RouterParameters& router_;
  const RouteTable* table_;
  std::span<const Arrival> packets_;
  std::vector<std::int64_t> first_in_queue_;
  std::map<std::int64_t, std::int64_t> changes_;
  std::map<std::int64_t, std::int64_t>::const_iterator next_change_;
  std::int64_t under_way_ = 0;
  std::vector<std::int32_t> layer_at_;  // [place, row-major]
  TraceTrack mesh_track_;
  std::int64_t host_threads_ = 0;     // of row 0
  std::int64_t core_threads_ = 0;     // of place 0: out, in
  std::vector<bool> named_;           // [process or thread]
  std::vector<std::int64_t> layers_;  // processes, as they were first drawn
  TraceEvents events_;
};

}  // namespace

PacketTrace::PacketTrace(const ChipModel& chip, std::int64_t ticks, std::size_t bytes_max)
    : chip_(chip), ticks_asked_(ticks), bytes_max_(bytes_max) {}

void PacketTrace::Look(const CycleTransport& transport, std::span<const Arrival> arrivals) {
  if (arrivals.empty() || ticks_seen_ == ticks_asked_) {
    return;
  }
  router_ = transport.parameters();
  table_ = transport.table();
  const auto kept = static_cast<std::int64_t>(ticks_.size());
  const std::size_t packets = packets_.size() + arrivals.size();
  if (kept == ticks_seen_ && packets <= bytes_max_ / kPacketBytesMin) {
    packets_.insert(packets_.end(), arrivals.begin(), arrivals.end());
    ticks_.push_back({transport.next_tick() + -1, packets});
  }
  ++ticks_seen_;
}

std::string PacketTrace::Tail(std::size_t ticks) const {
  const auto written = static_cast<std::int64_t>(ticks);
  const double cycle_ns = 1000.0 * chip_.spec.tick_us / router_.cycles_per_tick;
  const Json other = {{"model", chip_.name},
                      {"time", "1 us is a router cycle"},
                      {"router_cycle_ns", cycle_ns},
                      {"cycles_per_tick", router_.cycles_per_tick},
                      {"tick_us", chip_.spec.tick_us},
                      {"ticks", written},
                      {"ticks_left_out", ticks_seen_ - written},
                      {"packets", ticks == 0 ? 0 : ticks_[ticks - 1].end},
                      {"bytes_max", bytes_max_}};
  return Concat("],\"otherData\":", other.dump(-1, ' ', false, Json::error_handler_t::replace),
                "}\n");
}

PacketTraceText PacketTrace::Format() const {
  TraceWriter writer(chip_, router_, table_, packets_);
  std::string text = kHead;
  std::size_t written = 0;
  for (std::size_t first = 0; written < ticks_.size(); ++written) {
    const auto& [tick, end] = ticks_[written];
    const Tick next = written + 1 < ticks_.size() ? ticks_[written + 1].tick : Tick(-1);
    const std::string events = writer.FormatTick(tick, next, first, end);
    const std::size_t bytes = text.size() + events.size() - 1 + Tail(written + 1).size();
    if (bytes > bytes_max_) {
      break;
    }
    text += events;
    first = end;
  }
  if (written > 0) {
    text.erase(text.size() - 2, 1);  // the comma behind the last event
  }
  const auto ticks = static_cast<std::int64_t>(written);
  return {text + Tail(written), ticks, ticks_seen_ - ticks};
}

}  // namespace spikemesh
