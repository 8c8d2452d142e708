// SPDX-License-Identifier: Apache-2.0
// A protobuf message of two bytes can become an object of two hundred, and a packed integer of one
// byte one of eight, so a file within the size limit could still ask the parser for gigabytes. This
// walk over the wire format of a file, before it is parsed, counts what would be allocated.
// Cost: one pass over the tags; the payloads of tensors are skipped.
// Source: protobuf encoding (protobuf.dev/programming-guides/encoding), field numbers of
// onnx.proto.
#ifndef SPIKEMESH_CONVERTERS_ONNX_WIRE_LIMITS_H_
#define SPIKEMESH_CONVERTERS_ONNX_WIRE_LIMITS_H_

#include <cstdint>
#include <string_view>

#include "core/base/status.h"

namespace spikemesh {

// Fields in the whole file; a model of a thousand nodes has about 30,000.
inline constexpr std::int64_t kOnnxFieldsMax = std::int64_t{1} << 18;
// Bytes of packed integers (int32_data, int64_data and the like); raw_data does not count.
inline constexpr std::int64_t kOnnxPackedBytesMax = std::int64_t{8} << 20;
inline constexpr int kOnnxNestingMax = 32;

// Errors: DataLoss (not protobuf, or cut short); ResourceExhausted (a limit above).
absl::Status CheckWireLimits(std::string_view bytes);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_WIRE_LIMITS_H_
