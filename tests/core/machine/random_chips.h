// SPDX-License-Identifier: Apache-2.0
// Random chips, and random input for them, for the tests that compare machines: cores of neurons
// that the machine treats differently, on an array of small chips so that packets cross their
// edges. Same choice, same chip.
#ifndef SPIKEMESH_TESTS_CORE_MACHINE_RANDOM_CHIPS_H_
#define SPIKEMESH_TESTS_CORE_MACHINE_RANDOM_CHIPS_H_

#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "core/chip/chip_model.h"

namespace spikemesh {

// What the neurons of a core are like.
enum class NeuronStyle {
  kAny,         // every mode, every value: hardly ever 16 bits
  kQuiet,       // rest until an input comes
  kNarrow,      // every mode, values that 16 bits hold
  kDrifting,    // as narrow, but V leaves 16 bits and comes back, again and again
  kIntegrator,  // narrow, all of one mode: linear reset, saturating floor
  kResetter,    // narrow, all of one mode: normal reset, saturating floor
  kMemoryless,  // narrow, all memoryless
};

enum class WeightStyle {
  kAny,
  kStochastic,  // of every axon type
  kEqualTypes,  // a neuron has one weight for all axon types but one
  kUniform,     // all neurons of a core have the same four weights, none stochastic
  kLargest,     // 255 and -255
};

struct ChipChoice {
  int cores = 1;
  std::uint64_t stream = 0;
  std::vector<NeuronStyle> styles = {NeuronStyle::kAny};  // of the cores, in turn
  WeightStyle weights = WeightStyle::kAny;
  int axons = 0;    // of every core; 0: any number
  int neurons = 0;  // the same
  std::uint32_t connected_percent = 12;
};

inline constexpr std::uint32_t kRandomChipLines = 20;
// One more line reaches every axon of the chip.
inline constexpr LineIndex kFloodLine{kRandomChipLines};

// At most 108 cores.
ChipModel RandomChip(const ChipChoice& choice);

struct LineEvent {
  LineIndex line;
  Tick arrival;
};

struct InputChoice {
  std::uint64_t stream = 0;
  std::int64_t ticks = 0;
  std::int64_t flood_every = 0;  // ticks between two inputs on the flood line; 0: none
};

// Bursts of input in ticks 1..ticks, with silence between.
std::vector<LineEvent> RandomInput(const InputChoice& choice);

// Whether the machine may hold the potentials of a core in 16 bits while they fit.
bool HasNarrowBlock(const ChipModel& chip, const CoreModel& core);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_CORE_MACHINE_RANDOM_CHIPS_H_
