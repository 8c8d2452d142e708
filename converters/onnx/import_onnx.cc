// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/import_onnx.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <variant>

#include "absl/container/flat_hash_set.h"
#include "converters/onnx/byte_input.h"
#include "converters/onnx/graph_order.h"
#include "converters/onnx/input_layout.h"
#include "converters/onnx/memory_budget.h"
#include "converters/onnx/network_builder.h"
#include "converters/onnx/onnx_model.h"
#include "converters/onnx/parse_model.h"
#include "converters/onnx/straight_through.h"
#include "converters/onnx/translate_graph.h"
#include "core/base/atomic_file.h"
#include "core/base/remedy.h"
#include "core/base/sha256.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kIrVersionMin = 3;
constexpr std::int64_t kIrVersionMax = 10;
constexpr std::int64_t kOpsetMin = 9;
constexpr std::int64_t kOpsetMax = 21;
// Inputs or nodes that one message names.
constexpr std::size_t kNamesListedMax = 20;

absl::Status CheckVersions(const OnnxModel& model) {
  if (model.ir_version < kIrVersionMin || model.ir_version > kIrVersionMax) {
    return absl::UnimplementedError(Concat("IR version ", model.ir_version,
                                           "; allowed: ", kIrVersionMin, "..", kIrVersionMax, "; ",
                                           kExportFromTorch));
  }
  // Some exporters import the standard operators under both of their names.
  const bool is_one = !model.opsets.empty() &&
                      std::count(model.opsets.begin(), model.opsets.end(), model.opsets[0]) ==
                          static_cast<std::ptrdiff_t>(model.opsets.size());
  if (!is_one) {
    return absl::InvalidArgumentError(
        Concat(model.opsets.size(), " versions of the standard operators; allowed: one"));
  }
  if (model.opsets[0] < kOpsetMin || model.opsets[0] > kOpsetMax) {
    return absl::UnimplementedError(Concat("opset ", model.opsets[0], "; allowed: ", kOpsetMin,
                                           "..", kOpsetMax, "; ", kExportFromTorch));
  }
  return absl::OkStatus();
}

// Every value that a later pass takes from a node is its first output.
absl::Status CheckOutputs(const OnnxModel& model) {
  for (const OnnxNode& node : model.nodes) {
    if (node.outputs.empty() || node.outputs[0].empty()) {
      return absl::InvalidArgumentError(
          Concat("node \"", node.name, "\" (op ", node.op_type, ") has no output"));
    }
  }
  return absl::OkStatus();
}

// The one input that is no initializer (files of old IR versions list those too).
absl::StatusOr<const OnnxValueInfo*> FindInput(const OnnxModel& model) {
  absl::flat_hash_set<std::string> initializers;
  for (const OnnxTensor& tensor : model.initializers) {
    initializers.insert(tensor.name);
  }
  std::vector<const OnnxValueInfo*> found;
  for (const OnnxValueInfo& input : model.inputs) {
    if (!initializers.contains(input.name)) {
      found.push_back(&input);
    }
  }
  if (found.empty()) {
    return absl::InvalidArgumentError("the graph has no input; allowed: one, the image");
  }
  if (found.size() > 1) {
    std::string names;
    for (std::size_t i = 0; i < std::min(found.size(), kNamesListedMax); ++i) {
      names += Concat(i == 0                  ? ""
                      : i + 1 == found.size() ? " and "
                                              : ", ",
                      "\"", found[i]->name, "\"");
    }
    return absl::UnimplementedError(
        Concat(found.size(), " inputs, ", names, found.size() > kNamesListedMax ? ", ..." : "",
               "; one input is taken, the image; make the others constants of the module before "
               "export (self.register_buffer)"));
  }
  return found[0];
}

absl::StatusOr<std::string> FindOutput(const OnnxModel& model) {
  if (model.outputs.empty()) {
    return absl::InvalidArgumentError("the graph has no output; allowed: one, a value a class");
  }
  if (model.outputs.size() > 1) {
    return absl::UnimplementedError(
        Concat("outputs \"", model.outputs[0].name, "\" and \"", model.outputs[1].name,
               "\"; allowed: one, a value a class; export a module that returns that one alone"));
  }
  return model.outputs[0].name;
}

absl::Status CheckInputType(OnnxElementType type, const OnnxOptions& options) {
  if (type == OnnxElementType::kUint8 && options.image_values != ImageValues::kBytes) {
    return WithRemedy(absl::FailedPreconditionError(
                          "takes bytes (element type 2, uint8), and images come preprocessed"),
                      {RemedyKind::kByteImages});
  }
  if (type == OnnxElementType::kFloat || type == OnnxElementType::kUint8) {
    return absl::OkStatus();
  }
  return absl::UnimplementedError(
      Concat("element type ", static_cast<int>(type),
             type == OnnxElementType::kDouble    ? " (double)"
             : type == OnnxElementType::kFloat16 ? " (half)"
                                                 : "",
             "; allowed: float (1), uint8 (2); export model.float(), with a float example"));
}

