// SPDX-License-Identifier: Apache-2.0
#include "tests/converters/onnx/model_builder.h"

#include "core/base/strings.h"

namespace spikemesh {
namespace {

void SetValue(const AttributeForTest& from, onnx::AttributeProto& to) {
  to.set_name(from.first);
  if (const auto* integer = std::get_if<std::int64_t>(&from.second)) {
    to.set_type(onnx::AttributeProto::INT);
    to.set_i(*integer);
  } else if (const auto* number = std::get_if<float>(&from.second)) {
    to.set_type(onnx::AttributeProto::FLOAT);
    to.set_f(*number);
  } else if (const auto* text = std::get_if<std::string>(&from.second)) {
    to.set_type(onnx::AttributeProto::STRING);
    to.set_s(*text);
  } else {
    to.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t value : std::get<std::vector<std::int64_t>>(from.second)) {
      to.add_ints(value);
    }
  }
}

}  // namespace

ModelBuilder::ModelBuilder(const std::vector<std::int64_t>& dims) {
  model_.set_ir_version(8);
  model_.add_opset_import()->set_version(17);
  graph().set_name("graph");
  auto* input = graph().add_input();
  input->set_name("x");
  auto* type = input->mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  type->mutable_shape()->add_dim()->set_dim_param("batch");
  for (const std::int64_t dim : dims) {
    type->mutable_shape()->add_dim()->set_dim_value(dim);
  }
  graph().add_output()->set_name("y");
}

ModelBuilder& ModelBuilder::Node(const std::string& op_type, const std::vector<std::string>& inputs,
                                 const std::string& output,
                                 const std::vector<AttributeForTest>& attributes) {
  const int count = graph().node_size();
  auto* node = graph().add_node();
  node->set_name(Concat("n", count));
  node->set_op_type(op_type);
  for (const std::string& input : inputs) {
    node->add_input(input);
  }
  node->add_output(output);
  for (const AttributeForTest& attribute : attributes) {
    SetValue(attribute, *node->add_attribute());
  }
  return *this;
}

ModelBuilder& ModelBuilder::Floats(const std::string& name, const std::vector<std::int64_t>& dims,
                                   const std::vector<float>& values) {
  auto* tensor = graph().add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t dim : dims) {
    tensor->add_dims(dim);
  }
  for (const float value : values) {
    tensor->add_float_data(value);
  }
  return *this;
}

ModelBuilder& ModelBuilder::Ints(const std::string& name, const std::vector<std::int64_t>& dims,
                                 const std::vector<std::int64_t>& values) {
  auto* tensor = graph().add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(onnx::TensorProto::INT64);
  for (const std::int64_t dim : dims) {
    tensor->add_dims(dim);
  }
  for (const std::int64_t value : values) {
    tensor->add_int64_data(value);
  }
  return *this;
}

ModelBuilder& ModelBuilder::Integers(const std::string& name, int type,
                                     const std::vector<std::int64_t>& dims,
                                     const std::vector<int>& values) {
  auto* tensor = graph().add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(type);
  for (const std::int64_t dim : dims) {
    tensor->add_dims(dim);
  }
  for (const int value : values) {
    tensor->add_int32_data(value);
  }
  return *this;
}

ModelBuilder& ModelBuilder::Domain(const std::string& domain) {
  graph().mutable_node(graph().node_size() - 1)->set_domain(domain);
  return *this;
}

ModelBuilder& ModelBuilder::Opset(std::int64_t version) {
  model_.mutable_opset_import(0)->set_version(version);
  return *this;
}

}  // namespace spikemesh
