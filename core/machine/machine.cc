// SPDX-License-Identifier: Apache-2.0
#include "core/machine/machine.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "core/base/strings.h"
#include "core/machine/compiled_chip.h"
#include "core/machine/host_queue.h"
#include "core/machine/tick_worker.h"
#include "core/machine/worker_pool.h"
#include "neurons/core_update.h"

namespace spikemesh {
namespace {

// Fewer due cores than this are not worth waking the other threads.
constexpr std::int64_t kDueCoresWorthThreads = 16;

std::string_view NameOf(SimdTarget simd) {
  switch (simd) {
    case SimdTarget::kAuto:
      return "auto";
    case SimdTarget::kAvx3:
      return "avx3";
    case SimdTarget::kAvx2:
      return "avx2";
    case SimdTarget::kSse4:
      return "sse4";
    case SimdTarget::kScalar:
      return "scalar";
  }
  return "unknown";
}

bool IsKernelOf(SimdTarget simd, std::string_view kernel) {
  switch (simd) {
    case SimdTarget::kAuto:
      return true;
    case SimdTarget::kAvx3:
      return kernel == "AVX3_DL" || kernel == "AVX3";
    case SimdTarget::kAvx2:
      return kernel == "AVX2";
    case SimdTarget::kSse4:
      return kernel == "SSE4";
    case SimdTarget::kScalar:
      return kernel == "SCALAR" || kernel == "EMU128";
  }
  return false;
}

absl::StatusOr<CoreUpdateKernel> ChooseKernel(SimdTarget simd) {
  std::string runnable;
  for (const CoreUpdateKernel& kernel : SupportedCoreUpdates()) {
    if (IsKernelOf(simd, kernel.name)) {
      return kernel;
    }
    runnable += (runnable.empty() ? "" : ", ") + std::string(kernel.name);
  }
  return absl::FailedPreconditionError(
      Concat("simd ", NameOf(simd), ": this processor runs ", runnable));
}

}  // namespace

class Machine::Implementation {
 public:
  // `chip` is kept where the machine owns it, else it outlives the machine.
  Implementation(const MachinePlan& plan, std::unique_ptr<const CompiledChip> chip)
      : chip_(std::move(chip)),
        plan_(plan),
        state_(plan_.chip),
        initial_restless_(state_.restless),
        pool_(plan.workers) {
    workers_.reserve(static_cast<std::size_t>(plan.workers));
    for (int worker = 0; worker < plan.workers; ++worker) {
      workers_.emplace_back(plan_, state_, worker);
    }
  }

  void SendLine(LineIndex line, Tick arrival);
  void SendAxon(AxonAddress axon, Tick arrival);
  void Step();
  void RunUntil(Tick tick);
  void ResetAt(Tick tick);

  const MachinePlan& plan() const { return plan_; }
  Tick now() const { return now_; }
  std::string_view simd_name() const { return plan_.kernel.name; }
  std::int32_t potential(NeuronAddress neuron) const;
  Counters counters() const;
  std::int64_t cores_visited() const;
  std::span<const NeuronAddress> spikes() const;
  std::span<const PinIndex> pins() const;

 private:
  std::int64_t DeliverHostPackets();
  std::int64_t RestlessCores() const;
  std::int64_t PendingCores(int slot) const;
  std::optional<Tick> NextDueTick() const;
  void SkipTo(Tick tick);

  std::unique_ptr<const CompiledChip> chip_;
  MachinePlan plan_;
  MachineState state_;
  std::vector<std::uint8_t> initial_restless_;
  HostQueue host_queue_;
  std::vector<TickWorker> workers_;
  WorkerPool pool_;
  Tick now_{0};
  std::int64_t ticks_counted_ = 0;
  Counters host_counters_;  // host_packets and the merged ones among them

