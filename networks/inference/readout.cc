// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/readout.h"

#include <algorithm>

#include "core/base/status.h"

namespace spikemesh {

std::int32_t ClassCount(std::span<const std::int32_t> pin_classes) {
  return pin_classes.empty() ? 0 : *std::ranges::max_element(pin_classes) + 1;
}

std::vector<std::int32_t> ReadoutCuts(std::int32_t ticks) {
  std::vector<std::int32_t> cuts;
  for (std::int64_t cut = 1; cut < ticks; cut *= 2) {
    cuts.push_back(static_cast<std::int32_t>(cut));
  }
  cuts.push_back(ticks);
  return cuts;
}

Readout::Readout(const std::vector<std::int32_t>& pin_classes, std::int32_t ticks)
    : pin_classes_(pin_classes),
      votes_(static_cast<std::size_t>(ClassCount(pin_classes))),
      cuts_(ReadoutCuts(ticks)),
      correct_(cuts_.size()) {
  SPIKEMESH_CHECK(!votes_.empty());
}

void Readout::Add(std::int32_t tick, std::span<const PinIndex> pins, std::int32_t label) {
  if (tick == 1) {
    std::ranges::fill(votes_, 0);
    cut_ = 0;
  }
  for (const PinIndex pin : pins) {
    const std::int32_t voted = pin_classes_[pin.value()];
    if (voted >= 0) {
      ++votes_[static_cast<std::size_t>(voted)];
    }
  }
  if (tick == cuts_[cut_]) {
    correct_[cut_] += answer() == label ? 1 : 0;
    ++cut_;
  }
}

std::int32_t Readout::answer() const {
  // max_element returns the first of several greatest.
  return static_cast<std::int32_t>(std::ranges::max_element(votes_) - votes_.begin());
}

std::vector<AccuracyAfter> SumAccuracy(std::span<const std::vector<std::int64_t>> correct,
                                       std::int32_t ticks_per_image, std::int64_t images) {
  const std::vector<std::int32_t> cuts = ReadoutCuts(ticks_per_image);
  std::vector<AccuracyAfter> accuracy;
  for (std::size_t cut = 0; cut < cuts.size(); ++cut) {
    std::int64_t sum = 0;
    for (const std::vector<std::int64_t>& of_one : correct) {
      sum += of_one[cut];
    }
    accuracy.push_back({cuts[cut], static_cast<double>(sum) / static_cast<double>(images)});
  }
  return accuracy;
}

}  // namespace spikemesh
