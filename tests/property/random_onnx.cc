// SPDX-License-Identifier: Apache-2.0
#include "tests/property/random_onnx.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "networks/ir/network.h"
#include "tests/property/onnx_interpreter.h"
#include "tests/testing/random_network.h"

namespace spikemesh {
namespace {

// A graph that grows node by node behind its last value.
class GraphDrawer {
 public:
  GraphDrawer(RandomSequence& random, Numbers numbers, const Dims& image)
      : random_(random), numbers_(numbers), builder_(image), dims_(image) {
    reduces_by_input_ = Chance(2);
    builder_.Opset(reduces_by_input_ ? 18 : 17);
  }

  bool Chance(std::uint32_t of) { return random_.NextBelow(of) == 0; }
  bool is_image() const { return dims_.size() == 3; }
  const Dims& dims() const { return dims_; }

  void Conv(std::int64_t channels, const FeatureShape& in, const WindowGeometry& window,
            std::int64_t groups) {
    const Dims shape = {channels, in.channels / groups, window.kernel_y, window.kernel_x};
    std::vector<std::string> inputs = {value_, Filters(shape)};
    if (!Chance(4)) {
      inputs.push_back(PerChannel(channels, [this] { return Bias(); }));
    }
    Append("Conv", inputs, Attributes(window, {{"group", groups}}),
           {channels,
            Output(window.kernel_y, window.dilation_y, window.stride_y, in.height,
                   window.pad_top + window.pad_bottom),
            Output(window.kernel_x, window.dilation_x, window.stride_x, in.width,
                   window.pad_left + window.pad_right)});
  }

  // Of any window that fits, in groups.
  void AnyConv() {
    const FeatureShape in = Shape();
    const WindowGeometry window = DrawWindow(random_, in, 2);
    const std::int32_t channels = DrawBetween(random_, 1, 3) * (Chance(2) ? in.channels : 1);
    Conv(channels, in, window, DrawGroups(random_, in.channels, channels));
  }
  void SameConv(std::int64_t channels) {
    Conv(channels, Shape(),
         {.kernel_y = 3,
          .kernel_x = 3,
          .pad_top = 1,
          .pad_left = 1,
          .pad_bottom = 1,
          .pad_right = 1},
         1);
  }

  void Norm() {
    const bool whole = numbers_ == Numbers::kWhole;
    const auto draw = [this](double zero, double one) {
      return [this, zero, one] { return static_cast<float>(Chance(4) ? zero : one * Weight()); };
    };
    const std::int64_t channels = dims_[0];
    const std::vector<std::string> inputs = {
        value_, PerChannel(channels, draw(0.0, 1.0)), PerChannel(channels, draw(0.0, 0.5)),
        PerChannel(channels, draw(0.0, 1.0)), PerChannel(channels, [this, whole] {
          return whole ? std::exp2(static_cast<float>(2 * DrawBetween(random_, -1, 1)))
                       : static_cast<float>(0.2 + random_.NextUnit());
        })};
    std::vector<AttributeForTest> attributes;
    if (whole) {
      attributes.emplace_back("epsilon", 0.0F);
    }
    Append("BatchNormalization", inputs, attributes, dims_);
  }

  void Activation() {
    const std::uint32_t kind = random_.NextBelow(3);
    if (kind == 2) {
      const float low = Chance(2) ? 0.0F : -0.5F;
      Append("Clip", {value_, Scalar(low), Scalar(1.5F)}, {}, dims_);
    } else {
      Append(kind == 0 ? "Sign" : "Relu", {value_}, {}, dims_);
    }
  }
  void Relu() { Append("Relu", {value_}, {}, dims_); }

