// SPDX-License-Identifier: Apache-2.0
// Pass 2: when each layer is active. All spikes of one image reach a layer in one tick, whatever
// way they took, so the tick of a layer is the longest path to it from the encoder; an edge with
// slack waits in its axonal delay, 1..15, and a longer one passes relays: layers of identity
// neurons, inserted here, which every later pass treats as any other layer.
// An integrating layer leaks from tick 1 on, whenever its first spikes come. The initial potentials
// of the caller's network are meant for layers that are active in the ticks of that network, each a
// tick after its latest source; where splitters make a layer later by d ticks, its leak acts d
// times more before the image arrives, so V(0) becomes V(0) - d * leak, within 20 bits and at most
// what fires nothing in the first tick, before there is an image: threshold - 1, less the leak
// where that is negative. Cost: linear in layers and edges.
#ifndef SPIKEMESH_CONVERTERS_MAPPING_LATENCY_H_
#define SPIKEMESH_CONVERTERS_MAPPING_LATENCY_H_

#include <cstdint>
#include <vector>

#include "networks/ir/spiking_network.h"

namespace spikemesh {

// Which sources send some of their spikes through splitters, which takes one tick more:
// [0] the encoder's relays, [1 + l] layer l.
using SplitterUse = std::vector<bool>;

struct ScheduledNetwork {
  SpikingNetwork network;             // relays inserted, delay_ticks and latency_ticks filled in
  std::vector<std::int32_t> ticks;    // [layer]: from an input axon to a spike of this layer
  std::vector<std::int32_t> origins;  // [layer]: layer of the caller's network; for a relay, the
                                      // one that reads through it
  std::vector<bool> is_relay;         // [layer]
};

// `network` must be valid. Encoder lines arrive in tick 0 of their image and cannot be delayed: a
// layer that reads them later does so through a relay.
ScheduledNetwork ScheduleNetwork(const SpikingNetwork& network, const SplitterUse& splitters);

// [layer]: the ticks in which the layers are active where no source uses splitters.
std::vector<std::int32_t> UndelayedTicks(const SpikingNetwork& network);

// V(0) of an integrating layer that is active `later` ticks later than it was meant to be; nothing
// for other layers.
void ShiftInitialPotentials(std::int64_t later, SpikingLayer& layer);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_MAPPING_LATENCY_H_
