// SPDX-License-Identifier: Apache-2.0
// Builds small ONNX files for the tests, valid or not. The protobuf message is open, so that a test
// can break whatever it likes.
#ifndef SPIKEMESH_TESTS_CONVERTERS_ONNX_MODEL_BUILDER_H_
#define SPIKEMESH_TESTS_CONVERTERS_ONNX_MODEL_BUILDER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "onnx.pb.h"

namespace spikemesh {

using AttributeForTest =
    std::pair<std::string,
              std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>>>;

class ModelBuilder {
 public:
  // IR 8, opset 17, input "x" of shape [batch, dims...], output "y".
  explicit ModelBuilder(const std::vector<std::int64_t>& dims);

  // Appends a node named "n<count>"; empty input names are optional inputs left out.
  ModelBuilder& Node(const std::string& op_type, const std::vector<std::string>& inputs,
                     const std::string& output,
                     const std::vector<AttributeForTest>& attributes = {});
  ModelBuilder& Floats(const std::string& name, const std::vector<std::int64_t>& dims,
                       const std::vector<float>& values);
  ModelBuilder& Ints(const std::string& name, const std::vector<std::int64_t>& dims,
                     const std::vector<std::int64_t>& values);
  // Elements of any integer type; `type` as in TensorProto.DataType.
  ModelBuilder& Integers(const std::string& name, int type, const std::vector<std::int64_t>& dims,
                         const std::vector<int>& values);
  ModelBuilder& Opset(std::int64_t version);
  // Puts the last node into `domain`.
  ModelBuilder& Domain(const std::string& domain);

  onnx::GraphProto& graph() { return *model_.mutable_graph(); }
  onnx::ModelProto& model() { return model_; }
  std::string Bytes() const { return model_.SerializeAsString(); }

 private:
  onnx::ModelProto model_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_CONVERTERS_ONNX_MODEL_BUILDER_H_
