// SPDX-License-Identifier: Apache-2.0
#include "apps/rate_readout.h"

namespace spikemesh {

std::vector<std::int32_t> ReadoutCuts(std::int32_t ticks) {
  std::vector<std::int32_t> cuts;
  for (std::int64_t cut = 1; cut < ticks; cut *= 2) {
    cuts.push_back(static_cast<std::int32_t>(cut));
  }
  cuts.push_back(ticks);
  return cuts;
}

RateReadout::RateReadout(const std::vector<std::int32_t>& pin_classes,
                         const PresentationModel& presentation)
    : votes_(pin_classes),
      latency_ticks_(presentation.latency_ticks),
      cuts_(ReadoutCuts(presentation.ticks_per_image)),
      correct_(cuts_.size()) {}

void RateReadout::Begin(std::int32_t label) {
  votes_.Clear();
  label_ = label;
  tick_ = 0;
  cut_ = 0;
}

void RateReadout::Add(std::span<const PinIndex> pins) {
  ++tick_;
  if (tick_ <= latency_ticks_ || cut_ == cuts_.size()) {
    return;
  }
  votes_.Add(pins);
  if (tick_ - latency_ticks_ == cuts_[cut_]) {
    correct_[cut_] += votes_.Leader() == label_ ? 1 : 0;
    ++cut_;
  }
}

std::vector<AccuracyAfter> SumAccuracy(std::span<const RateReadout* const> readouts,
                                       std::int32_t ticks_per_image, std::int64_t images) {
  const std::vector<std::int32_t> cuts = ReadoutCuts(ticks_per_image);
  std::vector<AccuracyAfter> accuracy;
  for (std::size_t cut = 0; cut < cuts.size(); ++cut) {
    std::int64_t correct = 0;
    for (const RateReadout* const readout : readouts) {
      correct += readout->correct()[cut];
    }
    accuracy.push_back({cuts[cut], static_cast<double>(correct) / static_cast<double>(images)});
  }
  return accuracy;
}

}  // namespace spikemesh
