// SPDX-License-Identifier: Apache-2.0
// What a file is, by its content: of the kinds that are read here, and of those that people bring
// and that are not, so that a refusal can say what was recognised.
#ifndef SPIKEMESH_CONVERTERS_RECIPE_FILE_KIND_H_
#define SPIKEMESH_CONVERTERS_RECIPE_FILE_KIND_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace spikemesh {

enum class FileKind : std::uint8_t {
  // Read here.
  kChip,
  kSpikingNetwork,
  kOnnx,
  kRancNetwork,
  // Recognised.
  kRancConfig,
  kTrueNorthModel,   // of IBM's tools
  kTrueNorthSpikes,  // of IBM's tools
  kSpikemeshJson,    // of ours, with a schema: a report, a chipspec
  kJson,
  kYaml,
  kCsv,
  kText,
  kHdf5,  // NIR and Keras files are such
  kPytorch,
  kPickle,
  kNumpy,
  kTensorflowLite,
  kGzip,
  kEmpty,
  kUnknown,
};

// What a file of this kind is, as the object of a sentence: "a JSON file".
std::string_view NameOf(FileKind kind);

// Bytes of a file's beginning that RecognizeBytes can make use of.
inline constexpr std::size_t kRecognizedBytes = 4096;

// `start`: the first bytes of a file, up to kRecognizedBytes. Files without a mark of their own
// (ONNX, YAML) are recognised by their form. Never fails.
FileKind RecognizeBytes(std::string_view start);

// Errors: those of ReadFileStart.
absl::StatusOr<FileKind> RecognizeFile(const std::string& path);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RECIPE_FILE_KIND_H_
