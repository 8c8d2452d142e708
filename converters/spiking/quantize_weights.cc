// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/quantize_weights.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>

#include "core/base/limits.h"
#include "core/base/status.h"

namespace spikemesh {
namespace {

constexpr int kSums = 1 << kAxonTypes;
constexpr int kStepsScanned = 64;
constexpr int kLloydRounds = 30;
using Values = std::array<double, kAxonTypes>;

// The sums of all subsets of four values; bit t of the index: value t is in it.
std::array<double, kSums> SubsetSums(const Values& values) {
  std::array<double, kSums> sums = {};
  for (int mask = 1; mask < kSums; ++mask) {
    for (int type = 0; type < kAxonTypes; ++type) {
      sums[mask] += (mask >> type & 1) != 0 ? values[type] : 0.0;
    }
  }
  return sums;
}

int NearestSum(const std::array<double, kSums>& sums, double weight) {
  int best = 0;
  for (int mask = 1; mask < kSums; ++mask) {
    best = std::abs(sums[mask] - weight) < std::abs(sums[best] - weight) ? mask : best;
  }
  return weight == 0.0 ? 0 : best;
}

// The weights as the nearest sums of `axon_weights` times `scale`.
QuantizedWeights Assign(std::span<const double> weights, const AxonWeights& axon_weights,
                        double scale) {
  QuantizedWeights result;
  result.scale = scale;
  result.axon_weights = axon_weights;
  Values values;
  std::transform(axon_weights.begin(), axon_weights.end(), values.begin(),
                 [scale](std::int16_t value) { return scale * value; });
  const std::array<double, kSums> sums = SubsetSums(values);
  for (const double weight : weights) {
    const double nearest = sums[NearestSum(sums, weight)];
    result.whole.push_back(static_cast<std::int32_t>(std::lround(nearest / scale)));
    result.squared_error += (nearest - weight) * (nearest - weight);
  }
  return result;
}

QuantizedWeights Binary(std::span<const double> weights) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const double weight : weights) {
    sum += std::abs(weight);
    count += weight != 0.0 ? 1 : 0;
  }
  QuantizedWeights result;
  result.scale = sum / static_cast<double>(count);
  result.axon_weights = {1, -1, 0, 0};
  for (const double weight : weights) {
    result.whole.push_back((weight > 0.0) - (weight < 0.0));
    const double error = weight - result.scale * result.whole.back();
    result.squared_error += error * error;
  }
  return result;
}

// Of the k greatest magnitudes with mean a, the error is the sum of squares less k a^2.
QuantizedWeights Ternary(std::span<const double> weights) {
  std::vector<double> magnitudes;
  std::transform(weights.begin(), weights.end(), std::back_inserter(magnitudes),
                 [](double weight) { return std::abs(weight); });
  std::sort(magnitudes.begin(), magnitudes.end(), std::greater<>());
  double sum = 0.0;
  double best_gain = -1.0;
  double best_scale = 1.0;
  for (std::size_t k = 0; k < magnitudes.size() && magnitudes[k] > 0.0; ++k) {
    sum += magnitudes[k];
    const auto count = static_cast<double>(k + 1);
    if (sum * sum / count > best_gain) {
      best_gain = sum * sum / count;
      best_scale = sum / count;
    }
  }
  return Assign(weights, {1, -1, 0, 0}, best_scale);
}

// The steps that turn the greatest magnitude into 7 or into 8, and finer ones: clipping a few
// outliers can pay. Both signs of the step, since -8..7 is not symmetric.
QuantizedWeights Int4(std::span<const double> weights, double greatest) {
  QuantizedWeights best;
  best.squared_error = std::numeric_limits<double>::infinity();
  for (int i = -1; i < kStepsScanned; ++i) {
    const double step = i < 0 ? greatest / 7.0 : greatest / 8.0 * (1.0 - 0.75 * i / kStepsScanned);
    for (const AxonWeights& planes : {AxonWeights{1, 2, 4, -8}, AxonWeights{-1, -2, -4, 8}}) {
      QuantizedWeights found = Assign(weights, planes, step);
      if (found.squared_error < best.squared_error) {
        best = std::move(found);
      }
    }
  }
  return best;
}

