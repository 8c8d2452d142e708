// SPDX-License-Identifier: Apache-2.0
#include "apps/remedies.h"

#include <array>
#include <cstddef>
#include <string_view>

#include "core/base/strings.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

const char* WordsOf(RemedyKind kind) {
  switch (kind) {
    case RemedyKind::kCalibrate:
      return "give --calibrate DATASET (its training split is read)";
    case RemedyKind::kQuantiseWeights:
      return "quantise the weights with --weights binary, ternary, int4 or codebook";
    case RemedyKind::kQuantiseToTypes:
      return "quantise the weights with --weights ternary, int4 or codebook";
    case RemedyKind::kCodebookWeights:
      return "quantise the weights with --weights codebook or --weights int4";
    case RemedyKind::kTernaryWeights:
      return "try --weights ternary";
    case RemedyKind::kRateMode:
      return "use --mode rate";
    case RemedyKind::kPipelinedMode:
      return "use --mode pipelined";
    case RemedyKind::kAveragePools:
      return "replace all max pools by average pools with --pool average, which tells the change "
             "in accuracy";
    case RemedyKind::kLossySplit:
      return "split it with --lossy-split";
    case RemedyKind::kInputSpikes:
      return "give it spikes with --input";
    case RemedyKind::kFewerImages:
      return "take fewer --images";
    case RemedyKind::kRancConfig:
      return "convert it with --ranc-config CONFIG.json";
    case RemedyKind::kFetchData:
      return "fetch it with `spikemesh data fetch %`";
    case RemedyKind::kMakeDigits:
      return "draw it with `spikemesh data make digits`";
    case RemedyKind::kByteImages:
      return "give --input-range 0..255, without --mean and --std";
    case RemedyKind::kPadImages:
      return "pad images with --pad %";
    case RemedyKind::kConvertPadded:
      return "convert the model again with --pad %";
    case RemedyKind::kLongerTicks:
      return "give ticks more cycles (cycles_per_tick in --router-config), or take late spikes as "
             "they come with --late deliver";
    case RemedyKind::kMoreTicks:
      return "give images more time with --ticks %";
    case RemedyKind::kCodebook:
      return "give every layer finer weights with --weights codebook";
    case RemedyKind::kExactPools:
      return "keep max pools with --pool exact";
    case RemedyKind::kMaxLoss:
      return "allow it with --max-loss POINTS";
    case RemedyKind::kPreprocessing:
      return "give the preprocessing that it was trained with: --mean, --std, --input-range";
    case RemedyKind::kHostFirstLayer:
      return "let the host compute this layer, apart from the chip's energy, with --first-layer "
             "host";
  }
  return "";
}

}  // namespace

// The detail stands where the words have a %, else behind them.
std::string WordRemedy(const Remedy& remedy) {
  std::string words = WordsOf(remedy.kind);
  const std::size_t place = words.find('%');
  if (place != std::string::npos) {
    return words.replace(place, 1, remedy.detail);
  }
  return Concat(words, remedy.detail.empty() ? "" : ", ", remedy.detail);
}

std::string MessageWithRemedies(const absl::Status& status) {
  return WithWords(std::string_view(status.message().data(), status.message().size()),
                   RemediesOf(status), WordRemedy);
}

std::string DoubtfulAccuracyText(double accuracy, std::int64_t images) {
  const std::array remedies = {Remedy{RemedyKind::kPreprocessing}};
  return WithWords(
      Concat("the float network is right on ", FormatPercent(accuracy), " of ", FormatCount(images),
             " images, hardly more than chance: what was done to images in training "
             "may be missing"),
      remedies, WordRemedy);
}

}  // namespace spikemesh
