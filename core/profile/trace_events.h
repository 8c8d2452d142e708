// SPDX-License-Identifier: Apache-2.0
// Events of the Chrome trace event format as text: what https://ui.perfetto.dev and
// chrome://tracing draw as slices, arrows and counters.
//
// Slices of one thread must nest; the caller sees to that. An arrow is drawn between the slices
// that enclose its two ends, so the ends lie half a microsecond within, where no slice begins or
// ends, and the order of events in the file does not matter. Source: "Trace Event Format", the
// Chromium project; how ends find their slices: flow_tracker.cc of Perfetto's trace processor.
#ifndef SPIKEMESH_CORE_PROFILE_TRACE_EVENTS_H_
#define SPIKEMESH_CORE_PROFILE_TRACE_EVENTS_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

namespace spikemesh {

// A thread of a process, the row that slices are drawn in. Both ids above 0, threads of all
// processes apart and none that is a process's.
struct TraceTrack {
  std::int64_t process = 0;
  std::int64_t thread = 0;
};

// Of [start_us, end_us), which is not empty.
struct TraceSlice {
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;
  std::string name;         // printable ASCII without quotes and backslashes
  std::string remark = {};  // like `name`; empty: none
  bool late = false;
};
// Named as in TraceSlice.
using TraceNumbers = std::initializer_list<std::pair<const char*, std::int64_t>>;

class TraceEvents {
 public:
  // Names may hold anything. Processes and threads are drawn in the order of their ids.
  void NameProcess(std::int64_t process, const std::string& name);
  void NameThread(TraceTrack track, const std::string& name);

  // `numbers` are shown with the slice.
  void AddSlice(TraceTrack track, const TraceSlice& slice, TraceNumbers numbers);
  // The arrow number `id` from or to the slice that encloses [at_us, at_us + 1).
  void AddArrowStart(std::int64_t id, TraceTrack track, std::int64_t at_us, bool late);
  void AddArrowEnd(std::int64_t id, TraceTrack track, std::int64_t at_us, bool late);
  // Values that hold from `at_us` on.
  void AddCounters(std::int64_t process, const char* name, std::int64_t at_us, TraceNumbers values);

  // The events since the last Take, each with a comma and a line's end behind it.
  std::string Take() { return std::exchange(text_, {}); }

 private:
  void AddArrow(const char* end, std::int64_t id, TraceTrack track, std::int64_t at_us, bool late);

  std::string text_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_TRACE_EVENTS_H_
