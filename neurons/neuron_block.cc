// SPDX-License-Identifier: Apache-2.0
#include "neurons/neuron_block.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <string_view>

#include "core/base/status.h"
#include "neurons/rest.h"

namespace spikemesh {
namespace {

static_assert(std::numeric_limits<std::int16_t>::max() / kWeightMax >= kAxonsPerCore / 2);
static_assert(kNarrowMax == std::numeric_limits<std::int16_t>::max());

std::uint8_t ModesOf(const NeuronParameters& p) {
  int modes = 0;
  modes |= p.leak_reversal ? kModeLeakReversal : 0;
  modes |= p.stochastic_leak ? kModeStochasticLeak : 0;
  modes |= p.negative_saturation ? kModeNegativeSaturation : 0;
  modes |= p.reset_mode == ResetMode::kNormal ? kModeResetNormal : 0;
  modes |= p.reset_mode == ResetMode::kLinear ? kModeResetLinear : 0;
  return static_cast<std::uint8_t>(modes);
}

bool IsNarrow(const NeuronParameters& p) {
  const std::int32_t mask = ThresholdMask(p);
  return p.threshold + mask <= kNarrowMax && p.negative_threshold + mask <= kNarrowMax &&
         std::abs(p.reset_potential) <= kNarrowMax;
}

BlockTraits TraitsOf(std::span<const NeuronParameters> neurons) {
  BlockTraits traits;
  for (const NeuronParameters& p : neurons) {
    for (const std::int16_t weight : p.weights) {
      if (weight != 0) {
        const int rows = std::numeric_limits<std::int16_t>::max() / std::abs(weight);
        traits.rows_per_sum = std::min(traits.rows_per_sum, rows);
      }
    }
    traits.narrow &= IsNarrow(p);
    traits.stochastic_types |= p.stochastic_weights;
    traits.draws_thresholds |= p.threshold_mask_bits > 0;
    traits.draws_leaks |= p.stochastic_leak;
    traits.has_leak_reversal |= p.leak_reversal;
    traits.can_rest &= !RestInterval(p).empty();
    traits.uniform_weights &= p.weights == neurons.front().weights && p.stochastic_weights == 0;
    traits.uniform_modes &= ModesOf(p) == ModesOf(neurons.front());
  }
  traits.modes = neurons.empty() ? std::uint8_t{0} : ModesOf(neurons.front());
  return traits;
}

// `value` within the lanes of T; outside only for what a lane can never reach.
template <typename T>
T Clamped(std::int32_t value) {
  return static_cast<T>(std::clamp<std::int32_t>(value, std::numeric_limits<T>::min(),
                                                 std::numeric_limits<T>::max()));
}

template <typename T>
void SetNeuron(const NeuronParameters& p, int neuron, ThresholdTable<T>& thresholds,
               ModeTable<T>& modes) {
  thresholds.leak[neuron] = p.leak;
  thresholds.threshold[neuron] = Clamped<T>(p.threshold);
  const PotentialInterval rest = RestInterval(p);
  thresholds.rest_min[neuron] = Clamped<T>(rest.min);
  thresholds.rest_max[neuron] = Clamped<T>(rest.max);
  modes.modes[neuron] = ModesOf(p);
  modes.negative_threshold[neuron] = Clamped<T>(p.negative_threshold);
  modes.reset_potential[neuron] = Clamped<T>(p.reset_potential);
  modes.threshold_mask[neuron] = Clamped<T>(ThresholdMask(p));
}

template <typename Visit>
void ForEachOf256(std::span<const NeuronParameters> neurons, Visit visit) {
  for (int neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
    const bool used = static_cast<std::size_t>(neuron) < neurons.size();
    visit(used ? neurons[neuron] : NeuronParameters(), neuron);
  }
}

WeightTable WeightsOf(std::span<const NeuronParameters> neurons) {
  WeightTable table;
  ForEachOf256(neurons, [&](const NeuronParameters& p, int neuron) {
    for (int type = 0; type < kAxonTypes; ++type) {
      table.weights[type][neuron] = p.weights[type];
    }
    table.stochastic_weights[neuron] = p.stochastic_weights;
  });
  return table;
}

template <typename T>
struct StepTables {
  ThresholdTable<T> thresholds;
  ModeTable<T> modes;
};

template <typename T>
StepTables<T> StepTablesOf(std::span<const NeuronParameters> neurons) {
  StepTables<T> tables;
  ForEachOf256(neurons, [&](const NeuronParameters& p, int neuron) {
    SetNeuron(p, neuron, tables.thresholds, tables.modes);
  });
  return tables;
}

template <typename Table>
std::string_view BytesOf(const Table& table) {
  static_assert(sizeof(Table) % 64 == 0);
  return {reinterpret_cast<const char*>(&table), sizeof(table)};
}

}  // namespace

// Two tables with one hash that differ are both kept: sharing saves memory and is never needed.
template <typename Table>
std::uint32_t TableSet<Table>::Add(const Table& table) {
  const auto next = static_cast<std::uint32_t>(tables_.size());
  const std::string_view bytes = BytesOf(table);
  const auto [found, is_new] =
      index_of_hash_.try_emplace(std::hash<std::string_view>()(bytes), next);
  if (!is_new && BytesOf(tables_[found->second]) == bytes) {
    return found->second;
  }
  tables_.push_back(table);
  return next;
}

std::uint32_t NeuronBlocks::Add(std::span<const NeuronParameters> neurons) {
  SPIKEMESH_CHECK(neurons.size() <= kNeuronsPerCore);
  const auto index = static_cast<std::uint32_t>(blocks_.size());
  Block& block = blocks_.emplace_back();
  block.traits = TraitsOf(neurons);
  block.weights = weights_.Add(WeightsOf(neurons));
  if (block.traits.narrow) {
    const StepTables<std::int16_t> tables = StepTablesOf<std::int16_t>(neurons);
    block.thresholds = narrow_thresholds_.Add(tables.thresholds);
    block.modes = narrow_modes_.Add(tables.modes);
  } else {
    const StepTables<std::int32_t> tables = StepTablesOf<std::int32_t>(neurons);
    block.thresholds = wide_thresholds_.Add(tables.thresholds);
    block.modes = wide_modes_.Add(tables.modes);
  }
  return index;
}

NeuronBlock NeuronBlocks::operator[](std::uint32_t index) const {
  const Block& block = blocks_[index];
  const bool narrow = block.traits.narrow;
  return {weights_[block.weights],
          narrow ? &narrow_thresholds_[block.thresholds] : nullptr,
          narrow ? &narrow_modes_[block.modes] : nullptr,
          narrow ? nullptr : &wide_thresholds_[block.thresholds],
          narrow ? nullptr : &wide_modes_[block.modes],
          block.traits};
}

}  // namespace spikemesh
