// SPDX-License-Identifier: Apache-2.0
#include "converters/diagnosis/agreement.h"

#include <algorithm>
#include <cmath>

#include "core/base/status.h"

namespace spikemesh {
namespace {

// Sums of squares are exact to some 1e-16 of themselves; a variance below this share of them is
// what rounding leaves.
constexpr double kRounding = 1e-12;

}  // namespace

void Agreement::Add(std::span<const double> x, std::span<const double> y) {
  SPIKEMESH_CHECK(x.size() == y.size() && x.size() % sums_.size() == 0);
  const std::size_t plane = x.size() / sums_.size();
  for (std::size_t i = 0; i < x.size(); ++i) {
    Sums& sums = sums_[i / plane];
    sums.x += x[i];
    sums.y += y[i];
    sums.xx += x[i] * x[i];
    sums.yy += y[i] * y[i];
    sums.xy += x[i] * y[i];
  }
  pairs_ += static_cast<std::int64_t>(x.size());
}

std::vector<double> Agreement::Factors() const {
  std::vector<double> factors;
  for (const Sums& sums : sums_) {
    factors.push_back(sums.yy > 0.0 ? sums.xy / sums.yy : 0.0);
  }
  return factors;
}

std::optional<double> Agreement::Correlation(std::span<const double> factors) const {
  Sums all;
  for (std::size_t c = 0; c < sums_.size(); ++c) {
    const double f = factors[c];
    all.x += sums_[c].x;
    all.xx += sums_[c].xx;
    all.y += f * sums_[c].y;
    all.yy += f * f * sums_[c].yy;
    all.xy += f * sums_[c].xy;
  }
  const auto pairs = static_cast<double>(pairs_);
  const double variance_x = all.xx - all.x * all.x / pairs;
  const double variance_y = all.yy - all.y * all.y / pairs;
  if (pairs_ == 0 || variance_x <= kRounding * all.xx || variance_y <= kRounding * all.yy) {
    return std::nullopt;
  }
  const double covariance = all.xy - all.x * all.y / pairs;
  return std::clamp(covariance / std::sqrt(variance_x * variance_y), -1.0, 1.0);
}

}  // namespace spikemesh
