// SPDX-License-Identifier: Apache-2.0
// The loop over ticks: spikes come from a source, go through the machine, and observers look at
// what it did, tick by tick.
//
// Order within tick t: the source has sent all that arrives in t; the machine runs t; each observer
// looks, in the order given. An observer changes nothing, so that any set of them sees the same
// run. Where none wants every tick, the machine runs in leaps and jumps over ticks in which nothing
// is due.
#ifndef SPIKEMESH_CORE_SESSION_SESSION_H_
#define SPIKEMESH_CORE_SESSION_SESSION_H_

#include <span>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/machine/machine.h"

namespace spikemesh {

// Where the host's spikes come from: images, a file, a socket.
class SpikeSource {
 public:
  virtual ~SpikeSource() = default;

  // Hands the machine every spike that arrives in the ticks machine.now() + 1 .. `until`. Called
  // with one tick after the other, or with leaps of many.
  virtual absl::Status SendUntil(Tick until, Machine& machine) = 0;
};

// Sends nothing: the chip's own activity.
class NoSpikes : public SpikeSource {
 public:
  absl::Status SendUntil(Tick, Machine&) override { return absl::OkStatus(); }
};

// What looks at a machine after its ticks.
class TickObserver {
 public:
  virtual ~TickObserver() = default;

  // Whether it must see every tick. One that need not, such as a progress line, is shown some.
  virtual bool every_tick() const { return true; }

  // The machine after a tick. An error ends the session.
  virtual absl::Status Look(const Machine& machine) = 0;
};

// Runs ticks until machine.now() == `last`. Errors: those of the source and of the observers.
absl::Status RunSession(Machine& machine, SpikeSource& source,
                        std::span<TickObserver* const> observers, Tick last);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_SESSION_SESSION_H_
