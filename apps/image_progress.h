// SPDX-License-Identifier: Apache-2.0
// How far a run over images is: a line on a terminal; and, where nobody said how many images are to
// run, a word on standard error if all of them take more than a minute.
#ifndef SPIKEMESH_APPS_IMAGE_PROGRESS_H_
#define SPIKEMESH_APPS_IMAGE_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "apps/terminal.h"

namespace spikemesh {

// What is said of a run that has done `done` of `total` images in `elapsed_seconds`, if anything:
// "10,000 images take about 12 minutes; ...". Nothing before two seconds, and of less than a
// minute.
std::optional<std::string> FormatLongRun(std::int64_t done, std::int64_t total,
                                         double elapsed_seconds);

class ImageProgressLine {
 public:
  // `images_named`: whether the flags say how many images run.
  ImageProgressLine(std::int64_t total, bool images_named);

  void Update(std::int64_t done);

 private:
  using Clock = std::chrono::steady_clock;

  ProgressLine line_;
  std::int64_t total_;
  bool told_;
  Clock::time_point begin_ = Clock::now();
};

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_IMAGE_PROGRESS_H_
