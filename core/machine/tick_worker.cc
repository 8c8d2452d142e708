// SPDX-License-Identifier: Apache-2.0
#include "core/machine/tick_worker.h"

#include <bit>
#include <vector>

#include "core/machine/phase_clock.h"

namespace spikemesh {

TickWorker::TickWorker(const TickPlan& plan, const TickKernel& kernel, MachineState& state,
                       int worker, bool profile)
    : plan_(plan),
      kernel_(kernel),
      state_(state),
      profile_(profile),
      own_(plan.chip.core_count(), plan.owners, worker) {
  ResetState();
}

void TickWorker::ForgetTick() {
  own_.visited_count = 0;
  own_.spike_count = 0;
  own_.pins.clear();
}

void TickWorker::ResetState() {
  ForgetTick();
  for (CoreSet& due : own_.due) {
    due.Clear();
  }
  const std::vector<std::uint8_t>& restless = plan_.chip.starts_restless;
  for (std::uint32_t core = 0; core < restless.size(); ++core) {
    own_.restless.Put(core, restless[core] != 0 && plan_.owners.Of(core) == own_.worker);
  }
  own_.restless_count = own_.restless.Count();
}

std::int64_t TickWorker::WaitingAxons() const {
  std::int64_t axons = 0;
  for (int slot = 0; slot < kDelaySlots; ++slot) {
    own_.due[static_cast<std::size_t>(slot)].ForEach(
        [&](std::uint32_t core) { axons += state_.buffers.Axons(core, slot).Count(); });
  }
  return axons;
}

void TickWorker::DeliverHostPackets(Tick now) {
  PhaseClock clock(profile_);
  if (host_packets_.empty()) {
    return;
  }
  kernel_.deliver(host_packets_, now, state_, own_);
  own_.counters.host_packets += static_cast<std::int64_t>(host_packets_.size());
  host_packets_.clear();
  clock.Add(times_.host_seconds);
}

void TickWorker::UpdateDueCores(Tick now) {
  PhaseClock clock(profile_);
  kernel_.update_due_cores(plan_, now, state_, own_);
  clock.Add(times_.update_seconds);
}

void TickWorker::SendSpikes(Tick now) {
  PhaseClock clock(profile_);
  kernel_.send_spikes(plan_, now, state_, own_);
  clock.Add(times_.send_seconds);
}

void TickWorker::HandSpikesTo(CycleTransport& transport, Tick now) {
  PhaseClock clock(profile_);
  own_.pins.clear();
  for (const std::uint32_t spike : spikes()) {
    const CompiledTarget target = plan_.chip.targets[spike];
    own_.counters.hops += target.hops();
    own_.counters.chip_crossings += target.chip_crossings();
    if (target.is_axon()) {
      const Tick due = now + (static_cast<std::int64_t>(target.delay()) - 1);
      transport.Send(plan_.chip.places[spike / kNeuronsPerCore], plan_.chip.places[target.core()],
                     static_cast<std::int32_t>(spike % kNeuronsPerCore), due,
                     std::bit_cast<std::uint64_t>(target));
    } else if (target.is_pin()) {
      ++own_.counters.pin_packets;
      own_.pins.push_back(target.pin());
    }
  }
  clock.Add(times_.send_seconds);
}

void TickWorker::DeliverCarriedPackets(Tick sent) {
  PhaseClock clock(profile_);
  kernel_.deliver(carried_packets_, sent, state_, own_);
  carried_packets_.clear();
  clock.Add(times_.deliver_seconds);
}

void TickWorker::DeliverPackets(Tick now, std::span<const TickWorker> all) {
  PhaseClock clock(profile_);
  for (const TickWorker& sender : all) {
    const Outbox& outbox = sender.own_.outboxes[static_cast<std::size_t>(own_.worker)];
    if (outbox.count > 0) {
      kernel_.deliver(outbox.all(), now, state_, own_);
    }
  }
  clock.Add(times_.deliver_seconds);
}

}  // namespace spikemesh
