// SPDX-License-Identifier: Apache-2.0
#include "tests/core/machine/reference_machine.h"

#include <algorithm>
#include <cstdlib>

#include "neurons/reference_update.h"

namespace spikemesh {

ReferenceMachine::ReferenceMachine(const ChipModel& chip, Tick now) : chip_(chip), now_(now) {
  for (const CoreModel& core : chip.cores) {
    std::vector<std::int32_t>& potentials = potentials_.emplace_back();
    for (const NeuronModel& neuron : core.neurons) {
      potentials.push_back(neuron.initial_potential);
    }
  }
}

void ReferenceMachine::SendAxon(AxonAddress axon, Tick arrival) {
  host_packets_[arrival].push_back(axon);
}

void ReferenceMachine::Arrive(AxonAddress axon, Tick arrival) {
  if (!active_[arrival].insert(axon).second) {
    ++counters_.merged_spikes;
  }
}

void ReferenceMachine::Step() {
  ++now_;
  spikes_.clear();
  pins_.clear();
  for (const AxonAddress& axon : host_packets_[now_]) {
    ++counters_.host_packets;
    Arrive(axon, now_);
  }
  const std::set<AxonAddress> active = active_[now_];
  counters_.axon_events += static_cast<std::int64_t>(active.size());
  for (std::uint32_t core = 0; core < chip_.cores.size(); ++core) {
    UpdateCore(CoreId(core), active);
    counters_.neuron_updates += kNeuronsPerCore;
  }
  active_.erase(now_);
  host_packets_.erase(now_);
  std::sort(pins_.begin(), pins_.end());
}

void ReferenceMachine::UpdateCore(CoreId core, const std::set<AxonAddress>& active) {
  const CoreModel& model = chip_.cores[core.value()];
  const CoreTickRandomKey key = {chip_.seed, model.rng_stream, now_};
  const auto neurons = static_cast<std::uint16_t>(model.neurons.size());
  for (std::uint16_t j = 0; j < neurons; ++j) {
    std::vector<SynapticEvent> events;
    for (auto at = active.lower_bound({core, AxonIndex(0)}); at != active.end() && at->core == core;
         ++at) {
      const std::uint16_t axon = at->axon.value();
      if (model.crossbar[axon].Test(j)) {
        events.push_back({at->axon, AxonType(model.axon_types[axon])});
      }
    }
    counters_.synaptic_ops += static_cast<std::int64_t>(events.size());
    std::int32_t& potential = potentials_[core.value()][j];
    const NeuronStep step = UpdateNeuron(chip_.neuron_kinds[model.neurons[j].kind], potential,
                                         events, key, NeuronIndex(j));
    potential = step.potential;
    if (step.spike) {
      Fire({core, NeuronIndex(j)});
    }
  }
}

void ReferenceMachine::Fire(NeuronAddress neuron) {
  ++counters_.spikes;
  spikes_.push_back(neuron);
  const CoreModel& from = chip_.cores[neuron.core.value()];
  const NeuronTarget& target = from.neurons[neuron.neuron.value()].target;
  if (target.kind == TargetKind::kPin) {
    ++counters_.pin_packets;
    pins_.push_back(target.pin());
  } else if (target.kind == TargetKind::kAxon) {
    const CoreCoordinates to = chip_.cores[target.index].at;
    const MeshShape& mesh = chip_.spec.mesh;
    counters_.hops += std::abs(to.x - from.at.x) + std::abs(to.y - from.at.y);
    counters_.chip_crossings += std::abs(to.x / mesh.cores_x - from.at.x / mesh.cores_x) +
                                std::abs(to.y / mesh.cores_y - from.at.y / mesh.cores_y);
    Arrive({target.core(), target.axon}, now_ + target.delay);
  }
}

}  // namespace spikemesh
