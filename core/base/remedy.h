// SPDX-License-Identifier: Apache-2.0
// What a user can do about an error, as a value. Libraries know what would help and not how a
// program is told to do it: they attach remedies to a status, and the program words them (the
// command as its flags).
//
//   return WithRemedy(absl::FailedPreconditionError("activations must be measured"),
//                     {RemedyKind::kCalibrate});
#ifndef SPIKEMESH_CORE_BASE_REMEDY_H_
#define SPIKEMESH_CORE_BASE_REMEDY_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace spikemesh {

enum class RemedyKind : std::uint8_t {
  kCalibrate,        // convert with calibration images
  kQuantiseWeights,  // ask for a form of weights, binary included
  kQuantiseToTypes,  // ask for weights of few values: ternary, 4 bits or a codebook
  kCodebookWeights,  // ask for a codebook or 4 bits
  kTernaryWeights,   // ask for ternary weights
  kRateMode,         // convert in rate mode
  kPipelinedMode,    // convert in pipelined mode
  kAveragePools,     // replace max pools by average pools
  kLossySplit,       // split wide layers, though that changes bits
  kInputSpikes,      // run spikes instead of images
  kFewerImages,      // run fewer images
  kRancConfig,       // name the config.json of a RANC network
  kFetchData,        // bring the data set that `detail` names here
  kMakeDigits,       // draw the data set of digits
  kByteImages,       // give the network bytes of images as they are
  kPadImages,        // put zeros around images: `detail` rows above, below, columns left, right
  kConvertPadded,    // convert again with images padded so
  kLongerTicks,      // give routers more cycles a tick, or take late spikes as they come
  kMoreTicks,        // give an image `detail` ticks
  kCodebook,         // ask for a codebook in every layer
  kExactPools,       // keep max pools as they are
  kMaxLoss,          // allow a greater loss of accuracy
  kPreprocessing,    // tell what becomes of the bytes of an image
  kHostFirstLayer,   // let the host compute the first layer
};
inline constexpr int kRemedyKinds = 24;

struct Remedy {
  RemedyKind kind = RemedyKind::kCalibrate;
  std::string detail =
      {};  // what it does or costs here, after the name of the remedy; may be empty
  bool operator==(const Remedy&) const = default;
};

// `status`, not OK, with one more remedy.
absl::Status WithRemedy(absl::Status status, const Remedy& remedy);

// In the order in which they were attached.
std::vector<Remedy> RemediesOf(const absl::Status& status);

// How a program words a remedy.
using RemedyWords = std::function<std::string(const Remedy&)>;

// "MESSAGE; WORDS; or WORDS".
std::string WithWords(std::string_view message, std::span<const Remedy> remedies,
                      const RemedyWords& words);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_REMEDY_H_
