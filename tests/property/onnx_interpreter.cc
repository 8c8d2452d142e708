// SPDX-License-Identifier: Apache-2.0
#include "tests/property/onnx_interpreter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace spikemesh {
namespace {

Tensor ReadInitializer(const onnx::TensorProto& from) {
  Tensor tensor(Dims(from.dims().begin(), from.dims().end()));
  if (from.data_type() == onnx::TensorProto::INT64) {
    std::copy(from.int64_data().begin(), from.int64_data().end(), tensor.values.begin());
  } else {
    std::copy(from.float_data().begin(), from.float_data().end(), tensor.values.begin());
  }
  return tensor;
}

// One node with its inputs.
struct Call {
  const onnx::NodeProto& node;
  std::vector<const Tensor*> inputs;

  const onnx::AttributeProto* Find(const std::string& name) const {
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      if (attribute.name() == name) {
        return &attribute;
      }
    }
    return nullptr;
  }
  std::int64_t Int(const std::string& name, std::int64_t otherwise) const {
    const auto* attribute = Find(name);
    return attribute == nullptr ? otherwise : attribute->i();
  }
  double Float(const std::string& name, float otherwise) const {
    const auto* attribute = Find(name);
    return double{attribute == nullptr ? otherwise : attribute->f()};
  }
  Dims Ints(const std::string& name, const Dims& otherwise) const {
    const auto* attribute = Find(name);
    return attribute == nullptr ? otherwise
                                : Dims(attribute->ints().begin(), attribute->ints().end());
  }
  const Tensor& x() const { return *inputs[0]; }
};

// Attributes of Conv and of the pools, one entry an axis.
struct Sliding {
  Dims kernel, strides, dilations, begins, ends, output;
};

Sliding ReadSliding(const Call& call, const Dims& kernel) {
  Sliding window;
  window.kernel = kernel;
  window.strides = call.Ints("strides", {1, 1});
  window.dilations = call.Ints("dilations", {1, 1});
  const Dims pads = call.Ints("pads", {0, 0, 0, 0});
  window.begins = {pads[0], pads[1]};
  window.ends = {pads[2], pads[3]};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t room = call.x().dims[axis + 2] + window.begins[axis] + window.ends[axis] -
                              (window.dilations[axis] * (kernel[axis] - 1) + 1);
    const std::int64_t stride = window.strides[axis];
    const bool ceil = call.Int("ceil_mode", 0) != 0;
    window.output.push_back((ceil ? (room + stride - 1) / stride : room / stride) + 1);
  }
  return window;
}

// Calls tap(ky, kx, y, x) for each entry of the window at output (row, column), inputs outside the
// image among them.
template <typename Tap>
void ForTaps(const Sliding& window, std::int64_t row, std::int64_t column, const Tap& tap) {
  for (std::int64_t ky = 0; ky < window.kernel[0]; ++ky) {
    for (std::int64_t kx = 0; kx < window.kernel[1]; ++kx) {
      tap(ky, kx, row * window.strides[0] - window.begins[0] + ky * window.dilations[0],
          column * window.strides[1] - window.begins[1] + kx * window.dilations[1]);
    }
  }
}

// Calls at(channel, row, column) for each place of an output.
template <typename At>
void ForPlaces(const Dims& dims, const At& at) {
  for (std::int64_t c = 0; c < dims[1]; ++c) {
    for (std::int64_t y = 0; y < dims[2]; ++y) {
      for (std::int64_t x = 0; x < dims[3]; ++x) {
        at(c, y, x);
      }
    }
  }
}

bool IsInside(const Tensor& image, std::int64_t y, std::int64_t x) {
  return y >= 0 && y < image.dims[2] && x >= 0 && x < image.dims[3];
}

