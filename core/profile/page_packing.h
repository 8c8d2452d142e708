// SPDX-License-Identifier: Apache-2.0
// Integers packed into text for a page, since a page of a million numbers in decimal digits is slow
// to open.
//
// A list of integers becomes the difference of each to the one before (the first: to 0), each
// difference a zigzag LEB128 number (0, -1, 1, -2, ... are 0, 1, 2, 3, ...; 7 bits a byte, the
// lowest first, bit 7 set in all but the last byte), and the bytes become base64. Counts of
// neighbouring bins of time are alike: 1.2 to 1.6 bytes each in runs of MNIST. Source: Protocol
// Buffers, "Encoding"; RFC 4648, section 4.
#ifndef SPIKEMESH_CORE_PROFILE_PAGE_PACKING_H_
#define SPIKEMESH_CORE_PROFILE_PAGE_PACKING_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace spikemesh {

// Appends one LEB128 number.
void AppendLeb128(std::uint64_t value, std::string& bytes);

// Appends the packed bytes of `values`, whose differences must fit in 63 bits.
void AppendPacked(std::span<const std::int64_t> values, std::string& bytes);

// Base64 with padding.
std::string Base64(std::string_view bytes);

// Base64 of the packed bytes of one list.
std::string PackedText(std::span<const std::int64_t> values);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_PAGE_PACKING_H_