  // MaxPool or AveragePool; its pads are narrower than the window.
  void Pool(bool max) {
    const auto extents = [this](std::int64_t room) {
      const std::int64_t kernel =
          DrawBetween(random_, 1, static_cast<std::int32_t>(std::min<std::int64_t>(3, room)));
      return std::pair{kernel, Draw64(1, kernel)};
    };
    const auto [kernel_y, stride_y] = extents(dims_[1]);
    const auto [kernel_x, stride_x] = extents(dims_[2]);
    Dims pads(4, 0);
    const bool ceil = Chance(3);
    if (!ceil && Chance(2)) {
      pads = {Draw64(0, kernel_y - 1), Draw64(0, kernel_x - 1), Draw64(0, kernel_y - 1),
              Draw64(0, kernel_x - 1)};
    }
    std::vector<AttributeForTest> attributes = {{"kernel_shape", Dims{kernel_y, kernel_x}},
                                                {"strides", Dims{stride_y, stride_x}},
                                                {"pads", pads}};
    if (ceil) {
      attributes.emplace_back("ceil_mode", std::int64_t{1});
    }
    if (!max && Chance(2)) {
      attributes.emplace_back("count_include_pad", std::int64_t{1});
    }
    const auto output = [ceil](std::int64_t input, std::int64_t kernel, std::int64_t stride) {
      return (input - kernel + (ceil ? stride - 1 : 0)) / stride + 1;
    };
    Append(max ? "MaxPool" : "AveragePool", {value_}, attributes,
           {dims_[0], output(dims_[1] + pads[0] + pads[2], kernel_y, stride_y),
            output(dims_[2] + pads[1] + pads[3], kernel_x, stride_x)});
  }
  void HalvingMaxPool() {
    Append("MaxPool", {value_}, {{"kernel_shape", Dims{2, 2}}, {"strides", Dims{2, 2}}},
           {dims_[0], dims_[1] / 2, dims_[2] / 2});
  }

  // x + conv(x) or x + conv(activation(conv(x))).
  void Residual() {
    const std::string skip = value_;
    const std::int64_t channels = dims_[0];
    SameConv(channels);
    if (Chance(2)) {
      Activation();
      SameConv(channels);
    }
    Append("Add", Chance(2) ? Inputs{value_, skip} : Inputs{skip, value_}, {}, dims_);
  }

  // A part of the image, or its channels in another order.
  void Move() {
    switch (random_.NextBelow(5)) {
      case 0:
        return Cut();
      case 1:
        return SwapParts();
      case 2:
        return PickChannels();
      case 3:
        return PadChannels();
      default:
        return Shuffle();
    }
  }

  void GlobalMean() {
    if (Chance(2)) {
      Append("GlobalAveragePool", {value_}, {}, {dims_[0], 1, 1});
      return;
    }
    const std::int64_t keeps = Draw64(0, 1);
    const Dims axes = Chance(2) ? Dims{2, 3} : Dims{-2, -1};
    Inputs inputs = {value_};
    std::vector<AttributeForTest> attributes = {{"keepdims", keeps}};
    if (reduces_by_input_) {
      inputs.push_back(NextName());
      builder_.Ints(inputs.back(), {2}, axes);
    } else {
      attributes.emplace_back("axes", axes);
    }
    Append("ReduceMean", inputs, attributes, keeps != 0 ? Dims{dims_[0], 1, 1} : Dims{dims_[0]});
  }

  void Flatten() {
    if (is_image()) {
      Append("Flatten", {value_}, {}, {SizeOf(dims_)});
    }
  }

  void Gemm(std::int64_t outputs) {
    if (Chance(3)) {
      Append("MatMul", {value_, TransposedFilters(dims_[0], outputs)}, {}, {outputs});
      return;
    }
    const std::int64_t transposed = Draw64(0, 1);
    Inputs inputs = {value_, transposed != 0 ? Filters({outputs, dims_[0]})
                                             : TransposedFilters(dims_[0], outputs)};
    if (!Chance(4)) {
      inputs.push_back(PerChannel(outputs, [this] { return Bias(); }));
    }
    std::vector<AttributeForTest> attributes = {{"transB", transposed}};
    if (Chance(4)) {
      attributes.emplace_back("alpha", 0.5F);
      attributes.emplace_back("beta", 2.0F);
    }
    Append("Gemm", inputs, attributes, {outputs});
  }

  // The finished file.
  ModelBuilder Finish() {
    builder_.graph().mutable_output(0)->set_name(value_);
    return std::move(builder_);
  }

 private:
  using Inputs = std::vector<std::string>;

  std::string Integers(const Dims& values) {
    std::string name = NextName();
    builder_.Ints(name, {static_cast<std::int64_t>(values.size())}, values);
    return name;
  }

