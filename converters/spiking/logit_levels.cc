// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/logit_levels.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "core/base/limits.h"

namespace spikemesh {
namespace {

// Rises that differ by less, relatively, are the same; so are offsets, in units of the rise.
constexpr double kRiseTolerance = 1e-9;
constexpr double kAlwaysReached = -std::numeric_limits<double>::infinity();
// Sums of more values are not listed.
constexpr std::int64_t kSumValuesMax = std::int64_t{1} << 16;

// A logit of a class, or the offset of its logits from multiples of their rise.
struct ClassValue {
  double value = 0.0;
  std::int64_t of_class = 0;
};

// Ascending; of equal ones the lower class, which wins the tie, comes last.
bool Precedes(const ClassValue& a, const ClassValue& b) {
  return a.value < b.value || (a.value == b.value && a.of_class > b.of_class);
}

// Whether `after`, not less than `before`, needs a level between to win.
bool NeedsLevel(const ClassValue& before, const ClassValue& after) {
  return after.of_class > before.of_class;
}

class LevelFinder {
 public:
  LevelFinder(const std::vector<ChannelSum>& sums, const std::vector<ChannelSum::Range>& ranges,
              const Stage& tail)
      : sums_(sums), ranges_(ranges), tail_(tail) {
    for (std::size_t c = 0; c < sums.size(); ++c) {
      for (const std::int64_t n : {ranges[c].min, ranges[c].max}) {
        low_ = std::min(low_, LogitOf(c, n));
        high_ = std::max(high_, LogitOf(c, n));
      }
    }
  }

  LogitLevels Find(std::int64_t fan_in) const;

 private:
  // What a logit is for a sum of class `c`.
  double LogitOf(std::size_t c, std::int64_t n) const {
    return ApplyFunctions(tail_.functions, static_cast<std::int64_t>(c),
                          sums_[c].ValueOf(0, ranges_[c], n));
  }
  std::vector<ClassValue> AllValues() const;
  double CommonRise() const;
  std::vector<double> PeriodOf(double rise) const;
  std::vector<double> Repeated(const std::vector<double>& period, double rise) const;
  std::vector<double> Spread(double distance) const;
  bool FitsExactly(std::size_t levels) const {
    return static_cast<std::int64_t>(levels * sums_.size()) <= kExactLogitNeuronsMax;
  }

