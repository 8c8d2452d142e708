// SPDX-License-Identifier: Apache-2.0
// The list that validation fills: the first kViolationsListedMax violations as text, the rest as a
// count, so that a chip of a million faults costs no more memory than one of twenty. Private to
// core/chip.
#ifndef SPIKEMESH_CORE_CHIP_VIOLATIONS_H_
#define SPIKEMESH_CORE_CHIP_VIOLATIONS_H_

#include <cstdint>
#include <string>

#include "core/base/status.h"
#include "core/base/strings.h"
#include "core/chip/validate.h"

namespace spikemesh {

class Violations {
 public:
  template <typename... Values>
  void OutOfRange(const Values&... message) {
    Add(absl::StatusCode::kOutOfRange, message...);
  }
  template <typename... Values>
  void Malformed(const Values&... message) {
    Add(absl::StatusCode::kInvalidArgument, message...);
  }
  bool any() const { return count_ > 0; }

  absl::Status ToStatus() const {
    if (count_ == 0) {
      return absl::OkStatus();
    }
    const std::int64_t unlisted = count_ - kViolationsListedMax;
    return absl::Status(code_, unlisted > 0 ? Concat(text_, "\nand ", unlisted, " more") : text_);
  }

 private:
  template <typename... Values>
  void Add(absl::StatusCode code, const Values&... message) {
    if (count_ == 0) {
      code_ = code;
    }
    if (count_ < kViolationsListedMax) {
      text_ += Concat(count_ == 0 ? "" : "\n", message...);
    }
    ++count_;
  }

  absl::StatusCode code_ = absl::StatusCode::kOk;
  std::int64_t count_ = 0;
  std::string text_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_VIOLATIONS_H_
