// SPDX-License-Identifier: Apache-2.0
// The levels at which a thermometer reads a logit out: the votes of a class are the levels that its
// logit reaches, and the host takes the class of most votes, ties to the lowest.
// Problem: a level for every value that some logit can take orders classes exactly, but with real
// biases classes share no values, and ten classes have ten times the values of one.
// Method: values in ascending order need a level only where the next one's class is not below the
// last one's: the greater of two values without a level between wins its tie as the lower class.
// Where all logits rise by the same with their sums, the order repeats from sum to sum, and so do
// the levels: each class gets equally many for each sum, so that parts of a sum can be read out by
// themselves (converters/mapping/split_readout.h). Where that is too many, levels are spread
// evenly.
#ifndef SPIKEMESH_CONVERTERS_SPIKING_LOGIT_LEVELS_H_
#define SPIKEMESH_CONVERTERS_SPIKING_LOGIT_LEVELS_H_

#include <cstdint>
#include <vector>

#include "converters/spiking/channel_sum.h"
#include "converters/spiking/stage_graph.h"

namespace spikemesh {

// Levels a class: where a level for each value is no more, there is one; elsewhere so many are
// spread over what logits reach.
inline constexpr std::int64_t kLogitLevelsMax = 1024;
// Neurons of all classes that an exact order may take; 256 cores.
inline constexpr std::int64_t kExactLogitNeuronsMax = std::int64_t{1} << 16;

struct LogitLevels {
  std::vector<double> values;  // ascending; the first is minus infinity: always reached
  bool exact = true;           // votes order classes as their logits do
  bool even = false;           // all are needed, so that votes rise evenly with a sum
};

// sums, ranges: of each class at its one position. `fan_in`: inputs of a sum.
LogitLevels FindLogitLevels(const std::vector<ChannelSum>& sums,
                            const std::vector<ChannelSum::Range>& ranges, const Stage& tail,
                            std::int64_t fan_in);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_SPIKING_LOGIT_LEVELS_H_