// Solves the normal equations of least squares, with a little weight on staying at `before` so that
// values which no weight uses do not run away. Gauss-Jordan on 4 x 4.
Values SolveValues(std::array<std::array<double, kAxonTypes>, kAxonTypes> matrix, Values right,
                   const Values& before) {
  for (int i = 0; i < kAxonTypes; ++i) {
    constexpr double kRidge = 1e-6;
    matrix[i][i] += kRidge;
    right[i] += kRidge * before[i];
  }
  for (int pivot = 0; pivot < kAxonTypes; ++pivot) {
    for (int row = 0; row < kAxonTypes; ++row) {
      if (row == pivot) {
        continue;
      }
      const double factor = matrix[row][pivot] / matrix[pivot][pivot];
      for (int column = 0; column < kAxonTypes; ++column) {
        matrix[row][column] -= factor * matrix[pivot][column];
      }
      right[row] -= factor * right[pivot];
    }
  }
  for (int i = 0; i < kAxonTypes; ++i) {
    right[i] /= matrix[i][i];
  }
  return right;
}

Values ImproveValues(std::span<const double> weights, Values values) {
  for (int round = 0; round < kLloydRounds; ++round) {
    const std::array<double, kSums> sums = SubsetSums(values);
    std::array<double, kSums> count = {};
    std::array<double, kSums> total = {};
    for (const double weight : weights) {
      const int mask = NearestSum(sums, weight);
      count[mask] += 1.0;
      total[mask] += weight;
    }
    std::array<std::array<double, kAxonTypes>, kAxonTypes> matrix = {};
    Values right = {};
    for (int mask = 1; mask < kSums; ++mask) {
      for (int i = 0; i < kAxonTypes; ++i) {
        right[i] += (mask >> i & 1) != 0 ? total[mask] : 0.0;
        for (int j = 0; j < kAxonTypes; ++j) {
          matrix[i][j] += (mask >> i & mask >> j & 1) != 0 ? count[mask] : 0.0;
        }
      }
    }
    values = SolveValues(matrix, right, values);
  }
  return values;
}

QuantizedWeights RoundCodebook(std::span<const double> weights, const Values& values,
                               std::int32_t magnitude_max) {
  double greatest = 0.0;
  for (const double value : values) {
    greatest = std::max(greatest, std::abs(value));
  }
  const double scale = greatest / magnitude_max;
  AxonWeights whole;
  std::transform(values.begin(), values.end(), whole.begin(), [scale](double value) {
    return static_cast<std::int16_t>(std::lround(value / scale));
  });
  return Assign(weights, whole, scale);
}

QuantizedWeights Codebook(std::span<const double> weights, double greatest,
                          std::int32_t magnitude_max) {
  const QuantizedWeights planes = Int4(weights, greatest);
  Values int4;
  std::transform(planes.axon_weights.begin(), planes.axon_weights.end(), int4.begin(),
                 [&](std::int16_t value) { return planes.scale * value; });
  const double unit = greatest / 4.0;
  QuantizedWeights best;
  best.squared_error = std::numeric_limits<double>::infinity();
  for (const Values& begin : {int4, Values{unit, 2 * unit, -unit, -2 * unit},
                              Values{0.5 * unit, 1.5 * unit, -0.75 * unit, -2.5 * unit}}) {
    QuantizedWeights found = RoundCodebook(weights, ImproveValues(weights, begin), magnitude_max);
    if (found.squared_error < best.squared_error) {
      best = std::move(found);
    }
  }
  return best;
}

}  // namespace

const char* WeightKindName(WeightKind kind) {
  constexpr std::array<const char*, 5> kNames = {"keep", "binary", "ternary", "int4", "codebook"};
  return kNames[static_cast<std::size_t>(kind)];
}

QuantizedWeights QuantizeWeights(std::span<const double> weights, WeightKind kind,
                                 std::int32_t magnitude_max) {
  SPIKEMESH_CHECK(kind != WeightKind::kKeep);
  double greatest = 0.0;
  for (const double weight : weights) {
    greatest = std::max(greatest, std::abs(weight));
  }
  if (greatest == 0.0) {
    QuantizedWeights none;
    none.axon_weights = {1, -1, 0, 0};
    none.whole.assign(weights.size(), 0);
    return none;
  }
  switch (kind) {
    case WeightKind::kBinary:
      return Binary(weights);
    case WeightKind::kTernary:
      return Ternary(weights);
    case WeightKind::kInt4:
      return Int4(weights, greatest);
    default:
      return Codebook(weights, greatest, magnitude_max);
  }
}

}  // namespace spikemesh
