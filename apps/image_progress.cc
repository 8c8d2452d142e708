// SPDX-License-Identifier: Apache-2.0
#include "apps/image_progress.h"

#include <cmath>

#include "core/base/strings.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

constexpr double kMeasuredSecondsMin = 2.0;
constexpr double kSecondsTold = 60.0;

// "12 minutes", from two hours on "2.5 hours".
std::string FormatLongTime(double seconds) {
  const double minutes = seconds / 60.0;
  if (minutes >= 120.0) {
    return Concat(FormatNumber(std::round(minutes / 6.0) / 10.0), " hours");
  }
  return Concat(FormatCount(static_cast<std::int64_t>(std::ceil(minutes))), " minutes");
}

}  // namespace

std::optional<std::string> FormatLongRun(std::int64_t done, std::int64_t total,
                                         double elapsed_seconds) {
  if (done < 1 || elapsed_seconds < kMeasuredSecondsMin) {
    return std::nullopt;
  }
  const double seconds = elapsed_seconds * static_cast<double>(total) / static_cast<double>(done);
  if (seconds <= kSecondsTold) {
    return std::nullopt;
  }
  return Concat(
      FormatCount(total), " images take about ", FormatLongTime(seconds),
      "; run fewer with --images N, or end with Ctrl-C, which reports those that are done");
}

ImageProgressLine::ImageProgressLine(std::int64_t total, bool images_named)
    : line_("images", total), total_(total), told_(images_named) {}

void ImageProgressLine::Update(std::int64_t done) {
  if (!told_) {
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin_).count();
    if (const std::optional<std::string> text = FormatLongRun(done, total_, elapsed)) {
      line_.Erase();
      LogWarning(*text);
      told_ = true;
    }
  }
  line_.Update(done);
}

}  // namespace spikemesh
