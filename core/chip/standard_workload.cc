// SPDX-License-Identifier: Apache-2.0
#include "core/chip/standard_workload.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr double kTicksPerSecond = 1000.0;
constexpr std::int32_t kThresholdUsual = 100;
constexpr double kRateTolerance = 0.005;
constexpr std::int32_t kNegativeThreshold = 1000;
constexpr std::uint8_t kStochasticMaskBits = 5;
// Streams of random numbers: the permutation's, and one for each core from here on.
constexpr std::uint64_t kPermutationStream = 0;
constexpr std::uint64_t kCoreStreams = 1;

// lambda and alpha of a pacemaker.
struct Pace {
  std::int32_t leak = 0;
  std::int32_t threshold = kThresholdUsual;
};

std::int32_t ThresholdFor(double leak, double rate_hz) {
  return static_cast<std::int32_t>(
      std::min(std::round(kTicksPerSecond * leak / rate_hz), double{kThresholdMax} + 1));
}

absl::StatusOr<Pace> PaceFor(double rate_hz) {
  if (rate_hz == 0) {
    return Pace{};
  }
  const double usual_leak = kThresholdUsual * rate_hz / kTicksPerSecond;
  if (usual_leak == std::floor(usual_leak)) {
    return Pace{static_cast<std::int32_t>(usual_leak), kThresholdUsual};
  }
  for (std::int32_t leak = 1; leak <= kLeakMax; ++leak) {
    const std::int32_t threshold = ThresholdFor(leak, rate_hz);
    if (threshold > kThresholdMax) {
      break;
    }
    const double rate_hz_reached = kTicksPerSecond * leak / threshold;
    if (threshold >= kThresholdUsual &&
        std::abs(rate_hz_reached - rate_hz) <= kRateTolerance * rate_hz) {
      return Pace{leak, threshold};
    }
  }
  return absl::OutOfRangeError(Concat("rate ", rate_hz, " Hz: no leak up to ", kLeakMax,
                                      " and threshold up to ", kThresholdMax,
                                      " give it within 0.5 %"));
}

absl::Status CheckOptions(const WorkloadOptions& options) {
  const auto check = [](const char* name, double found, double min, double max) {
    return found >= min && found <= max
               ? absl::OkStatus()
               : absl::OutOfRangeError(
                     Concat("workload ", name, ": ", found, ", allowed ", min, "..", max));
  };
  SPIKEMESH_RETURN_IF_ERROR(check("cores_x", options.cores_x, 1, kWorkloadSideMax));
  SPIKEMESH_RETURN_IF_ERROR(check("cores_y", options.cores_y, 1, kWorkloadSideMax));
  const std::int64_t cores = std::int64_t{options.cores_x} * options.cores_y;
  if (cores > kWorkloadCoresMax) {
    return absl::OutOfRangeError(Concat("workload cores: ", options.cores_x, " x ", options.cores_y,
                                        " are ", cores, ", allowed 1..", kWorkloadCoresMax));
  }
  SPIKEMESH_RETURN_IF_ERROR(check("rate_hz", options.rate_hz, 0, kWorkloadRateHzMax));
  SPIKEMESH_RETURN_IF_ERROR(check("synapses", options.synapses, 0, kNeuronsPerCore));
  SPIKEMESH_RETURN_IF_ERROR(check("active_cores", options.active_cores, 0, 1));
  return absl::OkStatus();
}

// The cores that fire: a prefix in row-major order.
absl::StatusOr<std::size_t> ActiveCores(const WorkloadOptions& options) {
  const double cores = static_cast<double>(options.cores_x) * options.cores_y;
  const auto active = static_cast<std::int64_t>(std::llround(options.active_cores * cores));
  const std::int64_t columns = std::min<std::int64_t>(active, options.cores_x);
  const std::int64_t rows = (active + options.cores_x - 1) / options.cores_x;
  if (columns > kReachCores + 1 || rows > kReachCores + 1) {
    return absl::OutOfRangeError(Concat("workload: random targets over ", columns, " x ", rows,
                                        " active cores, a packet reaches ", kReachCores,
                                        " cores in x and in y"));
  }
  return static_cast<std::size_t>(active);
}

// A random set of exactly `count` of 256. It starts from the nearest of none, a fair coin each and
// all, and random members are added or removed until the count is right; each step keeps all sets
// of one size equally likely.
Bits256 RandomSet(RandomSequence& random, std::int32_t count) {
  Bits256 bits;
  if (count > kNeuronsPerCore / 4 && count < kNeuronsPerCore * 3 / 4) {
    for (std::uint64_t& word : bits.words) {
      const std::uint64_t low = random.NextWord();
      word = low | std::uint64_t{random.NextWord()} << 32;
    }
  } else if (count >= kNeuronsPerCore * 3 / 4) {
    bits.words.fill(~std::uint64_t{0});
  }
  std::int32_t members = bits.Count();
  while (members != count) {
    const auto bit = static_cast<int>(random.NextBelow(kNeuronsPerCore));
    if (members < count && !bits.Test(bit)) {
      bits.Set(bit);
      ++members;
    } else if (members > count && bits.Test(bit)) {
      bits.Reset(bit);
      --members;
    }
  }
  return bits;
}

// A random order of 0..count-1 (Fisher and Yates).
std::vector<std::uint32_t> RandomPermutation(std::size_t count, std::uint64_t seed) {
  RandomSequence random(seed, kPermutationStream);
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t left = count; left > 1; --left) {
    std::swap(order[left - 1], order[random.NextBelow(static_cast<std::uint32_t>(left))]);
  }
  return order;
}

