// SPDX-License-Identifier: Apache-2.0
#include "apps/terminal.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <utility>

#include "core/base/strings.h"
#include "core/stats/text_table.h"

namespace spikemesh {
namespace {

constexpr std::chrono::milliseconds kDrawInterval(200);

void WriteToStandardError(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

absl::Status PrintResult(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (std::fflush(stdout) != 0 || !written) {
    return absl::UnavailableError("standard output: cannot write the whole result");
  }
  return absl::OkStatus();
}

void LogWarning(const std::string& message) { spdlog::warn("{}", message); }

void PrintError(std::string_view message) {
  WriteToStandardError(Concat("spikemesh: error: ", message, "\n"));
}

std::string FormatProgress(std::string_view what, std::int64_t done, std::int64_t total,
                           double elapsed_seconds) {
  std::string text = Concat("  ", FormatCount(done), " of ", FormatCount(total), " ", what);
  if (done > 0 && total > 0) {
    const double share = static_cast<double>(done) / static_cast<double>(total);
    const double left = elapsed_seconds / share - elapsed_seconds;
    text += Concat(", ", FormatPercent(share), ", ",
                   FormatCount(static_cast<std::int64_t>(std::ceil(left))), " s left");
  }
  return text;
}

ProgressLine::ProgressLine(std::string what, std::int64_t total)
    : what_(std::move(what)),
      total_(total),
      shown_(::isatty(STDERR_FILENO) == 1),
      begin_(Clock::now()),
      drawn_at_(begin_) {}

ProgressLine::~ProgressLine() {
  if (drawn_) {
    WriteToStandardError("\r\x1b[K");
  }
}

void ProgressLine::Update(std::int64_t done) {
  if (!shown_) {
    return;
  }
  const Clock::time_point now = Clock::now();
  if (now - drawn_at_ < kDrawInterval) {
    return;
  }
  const double elapsed = std::chrono::duration<double>(now - begin_).count();
  WriteToStandardError("\r\x1b[K" + FormatProgress(what_, done, total_, elapsed));
  drawn_ = true;
  drawn_at_ = now;
}

}  // namespace spikemesh
