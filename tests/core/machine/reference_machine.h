// SPDX-License-Identifier: Apache-2.0
// The slow, obviously right machine: every neuron of every core in every tick by UpdateNeuron,
// arrivals in a map, counters by their definitions. The oracle for core/machine.
#ifndef SPIKEMESH_TESTS_CORE_MACHINE_REFERENCE_MACHINE_H_
#define SPIKEMESH_TESTS_CORE_MACHINE_REFERENCE_MACHINE_H_

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "core/chip/chip_model.h"
#include "core/machine/machine.h"
#include "core/stats/counters.h"

namespace spikemesh {

class ReferenceMachine {
 public:
  // In the initial state after tick `now`: the first Step runs the tick after it.
  explicit ReferenceMachine(const ChipModel& chip, Tick now = Tick(0));

  void SendAxon(AxonAddress axon, Tick arrival);
  void Step();

  const std::vector<NeuronAddress>& spikes() const { return spikes_; }
  const std::vector<PinIndex>& pins() const { return pins_; }
  std::int32_t potential(NeuronAddress neuron) const {
    return potentials_[neuron.core.value()][neuron.neuron.value()];
  }
  const Counters& counters() const { return counters_; }

 private:
  void Arrive(AxonAddress axon, Tick arrival);
  void UpdateCore(CoreId core, const std::set<AxonAddress>& active);
  void Fire(NeuronAddress neuron);

  const ChipModel& chip_;
  Tick now_;
  std::vector<std::vector<std::int32_t>> potentials_;      // [core][neuron]
  std::map<Tick, std::set<AxonAddress>> active_;           // by arrival
  std::map<Tick, std::vector<AxonAddress>> host_packets_;  // by arrival
  std::vector<NeuronAddress> spikes_;
  std::vector<PinIndex> pins_;
  Counters counters_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_CORE_MACHINE_REFERENCE_MACHINE_H_