Tensor Conv(const Call& call) {
  const Tensor& weights = *call.inputs[1];
  const Sliding window = ReadSliding(call, {weights.dims[2], weights.dims[3]});
  const std::int64_t group_outputs = weights.dims[0] / call.Int("group", 1);
  Tensor result({1, weights.dims[0], window.output[0], window.output[1]});
  ForPlaces(result.dims, [&](std::int64_t o, std::int64_t row, std::int64_t column) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < weights.dims[1]; ++i) {
      const std::int64_t channel = o / group_outputs * weights.dims[1] + i;
      ForTaps(window, row, column, [&](auto ky, auto kx, auto y, auto x) {
        if (IsInside(call.x(), y, x)) {
          sum += weights.at(o, i, ky, kx) * call.x().at(0, channel, y, x);
        }
      });
    }
    const double bias =
        call.inputs.size() > 2 ? call.inputs[2]->values[static_cast<std::size_t>(o)] : 0.0;
    result.at(0, o, row, column) = sum + bias;
  });
  return result;
}

Tensor MaxPool(const Call& call) {
  const Sliding window = ReadSliding(call, call.Ints("kernel_shape", {}));
  Tensor result({1, call.x().dims[1], window.output[0], window.output[1]});
  ForPlaces(result.dims, [&](std::int64_t c, std::int64_t row, std::int64_t column) {
    double greatest = -std::numeric_limits<double>::infinity();
    ForTaps(window, row, column, [&](auto, auto, auto y, auto x) {
      if (IsInside(call.x(), y, x)) {
        greatest = std::max(greatest, call.x().at(0, c, y, x));
      }
    });
    result.at(0, c, row, column) = greatest;
  });
  return result;
}

Tensor AveragePool(const Call& call) {
  const Sliding window = ReadSliding(call, call.Ints("kernel_shape", {}));
  const bool count_pads = call.Int("count_include_pad", 0) != 0;
  const Dims& image = call.x().dims;
  Tensor result({1, image[1], window.output[0], window.output[1]});
  ForPlaces(result.dims, [&](std::int64_t c, std::int64_t row, std::int64_t column) {
    double sum = 0.0;
    double count = 0.0;
    ForTaps(window, row, column, [&](auto, auto, auto y, auto x) {
      const bool inside = IsInside(call.x(), y, x);
      const bool padded = y < image[2] + window.ends[0] && x < image[3] + window.ends[1];
      sum += inside ? call.x().at(0, c, y, x) : 0.0;
      count += inside || (count_pads && padded) ? 1.0 : 0.0;
    });
    result.at(0, c, row, column) = sum / count;
  });
  return result;
}

// Over extents 2 and 3, as GlobalAveragePool and ReduceMean over both.
Tensor Mean(const Call& call, bool keeps_dims) {
  const Dims& dims = call.x().dims;
  Tensor result(keeps_dims ? Dims{1, dims[1], 1, 1} : Dims{1, dims[1]});
  ForPlaces(dims, [&](std::int64_t c, std::int64_t y, std::int64_t x) {
    result.values[static_cast<std::size_t>(c)] += call.x().at(0, c, y, x);
  });
  for (double& value : result.values) {
    value /= static_cast<double>(dims[2] * dims[3]);
  }
  return result;
}

Tensor BatchNormalization(const Call& call) {
  Tensor result = call.x();
  const std::size_t plane = result.values.size() / static_cast<std::size_t>(result.dims[1]);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    const auto parameter = [&](std::size_t input) { return call.inputs[input]->values[i / plane]; };
    result.values[i] = (result.values[i] - parameter(3)) /
                           std::sqrt(parameter(4) + call.Float("epsilon", 1e-5F)) * parameter(1) +
                       parameter(2);
  }
  return result;
}

