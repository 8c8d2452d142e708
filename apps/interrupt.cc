// SPDX-License-Identifier: Apache-2.0
#include "apps/interrupt.h"

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace spikemesh {
namespace {

// What a signal handler can reach, which has no arguments of ours.
StopFlag catching = false;
StopFlag stop_asked = false;
static_assert(StopFlag::is_always_lock_free);

constexpr std::string_view kCaught =
    "\nspikemesh: ending with the image that is running; Ctrl-C again ends at once\n";

}  // namespace

InterruptCatcher::InterruptCatcher() {
  stop_asked = false;
  catching = true;
}

InterruptCatcher::~InterruptCatcher() { catching = false; }

const StopFlag* InterruptCatcher::stop() const { return &stop_asked; }

bool CatchInterrupt() {
  if (!catching || stop_asked.exchange(true)) {
    return false;
  }
  const int saved_errno = errno;
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kCaught.data(), kCaught.size());
  errno = saved_errno;
  return true;
}

}  // namespace spikemesh
