// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/parse_model.h"

#include <charconv>
#include <limits>

#include "converters/onnx/wire_limits.h"
#include "core/base/strings.h"
#include "onnx.pb.h"

namespace spikemesh {
namespace {

static_assert(static_cast<int>(OnnxElementType::kFloat) == onnx::TensorProto::FLOAT);
static_assert(static_cast<int>(OnnxElementType::kBool) == onnx::TensorProto::BOOL);
static_assert(static_cast<int>(OnnxElementType::kDouble) == onnx::TensorProto::DOUBLE);

// A decimal number of an external_data entry.
absl::StatusOr<std::int64_t> ParseBytes(const std::string& key, const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    return absl::InvalidArgumentError(
        Concat("external_data ", key, " is \"", text, "\"; allowed: a number of bytes"));
  }
  return value;
}

absl::StatusOr<OnnxExternalData> TakeExternalData(const onnx::TensorProto& tensor) {
  OnnxExternalData external;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") {
      external.location = entry.value();
    } else if (entry.key() == "offset") {
      SPIKEMESH_ASSIGN_OR_RETURN(external.offset, ParseBytes("offset", entry.value()));
    } else if (entry.key() == "length") {
      SPIKEMESH_ASSIGN_OR_RETURN(external.length, ParseBytes("length", entry.value()));
    }
  }
  return external;
}

// Moves what it can out of `tensor`.
absl::StatusOr<OnnxTensor> TakeTensor(onnx::TensorProto& tensor) {
  OnnxTensor result;
  result.name = tensor.name();
  result.dims.assign(tensor.dims().begin(), tensor.dims().end());
  result.type = static_cast<OnnxElementType>(tensor.data_type());
  if (tensor.has_segment()) {
    return absl::UnimplementedError("tensors in segments are not supported");
  }
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    SPIKEMESH_ASSIGN_OR_RETURN(result.external, TakeExternalData(tensor));
    return result;
  }
  result.raw = std::move(*tensor.mutable_raw_data());
  result.floats.assign(tensor.float_data().begin(), tensor.float_data().end());
  result.doubles.assign(tensor.double_data().begin(), tensor.double_data().end());
  result.integers.assign(tensor.int32_data().begin(), tensor.int32_data().end());
  result.integers.insert(result.integers.end(), tensor.int64_data().begin(),
                         tensor.int64_data().end());
  return result;
}

// The `type` field is required since IR version 2, and this importer reads 3 and above.
absl::StatusOr<OnnxAttributeValue> TakeAttributeValue(onnx::AttributeProto& attribute) {
  if (attribute.has_ref_attr_name() && !attribute.ref_attr_name().empty()) {
    return absl::UnimplementedError("attributes of functions are not supported");
  }
  switch (attribute.type()) {
    case onnx::AttributeProto::INT:
      return attribute.i();
    case onnx::AttributeProto::FLOAT:
      return attribute.f();
    case onnx::AttributeProto::STRING:
      return attribute.s();
    case onnx::AttributeProto::INTS:
      return std::vector<std::int64_t>(attribute.ints().begin(), attribute.ints().end());
    case onnx::AttributeProto::FLOATS:
      return std::vector<float>(attribute.floats().begin(), attribute.floats().end());
    case onnx::AttributeProto::TENSOR: {
      SPIKEMESH_ASSIGN_OR_RETURN(OnnxTensor tensor, TakeTensor(*attribute.mutable_t()));
      return tensor;
    }
    default:
      return std::monostate{};
  }
}

absl::StatusOr<OnnxNode> TakeNode(onnx::NodeProto& proto, int position) {
  OnnxNode node;
  node.op_type = proto.op_type();
  node.domain = proto.domain() == "ai.onnx" ? "" : proto.domain();
  node.name = proto.name().empty() ? Concat(proto.op_type(), "#", position) : proto.name();
  node.inputs.assign(proto.input().begin(), proto.input().end());
  node.outputs.assign(proto.output().begin(), proto.output().end());
  for (auto& attribute : *proto.mutable_attribute()) {
    SPIKEMESH_ASSIGN_OR_RETURN(
        OnnxAttributeValue value,
        Annotate(TakeAttributeValue(attribute),
                 Concat("node \"", node.name, "\": attribute \"", attribute.name(), "\"")));
    node.attributes.push_back({attribute.name(), std::move(value)});
  }
  return node;
}

OnnxValueInfo TakeValueInfo(const onnx::ValueInfoProto& proto) {
  OnnxValueInfo info;
  info.name = proto.name();
  const auto& tensor = proto.type().tensor_type();
  info.type = static_cast<OnnxElementType>(tensor.elem_type());
  if (!tensor.has_shape()) {
    return info;
  }
  info.dims.emplace();
  for (const auto& dim : tensor.shape().dim()) {
    info.dims->push_back(dim.has_dim_value() ? OnnxDimension(dim.dim_value()) : std::nullopt);
  }
  return info;
}

absl::StatusOr<OnnxModel> TakeModel(onnx::ModelProto& proto) {
  if (!proto.has_graph()) {
    return absl::InvalidArgumentError("the model has no graph");
  }
  onnx::GraphProto& graph = *proto.mutable_graph();
  if (graph.sparse_initializer_size() > 0) {
    return absl::UnimplementedError("sparse initializers are not supported; store them densely");
  }
  OnnxModel model;
  model.ir_version = proto.ir_version();
  model.graph_name = graph.name();
  for (const auto& opset : proto.opset_import()) {
    if (opset.domain().empty() || opset.domain() == "ai.onnx") {
      model.opsets.push_back(opset.version());
    }
  }
  for (int i = 0; i < graph.node_size(); ++i) {
    SPIKEMESH_ASSIGN_OR_RETURN(OnnxNode node, TakeNode(*graph.mutable_node(i), i));
    model.nodes.push_back(std::move(node));
  }
  for (auto& tensor : *graph.mutable_initializer()) {
    SPIKEMESH_ASSIGN_OR_RETURN(
        OnnxTensor taken,
        Annotate(TakeTensor(tensor), Concat("initializer \"", tensor.name(), "\"")));
    model.initializers.push_back(std::move(taken));
  }
  for (const auto& input : graph.input()) {
    model.inputs.push_back(TakeValueInfo(input));
  }
  for (const auto& output : graph.output()) {
    model.outputs.push_back(TakeValueInfo(output));
  }
  return model;
}

}  // namespace

absl::StatusOr<OnnxModel> ParseModel(std::string_view bytes) {
  SPIKEMESH_RETURN_IF_ERROR(CheckWireLimits(bytes));
  onnx::ModelProto proto;
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("not an ONNX (protobuf) file, or the file is cut short");
  }
  return TakeModel(proto);
}

}  // namespace spikemesh