Tensor Dense(const Call& call) {
  const Tensor& b = *call.inputs[1];
  const bool transposed = call.Int("transB", 0) != 0;
  const std::int64_t outputs = b.dims[transposed ? 0 : 1];
  const std::int64_t inputs = b.dims[transposed ? 1 : 0];
  Tensor result({1, outputs});
  for (std::int64_t o = 0; o < outputs; ++o) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < inputs; ++i) {
      sum += call.x().values[static_cast<std::size_t>(i)] *
             b.values[static_cast<std::size_t>(transposed ? o * inputs + i : i * outputs + o)];
    }
    const double c =
        call.inputs.size() > 2 ? call.inputs[2]->values[static_cast<std::size_t>(o)] : 0.0;
    result.values[static_cast<std::size_t>(o)] =
        call.Float("alpha", 1.0F) * sum + call.Float("beta", 1.0F) * c;
  }
  return result;
}

// What lies at `positions`, a list for each extent; 0 at -1.
Tensor PickPositions(const Tensor& x, const std::vector<Dims>& positions) {
  Dims dims;
  for (const Dims& list : positions) {
    dims.push_back(static_cast<std::int64_t>(list.size()));
  }
  Tensor result(dims);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    std::int64_t rest = static_cast<std::int64_t>(i);
    std::int64_t from = 0;
    std::int64_t step = 1;
    bool inside = true;
    for (std::size_t axis = dims.size(); axis-- > 0; rest /= dims[axis]) {
      const std::int64_t at = positions[axis][static_cast<std::size_t>(rest % dims[axis])];
      inside = inside && at >= 0;
      from += at * step;
      step *= x.dims[axis];
    }
    result.values[i] = inside ? x.values[static_cast<std::size_t>(from)] : 0.0;
  }
  return result;
}

std::vector<Dims> AllPositions(const Tensor& x) {
  std::vector<Dims> positions;
  for (const std::int64_t dim : x.dims) {
    for (positions.emplace_back(); std::cmp_less(positions.back().size(), dim);) {
      positions.back().push_back(static_cast<std::int64_t>(positions.back().size()));
    }
  }
  return positions;
}

Dims Whole(const Tensor& x) { return {x.values.begin(), x.values.end()}; }

Tensor Slice(const Call& call) {
  const Dims axes = Whole(*call.inputs[3]);
  std::vector<Dims> positions = AllPositions(call.x());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    Dims& list = positions[static_cast<std::size_t>(axes[i])];
    const auto extent = static_cast<std::int64_t>(list.size());
    const auto bound = [&](std::size_t input) {
      const std::int64_t index = Whole(*call.inputs[input])[i];
      return index < 0 ? index + extent : std::min(index, extent);
    };
    list.clear();
    for (std::int64_t at = bound(1); at < bound(2); at += Whole(*call.inputs[4])[i]) {
      list.push_back(at);
    }
  }
  return PickPositions(call.x(), positions);
}

Tensor Gather(const Call& call) {
  std::vector<Dims> positions = AllPositions(call.x());
  for (std::int64_t& index : positions[1] = Whole(*call.inputs[1])) {
    index += index < 0 ? call.x().dims[1] : 0;
  }
  return PickPositions(call.x(), positions);
}

Tensor Pad(const Call& call) {
  const Dims pads = Whole(*call.inputs[1]);
  std::vector<Dims> positions = AllPositions(call.x());
  for (std::size_t axis = 0; axis < positions.size(); ++axis) {
    positions[axis].insert(positions[axis].begin(), static_cast<std::size_t>(pads[axis]), -1);
    positions[axis].insert(positions[axis].end(), static_cast<std::size_t>(pads[axis + 4]), -1);
  }
  return PickPositions(call.x(), positions);
}

// Output `output` of a Split along channels.
Tensor Part(const Call& call, int output) {
  const Dims sizes = Whole(*call.inputs[1]);
  const auto first = std::accumulate(sizes.begin(), sizes.begin() + output, std::int64_t{0});
  std::vector<Dims> positions = AllPositions(call.x());
  positions[1].resize(static_cast<std::size_t>(sizes[static_cast<std::size_t>(output)]));
  std::iota(positions[1].begin(), positions[1].end(), first);
  return PickPositions(call.x(), positions);
}

