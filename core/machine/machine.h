// SPDX-License-Identifier: Apache-2.0
// The event-driven kernel: runs a ChipModel tick by tick.
//
// One tick t has three phases, and their order is the whole argument for determinism:
//   A  every due core reads slot t mod 16 of its own delay buffer, updates its neurons, fills the
//      outboxes of the worker that visits it, and clears the slot;
//   B  the transport empties the outboxes and sets bits in slots (t + d) mod 16, 1 <= d <= 15
//      (a lone worker does so at the end of its phase A);
//   C  probes look.
// With routers (MachineOptions::router) the mesh carries the packets of tick t, cycle by cycle,
// just before tick t + 1, together with the host's packets that arrive in t + 1. What is late is
// active in the first tick after it arrives. When nothing is late, the same bits are set. Since d
// >= 1, B(t) never writes what A(t) reads; since a slot is a set, the order of deliveries does not
// matter. So any number of threads gives the same bytes.
//
// A core is due when an axon is active in this slot or when it is not at rest (neurons/rest.h).
// When no core is due the clock jumps to the next event. Skipping is the simulator's business
// alone: counters count what the chip does.
#ifndef SPIKEMESH_CORE_MACHINE_MACHINE_H_
#define SPIKEMESH_CORE_MACHINE_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/stats/counters.h"
#include "core/stats/phase_times.h"
#include "router/cycle_transport.h"
#include "router/router_parameters.h"

namespace spikemesh {

// A neuron of the chip, by position in ChipModel::cores; sorts in file order.
struct NeuronAddress {
  CoreId core;
  NeuronIndex neuron;
  auto operator<=>(const NeuronAddress&) const = default;
};

// Vector instruction sets that the core update can be pinned to.
enum class SimdTarget { kAuto, kAvx3, kAvx2, kSse4, kScalar };

inline constexpr int kMachineThreadsMax = 64;
inline constexpr std::size_t kMachineCoresMax = std::size_t{1} << 24;

struct MachineOptions {
  int threads = 1;                      // 1..kMachineThreadsMax
  SimdTarget simd = SimdTarget::kAuto;  // FailedPrecondition if this processor lacks it
  std::optional<std::uint64_t> seed = std::nullopt;  // instead of ChipModel::seed
  // Routers that carry packets cycle by cycle; without, each arrives in its tick (ideal transport).
  std::optional<RouterParameters> router = std::nullopt;
  bool profile = false;  // measure PhaseTimes; costs some clock readings a tick
};

class Machine {
 public:
  // Copies what it needs out of `chip`, which must be valid (ValidateChip). Errors: OutOfRange
  // (threads, router), FailedPrecondition (simd), ResourceExhausted (more than kMachineCoresMax
  // cores).
  static absl::StatusOr<Machine> Create(const ChipModel& chip, const MachineOptions& options = {});
  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;
  ~Machine();

  // Activates, in tick `arrival`, every axon that the line reaches. `arrival` must be later than
  // now(); it waits in the host's queue and is counted in the tick in which it arrives.
  void SendLine(LineIndex line, Tick arrival);
  // The same for one axon of one core.
  void SendAxon(AxonAddress axon, Tick arrival);

  // Runs one tick. Allocates only where more happens than in any tick before.
  void Step();
  // Runs until now() == `tick`, jumping over ticks in which nothing is due.
  void RunUntil(Tick tick);

  // The last tick run; 0 at first.
  Tick now() const;
  // The spikes of the last tick, in file order (y, x, neuron). Sorted on demand.
  std::span<const NeuronAddress> spikes() const;
  // The pins that fired in the last tick, ascending; a pin fired at by n neurons appears n times.
  std::span<const PinIndex> pins() const;
  // V of a neuron after the last tick.
  std::int32_t potential(NeuronAddress neuron) const;

  // What the chip did since tick 0.
  Counters counters() const;
  // Cores visited in the last tick: what the simulator did, for tests and the profile only.
  std::int64_t cores_visited() const;
  // "AVX3_DL", "AVX2", ...: the instruction set that the core update runs on.
  std::string_view simd_name() const;

  // The mesh, where MachineOptions::router is given; else nullptr.
  const CycleTransport* transport() const;
  // What the mesh delivered before the last tick (CycleTransport::RunTick); empty without a mesh.
  std::span<const CycleTransport::Arrival> arrivals() const;

  // Sets V = V(0), clears slots and the host's queue; time and counters go on.
  void ResetState();
  // The same, and moves time on to `tick`, not before now(). The ticks in between are not run and
  // not counted: what happens after depends on the tick, not on how the machine came to it.
  void ResetAt(Tick tick);

  // A machine of the same chip in its initial state, with the same options but for `threads`
  // (1..kMachineThreadsMax). It shares what the chip was compiled to: this machine must outlive it.
  Machine Replica(int threads) const;

  // All 0 without MachineOptions::profile.
  PhaseTimes phase_times() const;

 private:
  class Implementation;
  explicit Machine(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_MACHINE_H_
