// SPDX-License-Identifier: Apache-2.0
// Constants cut, joined and put into another shape or order. Exporters compute pads this way
// (F.pad), and scales of binarized weights (the mean of |w|).
#include <algorithm>
#include <numeric>
#include <optional>

#include "converters/onnx/attributes.h"
#include "converters/onnx/fold_elements.h"
#include "converters/onnx/translate_ops.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

using Dims = std::vector<std::int64_t>;

absl::StatusOr<std::size_t> AxisOf(std::int64_t axis, std::size_t rank) {
  const auto extents = static_cast<std::int64_t>(rank);
  if (axis < -extents || axis >= extents) {
    return absl::InvalidArgumentError(
        Concat("axis ", axis, " of a constant of ", rank, " extents"));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + extents : axis);
}

absl::StatusOr<OnnxValue> Redimensioned(const OnnxConstant& constant, Dims dims,
                                        NetworkBuilder& builder) {
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(constant.count(), sizeof(double)));
  return builder.Keep({std::move(dims), constant.type, constant.elements});
}

// Narrows `view` along `axis` to start, start + step, ... before end, as NumPy slices. INT64_MIN
// and INT64_MAX as ends are common, so nothing is added to them that could overflow.
absl::Status SliceAxis(std::int64_t start, std::int64_t end, std::int64_t step, std::size_t axis,
                       ConstantView& view) {
  const std::int64_t extent = view.dims[axis];
  const std::int64_t low = step > 0 ? 0 : -1;
  const auto clamp = [&](std::int64_t position) {
    return std::clamp(position < 0 ? position + extent : position, low, extent + low);
  };
  const std::int64_t first = std::clamp<std::int64_t>(clamp(start), 0, extent);
  const std::int64_t last = clamp(end);
  const std::int64_t room = step > 0 ? last - first : first - last;
  if (step == 0 || step < -extent || room <= 0) {
    return absl::InvalidArgumentError(Concat("a slice ", start, ":", end, ":", step, " of ", extent,
                                             "; allowed: at least one element"));
  }
  const std::int64_t stride = step > 0 ? std::min(step, extent) : -step;
  view.dims[axis] = (room + stride - 1) / stride;
  view.offset += first * view.strides[axis];
  view.strides[axis] *= step > 0 ? stride : -stride;
  return absl::OkStatus();
}

absl::StatusOr<Dims> RequiredIntegers(const NodeCall& call, const char* name, std::size_t index) {
  SPIKEMESH_ASSIGN_OR_RETURN(const auto integers, IntegersOf(call, name, index));
  if (!integers.has_value()) {
    return absl::InvalidArgumentError(Concat(name, " is missing"));
  }
  return *integers;
}

}  // namespace

absl::StatusOr<OnnxValue> FoldTranspose(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const Dims axes, ReadPermutation(call.node, input->dims.size()));
  const ConstantView whole = WholeView(input->dims);
  ConstantView view;
  for (const std::int64_t axis : axes) {
    view.dims.push_back(whole.dims[axis]);
    view.strides.push_back(whole.strides[axis]);
  }
  return FoldView(*input, view, builder);
}

absl::StatusOr<OnnxValue> FoldReshape(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const ShapeList target, ShapeInput(call, 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t allow_zero,
                             IntAttribute(call.node, "allowzero", 0));
  Dims dims;
  for (const ShapeEntry& entry : target.entries) {
    const std::size_t axis = dims.size();
    const bool copies = entry.value == 0 && allow_zero == 0 && axis < input->dims.size();
    dims.push_back(copies ? input->dims[axis] : entry.value);
  }
  const auto bad = [&]() {
    return absl::InvalidArgumentError(Concat("a constant of shape ", PrintDims(input->dims),
                                             " reshaped to ", PrintDims(dims),
                                             "; allowed: as many elements, one -1"));
  };
  std::int64_t known = 1;
  std::int64_t* inferred = nullptr;
  for (std::int64_t& dim : dims) {
    if (dim == -1 && inferred == nullptr) {
      inferred = &dim;
    } else if (dim < 1 || dim > input->count() / known) {
      return bad();
    } else {
      known *= dim;
    }
  }
  if (inferred != nullptr) {
    *inferred = input->count() / known;
    known *= *inferred;
  }
  return known == input->count() ? Redimensioned(*input, dims, builder) : bad();
}

absl::StatusOr<OnnxValue> FoldUnsqueeze(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const Dims axes, RequiredIntegers(call, "axes", 1));
  const std::size_t rank = input->dims.size() + axes.size();
  std::vector<bool> is_new(rank, false);
  for (const std::int64_t axis : axes) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t at, AxisOf(axis, rank));
    if (is_new[at]) {
      return absl::InvalidArgumentError(Concat("axis ", axis, " is named twice"));
    }
    is_new[at] = true;
  }
  Dims dims;
  auto next = input->dims.begin();
  for (std::size_t i = 0; i < rank; ++i) {
    dims.push_back(is_new[i] ? 1 : *next++);
  }
  return Redimensioned(*input, std::move(dims), builder);
}

absl::StatusOr<OnnxValue> FoldSqueeze(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto axes, IntegersOf(call, "axes", 1));
  std::vector<bool> goes;
  for (const std::int64_t dim : input->dims) {
    goes.push_back(dim == 1 && !axes.has_value());
  }
  for (const std::int64_t axis : axes.value_or(Dims())) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t at, AxisOf(axis, goes.size()));
    if (input->dims[at] != 1) {
      return absl::InvalidArgumentError(
          Concat("axis ", axis, " has extent ", input->dims[at], "; allowed: 1"));
    }
    goes[at] = true;
  }
  Dims dims;
  for (std::size_t i = 0; i < goes.size(); ++i) {
    if (!goes[i]) {
      dims.push_back(input->dims[i]);
    }
  }
  return Redimensioned(*input, std::move(dims), builder);
}

