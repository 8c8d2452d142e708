// SPDX-License-Identifier: Apache-2.0
#include "core/machine/tick_worker.h"

#include <algorithm>

namespace spikemesh {
namespace {

constexpr std::size_t kCoresPerGroup = 4;
// So many items ahead memory is fetched that is read at random places: the targets of spikes and
// the sets that packets go to. About the latency of main memory.
constexpr std::size_t kCacheLineBytes = 64;
constexpr std::size_t kItemsAhead = 32;

bool StartsAtRest(const CompiledChip& chip, std::size_t core) {
  const NeuronBlock& neurons = chip.Neurons(core);
  const Potentials& potentials = chip.initial_potentials[core];
  for (int neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
    if (potentials[neuron] < neurons.rest_min[neuron] ||
        potentials[neuron] > neurons.rest_max[neuron]) {
      return false;
    }
  }
  return true;
}

}  // namespace

MachineState::MachineState(const CompiledChip& chip)
    : buffers(chip.core_count()), potentials(chip.initial_potentials) {
  restless.reserve(chip.core_count());
  for (std::size_t core = 0; core < chip.core_count(); ++core) {
    restless.push_back(StartsAtRest(chip, core) ? 0 : 1);
  }
}

TickWorker::TickWorker(const MachinePlan& plan, MachineState& state, int worker)
    : plan_(plan), state_(state), worker_(worker) {
  const std::size_t groups = (plan.chip.core_count() + kCoresPerGroup - 1) / kCoresPerGroup;
  owner_of_group_.reserve(groups);
  for (std::size_t group = 0; group < groups; ++group) {
    owner_of_group_.push_back(
        static_cast<std::uint8_t>(group % static_cast<std::size_t>(plan.workers)));
  }
  outboxes_.resize(static_cast<std::size_t>(plan.workers));
  ResetState();
}

int TickWorker::OwnerOf(std::uint32_t core) const { return owner_of_group_[core / kCoresPerGroup]; }

void TickWorker::ForgetTick() {
  due_.clear();
  spikes_.clear();
  pins_.clear();
}

void TickWorker::ResetState() {
  pending_cores_ = {};
  restless_cores_ = 0;
  for (std::uint32_t core = 0; core < state_.restless.size(); ++core) {
    if (OwnerOf(core) == worker_) {
      restless_cores_ += state_.restless[core];
    }
  }
}

void TickWorker::UpdateDueCores(Tick now) {
  ForgetTick();
  for (std::vector<Packet>& outbox : outboxes_) {
    outbox.clear();
  }
  FindDueCores(SlotOf(now));
  for (std::size_t i = 0; i < due_.size() + kCoresAhead; ++i) {
    if (i < due_.size()) {
      FetchAhead(due_[i], SlotOf(now), active_[i % active_.size()]);
    }
    if (i >= kCoresAhead) {
      const std::size_t current = i - kCoresAhead;
      UpdateCoreNow(due_[current], now, active_[current % active_.size()]);
    }
  }
  SendSpikes();
  pending_cores_[SlotOf(now)] = 0;
}

void TickWorker::FindDueCores(int slot) {
  const std::span<const std::uint8_t> occupied = state_.buffers.Occupied(slot);
  const std::size_t stride = kCoresPerGroup * static_cast<std::size_t>(plan_.workers);
  for (std::size_t first = kCoresPerGroup * static_cast<std::size_t>(worker_);
       first < occupied.size(); first += stride) {
    const std::size_t end = std::min(first + kCoresPerGroup, occupied.size());
    for (std::size_t core = first; core < end; ++core) {
      if ((occupied[core] | state_.restless[core]) != 0) {
        due_.push_back(static_cast<std::uint32_t>(core));
      }
    }
  }
}

// Lists the active axons of a core and fetches their rows and the core's potentials.
void TickWorker::FetchAhead(std::uint32_t core, int slot, MemberList& active) const {
  const auto* potentials = reinterpret_cast<const char*>(&state_.potentials[core]);
  for (std::size_t byte = 0; byte < sizeof(Potentials); byte += kCacheLineBytes) {
    __builtin_prefetch(potentials + byte, 1);
  }
  active.count = 0;
  if (state_.buffers.Occupied(slot)[core] != 0) {
    plan_.kernel.list_members(state_.buffers.Slot(slot)[core], active);
    const Bits256* rows = plan_.chip.Crossbar(core).data();
    for (const std::uint8_t axon : active.all()) {
      __builtin_prefetch(rows + axon);
    }
  }
}

void TickWorker::UpdateCoreNow(std::uint32_t core, Tick now, const MemberList& active) {
  const CompiledChip& chip = plan_.chip;
  const CoreTick tick = {chip.Neurons(core),
                         chip.Crossbar(core),
                         chip.axon_types[core],
                         active.all(),
                         {plan_.seed, chip.rng_streams[core], now}};
  const CoreTickResult result = plan_.kernel.update(tick, state_.potentials[core]);
  if (active.count > 0) {
    state_.buffers.Clear(CoreId(core), SlotOf(now));
    counters_.axon_events += static_cast<std::int64_t>(active.count);
    counters_.synaptic_ops += result.synaptic_ops;
  }
  const std::uint8_t restless = result.at_rest ? 0 : 1;
  restless_cores_ += restless - state_.restless[core];
  state_.restless[core] = restless;
  plan_.kernel.list_members(result.spikes, fired_);
  for (const std::uint8_t neuron : fired_.all()) {
    spikes_.push_back(std::uint64_t{core} * kNeuronsPerCore + neuron);
  }
}

void TickWorker::SendSpikes() {
  counters_.spikes += static_cast<std::int64_t>(spikes_.size());
  for (std::size_t i = 0; i < spikes_.size(); ++i) {
    if (i + kItemsAhead < spikes_.size()) {
      __builtin_prefetch(&plan_.chip.targets[spikes_[i + kItemsAhead]]);
    }
    const CompiledTarget target = plan_.chip.targets[spikes_[i]];
    switch (static_cast<TargetKind>(target.kind)) {
      case TargetKind::kNone:
        break;
      case TargetKind::kAxon:
        counters_.hops += target.hops;
        counters_.chip_crossings += target.chip_crossings;
        outboxes_[OwnerOf(target.index)].push_back({target.index,
                                                    static_cast<std::uint8_t>(target.axon),
                                                    static_cast<std::uint8_t>(target.delay)});
        break;
      case TargetKind::kPin:
        ++counters_.pin_packets;
        pins_.push_back(target.index);
        break;
    }
  }
}

void TickWorker::DeliverPackets(Tick now, std::span<const TickWorker> all) {
  for (const TickWorker& sender : all) {
    Deliver(sender.outboxes_[worker_], now);
  }
}

void TickWorker::Deliver(std::span<const Packet> packets, Tick now) {
  const auto slot_of = [&](const Packet& packet) { return SlotOf(now + packet.delay); };
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i + kItemsAhead < packets.size()) {
      const Packet& coming = packets[i + kItemsAhead];
      state_.buffers.Prefetch(CoreId(coming.core), slot_of(coming));
    }
    const Packet& packet = packets[i];
    const int slot = slot_of(packet);
    const Arrival arrival =
        state_.buffers.Activate(CoreId(packet.core), AxonIndex(packet.axon), slot);
    counters_.merged_spikes += arrival == Arrival::kMerged ? 1 : 0;
    pending_cores_[slot] += arrival == Arrival::kFirstOfCore ? 1 : 0;
  }
}

}  // namespace spikemesh
