// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/file_kind.h"

#include <algorithm>
#include <array>

#include "core/base/atomic_file.h"

namespace spikemesh {
namespace {

using std::string_view_literals::operator""sv;

// Files that begin with bytes of their own.
struct Mark {
  std::string_view bytes;
  FileKind kind;
};
constexpr std::array kMarks = {
    Mark{"SMC\x1A"sv, FileKind::kChip},           Mark{"SPKSNN"sv, FileKind::kSpikingNetwork},
    Mark{"\x89HDF\r\n\x1A\n"sv, FileKind::kHdf5}, Mark{"PK\x03\x04"sv, FileKind::kPytorch},
    Mark{"\x93NUMPY"sv, FileKind::kNumpy},        Mark{"\x1F\x8B"sv, FileKind::kGzip},
    Mark{"\x80\x02"sv, FileKind::kPickle},        Mark{"\x80\x03"sv, FileKind::kPickle},
    Mark{"\x80\x04"sv, FileKind::kPickle},        Mark{"\x80\x05"sv, FileKind::kPickle},
};
// FlatBuffers have theirs behind the offset of the root.
constexpr std::string_view kTensorflowLiteMark = "TFL3";
constexpr std::size_t kTensorflowLiteMarkAt = 4;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Printable UTF-8; the last character may be cut.
bool IsText(std::string_view start) {
  std::size_t continuations = 0;  // bytes that the character still needs
  for (const char c : start) {
    const auto byte = static_cast<unsigned char>(c);
    const bool continues = (byte & 0xC0) == 0x80;
    if (continues != (continuations > 0) || byte >= 0xF8 || byte == 0x7F ||
        (byte < ' ' && !IsSpace(c))) {
      return false;
    }
    if (continues) {
      --continuations;
    } else if (byte >= 0xC0) {
      continuations = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    }
  }
  return true;
}

// Takes off what may stand before the first value of a JSON text: a byte order mark, white space,
// comments.
std::string_view SkipToValue(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  while (!text.empty()) {
    std::size_t skipped = 0;
    if (IsSpace(text.front())) {
      skipped = 1;
    } else if (text.starts_with("//")) {
      skipped = text.find('\n');
    } else if (text.starts_with("/*")) {
      const std::size_t end = text.find("*/");
      skipped = end == std::string_view::npos ? end : end + 2;
    } else {
      break;
    }
    text.remove_prefix(std::min(skipped, text.size()));
  }
  return text;
}

// The first key of the object that `text` begins with; empty where there is none.
std::string_view FirstKey(std::string_view text) {
  text = SkipToValue(text);
  if (!text.starts_with('{')) {
    return {};
  }
  text = SkipToValue(text.substr(1));
  if (!text.starts_with('"')) {
    return {};
  }
  text.remove_prefix(1);
  return text.substr(0, text.find('"'));
}

FileKind KindOfJson(std::string_view text) {
  const std::string_view key = FirstKey(text);
  if (key == "packets" || key == "cores") {
    return FileKind::kRancNetwork;
  }
  if (key == "num_neurons" || key == "num_axons") {
    return FileKind::kRancConfig;
  }
  if (key == "model" && text.find("\"coreCount\"") != std::string_view::npos) {
    return FileKind::kTrueNorthModel;
  }
  if (key == "class" && text.find("\"SpikeWriter\"") != std::string_view::npos) {
    return FileKind::kTrueNorthSpikes;
  }
  if (key == "schema" && text.find("\"spikemesh.") != std::string_view::npos) {
    return FileKind::kSpikemeshJson;
  }
  return FileKind::kJson;
}

FileKind KindOfText(std::string_view text) {
  const std::string_view value = SkipToValue(text);
  if (value.starts_with('{') || value.starts_with('[')) {
    return KindOfJson(text);
  }
  const std::string_view line = text.substr(0, text.find('\n'));
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const auto word_end = std::ranges::find_if_not(line, is_word);
  if (text.starts_with("---") || text.starts_with("%YAML") ||
      (word_end != line.begin() && word_end != line.end() && *word_end == ':')) {
    return FileKind::kYaml;
  }
  return line.find(',') != std::string_view::npos ? FileKind::kCsv : FileKind::kText;
}

// Whether the first field is one that ONNX's ModelProto has at its top: by protobuf's encoding, a
// byte of field number and wire type (0 a number, 2 bytes with their length).
bool IsOnnx(std::string_view start) {
  constexpr std::array<unsigned, 10> kFields = {
      1u << 3,       // ir_version
      2u << 3 | 2,   // producer_name
      3u << 3 | 2,   // producer_version
      4u << 3 | 2,   // domain
      5u << 3,       // model_version
      6u << 3 | 2,   // doc_string
      7u << 3 | 2,   // graph
      8u << 3 | 2,   // opset_import
      14u << 3 | 2,  // metadata_props
      15u << 3 | 2,  // unused; kept by some exporters
  };
  return std::ranges::find(kFields, static_cast<unsigned char>(start.front())) != kFields.end();
}

}  // namespace

std::string_view NameOf(FileKind kind) {
  switch (kind) {
    case FileKind::kChip:
      return "a chip (.chip)";
    case FileKind::kSpikingNetwork:
      return "a spiking network (.snn)";
    case FileKind::kOnnx:
      return "an ONNX model";
    case FileKind::kRancNetwork:
      return "a network of the RANC simulator (JSON)";
    case FileKind::kRancConfig:
      return "the config of a RANC network (JSON)";
    case FileKind::kTrueNorthModel:
      return "a TrueNorth model of IBM's tools (JSON)";
    case FileKind::kTrueNorthSpikes:
      return "a spike file of IBM's tools";
    case FileKind::kSpikemeshJson:
      return "a JSON file of this program (a report or a setting)";
    case FileKind::kJson:
      return "a JSON file";
    case FileKind::kYaml:
      return "a YAML file";
    case FileKind::kCsv:
      return "a CSV file";
    case FileKind::kText:
      return "a text file";
    case FileKind::kHdf5:
      return "an HDF5 file (NIR and Keras models are such)";
    case FileKind::kPytorch:
      return "a ZIP archive (saved PyTorch and Keras models are such)";
    case FileKind::kPickle:
      return "a Python pickle";
    case FileKind::kNumpy:
      return "a NumPy array";
    case FileKind::kTensorflowLite:
      return "a TensorFlow Lite model";
    case FileKind::kGzip:
      return "a gzip file";
    case FileKind::kEmpty:
      return "an empty file";
    case FileKind::kUnknown:
      break;
  }
  return "a file of no known kind";
}

FileKind RecognizeBytes(std::string_view start) {
  if (start.empty()) {
    return FileKind::kEmpty;
  }
  for (const Mark& mark : kMarks) {
    if (start.starts_with(mark.bytes)) {
      return mark.kind;
    }
  }
  if (start.size() > kTensorflowLiteMarkAt &&
      start.substr(kTensorflowLiteMarkAt).starts_with(kTensorflowLiteMark)) {
    return FileKind::kTensorflowLite;
  }
  if (IsText(start)) {
    return KindOfText(start);
  }
  return IsOnnx(start) ? FileKind::kOnnx : FileKind::kUnknown;
}

absl::StatusOr<FileKind> RecognizeFile(const std::string& path) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string start, ReadFileStart(path, kRecognizedBytes));
  return RecognizeBytes(start);
}

}  // namespace spikemesh
