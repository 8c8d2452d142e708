// SPDX-License-Identifier: Apache-2.0
#include "apps/terminal.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "core/base/strings.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

constexpr std::chrono::milliseconds kDrawInterval(200);
constexpr std::size_t kMessageLineBytesMax = 1000;
constexpr std::ptrdiff_t kMessageLinesMax = 100;

bool IsControl(char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }

// Cuts `line` and takes its control bytes off.
std::string PrintableLine(std::string_view line) {
  std::string text(line.substr(0, kMessageLineBytesMax));
  std::ranges::replace_if(text, IsControl, '?');
  return line.size() > kMessageLineBytesMax ? text + "..." : text;
}

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

void LogWarning(const std::string& message) { spdlog::warn("{}", PrintableMessage(message)); }

void PrintError(std::string_view message) {
  WriteToStandardError(Concat("spikemesh: error: ", PrintableMessage(message), "\n"));
}

std::string PrintableMessage(std::string_view message) {
  const std::ptrdiff_t lines = std::ranges::count(message, '\n') + 1;
  std::string text;
  for (std::ptrdiff_t line = 0; line < std::min(lines, kMessageLinesMax); ++line) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    text += Concat(line == 0 ? "" : "\n", PrintableLine(message.substr(0, end)));
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  if (lines > kMessageLinesMax) {
    text += Concat("\n... and ", lines - kMessageLinesMax, " more lines");
  }
  return text;
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

ProgressLine::~ProgressLine() { Erase(); }

void ProgressLine::Erase() {
  if (drawn_) {
    WriteToStandardError("\r\x1b[K");
    drawn_ = false;
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
