// SPDX-License-Identifier: Apache-2.0
// The packets of the first ticks of a run as a timeline, for Perfetto (https://ui.perfetto.dev).
//
// A process a layer, one for the host and one for the whole mesh; a core has two threads, for what
// it sends and what it receives, so that slices never overlap. A packet is a slice of its sender,
// from the cycle in which it is the first of the source queue to the one in which it enters the
// mesh; a slice of its receiver, the cycle of its arrival; and an arrow. A late one is told by
// category, name and remark (Explain). The mesh has a slice a tick, within it one from the first to
// the last cycle in which it carried anything, and counts packets under way. A layer counts the
// packets of a tick that it sent and received.
//
// Time: a router cycle is drawn as 1 us, a tick as cycles_per_tick of them, since packets take a
// few dozen of its 100,000 cycles, and a cycle may be less than the nanosecond that viewers tell.
//
// Cost: 80 bytes a packet while it records, about 340 bytes of text; neither beyond the limit.
#ifndef SPIKEMESH_CORE_PROFILE_PACKET_TRACE_H_
#define SPIKEMESH_CORE_PROFILE_PACKET_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/chip/chip_model.h"
#include "router/cycle_transport.h"

namespace spikemesh {

// A browser takes it in seconds; 50 MB with something to spare.
inline constexpr std::size_t kTraceBytesMax = std::size_t{48} << 20;
// More do not fit: a tick of one packet takes 500 bytes.
inline constexpr std::int64_t kTraceTicksMax = 100'000;

struct PacketTraceText {
  std::string json;                 // Chrome trace event format
  std::int64_t ticks = 0;           // that are in it
  std::int64_t ticks_left_out = 0;  // that had been asked for, but did not fit
};

class PacketTrace {
 public:
  // Of the first `ticks` ticks in which packets arrive, 1..kTraceTicksMax. `bytes_max` bounds the
  // text; what holds no tick is some 500 bytes all the same. `chip` must outlive this,
  // and so must the transports that are looked at.
  PacketTrace(const ChipModel& chip, std::int64_t ticks, std::size_t bytes_max = kTraceBytesMax);

  // To be called once after every tick, with what the mesh delivered before it.
  void Look(const CycleTransport& transport, std::span<const CycleTransport::Arrival> arrivals);

  // The whole ticks that fit, the first ones. Packets that never arrived are not drawn.
  PacketTraceText Format() const;

 private:
  struct TracedTick {
    Tick tick;
    std::size_t end;  // its packets lie before, those of earlier ticks first
  };
  // What comes behind the events, where the first `ticks` are written.
  std::string Tail(std::size_t ticks) const;

  const ChipModel& chip_;
  std::int64_t ticks_asked_;
  std::size_t bytes_max_;
  RouterParameters router_;
  const RouteTable* table_ = nullptr;  // of the transport, where a link is dead
  std::vector<CycleTransport::Arrival> packets_;
  std::vector<TracedTick> ticks_;
  std::int64_t ticks_seen_ = 0;  // of those asked for, with the ones that are not kept
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_PACKET_TRACE_H_
