// SPDX-License-Identifier: Apache-2.0
// The committed page.bundle.html, as the build embeds it (core/cmake/embed_text.cmake).
#ifndef SPIKEMESH_CORE_PROFILE_PAGE_PAGE_BUNDLE_H_
#define SPIKEMESH_CORE_PROFILE_PAGE_PAGE_BUNDLE_H_

#include <string_view>

namespace spikemesh {

// UTF-8; lives as long as the program.
std::string_view PageBundle();

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_PAGE_PAGE_BUNDLE_H_
