// SPDX-License-Identifier: Apache-2.0
// What an ONNX file says, as plain values: the part of onnx.proto that the importer reads. The one
// file that knows protobuf (parse_model.cc) makes it; every later pass reads it. Nothing here has
// been checked against the meaning of an operator.
// Source: the ONNX IR specification (docs/IR.md) and onnx.proto of the onnx project.
#ifndef SPIKEMESH_CONVERTERS_ONNX_ONNX_MODEL_H_
#define SPIKEMESH_CONVERTERS_ONNX_ONNX_MODEL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace spikemesh {

// What to do about a file that is too new or full of functions: this exporter of PyTorch writes
// standard operators alone, of an opset that is read.
inline constexpr std::string_view kExportFromTorch =
    "export with torch.onnx.export(..., dynamo=False, opset_version=17)";

// TensorProto.DataType, those that the importer decodes.
enum class OnnxElementType : std::int32_t {
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kUint4 = 21,
  kInt4 = 22,
};

// Where the bytes of a tensor outside the file lie.
struct OnnxExternalData {
  std::string location;                // relative to the model's folder
  std::int64_t offset = 0;             // bytes
  std::optional<std::int64_t> length;  // bytes
};

// A tensor as stored: exactly one of the five places holds its elements.
struct OnnxTensor {
  std::string name;
  std::vector<std::int64_t> dims;
  OnnxElementType type{};  // any number that the file says
  std::string raw;         // little-endian elements
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<std::int64_t> integers;  // of int32_data or int64_data
  std::optional<OnnxExternalData> external;
};

// monostate: a kind of attribute that no accepted operator has (graphs, lists of strings, ...).
using OnnxAttributeValue = std::variant<std::monostate, std::int64_t, float, std::string,
                                        std::vector<std::int64_t>, std::vector<float>, OnnxTensor>;

struct OnnxAttribute {
  std::string name;
  OnnxAttributeValue value;
};

struct OnnxNode {
  std::string name;  // "op_type#position in the file" where the file has none
  std::string op_type;
  std::string domain;               // empty: the standard operators
  std::vector<std::string> inputs;  // empty string: an optional input left out
  std::vector<std::string> outputs;
  std::vector<OnnxAttribute> attributes;
};

// One extent of an input's shape; no value: symbolic or not said.
using OnnxDimension = std::optional<std::int64_t>;

struct OnnxValueInfo {
  std::string name;
  OnnxElementType type{};
  std::optional<std::vector<OnnxDimension>> dims;  // nothing: not said
};

struct OnnxModel {
  std::int64_t ir_version = 0;
  std::vector<std::int64_t> opsets;  // versions imported for the standard operators
  std::string graph_name;
  std::vector<OnnxNode> nodes;
  std::vector<OnnxTensor> initializers;
  std::vector<OnnxValueInfo> inputs;
  std::vector<OnnxValueInfo> outputs;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_ONNX_ONNX_MODEL_H_
