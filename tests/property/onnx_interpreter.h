// SPDX-License-Identifier: Apache-2.0
// ONNX graphs evaluated as docs/Operators.md of onnx defines each operator: loops over tensors,
// node by node over the protobuf message, in double precision. An oracle of importers and
// NetworkRunner, from which it takes nothing. Knows the operators and forms that random_onnx.h
// draws.
#ifndef SPIKEMESH_TESTS_PROPERTY_ONNX_INTERPRETER_H_
#define SPIKEMESH_TESTS_PROPERTY_ONNX_INTERPRETER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "onnx.pb.h"

namespace spikemesh {

using Dims = std::vector<std::int64_t>;

inline std::int64_t SizeOf(const Dims& dims) {
  std::int64_t size = 1;
  for (const std::int64_t dim : dims) {
    size *= dim;
  }
  return size;
}

// A tensor with its batch of 1, row-major.
struct Tensor {
  Dims dims;
  std::vector<double> values;

  explicit Tensor(Dims extents = {})
      : dims(std::move(extents)), values(static_cast<std::size_t>(SizeOf(dims))) {}
  double& at(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
    return values[static_cast<std::size_t>(((a * dims[1] + b) * dims[2] + c) * dims[3] + d)];
  }
  double at(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) const {
    return values[static_cast<std::size_t>(((a * dims[1] + b) * dims[2] + c) * dims[3] + d)];
  }
};

// The values of `graph` by name, its input "x" given.
std::map<std::string, Tensor> InterpretOnnx(const onnx::GraphProto& graph, const Tensor& x);

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_PROPERTY_ONNX_INTERPRETER_H_