absl::StatusOr<OnnxValue> FoldShape(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, 0));
  const auto rank = static_cast<std::int64_t>(input->dims.size());
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t start, IntAttribute(call.node, "start", 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t end, IntAttribute(call.node, "end", rank));
  const auto clamp = [rank](std::int64_t axis) {
    return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  if (clamp(start) >= clamp(end)) {
    return NotSupported("no extent of a constant's shape", "one or more");
  }
  Dims dims(input->dims.begin() + clamp(start), input->dims.begin() + clamp(end));
  const auto count = static_cast<std::int64_t>(dims.size());
  return builder.Keep({{count}, OnnxElementType::kInt64, std::move(dims)});
}

absl::StatusOr<OnnxValue> FoldConstantOfShape(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const ShapeList shape, ShapeInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant value, FillValue(call, builder));
  Dims dims;
  for (const ShapeEntry& entry : shape.entries) {
    dims.push_back(entry.value);
  }
  const Dims strides(dims.size(), 0);
  return FoldView(value, {std::move(dims), strides, 0}, builder);
}

absl::StatusOr<OnnxValue> FoldGather(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* index, ConstantInput(call, 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t named, IntAttribute(call.node, "axis", 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t axis, AxisOf(named, input->dims.size()));
  if (index->count() != 1 || index->dims.size() > 1) {
    return NotSupported(Concat("indices of shape ", PrintDims(index->dims), " into a constant"),
                        "one index");
  }
  const std::int64_t extent = input->dims[axis];
  const auto at = static_cast<std::int64_t>(index->at(0));
  if (at < -extent || at >= extent) {
    return absl::InvalidArgumentError(Concat("index ", at, " into ", extent, " elements"));
  }
  ConstantView view = WholeView(input->dims);
  view.offset = (at < 0 ? at + extent : at) * view.strides[axis];
  view.dims[axis] = 1;
  if (index->dims.empty()) {  // a scalar takes the axis away
    view.dims.erase(view.dims.begin() + static_cast<std::ptrdiff_t>(axis));
    view.strides.erase(view.strides.begin() + static_cast<std::ptrdiff_t>(axis));
  }
  return FoldView(*input, view, builder);
}

absl::StatusOr<OnnxValue> FoldSlice(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* input, ConstantInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const Dims starts, RequiredIntegers(call, "starts", 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const Dims ends, RequiredIntegers(call, "ends", 2));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto given_axes, IntegersOf(call, "axes", 3));
  SPIKEMESH_ASSIGN_OR_RETURN(const auto given_steps, IntegersOf(call, "steps", 4));
  Dims axes(starts.size());
  std::iota(axes.begin(), axes.end(), 0);
  axes = given_axes.value_or(axes);
  const Dims steps = given_steps.value_or(Dims(starts.size(), 1));
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    return absl::InvalidArgumentError(Concat(starts.size(), " starts, ", ends.size(), " ends, ",
                                             axes.size(), " axes and ", steps.size(),
                                             " steps; allowed: as many of each"));
  }
  ConstantView view = WholeView(input->dims);
  std::vector<bool> cut(view.dims.size(), false);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t axis, AxisOf(axes[i], view.dims.size()));
    if (cut[axis]) {
      return absl::InvalidArgumentError(Concat("axis ", axes[i], " is named twice"));
    }
    cut[axis] = true;
    SPIKEMESH_RETURN_IF_ERROR(SliceAxis(starts[i], ends[i], steps[i], axis, view));
  }
  return FoldView(*input, view, builder);
}

absl::StatusOr<OnnxValue> FoldConcat(const NodeCall& call, NetworkBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxConstant* first, ConstantInput(call, 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t named, IntAttribute(call.node, "axis", 0));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::size_t axis, AxisOf(named, first->dims.size()));
  Dims dims = first->dims;
  dims[axis] = 0;
  std::vector<const OnnxConstant*> parts;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    SPIKEMESH_ASSIGN_OR_RETURN(parts.emplace_back(), ConstantInput(call, i));
    Dims others = parts.back()->dims;
    if (others.size() != dims.size()) {
      return absl::InvalidArgumentError("constants of different numbers of extents");
    }
    const std::int64_t extent = others[axis];
    others[axis] = dims[axis];
    if (others != dims || parts.back()->type != first->type) {
      return absl::InvalidArgumentError(Concat("constants of shapes ", PrintDims(first->dims),
                                               " and ", PrintDims(parts.back()->dims),
                                               "; allowed: equal but for axis ", axis));
    }
    dims[axis] += extent;
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t count, CountElements(dims));
  SPIKEMESH_RETURN_IF_ERROR(builder.budget().Take(count, 2 * sizeof(double)));
  const std::int64_t rows =
      std::accumulate(dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(axis),
                      std::int64_t{1}, std::multiplies<>());
  std::vector<double> elements;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (const OnnxConstant* part : parts) {
      const std::int64_t length = part->count() / rows;
      for (std::int64_t i = row * length; i < (row + 1) * length; ++i) {
        elements.push_back(part->at(i));
      }
    }
  }
  SPIKEMESH_ASSIGN_OR_RETURN(OnnxConstant result,
                             MakeConstant(std::move(dims), first->type, elements));
  return builder.Keep(std::move(result));
}

}  // namespace spikemesh