  // Every second row, and columns from the second on; or the last channels.
  void Cut() {
    if (Chance(2) && dims_[0] > 1) {
      const std::int64_t kept = Draw64(1, dims_[0] - 1);
      Append("Slice",
             {value_, Integers({-kept}), Integers({std::int64_t{1} << 40}), Integers({1}),
              Integers({1})},
             {}, {kept, dims_[1], dims_[2]});
      return;
    }
    if (dims_[1] < 3 || dims_[2] < 3) {
      return;
    }
    const std::int64_t first = Draw64(0, 1);
    Append("Slice",
           {value_, Integers({first, 1}), Integers({dims_[1], -1}), Integers({2, 3}),
            Integers({2, 1})},
           {}, {dims_[0], (dims_[1] - first + 1) / 2, dims_[2] - 2});
  }
  void SwapParts() {
    if (dims_[0] < 2) {
      return;
    }
    const std::int64_t first = Draw64(1, dims_[0] - 1);
    const Dims dims = dims_;
    const std::string parts = Integers({first, dims_[0] - first});
    Append("Split", {value_, parts}, {{"axis", std::int64_t{1}}}, dims);
    const std::string a = value_;
    const std::string b = NextName();
    builder_.graph().mutable_node(builder_.graph().node_size() - 1)->add_output(b);
    Append("Concat", {b, a}, {{"axis", std::int64_t{1}}}, dims);
  }
  void PickChannels() {
    Dims picked;
    for (std::int64_t count = Draw64(1, dims_[0] + 1); count > 0; --count) {
      picked.push_back(Draw64(-dims_[0], dims_[0] - 1));
    }
    Append("Gather", {value_, Integers(picked)}, {{"axis", std::int64_t{1}}},
           {static_cast<std::int64_t>(picked.size()), dims_[1], dims_[2]});
  }
  void PadChannels() {
    const std::int64_t before = Draw64(0, 2);
    const std::int64_t after = Draw64(before == 0 ? 1 : 0, 2);
    Append("Pad", {value_, Integers({0, before, 0, 0, 0, after, 0, 0})}, {},
           {dims_[0] + before + after, dims_[1], dims_[2]});
  }
  void Shuffle() {
    const std::int64_t groups = dims_[0] % 3 == 0 ? 3 : dims_[0] % 2 == 0 ? 2 : 1;
    const std::int64_t each = dims_[0] / groups;
    const Dims image = dims_;
    const bool rows = Chance(2);  // height and width as one extent
    const Dims places = rows ? Dims{dims_[1] * dims_[2]} : Dims{dims_[1], dims_[2]};
    Dims target = {1, groups, each};
    target.insert(target.end(), places.begin(), places.end());
    Append("Reshape", {value_, Integers(target)}, {}, image);
    Append("Transpose", {value_}, {{"perm", rows ? Dims{0, 2, 1, 3} : Dims{0, 2, 1, 3, 4}}}, image);
    Append("Reshape", {value_, Integers({1, image[0], image[1], image[2]})}, {}, image);
  }

  static std::int64_t Output(std::int64_t kernel, std::int64_t dilation, std::int64_t stride,
                             std::int64_t input, std::int64_t pads) {
    return (input + pads - (dilation * (kernel - 1) + 1)) / stride + 1;
  }
  static std::vector<AttributeForTest> Attributes(const WindowGeometry& window,
                                                  std::vector<AttributeForTest> more) {
    more.emplace_back("strides", Dims{window.stride_y, window.stride_x});
    more.emplace_back("dilations", Dims{window.dilation_y, window.dilation_x});
    more.emplace_back("pads",
                      Dims{window.pad_top, window.pad_left, window.pad_bottom, window.pad_right});
    return more;
  }

  FeatureShape Shape() const {
    const auto extent = [this](std::size_t i) { return static_cast<std::int32_t>(dims_[i]); };
    return {extent(0), extent(1), extent(2)};
  }
  std::int64_t Draw64(std::int64_t low, std::int64_t high) {
    return DrawBetween(random_, static_cast<std::int32_t>(low), static_cast<std::int32_t>(high));
  }
  std::string NextName() {
    std::string name = "v";
    name += std::to_string(names_++);
    return name;
  }

