// SPDX-License-Identifier: Apache-2.0
// A run of the reference machine, written down tick by tick, and machines held against it. The
// reference is slow, so it runs once for all machines that must do the same.
#ifndef SPIKEMESH_TESTS_CORE_MACHINE_RECORDED_RUN_H_
#define SPIKEMESH_TESTS_CORE_MACHINE_RECORDED_RUN_H_

#include <cstdint>
#include <vector>

#include "core/chip/chip_model.h"
#include "core/machine/machine.h"
#include "core/stats/counters.h"
#include "tests/core/machine/random_chips.h"

namespace spikemesh {

struct RecordedTick {
  std::vector<NeuronAddress> spikes;
  std::vector<PinIndex> pins;
  std::vector<std::vector<std::int32_t>> potentials;  // [core][neuron]
  Counters counters;                                  // since the start of the run
};

struct RecordedRun {
  std::vector<LineEvent> input;  // arrivals count from the start of the run
  std::vector<RecordedTick> ticks;
};

// Runs the reference machine from V(0), with its first tick at `start` + 1.
RecordedRun RecordReference(const ChipModel& chip, const std::vector<LineEvent>& input,
                            std::int64_t ticks, Tick start = Tick(0));

// Sends the input of a run that starts now.
void SendInput(const std::vector<LineEvent>& input, Machine& machine);

// What a machine did in its last tick; counters since `before`.
RecordedTick Observe(const ChipModel& chip, const Machine& machine, const Counters& before = {});

// Expects all of a tick to be equal; says in which respect, and for which neuron first, it is not.
void ExpectSameTick(const RecordedTick& found, const RecordedTick& expected);

// Sends the input to a machine that is in its initial state, and steps it through the run.
void ExpectSameRun(const ChipModel& chip, const RecordedRun& expected, Machine& machine);

// The same for a machine of each instruction set that this processor has and 1, 2 and 3 threads.
void ExpectAllMachinesRun(const ChipModel& chip, const RecordedRun& expected);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_CORE_MACHINE_RECORDED_RUN_H_
