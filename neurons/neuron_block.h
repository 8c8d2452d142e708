// SPDX-License-Identifier: Apache-2.0
// The parameters of the 256 neurons of a core, laid out for the vector kernel (core_update.h).
// Problem: a tick reads the parameters of every core that is visited; as one struct of 32-bit
// arrays they would be 9 KB a core, and memory decides how fast a chip runs on which every neuron
// is different.
// Method: three tables by what reads them (weights; leak and thresholds; modes), each held once
// for all cores in which it is equal, and 16 bits a value where every value of the block fits.
// Cost: a core whose neurons are all its own has 3 KB that every tick reads.
#ifndef SPIKEMESH_NEURONS_NEURON_BLOCK_H_
#define SPIKEMESH_NEURONS_NEURON_BLOCK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/base/large_vector.h"
#include "core/base/limits.h"
#include "neurons/neuron_parameters.h"

namespace spikemesh {

template <typename T>
using PerNeuron = std::array<T, kNeuronsPerCore>;

// What the integrate step reads.
struct alignas(64) WeightTable {
  std::array<PerNeuron<std::int16_t>, kAxonTypes> weights;
  PerNeuron<std::uint8_t> stochastic_weights;  // NeuronParameters::stochastic_weights
};

// What leak and threshold compare with in every tick, in lanes of type T.
template <typename T>
struct alignas(64) ThresholdTable {
  PerNeuron<T> leak;
  PerNeuron<T> threshold;
  // The potentials at which the neuron rests (rest.h). Read where all neurons of the block can.
  PerNeuron<T> rest_min;
  PerNeuron<T> rest_max;
};

// Bits of ModeTable::modes. A reset mode with neither bit set is ResetMode::kNone.
inline constexpr std::uint8_t kModeLeakReversal = 1;
inline constexpr std::uint8_t kModeStochasticLeak = 2;
inline constexpr std::uint8_t kModeNegativeSaturation = 4;
inline constexpr std::uint8_t kModeResetNormal = 8;
inline constexpr std::uint8_t kModeResetLinear = 16;

// What a crossing does, and what is drawn.
template <typename T>
struct alignas(64) ModeTable {
  PerNeuron<T> modes;
  PerNeuron<T> negative_threshold;
  PerNeuron<T> reset_potential;
  PerNeuron<T> threshold_mask;
};

// Which values the tables of a block hold in 16 bits. A block is narrow if TM <= 15 and alpha + M,
// beta + M and |R| are at most 32767 for each of its neurons; padding neurons count as alpha 32767,
// since their V stays 0.
inline constexpr std::int32_t kNarrowMax = 32767;

// What the kernel may leave out because no neuron of the block needs it, and bounds.
struct BlockTraits {
  bool narrow = true;  // the tables are of std::int16_t, else of std::int32_t
  // Bit g: some neuron has a stochastic weight for axon type g.
  std::uint8_t stochastic_types = 0;
  // Some neuron draws a threshold or a leak.
  bool draws_thresholds = false;
  bool draws_leaks = false;
  // Some neuron has epsilon = 1.
  bool has_leak_reversal = false;
  // Every neuron has a rest interval.
  bool can_rest = true;
  // The modes of every neuron, padding left aside, where those are alike.
  bool uniform_modes = true;
  std::uint8_t modes = 0;
  // All neurons, padding left aside, have the weights of neuron 0, none of them stochastic.
  bool uniform_weights = true;
  // So many rows can be summed in 16 bits without overflow, whatever their bits: at least 128.
  std::int32_t rows_per_sum = kAxonsPerCore;
};

// The tables of one block; refers to the NeuronBlocks it came from.
struct NeuronBlock {
  const WeightTable& weights;
  // The narrow ones or the wide ones are there, by traits.narrow.
  const ThresholdTable<std::int16_t>* narrow_thresholds;
  const ModeTable<std::int16_t>* narrow_modes;
  const ThresholdTable<std::int32_t>* wide_thresholds;
  const ModeTable<std::int32_t>* wide_modes;
  const BlockTraits& traits;
};

// Tables of one kind, each kept once.
template <typename Table>
class TableSet {
 public:
  // The position of a table equal to `table`, added if there is none.
  std::uint32_t Add(const Table& table);
  const Table& operator[](std::uint32_t index) const { return tables_[index]; }

 private:
  LargeVector<Table> tables_;
  std::unordered_map<std::size_t, std::uint32_t> index_of_hash_;
};

// The blocks of a chip.
class NeuronBlocks {
 public:
  // Adds the block of `neurons`, at most 256 and all legal (CheckNeuronParameters), then padding
  // neurons; returns its position. Blocks are not compared, only their tables are shared.
  std::uint32_t Add(std::span<const NeuronParameters> neurons);

  // Valid until the next Add.
  NeuronBlock operator[](std::uint32_t index) const;
  std::size_t size() const { return blocks_.size(); }

 private:
  struct Block {
    std::uint32_t weights;
    std::uint32_t thresholds;
    std::uint32_t modes;
    BlockTraits traits;
  };

  std::vector<Block> blocks_;
  TableSet<WeightTable> weights_;
  TableSet<ThresholdTable<std::int16_t>> narrow_thresholds_;
  TableSet<ThresholdTable<std::int32_t>> wide_thresholds_;
  TableSet<ModeTable<std::int16_t>> narrow_modes_;
  TableSet<ModeTable<std::int32_t>> wide_modes_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_NEURONS_NEURON_BLOCK_H_
