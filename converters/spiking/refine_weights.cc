// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/refine_weights.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/status.h"

namespace spikemesh {
namespace {

constexpr int kRefineRounds = 4;

class Refiner {
 public:
  Refiner(std::span<const double> weights, std::span<const float> covariance,
          QuantizedWeights& quantized)
      : weights_(weights), covariance_(covariance), quantized_(quantized) {
    for (int mask = 0; mask < 1 << kAxonTypes; ++mask) {
      std::int32_t sum = 0;
      for (int type = 0; type < kAxonTypes; ++type) {
        sum += (mask >> type & 1) != 0 ? quantized.axon_weights[type] : 0;
      }
      values_.push_back(sum);
    }
    std::sort(values_.begin(), values_.end());
    values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
  }

  void Refine() {
    SetGradient();
    for (int round = 0; round < kRefineRounds && Improve(); ++round) {
    }
    FitScale();
    SetGradient();
    Improve();
  }

 private:
  std::span<const float> Row(std::size_t i) const {
    return covariance_.subspan(i * weights_.size(), weights_.size());
  }

  // C e.
  void SetGradient() {
    gradient_.assign(weights_.size(), 0.0);
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      Move(i, quantized_.scale * quantized_.whole[i] - weights_[i]);
    }
  }

  // Weight i has `by` more of an error.
  void Move(std::size_t i, double by) {
    const std::span<const float> row = Row(i);
    for (std::size_t j = 0; j < row.size(); ++j) {
      gradient_[j] += by * row[j];
    }
  }

  // Whether any weight changed.
  bool Improve() {
    bool changed = false;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      if (weights_[i] == 0.0) {
        continue;
      }
      const double own = Row(i)[i];
      std::int32_t best = quantized_.whole[i];
      double best_gain = 0.0;
      for (const std::int32_t value : values_) {
        const double step = quantized_.scale * (value - quantized_.whole[i]);
        const double gain = -step * (2.0 * gradient_[i] + step * own);
        if (gain > best_gain) {
          best_gain = gain;
          best = value;
        }
      }
      if (best != quantized_.whole[i]) {
        Move(i, quantized_.scale * (best - quantized_.whole[i]));
        quantized_.whole[i] = best;
        changed = true;
      }
    }
    return changed;
  }

  // The scale of least error for these whole weights.
  void FitScale() {
    double along = 0.0;   // q^T C w
    double square = 0.0;  // q^T C q
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const std::span<const float> row = Row(i);
      for (std::size_t j = 0; quantized_.whole[i] != 0 && j < row.size(); ++j) {
        along += quantized_.whole[i] * double{row[j]} * weights_[j];
        square += quantized_.whole[i] * double{row[j]} * quantized_.whole[j];
      }
    }
    if (along > 0.0 && square > 0.0) {
      quantized_.scale = along / square;
    }
  }

  std::span<const double> weights_;
  std::span<const float> covariance_;
  QuantizedWeights& quantized_;
  std::vector<std::int32_t> values_;
  std::vector<double> gradient_;
};

}  // namespace

void RefineWeights(std::span<const double> weights, std::span<const float> covariance,
                   QuantizedWeights& quantized) {
  SPIKEMESH_CHECK(covariance.size() == weights.size() * weights.size());
  Refiner(weights, covariance, quantized).Refine();
}

}  // namespace spikemesh