  const std::vector<ChannelSum>& sums_;
  const std::vector<ChannelSum::Range>& ranges_;
  const Stage& tail_;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

// The values of every class for every sum, ascending; empty: too many.
std::vector<ClassValue> LevelFinder::AllValues() const {
  std::vector<ClassValue> values;
  for (std::size_t c = 0; c < sums_.size(); ++c) {
    if (ranges_[c].max - ranges_[c].min > kSumValuesMax) {
      return {};
    }
    for (std::int64_t n = ranges_[c].min; n <= ranges_[c].max; ++n) {
      values.push_back({LogitOf(c, n), static_cast<std::int64_t>(c)});
    }
  }
  std::ranges::sort(values, Precedes);
  return values;
}

// By how much a logit changes with its sum where that is the same for all sums of all classes; else
// 0.
double LevelFinder::CommonRise() const {
  double rise = 0.0;
  for (std::size_t c = 0; c < sums_.size(); ++c) {
    const std::int64_t steps = ranges_[c].max - ranges_[c].min;
    if (steps == 0) {
      continue;
    }
    const double first = LogitOf(c, ranges_[c].min);
    const double here = (LogitOf(c, ranges_[c].max) - first) / static_cast<double>(steps);
    rise = rise == 0.0 ? here : rise;
    const double tolerance = kRiseTolerance * std::abs(rise);
    const std::int64_t half = steps / 2;
    const double middle = LogitOf(c, ranges_[c].min + half);
    const double expected = first + here * static_cast<double>(half);
    if (!(std::abs(std::abs(here) - std::abs(rise)) <= tolerance) ||
        !(std::abs(middle - expected) <= tolerance * static_cast<double>(steps))) {
      return 0.0;
    }
  }
  return std::abs(rise);
}

// Where levels are within one rise, ascending from low_, in 0..1 rises.
std::vector<double> LevelFinder::PeriodOf(double rise) const {
  std::vector<ClassValue> offsets;
  for (std::size_t c = 0; c < sums_.size(); ++c) {
    const double rises = (LogitOf(c, ranges_[c].min) - low_) / rise;
    double offset = rises - std::floor(rises);
    offset = offset > 1.0 - kRiseTolerance || offset < kRiseTolerance ? 0.0 : offset;
    offsets.push_back({offset, static_cast<std::int64_t>(c)});
  }
  std::ranges::sort(offsets, Precedes);
  for (std::size_t i = 1; i < offsets.size(); ++i) {
    if (offsets[i].value - offsets[i - 1].value < kRiseTolerance) {
      offsets[i].value = offsets[i - 1].value;
    }
  }
  std::ranges::sort(offsets, Precedes);
  std::vector<double> period;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const bool is_first = i == 0;
    const ClassValue& before = is_first ? offsets.back() : offsets[i - 1];
    const double before_value = before.value - (is_first ? 1.0 : 0.0);
    if (NeedsLevel(before, offsets[i])) {
      period.push_back((before_value + offsets[i].value) / 2);
    }
  }
  if (period.empty()) {
    // One class, or all of one offset: a level for each sum.
    period.push_back((offsets.back().value - 1.0 + offsets.front().value) / 2);
  }
  return period;
}

std::vector<double> LevelFinder::Repeated(const std::vector<double>& period, double rise) const {
  std::vector<double> levels = {kAlwaysReached};
  const auto rises = static_cast<std::int64_t>(std::ceil((high_ - low_) / rise)) + 1;
  for (std::int64_t k = 0; k < rises; ++k) {
    for (const double offset : period) {
      const double level = low_ + rise * (static_cast<double>(k) + offset);
      if (level > low_ && level <= high_) {
        levels.push_back(level);
      }
    }
  }
  return levels;
}

std::vector<double> LevelFinder::Spread(double distance) const {
  std::vector<double> levels = {kAlwaysReached};
  for (std::int64_t k = 0; k < kLogitLevelsMax; ++k) {
    const double level = low_ + distance * (static_cast<double>(k) + 0.5);
    if (level <= high_) {
      levels.push_back(level);
    }
  }
  return levels;
}

// A level for each value, or for each that needs one.
std::vector<double> LevelsOf(const std::vector<ClassValue>& values, bool only_needed) {
  std::vector<double> levels = {kAlwaysReached};
  for (std::size_t i = 1; i < values.size(); ++i) {
    const bool needed =
        only_needed ? NeedsLevel(values[i - 1], values[i]) : values[i].value != values[i - 1].value;
    if (needed) {
      levels.push_back(only_needed ? (values[i - 1].value + values[i].value) / 2 : values[i].value);
    }
  }
  return levels;
}

LogitLevels LevelFinder::Find(std::int64_t fan_in) const {
  const std::vector<ClassValue> values = AllValues();
  LogitLevels found;
  found.values = LevelsOf(values, false);
  if (!values.empty() && static_cast<std::int64_t>(found.values.size()) <= kLogitLevelsMax) {
    return found;
  }
  const double spread = (high_ - low_) / kLogitLevelsMax;
  const double rise = CommonRise();
  if (rise > 0.0) {
    const std::vector<double> period = PeriodOf(rise);
    found = {.values = Repeated(period, rise), .exact = true, .even = true};
    if (FitsExactly(found.values.size())) {
      return found;
    }
    const double distance = rise >= spread ? rise / std::floor(rise / spread) : spread;
    return {.values = Spread(distance), .exact = false, .even = true};
  }
  found.values = LevelsOf(values, true);
  if (!values.empty() && fan_in <= kAxonsPerCore && FitsExactly(found.values.size())) {
    return found;
  }
  return {.values = Spread(spread), .exact = false, .even = true};
}

}  // namespace

LogitLevels FindLogitLevels(const std::vector<ChannelSum>& sums,
                            const std::vector<ChannelSum::Range>& ranges, const Stage& tail,
                            std::int64_t fan_in) {
  LogitLevels levels = LevelFinder(sums, ranges, tail).Find(fan_in);
  if (levels.values.size() == 1) {
    levels.values.push_back(std::numeric_limits<double>::infinity());  // all classes always tie
  }
  return levels;
}

}  // namespace spikemesh
