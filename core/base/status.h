// SPDX-License-Identifier: Apache-2.0
// Status plumbing. Errors that the world can cause travel as absl::Status and gain context on the
// way up; what only our own bug can cause stops the program with SPIKEMESH_CHECK.
//
//   SPIKEMESH_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, kMaxChipBytes));
//   SPIKEMESH_RETURN_IF_ERROR(Annotate(ParseHeader(bytes), path));
#ifndef SPIKEMESH_CORE_BASE_STATUS_H_
#define SPIKEMESH_CORE_BASE_STATUS_H_

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace spikemesh {

// Returns `status` with "context: " in front of its message; OK stays OK, payloads (remedy.h) stay.
inline absl::Status Annotate(const absl::Status& status, std::string_view context) {
  if (status.ok()) {
    return status;
  }
  std::string message(context);
  message += ": ";
  message.append(status.message().data(), status.message().size());
  absl::Status annotated(status.code(), message);
  status.ForEachPayload([&annotated](absl::string_view type, const absl::Cord& payload) {
    annotated.SetPayload(type, payload);
  });
  return annotated;
}

template <typename T>
absl::StatusOr<T> Annotate(absl::StatusOr<T> value, std::string_view context) {
  if (value.ok()) {
    return value;
  }
  return Annotate(value.status(), context);
}

[[noreturn]] inline void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace spikemesh

#define SPIKEMESH_CHECK(condition)                              \
  do {                                                          \
    if (!(condition)) {                                         \
      ::spikemesh::CheckFailed(#condition, __FILE__, __LINE__); \
    }                                                           \
  } while (false)

#define SPIKEMESH_RETURN_IF_ERROR(expression)        \
  do {                                               \
    ::absl::Status spikemesh_status_ = (expression); \
    if (!spikemesh_status_.ok()) {                   \
      return spikemesh_status_;                      \
    }                                                \
  } while (false)

// NOLINTBEGIN(bugprone-macro-parentheses): names that are declared cannot stand in parentheses.
#define SPIKEMESH_CONCAT_INNER_(a, b) a##b
#define SPIKEMESH_CONCAT_(a, b) SPIKEMESH_CONCAT_INNER_(a, b)
#define SPIKEMESH_ASSIGN_OR_RETURN_IMPL_(result, declaration, expression) \
  auto result = (expression);                                             \
  if (!result.ok()) {                                                     \
    return std::move(result).status();                                    \
  }                                                                       \
  declaration = *std::move(result)

// Evaluates a StatusOr expression; on error returns its status, else moves the value out.
#define SPIKEMESH_ASSIGN_OR_RETURN(declaration, ...)                                            \
  SPIKEMESH_ASSIGN_OR_RETURN_IMPL_(SPIKEMESH_CONCAT_(spikemesh_result_, __LINE__), declaration, \
                                   (__VA_ARGS__))
// NOLINTEND(bugprone-macro-parentheses)

#endif  // SPIKEMESH_CORE_BASE_STATUS_H_
