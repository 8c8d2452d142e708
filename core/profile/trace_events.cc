// SPDX-License-Identifier: Apache-2.0
#include "core/profile/trace_events.h"

#include "absl/strings/str_cat.h"
#include "core/base/json.h"

namespace spikemesh {
namespace {

// A red of the format's palette (chrome://tracing); Perfetto colours by name.
constexpr const char* kLateSlice = R"(,"cat":"late","cname":"terrible")";

// Anything as a string of JSON; bytes that are not UTF-8 are replaced.
std::string Quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// `numbers` and `remark` as a member "args", or nothing.
void AppendArguments(TraceNumbers numbers, const std::string& remark, std::string& text) {
  if (numbers.size() == 0 && remark.empty()) {
    return;
  }
  const char* before = R"(,"args":{)";
  for (const auto& [name, value] : numbers) {
    absl::StrAppend(&text, before, "\"", name, "\":", value);
    before = ",";
  }
  if (!remark.empty()) {
    absl::StrAppend(&text, before, R"("remark":")", remark, "\"");
  }
  text += "}";
}

}  // namespace

void TraceEvents::NameProcess(std::int64_t process, const std::string& name) {
  absl::StrAppend(&text_, R"({"ph":"M","name":"process_name","pid":)", process,
                  R"(,"args":{"name":)", Quoted(name), "}},\n");
  absl::StrAppend(&text_, R"({"ph":"M","name":"process_sort_index","pid":)", process,
                  R"(,"args":{"sort_index":)", process, "}},\n");
}

void TraceEvents::NameThread(TraceTrack track, const std::string& name) {
  absl::StrAppend(&text_, R"({"ph":"M","name":"thread_name","pid":)", track.process, R"(,"tid":)",
                  track.thread, R"(,"args":{"name":)", Quoted(name), "}},\n");
  absl::StrAppend(&text_, R"({"ph":"M","name":"thread_sort_index","pid":)", track.process,
                  R"(,"tid":)", track.thread, R"(,"args":{"sort_index":)", track.thread, "}},\n");
}

void TraceEvents::AddSlice(TraceTrack track, const TraceSlice& slice, TraceNumbers numbers) {
  absl::StrAppend(&text_, R"({"ph":"X","pid":)", track.process, R"(,"tid":)", track.thread,
                  R"(,"ts":)", slice.start_us, R"(,"dur":)", slice.end_us - slice.start_us);
  absl::StrAppend(&text_, R"(,"name":")", slice.name, "\"", slice.late ? kLateSlice : "");
  AppendArguments(numbers, slice.remark, text_);
  text_ += "},\n";
}

void TraceEvents::AddArrowStart(std::int64_t id, TraceTrack track, std::int64_t at_us, bool late) {
  AddArrow(R"("s")", id, track, at_us, late);
}

void TraceEvents::AddArrowEnd(std::int64_t id, TraceTrack track, std::int64_t at_us, bool late) {
  AddArrow(R"("f","bp":"e")", id, track, at_us, late);
}

// Both ends of an arrow have its id, name and category.
void TraceEvents::AddArrow(const char* end, std::int64_t id, TraceTrack track, std::int64_t at_us,
                           bool late) {
  absl::StrAppend(&text_, R"({"ph":)", end, R"(,"id":)", id, R"(,"pid":)", track.process,
                  R"(,"tid":)", track.thread);
  absl::StrAppend(&text_, R"(,"ts":)", at_us, R"(.5,"name":"packet")",
                  late ? R"(,"cat":"late")" : "", "},\n");
}

void TraceEvents::AddCounters(std::int64_t process, const char* name, std::int64_t at_us,
                              TraceNumbers values) {
  absl::StrAppend(&text_, R"({"ph":"C","pid":)", process, R"(,"name":")", name, R"(","ts":)",
                  at_us);
  AppendArguments(values, "", text_);
  text_ += "},\n";
}

}  // namespace spikemesh