  // Made on demand from what the workers hold.
  mutable std::vector<NeuronAddress> spikes_;
  mutable std::vector<PinIndex> pins_;
};

void Machine::Implementation::SendLine(LineIndex line, Tick arrival) {
  SPIKEMESH_CHECK(line.value() < plan_.chip.input_lines.size());
  for (const AxonAddress& axon : plan_.chip.input_lines[line.value()]) {
    SendAxon(axon, arrival);
  }
}

void Machine::Implementation::SendAxon(AxonAddress axon, Tick arrival) {
  SPIKEMESH_CHECK(axon.core.value() < plan_.chip.core_count());
  SPIKEMESH_CHECK(axon.axon.value() < plan_.chip.Crossbar(axon.core.value()).size());
  host_queue_.Add(axon, arrival, now_);
}

// Puts the host's packets of this tick into its slot; returns how many.
std::int64_t Machine::Implementation::DeliverHostPackets() {
  const std::span<const AxonAddress> packets = host_queue_.Take(now_);
  for (const AxonAddress& packet : packets) {
    const Arrival arrival = state_.buffers.Activate(packet.core, packet.axon, SlotOf(now_));
    host_counters_.merged_spikes += arrival == Arrival::kMerged ? 1 : 0;
  }
  const auto count = static_cast<std::int64_t>(packets.size());
  host_counters_.host_packets += count;
  return count;
}

void Machine::Implementation::Step() {
  ++now_;
  ++ticks_counted_;
  const std::int64_t due_cores_max =
      RestlessCores() + PendingCores(SlotOf(now_)) + DeliverHostPackets();
  if (due_cores_max < kDueCoresWorthThreads) {
    for (TickWorker& worker : workers_) {
      worker.UpdateDueCores(now_);
    }
    for (TickWorker& worker : workers_) {
      worker.DeliverPackets(now_, workers_);
    }
    return;
  }
  auto tick = [this](int worker) {
    workers_[worker].UpdateDueCores(now_);
    pool_.Sync();
    workers_[worker].DeliverPackets(now_, workers_);
  };
  pool_.Run(tick);
}

void Machine::Implementation::RunUntil(Tick tick) {
  while (now_ < tick) {
    const std::optional<Tick> due = NextDueTick();
    if (!due.has_value() || *due > tick) {
      SkipTo(tick);
      return;
    }
    SkipTo(*due + -1);
    Step();
  }
}

// Jumps to a tick up to which nothing is due.
void Machine::Implementation::SkipTo(Tick tick) {
  if (tick > now_) {
    ticks_counted_ += tick - now_;
    now_ = tick;
    for (TickWorker& worker : workers_) {
      worker.ForgetTick();
    }
  }
}

std::int64_t Machine::Implementation::RestlessCores() const {
  std::int64_t cores = 0;
  for (const TickWorker& worker : workers_) {
    cores += worker.restless_cores();
  }
  return cores;
}

std::int64_t Machine::Implementation::PendingCores(int slot) const {
  std::int64_t cores = 0;
  for (const TickWorker& worker : workers_) {
    cores += worker.pending_cores(slot);
  }
  return cores;
}

std::optional<Tick> Machine::Implementation::NextDueTick() const {
  if (RestlessCores() > 0) {
    return now_ + 1;
  }
  const std::optional<Tick> host = host_queue_.NextArrival(now_);
  for (int ticks = kDelayTicksMin; ticks <= kDelayTicksMax; ++ticks) {
    if (PendingCores(SlotOf(now_ + ticks)) > 0) {
      return host.has_value() ? std::min(*host, now_ + ticks) : now_ + ticks;
    }
  }
  return host;
}

void Machine::Implementation::ResetAt(Tick tick) {
  SPIKEMESH_CHECK(tick >= now_);
  now_ = tick;
  state_.potentials = plan_.chip.initial_potentials;
  state_.restless = initial_restless_;
  state_.buffers.ClearAll();
  host_queue_.Clear();
  for (TickWorker& worker : workers_) {
    worker.ResetState();
  }
}

std::int32_t Machine::Implementation::potential(NeuronAddress neuron) const {
  SPIKEMESH_CHECK(neuron.core.value() < state_.potentials.size());
  SPIKEMESH_CHECK(neuron.neuron.value() < kNeuronsPerCore);
  return state_.potentials[neuron.core.value()][neuron.neuron.value()];
}

Counters Machine::Implementation::counters() const {
  Counters total = host_counters_;
  for (const TickWorker& worker : workers_) {
    total = total + worker.counters();
  }
  total.neuron_updates =
      kNeuronsPerCore * static_cast<std::int64_t>(plan_.chip.core_count()) * ticks_counted_;
  return total;
}

std::int64_t Machine::Implementation::cores_visited() const {
  std::int64_t visited = 0;
  for (const TickWorker& worker : workers_) {
    visited += static_cast<std::int64_t>(worker.due_cores().size());
  }
  return visited;
}

std::span<const NeuronAddress> Machine::Implementation::spikes() const {
  spikes_.clear();
  for (const TickWorker& worker : workers_) {
    for (const std::uint64_t spike : worker.spikes()) {
      spikes_.push_back({CoreId(static_cast<std::uint32_t>(spike / kNeuronsPerCore)),
                         NeuronIndex(static_cast<std::uint16_t>(spike % kNeuronsPerCore))});
    }
  }
  if (workers_.size() > 1) {
    std::sort(spikes_.begin(), spikes_.end());
  }
  return spikes_;
}

std::span<const PinIndex> Machine::Implementation::pins() const {
  pins_.clear();
  for (const TickWorker& worker : workers_) {
    for (const std::uint32_t pin : worker.pins()) {
      pins_.push_back(PinIndex(pin));
    }
  }
  std::sort(pins_.begin(), pins_.end());
  return pins_;
}

absl::StatusOr<Machine> Machine::Create(const ChipModel& chip, const MachineOptions& options) {
  if (options.threads < 1 || options.threads > kMachineThreadsMax) {
    return absl::OutOfRangeError(
        Concat("threads: ", options.threads, ", allowed 1..", kMachineThreadsMax));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const CoreUpdateKernel kernel, ChooseKernel(options.simd));
  auto compiled = std::make_unique<const CompiledChip>(CompileChip(chip));
  const MachinePlan plan = {*compiled, kernel, options.seed.value_or(chip.seed), options.threads};
  return Machine(std::make_unique<Implementation>(plan, std::move(compiled)));
}

Machine Machine::Replica(int threads) const {
  SPIKEMESH_CHECK(threads >= 1 && threads <= kMachineThreadsMax);
  MachinePlan plan = implementation_->plan();
  plan.workers = threads;
  return Machine(std::make_unique<Implementation>(plan, nullptr));
}

Machine::Machine(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;
Machine::~Machine() = default;

void Machine::SendLine(LineIndex line, Tick arrival) { implementation_->SendLine(line, arrival); }
void Machine::SendAxon(AxonAddress axon, Tick arrival) { implementation_->SendAxon(axon, arrival); }
void Machine::Step() { implementation_->Step(); }
void Machine::RunUntil(Tick tick) { implementation_->RunUntil(tick); }
Tick Machine::now() const { return implementation_->now(); }
std::span<const NeuronAddress> Machine::spikes() const { return implementation_->spikes(); }
std::span<const PinIndex> Machine::pins() const { return implementation_->pins(); }
std::int32_t Machine::potential(NeuronAddress neuron) const {
  return implementation_->potential(neuron);
}
Counters Machine::counters() const { return implementation_->counters(); }
std::int64_t Machine::cores_visited() const { return implementation_->cores_visited(); }
std::string_view Machine::simd_name() const { return implementation_->simd_name(); }
void Machine::ResetState() { implementation_->ResetAt(implementation_->now()); }
void Machine::ResetAt(Tick tick) { implementation_->ResetAt(tick); }
PhaseTimes Machine::phase_times() const { return {}; }

}  // namespace spikemesh