// The extents of the input after the batch, which is the first and may be open.
absl::StatusOr<GraphInput> ReadInput(const OnnxValueInfo& info, const OnnxOptions& options) {
  const std::string where = Concat("input \"", info.name, "\"");
  SPIKEMESH_RETURN_IF_ERROR(Annotate(CheckInputType(info.type, options), where));
  if (!info.dims.has_value() || info.dims->size() < 2 || info.dims->size() > 4) {
    const std::string found =
        info.dims.has_value() ? Concat(info.dims->size(), " extents") : "no shape";
    return absl::InvalidArgumentError(Concat(where, " has ", found,
                                             "; allowed: the batch first, then [features] or "
                                             "[channels, height, width]"));
  }
  GraphInput input{info.name, {}, std::nullopt};
  for (std::size_t i = 1; i < info.dims->size(); ++i) {
    const OnnxDimension& dim = (*info.dims)[i];
    if (!dim.has_value()) {
      return absl::InvalidArgumentError(
          Concat(where, ": extent ", i,
                 " is open; allowed: only the batch (extent 0); export "
                 "with a fixed image size"));
    }
    input.dims.push_back(*dim);
  }
  return input;
}

void WarnOfCancelled(const std::vector<std::string>& cancelled, NetworkBuilder& builder) {
  for (const std::string& name : cancelled) {
    builder.Warn(Concat("node \"", name,
                        "\": a - b + b, as straight-through gradients are written, is taken as a"));
  }
}

void WarnOfUnused(const OnnxModel& model, const std::vector<std::size_t>& unused,
                  NetworkBuilder& builder) {
  if (unused.empty()) {
    return;
  }
  std::string names;
  for (std::size_t i = 0; i < std::min(unused.size(), kNamesListedMax); ++i) {
    const OnnxNode& node = model.nodes[unused[i]];
    names += Concat(i == 0 ? "" : ", ", "\"", node.name, "\" (op ", node.op_type, ")");
  }
  if (unused.size() > kNamesListedMax) {
    names += Concat(" and ", unused.size() - kNamesListedMax, " more");
  }
  builder.Warn(Concat("nodes that the output does not depend on are left out: ", names));
}

// Signs of three values become steps of two.
void TakeSignOfZeroAsPlus(Network& network) {
  int signs = 0;
  for (NetworkNode& node : network.nodes) {
    if (std::holds_alternative<SignNode>(node.operation)) {
      node.operation = StepNode{0.0, false, -1.0, 1.0};
      ++signs;
    }
  }
  if (signs > 0) {
    network.warnings.push_back(
        Concat("Sign(0) is taken as +1, not as ONNX's 0, in ", signs, " nodes"));
  }
}

}  // namespace

absl::StatusOr<ImportedOnnx> ImportOnnx(std::string_view bytes, const std::string& folder,
                                        const OnnxOptions& options) {
  if (bytes.size() > kOnnxFileBytesMax) {
    return absl::ResourceExhaustedError(
        Concat("model of ", bytes.size(), " bytes; allowed: ", kOnnxFileBytesMax));
  }
  // From bytes to plain values; protobuf ends here.
  SPIKEMESH_ASSIGN_OR_RETURN(OnnxModel model, ParseModel(bytes));
  SPIKEMESH_RETURN_IF_ERROR(CheckVersions(model));
  SPIKEMESH_RETURN_IF_ERROR(CheckOutputs(model));
  const std::vector<std::string> cancelled = CancelStraightThrough(model);

  // What goes in, what comes out, and the nodes between, inputs first.
  SPIKEMESH_ASSIGN_OR_RETURN(const OnnxValueInfo* input_info, FindInput(model));
  SPIKEMESH_ASSIGN_OR_RETURN(GraphInput input, ReadInput(*input_info, options));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string output, FindOutput(model));
  SPIKEMESH_ASSIGN_OR_RETURN(FeatureShape shape, Annotate(ToFeatureShape(input.dims), "input"));
  SPIKEMESH_ASSIGN_OR_RETURN(GraphOrder order, OrderNodes(model, input.name, output));
  if (input_info->type == OnnxElementType::kUint8) {
    SPIKEMESH_RETURN_IF_ERROR(CheckByteInput(model, order.needed, input.name));
  }
  if (HasChannelsLast(model, order.needed, input.name, input.dims)) {
    shape = {shape.width, shape.channels, shape.height};
    input.channels_last = shape;
  }

  // Node by node into the network; constants are decoded and folded on the way.
  MemoryBudget budget(bytes.size());
  NetworkBuilder builder(model.graph_name, shape, (*input_info->dims)[0], budget);
  WarnOfCancelled(cancelled, builder);
  WarnOfUnused(model, order.unused, builder);
  if (input.channels_last.has_value()) {
    builder.Warn(Concat("input \"", input.name, "\" has its channels last, ", PrintDims(input.dims),
                        " per image; it is given channels first, as data sets store images"));
  }
  const GraphWork work{model, std::move(order.needed), std::move(input), output, folder};
  SPIKEMESH_ASSIGN_OR_RETURN(const Activation last, TranslateGraph(work, builder));
  ImportedOnnx imported{std::move(builder).Finish(last), Sha256Hex(bytes)};
  if (options.sign_zero == SignZero::kPlus) {
    TakeSignOfZeroAsPlus(imported.network);
  }
  return imported;
}

absl::StatusOr<ImportedOnnx> ImportOnnxFile(const std::string& path, const OnnxOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kOnnxFileBytesMax));
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return Annotate(ImportOnnx(bytes, parent.empty() ? "." : parent, options), path);
}

}  // namespace spikemesh
