// SPDX-License-Identifier: Apache-2.0
#include "tests/core/machine/random_chips.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "core/chip/chip_builder.h"
#include "neurons/core_update.h"
#include "neurons/neuron_block.h"
#include "tests/neurons/random_neurons.h"

namespace spikemesh {
namespace {

constexpr std::uint32_t kPins = 10;
constexpr std::uint32_t kKindsPerCore = 8;
// Values below this, and 12 bits of eta, are narrow.
constexpr std::int32_t kNarrowLimit = 28000;
static_assert(kNarrowLimit + (1 << 12) - 1 <= kNarrowMax);

void MakeQuiet(RandomSequence& random, NeuronParameters& p) {
  p.threshold = RandomBetween(random, 1, 300);
  p.negative_threshold = RandomBetween(random, 0, 50);
  p.reset_potential = 0;
  p.leak = static_cast<std::int16_t>(-RandomBetween(random, 0, 3));
  p.leak_reversal = true;
  p.reset_mode = static_cast<ResetMode>(random.NextBelow(2));
}

// Half of the neurons have thresholds that they often reach.
void MakeNarrow(RandomSequence& random, NeuronParameters& p) {
  const bool near_zero = random.NextBelow(2) == 0;
  const std::int32_t limit = near_zero ? 500 : kNarrowLimit;
  p.threshold_mask_bits = std::min<std::uint8_t>(p.threshold_mask_bits, near_zero ? 6 : 12);
  p.threshold %= limit;
  p.negative_threshold %= limit;
  p.reset_potential %= limit;
}

// The thresholds lie beyond kNarrowPotentialMax, the resets lead back below it: a strong leak takes
// V across it every few ticks, on one side or the other.
void MakeDrifting(RandomSequence& random, NeuronParameters& p) {
  p.leak = static_cast<std::int16_t>(RandomBetween(random, 200, kLeakMax));
  p.leak = static_cast<std::int16_t>(random.NextBelow(2) == 0 ? p.leak : -p.leak);
  p.leak_reversal = false;
  p.stochastic_leak = false;
  p.threshold_mask_bits = 0;
  p.threshold = kNarrowMax;
  p.negative_threshold = kNarrowMax;
  p.reset_potential = kNarrowPotentialMax - RandomBetween(random, 100, 900);
  p.reset_mode = ResetMode::kNormal;
  p.negative_saturation = false;
}

NeuronParameters NeuronOf(NeuronStyle style, RandomSequence& random) {
  NeuronParameters p = RandomNeuron(random, random.NextBelow(2) == 0 ? 127 : kWeightMax);
  switch (style) {
    case NeuronStyle::kAny:
      if (random.NextBelow(2) == 0) {
        p.threshold = RandomBetween(random, 1, 300);
        p.negative_threshold = RandomBetween(random, 0, 50);
      }
      break;
    case NeuronStyle::kQuiet:
      MakeQuiet(random, p);
      break;
    case NeuronStyle::kNarrow:
      MakeNarrow(random, p);
      break;
    case NeuronStyle::kDrifting:
      MakeDrifting(random, p);
      break;
    case NeuronStyle::kIntegrator:
    case NeuronStyle::kResetter:
      MakeNarrow(random, p);
      p.leak_reversal = false;
      p.stochastic_leak = false;
      p.reset_mode = style == NeuronStyle::kIntegrator ? ResetMode::kLinear : ResetMode::kNormal;
      p.negative_saturation = true;
      break;
    case NeuronStyle::kMemoryless:
      p = MemorylessNeuron(p.weights, static_cast<std::int16_t>(RandomBetween(random, -20, 255)));
      break;
  }
  return p;
}

void SetWeights(WeightStyle style, const NeuronParameters& first, RandomSequence& random,
                NeuronParameters& p) {
  switch (style) {
    case WeightStyle::kAny:
      break;
    case WeightStyle::kStochastic:
      p.stochastic_weights = (1 << kAxonTypes) - 1;
      break;
    case WeightStyle::kEqualTypes: {
      const std::size_t other = random.NextBelow(kAxonTypes);
      const std::int16_t weight = p.weights[(other + 1) % kAxonTypes];
      for (std::size_t type = 0; type < p.weights.size(); ++type) {
        p.weights[type] = type == other ? p.weights[type] : weight;
      }
      break;
    }
    case WeightStyle::kUniform:
      p.weights = first.weights;
      p.stochastic_weights = 0;
      break;
    case WeightStyle::kLargest:
      for (std::int16_t& weight : p.weights) {
        weight = static_cast<std::int16_t>(random.NextBelow(3) == 0 ? -kWeightMax : kWeightMax);
      }
      p.stochastic_weights = 0;
      break;
  }
}

std::vector<NeuronParameters> KindsOf(NeuronStyle style, WeightStyle weights,
                                      RandomSequence& random) {
  std::vector<NeuronParameters> kinds;
  for (std::uint32_t i = 0; i < kKindsPerCore; ++i) {
    kinds.push_back(NeuronOf(style, random));
    SetWeights(weights, kinds.front(), random, kinds.back());
  }
  return kinds;
}

std::int32_t InitialPotential(NeuronStyle style, const NeuronParameters& p,
                              RandomSequence& random) {
  switch (style) {
    case NeuronStyle::kAny:
      return RandomBetween(random, -1000, 1000);
    case NeuronStyle::kNarrow:
    case NeuronStyle::kIntegrator:
    case NeuronStyle::kResetter:
      return random.NextBelow(2) == 0 ? RandomBetween(random, -1000, 1000)
                                      : RandomBetween(random, -30000, 30000);
    case NeuronStyle::kDrifting: {  // on the side to which the leak drives V
      const std::int32_t magnitude = kNarrowPotentialMax + RandomBetween(random, -600, 200);
      return p.leak > 0 ? magnitude : -magnitude;
    }
    case NeuronStyle::kQuiet:
    case NeuronStyle::kMemoryless:
      break;
  }
  return 0;
}

void FillCore(const ChipChoice& choice, CoreId core, RandomSequence& random, ChipBuilder& builder) {
  const NeuronStyle style = choice.styles[core.value() % choice.styles.size()];
  const std::vector<NeuronParameters> kinds = KindsOf(style, choice.weights, random);
  const int axons = choice.axons > 0 ? choice.axons : RandomBetween(random, 1, kAxonsPerCore);
  const int neurons =
      choice.neurons > 0 ? choice.neurons : RandomBetween(random, 1, kNeuronsPerCore);
  for (int axon = 0; axon < axons; ++axon) {
    builder.AddAxon(core, AxonType(static_cast<std::uint8_t>(random.NextBelow(kAxonTypes))));
  }
  for (std::uint16_t j = 0; j < neurons; ++j) {
    const NeuronParameters& kind = kinds[random.NextBelow(kKindsPerCore)];
    builder.AddNeuron(core, kind, InitialPotential(style, kind, random));
    for (std::uint16_t axon = 0; axon < axons; ++axon) {
      if (random.NextBelow(100) < choice.connected_percent) {
        builder.Connect(core, AxonIndex(axon), NeuronIndex(j));
      }
    }
  }
}

NeuronTarget RandomTarget(const ChipModel& chip, RandomSequence& random) {
  switch (random.NextBelow(8)) {
    case 0:
      return NeuronTarget::None();
    case 1:
      return NeuronTarget::Pin(PinIndex(random.NextBelow(kPins)));
    default: {
      const std::uint32_t core = random.NextBelow(static_cast<std::uint32_t>(chip.cores.size()));
      const auto axons = static_cast<std::uint32_t>(chip.cores[core].axon_types.size());
      return NeuronTarget::Axon(CoreId(core),
                                AxonIndex(static_cast<std::uint16_t>(random.NextBelow(axons))),
                                DelayTicks(static_cast<std::uint8_t>(1 + random.NextBelow(15))));
    }
  }
}

void AddLines(RandomSequence& random, ChipBuilder& builder) {
  for (std::uint32_t line = 0; line < kRandomChipLines; ++line) {
    std::vector<AxonAddress> reaches;
    for (int i = 0; i < 3; ++i) {
      const NeuronTarget target = RandomTarget(builder.model(), random);
      if (target.kind == TargetKind::kAxon) {
        reaches.push_back({target.core(), target.axon});
      }
    }
    builder.AddInputLine(reaches);
  }
  std::vector<AxonAddress> all;
  for (std::uint32_t core = 0; core < builder.model().cores.size(); ++core) {
    const std::size_t axons = builder.model().cores[core].axon_types.size();
    for (std::uint16_t axon = 0; axon < axons; ++axon) {
      all.push_back({CoreId(core), AxonIndex(axon)});
    }
  }
  builder.AddInputLine(all);
}

}  // namespace

ChipModel RandomChip(const ChipChoice& choice) {
  RandomSequence random(1, choice.stream);
  ChipSpec spec;
  spec.mesh = {.cores_x = 3, .cores_y = 2, .chips_x = 3, .chips_y = 6};
  ChipBuilder builder(spec);
  builder.model().seed = std::uint64_t{random.NextWord()} << 32 | random.NextWord();
  for (int i = 0; i < choice.cores; ++i) {
    FillCore(choice, builder.AddCore({i % 9, i / 9}), random, builder);
  }
  for (std::uint32_t pin = 0; pin < kPins; ++pin) {
    builder.AddPin();
  }
  AddLines(random, builder);
  for (std::uint32_t core = 0; core < static_cast<std::uint32_t>(choice.cores); ++core) {
    const std::size_t neurons = builder.model().cores[core].neurons.size();
    for (std::uint16_t j = 0; j < neurons; ++j) {
      builder.SetTarget(CoreId(core), NeuronIndex(j), RandomTarget(builder.model(), random));
    }
  }
  absl::StatusOr<ChipModel> chip = std::move(builder).Build();
  EXPECT_TRUE(chip.ok()) << chip.status();
  return *std::move(chip);
}

std::vector<LineEvent> RandomInput(const InputChoice& choice) {
  RandomSequence random(2, choice.stream);
  std::vector<LineEvent> events;
  for (std::int64_t tick = 1; tick <= choice.ticks; ++tick) {
    const bool burst = tick / 7 % 4 == 0;
    for (std::uint32_t i = burst ? random.NextBelow(6) : 0; i > 0; --i) {
      events.push_back({LineIndex(random.NextBelow(kRandomChipLines)), Tick(tick)});
    }
    if (choice.flood_every > 0 && tick % choice.flood_every == 0) {
      events.push_back({kFloodLine, Tick(tick)});
    }
  }
  return events;
}

bool HasNarrowBlock(const ChipModel& chip, const CoreModel& core) {
  std::vector<NeuronParameters> neurons;
  for (const NeuronModel& neuron : core.neurons) {
    neurons.push_back(chip.neuron_kinds[neuron.kind]);
  }
  NeuronBlocks blocks;
  return blocks[blocks.Add(neurons)].traits.narrow;
}

}  // namespace spikemesh
