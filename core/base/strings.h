// SPDX-License-Identifier: Apache-2.0
// Joins values into a message. Debian's Abseil has its own string_view that std::string_view does
// not convert to; this one helper takes what our signatures use.
#ifndef SPIKEMESH_CORE_BASE_STRINGS_H_
#define SPIKEMESH_CORE_BASE_STRINGS_H_

#include <sstream>
#include <string>

namespace spikemesh {

// Concatenates the printed forms of all arguments: Concat("axon ", axon, " of ", 256).
template <typename... Values>
std::string Concat(const Values&... values) {
  std::ostringstream out;
  (out << ... << values);
  return out.str();
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_BASE_STRINGS_H_
