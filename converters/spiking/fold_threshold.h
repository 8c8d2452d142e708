// SPDX-License-Identifier: Apache-2.0
// Where a step of a monotone function of an integer switches. Every function that folding meets is
// a composition of correctly rounded additions, multiplications by constants and divisions by
// constants, and each of those keeps order, so the composition rises or falls (weakly) throughout
// its range and its step switches at most once: bisection on the function itself finds where, at
// the price of log2(range) evaluations.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_FOLD_THRESHOLD_H_
#define SPIKEMESH_CONVERTERS_SPIKING_FOLD_THRESHOLD_H_

#include <cstdint>

#include "core/base/status.h"

namespace spikemesh {

// High where sum >= threshold (rising), or where -sum >= threshold (falling). A constant step is
// not falling, with threshold min (always high) or max + 1 (never).
struct FoldedThreshold {
  std::int64_t threshold = 0;
  bool falling = false;
  bool constant = false;
  bool operator==(const FoldedThreshold&) const = default;
};

// `is_high`: bool(std::int64_t sum), monotone over min <= sum <= max.
template <typename IsHigh>
FoldedThreshold FoldThreshold(std::int64_t min, std::int64_t max, const IsHigh& is_high) {
  SPIKEMESH_CHECK(min <= max);
  const bool high_at_min = is_high(min);
  if (high_at_min == is_high(max)) {
    return {.threshold = high_at_min ? min : max + 1, .falling = false, .constant = true};
  }
  std::int64_t before = min;  // is_high(before) == high_at_min
  std::int64_t after = max;   // is_high(after) != high_at_min
  while (after - before > 1) {
    const std::int64_t middle = before + (after - before) / 2;
    (is_high(middle) == high_at_min ? before : after) = middle;
  }
  return {.threshold = high_at_min ? -before : after, .falling = high_at_min, .constant = false};
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_FOLD_THRESHOLD_H_
