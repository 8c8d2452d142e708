// SPDX-License-Identifier: Apache-2.0
// Whether a test is built with the address sanitizer, under which some cannot run and long ones
// draw fewer cases.
#ifndef SPIKEMESH_TESTS_TESTING_ADDRESS_SANITIZER_H_
#define SPIKEMESH_TESTS_TESTING_ADDRESS_SANITIZER_H_

namespace spikemesh {

// g++ says so in a macro, clang in another way.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kAddressSanitizer = true;
#elif defined(__has_feature)
inline constexpr bool kAddressSanitizer = __has_feature(address_sanitizer);
#else
inline constexpr bool kAddressSanitizer = false;
#endif

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_TESTING_ADDRESS_SANITIZER_H_