Tensor JoinChannels(const Call& call) {
  Tensor result = call.x();
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    const Tensor& more = *call.inputs[i];
    result.dims[1] += more.dims[1];
    result.values.insert(result.values.end(), more.values.begin(), more.values.end());
  }
  return result;
}

Tensor Transpose(const Call& call) {
  const Dims perm = call.Ints("perm", {});
  Dims dims;
  for (const std::int64_t axis : perm) {
    dims.push_back(call.x().dims[static_cast<std::size_t>(axis)]);
  }
  Tensor result(dims);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    Dims at(dims.size());
    std::int64_t rest = static_cast<std::int64_t>(i);
    for (std::size_t axis = dims.size(); axis-- > 0; rest /= dims[axis]) {
      at[static_cast<std::size_t>(perm[axis])] = rest % dims[axis];
    }
    std::int64_t from = 0;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      from = from * call.x().dims[axis] + at[axis];
    }
    result.values[i] = call.x().values[static_cast<std::size_t>(from)];
  }
  return result;
}

Tensor Reshape(const Call& call) {
  Tensor result(Whole(*call.inputs[1]));
  result.values = call.x().values;
  return result;
}

Tensor Elementwise(const Call& call) {
  Tensor result = call.x();
  const std::string& op = call.node.op_type();
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    double& value = result.values[i];
    if (op == "Sign") {
      value = value > 0.0 ? 1.0 : (value < 0.0 ? -1.0 : 0.0);
    } else if (op == "Relu") {
      value = std::max(value, 0.0);
    } else if (op == "Clip") {
      value = std::min(std::max(value, call.inputs[1]->values[0]), call.inputs[2]->values[0]);
    } else if (op == "Add") {
      value += call.inputs[1]->values[i];
    } else {
      ADD_FAILURE() << op << " has no definition here";
    }
  }
  return result;
}

Tensor Define(const Call& call) {
  const std::string& op = call.node.op_type();
  if (op == "Conv") {
    return Conv(call);
  }
  if (op == "MaxPool") {
    return MaxPool(call);
  }
  if (op == "AveragePool") {
    return AveragePool(call);
  }
  if (op == "GlobalAveragePool") {
    return Mean(call, true);
  }
  if (op == "ReduceMean") {
    return Mean(call, call.Int("keepdims", 1) != 0);
  }
  if (op == "BatchNormalization") {
    return BatchNormalization(call);
  }
  if (op == "Gemm" || op == "MatMul") {
    return Dense(call);
  }
  if (op == "Flatten") {
    Tensor flat({1, SizeOf(call.x().dims)});
    flat.values = call.x().values;
    return flat;
  }
  const std::map<std::string, Tensor (*)(const Call&)> moves = {
      {"Concat", JoinChannels}, {"Gather", Gather},   {"Pad", Pad},
      {"Slice", Slice},         {"Reshape", Reshape}, {"Transpose", Transpose}};
  const auto move = moves.find(op);
  return move != moves.end() ? move->second(call) : Elementwise(call);
}

}  // namespace

std::map<std::string, Tensor> InterpretOnnx(const onnx::GraphProto& graph, const Tensor& x) {
  std::map<std::string, Tensor> values;
  values["x"] = x;
  for (const onnx::TensorProto& initializer : graph.initializer()) {
    values[initializer.name()] = ReadInitializer(initializer);
  }
  for (const onnx::NodeProto& node : graph.node()) {
    Call call{.node = node, .inputs = {}};
    for (const std::string& input : node.input()) {
      call.inputs.push_back(&values.at(input));
    }
    if (node.op_type() == "Split") {
      for (int output = 0; output < node.output_size(); ++output) {
        values[node.output(output)] = Part(call, output);
      }
      continue;
    }
    values[node.output(0)] = Define(call);
  }
  return values;
}

}  // namespace spikemesh
