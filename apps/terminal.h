// SPDX-License-Identifier: Apache-2.0
// All that the command prints: results on standard output, everything else on standard error.
#ifndef SPIKEMESH_APPS_TERMINAL_H_
#define SPIKEMESH_APPS_TERMINAL_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace spikemesh {

// Writes all of `text` to standard output and flushes it. Errors: Unavailable (the other end is
// full or gone), so that a truncated report never ends with status 0.
absl::Status PrintResult(std::string_view text);

// Logs a warning to standard error, made printable.
void LogWarning(const std::string& message);

// Prints `spikemesh: error: MESSAGE` to standard error, made printable.
void PrintError(std::string_view message);

// A message that quotes files and flags, fit for a terminal whatever they hold: control bytes other
// than line ends become '?', lines are cut at 1,000 bytes, and lines beyond 100 are only counted.
std::string PrintableMessage(std::string_view message);

// A line on standard error that says how far a long job is and how long it will yet take, drawn at
// most five times a second and erased at the end. Draws nothing where standard error is no
// terminal.
class ProgressLine {
 public:
  // `what`: the unit that is counted, plural ("images"); `total` >= 0.
  ProgressLine(std::string what, std::int64_t total);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  void Update(std::int64_t done);
  // Makes room for other lines; the next Update draws again.
  void Erase();

 private:
  using Clock = std::chrono::steady_clock;

  std::string what_;
  std::int64_t total_;
  bool shown_;  // whether there is a terminal
  bool drawn_ = false;
  Clock::time_point begin_;
  Clock::time_point drawn_at_;
};

// The text of the line: "  120 of 1,000 images, 12.00 %, 44 s left".
std::string FormatProgress(std::string_view what, std::int64_t done, std::int64_t total,
                           double elapsed_seconds);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_TERMINAL_H_
