// SPDX-License-Identifier: Apache-2.0
#include "core/machine/machine.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "core/base/strings.h"
#include "core/chip/chip_routes.h"
#include "core/machine/compiled_chip.h"
#include "core/machine/host_queue.h"
#include "core/machine/phase_clock.h"
#include "core/machine/tick_kernel.h"
#include "core/machine/tick_worker.h"
#include "core/machine/worker_pool.h"

namespace spikemesh {
namespace {

// Fewer due cores than this are not worth waking the other threads.
constexpr std::int64_t kDueCoresWorthThreads = 16;
static_assert(kMachineThreadsMax <= kWorkersMax);
// A spike is core * 256 + neuron, in 32 bits.
static_assert(kMachineCoresMax * kNeuronsPerCore <= std::size_t{1} << 32);

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

absl::StatusOr<TickKernel> ChooseKernel(SimdTarget simd) {
  std::string runnable;
  for (const TickKernel& kernel : SupportedTickKernels()) {
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
  Implementation(const TickPlan& plan, const TickKernel& kernel,
                 const std::optional<RouterParameters>& router, bool profile,
                 std::unique_ptr<const CompiledChip> chip)
      : chip_(std::move(chip)),
        plan_(plan),
        kernel_(kernel),
        profile_(profile),
        state_(plan_.chip),
        pool_(plan.owners.workers()) {
    if (router) {
      transport_.emplace(plan_.chip.mesh, *router, plan_.chip.table());
    }
    workers_.reserve(static_cast<std::size_t>(plan.owners.workers()));
    for (int worker = 0; worker < plan.owners.workers(); ++worker) {
      workers_.emplace_back(plan_, kernel_, state_, worker, profile);
    }
  }

  std::unique_ptr<Implementation> Replica(int threads) const {
    const TickPlan plan = {plan_.chip, CoreOwners(plan_.chip.core_count(), threads), plan_.seed};
    const auto router = transport_ ? std::optional(transport_->parameters()) : std::nullopt;
    return std::make_unique<Implementation>(plan, kernel_, router, profile_, nullptr);
  }

  void SendLine(LineIndex line, Tick arrival);
  void SendAxon(AxonAddress axon, Tick arrival);
  void Step();
  void RunUntil(Tick tick);
  void ResetAt(Tick tick);

  Tick now() const { return now_; }
  std::string_view simd_name() const { return kernel_.name; }
  std::int32_t potential(NeuronAddress neuron) const;
  Counters counters() const;
  PhaseTimes phase_times() const;
  std::int64_t cores_visited() const;
  const CycleTransport* transport() const { return transport_ ? &*transport_ : nullptr; }
  std::span<const CycleTransport::Arrival> arrivals() const { return arrivals_; }
  std::span<const NeuronAddress> spikes() const;
  std::span<const PinIndex> pins() const;

 private:
  template <typename Send>
  void TakeHostPackets(Send send);
  void DeliverHostPackets();
  void CarryPackets();
  void StepThroughMesh();
  bool WorthThreads() const;
  std::int64_t MergedSpikes(const Counters& total) const;
  template <typename Predicate>
  bool AnyWorker(Predicate predicate) const {
    return std::ranges::any_of(workers_, predicate);
  }
  std::optional<Tick> NextDueTick() const;
  void SkipTo(Tick tick);

  std::unique_ptr<const CompiledChip> chip_;
  TickPlan plan_;
  TickKernel kernel_;
  bool profile_;
  MachineState state_;
  HostQueue host_queue_;
  std::optional<CycleTransport> transport_;            // ideal transport where there is none
  std::span<const CycleTransport::Arrival> arrivals_;  // of its last tick
  std::vector<TickWorker> workers_;
  WorkerPool pool_;
  Tick now_{0};
  std::int64_t ticks_counted_ = 0;
  std::int64_t dropped_axons_ = 0;  // that waited in slots when the state was reset

  // Made on demand from what the workers hold.
  mutable std::vector<NeuronAddress> spikes_;
  mutable std::vector<PinIndex> pins_;
};

void Machine::Implementation::SendLine(LineIndex line, Tick arrival) {
  SPIKEMESH_CHECK(line.value() < plan_.chip.line_count());
  host_queue_.Add({line.value(), HostSpike::kWholeLine}, arrival, now_);
}

void Machine::Implementation::SendAxon(AxonAddress axon, Tick arrival) {
  SPIKEMESH_CHECK(axon.core.value() < plan_.chip.core_count());
  SPIKEMESH_CHECK(axon.axon.value() < plan_.chip.cores[axon.core.value()].axon_count);
  host_queue_.Add({axon.core.value(), axon.axon.value()}, arrival, now_);
}

// Calls `send` with spans of the host's packets that arrive in this tick.
template <typename Send>
void Machine::Implementation::TakeHostPackets(Send send) {
  for (const HostSpike& spike : host_queue_.Take(now_)) {
    if (spike.axon == HostSpike::kWholeLine) {
      send(plan_.chip.PacketsOfLine(spike.index));
    } else {
      const auto axon = static_cast<std::uint32_t>(spike.axon);
      const CompiledTarget packet = CompiledTarget::Axon({.core = spike.index, .axon = axon});
      send({&packet, 1});
    }
  }
}

// Gives the host's packets of this tick to the workers, who put them into its slot.
void Machine::Implementation::DeliverHostPackets() {
  const bool alone = workers_.size() == 1;
  TakeHostPackets([&](std::span<const CompiledTarget> packets) {
    if (alone) {
      std::vector<CompiledTarget>& all = workers_.front().host_packets();
      all.insert(all.end(), packets.begin(), packets.end());
      return;
    }
    for (const CompiledTarget& packet : packets) {
      workers_[plan_.owners.Of(packet.core())].host_packets().push_back(packet);
    }
  });
  for (TickWorker& worker : workers_) {
    worker.DeliverHostPackets(now_);
  }
}

// Runs the mesh through the tick before this one, with the host's packets that arrive in this one,
// and puts what arrives into its slots.
void Machine::Implementation::CarryPackets() {
  const Tick sent = now_ + -1;
  transport_->SkipTo(sent);
  TakeHostPackets([&](std::span<const CompiledTarget> packets) {
    for (const CompiledTarget& packet : packets) {
      transport_->SendFromHost(plan_.chip.places[packet.core()], sent,
                               std::bit_cast<std::uint64_t>(packet));
    }
  });
  arrivals_ = transport_->RunTick();
  for (const CycleTransport::Arrival& arrival : arrivals_) {
    const auto packet = std::bit_cast<CompiledTarget>(arrival.payload);
    TickWorker& owner = workers_[plan_.owners.Of(packet.core())];
    const Tick active = std::max(arrival.due + 1, now_);
    owner.carried_packets().push_back(packet.WithDelay(static_cast<std::uint32_t>(active - sent)));
    owner.CountHostPackets(arrival.is_host ? 1 : 0);
  }
  for (TickWorker& worker : workers_) {
    worker.DeliverCarriedPackets(sent);
  }
}

// Whether so many cores are due that it pays to wake the other threads.
bool Machine::Implementation::WorthThreads() const {
  std::int64_t due_cores = 0;
  for (const TickWorker& worker : workers_) {
    due_cores += worker.DueCores(SlotOf(now_));
  }
  return due_cores >= kDueCoresWorthThreads;
}

void Machine::Implementation::Step() {
  ++now_;
  ++ticks_counted_;
  if (transport_) {
    StepThroughMesh();
    return;
  }
  DeliverHostPackets();
  if (workers_.size() == 1 || !WorthThreads()) {
    for (TickWorker& worker : workers_) {
      worker.UpdateDueCores(now_);
      worker.SendSpikes(now_);
    }
    for (TickWorker& worker : workers_) {
      worker.DeliverPackets(now_, workers_);
    }
    return;
  }
  auto tick = [this](int worker) {
    TickWorker& own = workers_[worker];
    own.UpdateDueCores(now_);
    own.SendSpikes(now_);
    PhaseClock waiting(profile_);
    pool_.Sync();
    waiting.Add(own.phase_times().wait_seconds);
    own.DeliverPackets(now_, workers_);
  };
  pool_.Run(tick);
}

// The mesh is one; the cores are updated by all workers.
void Machine::Implementation::StepThroughMesh() {
  CarryPackets();
  auto update = [this](int worker) { workers_[worker].UpdateDueCores(now_); };
  if (workers_.size() == 1 || !WorthThreads()) {
    for (int worker = 0; worker < plan_.owners.workers(); ++worker) {
      update(worker);
    }
  } else {
    pool_.Run(update);
  }
  for (TickWorker& worker : workers_) {
    worker.HandSpikesTo(*transport_, now_);
  }
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
    arrivals_ = {};
    for (TickWorker& worker : workers_) {
      worker.ForgetTick();
    }
  }
}

std::optional<Tick> Machine::Implementation::NextDueTick() const {
  if (AnyWorker(&TickWorker::AnyRestless)) {
    return now_ + 1;
  }
  if (transport_ && !transport_->idle()) {
    return now_ + 1;
  }
  const std::optional<Tick> host = host_queue_.NextArrival(now_);
  for (int ticks = kDelayTicksMin; ticks <= kDelayTicksMax; ++ticks) {
    const int slot = SlotOf(now_ + ticks);
    if (AnyWorker([slot](const TickWorker& worker) { return worker.AnyPending(slot); })) {
      return host.has_value() ? std::min(*host, now_ + ticks) : now_ + ticks;
    }
  }
  return host;
}

void Machine::Implementation::ResetAt(Tick tick) {
  SPIKEMESH_CHECK(tick >= now_);
  now_ = tick;
  for (const TickWorker& worker : workers_) {
    dropped_axons_ += worker.WaitingAxons();
  }
  state_.potentials.Reset(plan_.chip.initial_potentials);
  state_.buffers.ClearAll();
  host_queue_.Clear();
  arrivals_ = {};
  if (transport_) {
    transport_->Clear(tick);
  }
  for (TickWorker& worker : workers_) {
    worker.ResetState();
  }
}

std::int32_t Machine::Implementation::potential(NeuronAddress neuron) const {
  SPIKEMESH_CHECK(neuron.core.value() < plan_.chip.core_count());
  SPIKEMESH_CHECK(neuron.neuron.value() < kNeuronsPerCore);
  return state_.potentials.Get(neuron.core.value(), neuron.neuron.value());
}

// Of the packets that arrived, those that are neither an axon event nor one to come: they found
// their bit set. Counted so because a test of every bit would cost the sending of spikes a tenth.
std::int64_t Machine::Implementation::MergedSpikes(const Counters& total) const {
  std::int64_t merged = -total.axon_events - dropped_axons_;
  for (const TickWorker& worker : workers_) {
    merged += worker.arrivals() - worker.WaitingAxons();
  }
  return merged;
}

Counters Machine::Implementation::counters() const {
  Counters total;
  for (const TickWorker& worker : workers_) {
    total = total + worker.counters();
  }
  total.merged_spikes = MergedSpikes(total);
  total.neuron_updates =
      kNeuronsPerCore * static_cast<std::int64_t>(plan_.chip.core_count()) * ticks_counted_;
  return total;
}

PhaseTimes Machine::Implementation::phase_times() const {
  PhaseTimes total;
  for (const TickWorker& worker : workers_) {
    total = total + worker.phase_times();
  }
  return total;
}

std::int64_t Machine::Implementation::cores_visited() const {
  std::int64_t visited = 0;
  for (const TickWorker& worker : workers_) {
    visited += worker.cores_visited();
  }
  return visited;
}

std::span<const NeuronAddress> Machine::Implementation::spikes() const {
  spikes_.clear();
  for (const TickWorker& worker : workers_) {
    for (const std::uint32_t spike : worker.spikes()) {
      spikes_.push_back({CoreId(spike / kNeuronsPerCore),
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
  if (chip.cores.size() > kMachineCoresMax) {
    return absl::ResourceExhaustedError(
        Concat("cores: ", chip.cores.size(), ", a machine runs at most ", kMachineCoresMax));
  }
  if (options.router) {
    SPIKEMESH_RETURN_IF_ERROR(CheckRouterParameters(*options.router));
    const std::int64_t routers = std::int64_t{chip.spec.mesh.width()} * chip.spec.mesh.height();
    if (routers > kMeshRoutersMax) {
      return absl::ResourceExhaustedError(
          Concat("router: ", routers, " places for cores, allowed: at most ", kMeshRoutersMax));
    }
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const TickKernel kernel, ChooseKernel(options.simd));
  SPIKEMESH_ASSIGN_OR_RETURN(std::optional<RouteTable> routes, MakeRoutes(chip));
  auto compiled = std::make_unique<const CompiledChip>(CompileChip(chip, std::move(routes)));
  const TickPlan plan = {*compiled, CoreOwners(compiled->core_count(), options.threads),
                         options.seed.value_or(chip.seed)};
  return Machine(std::make_unique<Implementation>(plan, kernel, options.router, options.profile,
                                                  std::move(compiled)));
}

Machine Machine::Replica(int threads) const {
  SPIKEMESH_CHECK(threads >= 1 && threads <= kMachineThreadsMax);
  return Machine(implementation_->Replica(threads));
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
const CycleTransport* Machine::transport() const { return implementation_->transport(); }
std::span<const CycleTransport::Arrival> Machine::arrivals() const {
  return implementation_->arrivals();
}
void Machine::ResetState() { implementation_->ResetAt(implementation_->now()); }
void Machine::ResetAt(Tick tick) { implementation_->ResetAt(tick); }
PhaseTimes Machine::phase_times() const { return implementation_->phase_times(); }

}  // namespace spikemesh
