// SPDX-License-Identifier: Apache-2.0
#include "core/base/process_usage.h"

#include <sys/resource.h>

#include "core/base/status.h"

namespace spikemesh {
namespace {

struct rusage OwnUsage() {
  struct rusage usage = {};
  SPIKEMESH_CHECK(::getrusage(RUSAGE_SELF, &usage) == 0);
  return usage;
}

double Seconds(const struct timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

double ProcessCpuSeconds() {
  const struct rusage usage = OwnUsage();
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

std::int64_t PeakMemoryBytes() {
  constexpr std::int64_t kBytesPerUnit = 1024;  // Linux counts in KiB
  return OwnUsage().ru_maxrss * kBytesPerUnit;
}

}  // namespace spikemesh