  double WholeWeight() { return 0.5 * DrawBetween(random_, -2, 2); }
  double Weight() {
    return numbers_ == Numbers::kWhole ? WholeWeight() : 2.2 * random_.NextUnit() - 1.0;
  }
  float Bias() {
    return static_cast<float>(numbers_ == Numbers::kWhole ? 0.5 * DrawBetween(random_, -1, 1)
                                                          : 0.5 * random_.NextUnit() - 0.1);
  }
  // Weights [outputs, per_filter]: of a filter all may be 0, so that its bias is left alone, or
  // tiny. Two or three real weights may happen to round to multiples of one scale, which
  // NetworkRunner takes for what was meant (run_network.h), so few are never real.
  std::vector<float> DrawFilters(std::int64_t outputs, std::int64_t per_filter) {
    std::vector<float> weights;
    const bool few = per_filter < 4;
    const double unit =
        few || numbers_ == Numbers::kWhole ? 1.0 : 2.0 / std::sqrt(static_cast<double>(per_filter));
    for (std::int64_t filter = 0; filter < outputs; ++filter) {
      const std::uint32_t kind = random_.NextBelow(10);
      const double scale = kind == 0 ? 0.0 : (kind == 1 ? 0x1p-20 : unit);
      for (std::int64_t i = 0; i < per_filter; ++i) {
        weights.push_back(static_cast<float>(scale * (few ? WholeWeight() : Weight())));
      }
    }
    return weights;
  }
  std::string Filters(const Dims& dims) {
    std::string name = NextName();
    builder_.Floats(name, dims, DrawFilters(dims[0], SizeOf(dims) / dims[0]));
    return name;
  }
  // The same as [per_filter, outputs], as a MatMul takes them.
  std::string TransposedFilters(std::int64_t per_filter, std::int64_t outputs) {
    const std::vector<float> filters = DrawFilters(outputs, per_filter);
    std::vector<float> turned;
    for (std::int64_t i = 0; i < per_filter; ++i) {
      for (std::int64_t o = 0; o < outputs; ++o) {
        turned.push_back(filters[static_cast<std::size_t>(o * per_filter + i)]);
      }
    }
    std::string name = NextName();
    builder_.Floats(name, {per_filter, outputs}, turned);
    return name;
  }
  template <typename DrawOne>
  std::string PerChannel(std::int64_t channels, const DrawOne& draw) {
    std::vector<float> values;
    for (std::int64_t c = 0; c < channels; ++c) {
      values.push_back(draw());
    }
    std::string name = NextName();
    builder_.Floats(name, {channels}, values);
    return name;
  }
  std::string Scalar(float value) {
    std::string name = NextName();
    builder_.Floats(name, {}, {value});
    return name;
  }
  void Append(const std::string& op, const Inputs& inputs,
              const std::vector<AttributeForTest>& attributes, const Dims& dims) {
    value_ = NextName();
    builder_.Node(op, inputs, value_, attributes);
    dims_ = dims;
  }

  RandomSequence& random_;
  Numbers numbers_;
  bool reduces_by_input_;  // ReduceMean's axes, since opset 18
  ModelBuilder builder_;
  std::string value_ = "x";
  Dims dims_;  // of value_, without the batch
  int names_ = 0;
};

}  // namespace

ModelBuilder DrawAnyOnnx(RandomSequence& random, Numbers numbers) {
  GraphDrawer graph(
      random, numbers,
      {DrawBetween(random, 1, 3), DrawBetween(random, 4, 8), DrawBetween(random, 4, 8)});
  const std::int32_t blocks = DrawBetween(random, 2, 5);
  for (std::int32_t i = 0; i < blocks; ++i) {
    switch (random.NextBelow(8)) {
      case 6:
      case 7:
        graph.Move();
        break;
      case 0:
        graph.Pool(true);
        break;
      case 1:
        graph.Pool(false);
        break;
      case 2:
        graph.Residual();
        break;
      default:
        graph.AnyConv();
    }
    if (graph.Chance(3)) {
      graph.Norm();
    }
    if (!graph.Chance(3)) {
      graph.Activation();
    }
  }
  if (graph.Chance(2)) {
    graph.GlobalMean();
  }
  graph.Flatten();
  const std::int32_t layers = DrawBetween(random, 0, 3);
  for (std::int32_t i = 0; i < layers; ++i) {
    graph.Gemm(DrawBetween(random, 2, 6));
    if (graph.Chance(3)) {
      graph.Activation();
    }
  }
  return graph.Finish();
}

ModelBuilder DrawReluOnnx(RandomSequence& random) {
  GraphDrawer graph(random, Numbers::kReal, {1, 8, 8});
  const std::int32_t blocks = DrawBetween(random, 1, 3);
  for (std::int32_t i = 0; i < blocks; ++i) {
    graph.SameConv(DrawBetween(random, 4, 6));
    graph.Relu();
    if (graph.dims()[1] > 2 && graph.Chance(2)) {
      graph.HalvingMaxPool();
    }
  }
  if (graph.Chance(2)) {
    graph.GlobalMean();
  }
  graph.Flatten();
  if (graph.Chance(2)) {
    graph.Gemm(8);
    graph.Relu();
  }
  graph.Gemm(4);
  return graph.Finish();
}

}  // namespace spikemesh
