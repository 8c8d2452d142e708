// SPDX-License-Identifier: Apache-2.0
// How numbers of two networks go together, from sums alone: Pearson's correlation and the least
// squares factor from one to the other, channel by channel.
#ifndef SPIKEMESH_CONVERTERS_DIAGNOSIS_AGREEMENT_H_
#define SPIKEMESH_CONVERTERS_DIAGNOSIS_AGREEMENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spikemesh {

class Agreement {
 public:
  explicit Agreement(std::size_t channels) : sums_(channels) {}

  // Adds pairs, [channels, plane] each: the float network's values x and the spiking network's y.
  void Add(std::span<const double> x, std::span<const double> y);

  // The factors f with the least sum of (x - f y)^2, [channels]; 0 where y was always 0.
  std::vector<double> Factors() const;

  // Pearson's correlation of x and factors[channel] * y over all pairs; absent where one of them
  // never changes.
  std::optional<double> Correlation(std::span<const double> factors) const;

 private:
  struct Sums {
    double x = 0.0, y = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;
  };
  std::vector<Sums> sums_;  // [channel]
  std::int64_t pairs_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_DIAGNOSIS_AGREEMENT_H_
