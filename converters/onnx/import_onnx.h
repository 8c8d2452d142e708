// SPDX-License-Identifier: Apache-2.0
// Reads an ONNX file into a Network: parse (protobuf, bounded), resolve constants, infer shapes,
// translate node by node. Whatever is not understood is refused by node name, never skipped.
// Accepted: the standard operators of feed-forward CNNs, QuantizeLinear with DequantizeLinear (QDQ,
// QCDQ), and QONNX's quantisers; operator_table.cc lists them. Opsets 9..21; external data inside
// the model's folder only. A graph may hold images with channels last; the Network never does.
#ifndef SPIKEMESH_CONVERTERS_ONNX_IMPORT_ONNX_H_
#define SPIKEMESH_CONVERTERS_ONNX_IMPORT_ONNX_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "networks/ir/network.h"

namespace spikemesh {

inline constexpr std::uint64_t kOnnxFileBytesMax = std::uint64_t{200} << 20;

// What a Sign node makes of 0: ONNX's 0, or +1, for networks that were trained with a sign of two
// values and exported with ONNX's of three.
enum class SignZero : std::uint8_t { kZero, kPlus };

// What images are to the network: bytes as they are, or anything else that preprocessing makes.
enum class ImageValues : std::uint8_t { kPreprocessed, kBytes };

struct OnnxOptions {
  SignZero sign_zero = SignZero::kZero;
  // kBytes: what a network with a uint8 input needs, and what any other may have.
  ImageValues image_values = ImageValues::kPreprocessed;
};

struct ImportedOnnx {
  Network network;
  std::string sha256;  // of the file's bytes
};

// Errors: those of ReadFile; InvalidArgument (malformed: which node, found, allowed); Unimplemented
// (operator or form, node named, every one of them in one message); FailedPrecondition (a uint8
// input, and images that are not to be bytes); DataLoss (truncated).
absl::StatusOr<ImportedOnnx> ImportOnnxFile(const std::string& path,
                                            const OnnxOptions& options = {});

// The same on bytes; external data is read from `folder` (refused where that is empty).
absl::StatusOr<ImportedOnnx> ImportOnnx(std::string_view bytes, const std::string& folder,
                                        const OnnxOptions& options = {});

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_IMPORT_ONNX_H_