NeuronParameters UniformNeuron(const Pace& pace, const WorkloadOptions& options) {
  NeuronParameters p;
  p.weights = {1, -1, 1, -1};
  p.leak = static_cast<std::int16_t>(pace.leak);
  p.threshold = pace.threshold;
  p.negative_threshold = kNegativeThreshold;
  p.negative_saturation = true;
  p.reset_mode = ResetMode::kLinear;
  p.threshold_mask_bits = options.stochastic ? kStochasticMaskBits : std::uint8_t{0};
  return p;
}

NeuronParameters MixedNeuron(const Pace& pace, const WorkloadOptions& options,
                             RandomSequence& random) {
  NeuronParameters p = UniformNeuron(pace, options);
  const auto a = static_cast<std::int16_t>(1 + random.NextBelow(3));
  const auto b = static_cast<std::int16_t>(1 + random.NextBelow(3));
  p.weights = {a, static_cast<std::int16_t>(-a), b, static_cast<std::int16_t>(-b)};
  if (pace.leak > 0) {
    const auto leak_range = static_cast<std::uint32_t>(pace.leak) + 1;
    p.leak = static_cast<std::int16_t>(pace.leak + static_cast<int>(random.NextBelow(leak_range)));
    const double u = 0.95 + 0.1 * random.NextUnit();
    p.threshold = ThresholdFor(u * p.leak, options.rate_hz);
  }
  return p;
}

// Where the parts of one core come from.
struct Builder {
  const WorkloadOptions& options;
  Pace pace;
  std::vector<std::uint32_t> axon_of_neuron;  // [active neurons]: core * 256 + axon
  ChipModel chip;

  // The kind of the next neuron. Unmixed there are two, for active and for silent cores.
  std::uint32_t NextKind(bool active, RandomSequence& random) {
    if (!options.mixed) {
      return active ? 0 : 1;
    }
    NeuronParameters p = MixedNeuron(pace, options, random);
    p.leak = active ? p.leak : std::int16_t{0};
    chip.neuron_kinds.push_back(p);
    return static_cast<std::uint32_t>(chip.neuron_kinds.size() - 1);
  }

  NeuronModel MakeNeuron(std::size_t neuron, RandomSequence& random) {
    const bool active = neuron < axon_of_neuron.size();
    NeuronModel made;
    made.kind = NextKind(active, random);
    if (options.rate_hz > 0) {
      const auto threshold = static_cast<std::uint32_t>(chip.neuron_kinds[made.kind].threshold);
      made.initial_potential = static_cast<std::int32_t>(random.NextBelow(threshold));
    }
    if (active) {
      const std::uint32_t axon = axon_of_neuron[neuron];
      const std::uint32_t delay = kDelayTicksMin + random.NextBelow(kDelayTicksMax);
      made.target = NeuronTarget::Axon(CoreId(axon / kAxonsPerCore),
                                       AxonIndex(static_cast<std::uint16_t>(axon % kAxonsPerCore)),
                                       DelayTicks(static_cast<std::uint8_t>(delay)));
    }
    return made;
  }

  void AddCore(std::int32_t x, std::int32_t y) {
    const std::size_t index = chip.cores.size();
    RandomSequence random(options.seed, kCoreStreams + index);
    CoreModel& core = chip.cores.emplace_back();
    core.at = {x, y};
    core.rng_stream = static_cast<std::uint32_t>(index);
    core.axon_types.reserve(kAxonsPerCore);
    core.crossbar.reserve(kAxonsPerCore);
    for (int axon = 0; axon < kAxonsPerCore; ++axon) {
      core.axon_types.push_back(static_cast<std::uint8_t>(random.NextBelow(kAxonTypes)));
      core.crossbar.push_back(RandomSet(random, options.synapses));
    }
    core.neurons.reserve(kNeuronsPerCore);
    for (int neuron = 0; neuron < kNeuronsPerCore; ++neuron) {
      core.neurons.push_back(
          MakeNeuron(index * kNeuronsPerCore + static_cast<std::size_t>(neuron), random));
    }
  }
};

}  // namespace

absl::StatusOr<ChipModel> BuildStandardWorkload(const WorkloadOptions& options) {
  SPIKEMESH_RETURN_IF_ERROR(CheckOptions(options));
  SPIKEMESH_ASSIGN_OR_RETURN(const Pace pace, PaceFor(options.rate_hz));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t active_cores, ActiveCores(options));
  // A mixed workload draws leaks up to 2L and thresholds 5 % above.
  if (options.mixed && options.rate_hz > 0 &&
      ThresholdFor(1.05 * 2 * pace.leak, options.rate_hz) > kThresholdMax) {
    return absl::OutOfRangeError(
        Concat("rate ", options.rate_hz, " Hz, mixed: thresholds beyond ", kThresholdMax));
  }
  Builder builder{options, pace, {}, {}};
  builder.axon_of_neuron = RandomPermutation(active_cores * kNeuronsPerCore, options.seed);
  ChipModel& chip = builder.chip;
  chip.name = Concat("standard workload ", options.cores_x, "x", options.cores_y);
  chip.seed = options.seed;
  chip.spec.mesh.chips_x = (options.cores_x + kChipCoresX - 1) / kChipCoresX;
  chip.spec.mesh.chips_y = (options.cores_y + kChipCoresY - 1) / kChipCoresY;
  if (!options.mixed) {
    chip.neuron_kinds = {UniformNeuron(pace, options), UniformNeuron({0, pace.threshold}, options)};
  }
  chip.cores.reserve(static_cast<std::size_t>(options.cores_x) *
                     static_cast<std::size_t>(options.cores_y));
  for (std::int32_t y = 0; y < options.cores_y; ++y) {
    for (std::int32_t x = 0; x < options.cores_x; ++x) {
      builder.AddCore(x, y);
    }
  }
  return std::move(builder.chip);
}

}  // namespace spikemesh
