// SPDX-License-Identifier: Apache-2.0
#include "converters/onnx/translate_graph.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "converters/onnx/attributes.h"
#include "converters/onnx/onnx_constant.h"
#include "converters/onnx/operator_table.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// Refused nodes that one message lists; the rest is counted.
constexpr std::size_t kRefusalsListedMax = 1000;
// Elements of constants that nodes may look at, all nodes together: a second of work. A network
// looks at each of its weights a few times.
constexpr std::int64_t kConstantReadsMax = std::int64_t{1} << 28;

std::string DescribeNode(const OnnxNode& node) {
  const std::string domain = node.domain.empty() ? "" : node.domain + ".";
  return Concat("node \"", node.name, "\" (op ", domain, node.op_type, ")");
}

absl::Status CheckAttributes(const OnnxNode& node, const OperatorRule& rule) {
  for (const OnnxAttribute& attribute : node.attributes) {
    const bool is_known =
        !attribute.name.empty() && std::find(rule.attributes.begin(), rule.attributes.end(),
                                             attribute.name) != rule.attributes.end();
    if (!is_known) {
      return absl::UnimplementedError(
          Concat("attribute \"", attribute.name, "\" is not supported"));
    }
    if (FindAttribute(node, attribute.name) != &attribute.value) {
      return absl::InvalidArgumentError(
          Concat("attribute \"", attribute.name, "\" is given twice; allowed: once"));
    }
  }
  return absl::OkStatus();
}

// Operators that act on planes or axes would take a channel for a row.
absl::Status CheckLayout(const NodeCall& call, const OperatorRule& rule) {
  for (std::size_t i = 0; i < call.inputs.size() && rule.layout != Layout::kAny; ++i) {
    SPIKEMESH_RETURN_IF_ERROR(CheckChannelsFirst(call, i));
  }
  return absl::OkStatus();
}

bool AllConstant(const NodeCall& call) {
  return !call.inputs.empty() &&
         std::all_of(call.inputs.begin(), call.inputs.end(), [](const auto& input) {
           return !input.has_value() || std::holds_alternative<const OnnxConstant*>(*input);
         });
}

absl::StatusOr<OnnxValue> TranslateNode(const NodeCall& call, const OperatorRule& rule,
                                        NetworkBuilder& builder) {
  SPIKEMESH_RETURN_IF_ERROR(CheckAttributes(call.node, rule));
  if (rule.fold != nullptr && AllConstant(call)) {
    return rule.fold(call, builder);
  }
  if (call.is_after_class) {  // Cast, Squeeze: outputs stand for the class
    return ActivationInput(call, 0);
  }
  if (rule.translate == nullptr) {
    return RefuseOnActivations();
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckLayout(call, rule));
  return rule.translate(call, builder);
}

// Whether the greatest of a node's outputs is that of its inputs, in the same place.
bool KeepsMaximum(const OnnxNode& node) {
  constexpr auto kOperators =
      std::to_array<std::string_view>({"ArgMax", "Cast", "Exp", "Flatten", "Identity", "LogSoftmax",
                                       "Sigmoid", "Softmax", "Squeeze", "Tanh"});
  return node.domain.empty() && !node.inputs.empty() &&
         std::find(kOperators.begin(), kOperators.end(), node.op_type) != kOperators.end();
}

class GraphTranslator {
 public:
  GraphTranslator(const GraphWork& work, NetworkBuilder& builder) : work_(work), builder_(builder) {
    values_.emplace(work.input.name,
                    Activation{kNetworkInput, work.input.dims, work.input.channels_last});
    FindLastValues();
    for (const OnnxTensor& tensor : work.model.initializers) {
      initializers_.emplace(tensor.name, &tensor);
    }
  }

  absl::StatusOr<Activation> Run() {
    for (const std::size_t index : work_.nodes) {
      SPIKEMESH_RETURN_IF_ERROR(Visit(work_.model.nodes[index]));
    }
    if (refusal_count_ > 0) {
      return absl::UnimplementedError(PrintRefusals());
    }
    const auto output = values_.find(work_.output);
    const auto* activation =
        output == values_.end() ? nullptr : std::get_if<Activation>(&output->second);
    if (activation == nullptr || activation->node == kNetworkInput) {
      return absl::InvalidArgumentError(
          Concat("output \"", work_.output,
                 "\"; allowed: the first output of a node, numbers computed from the input"));
    }
    if (activation->channels_last.has_value()) {
      return ChannelsLastNotSupported(Concat("output \"", work_.output, "\""), *activation);
    }
    return *activation;
  }

 private:
  // The output, and what it is made from by nodes that change no maximum.
  void FindLastValues() {
    absl::flat_hash_map<std::string, const OnnxNode*> makers;
    for (const std::size_t index : work_.nodes) {
      makers.emplace(work_.model.nodes[index].outputs[0], &work_.model.nodes[index]);
    }
    std::string value = work_.output;
    while (last_values_.insert(value).second) {
      const auto maker = makers.find(value);
      if (maker == makers.end() || !KeepsMaximum(*maker->second)) {
        return;
      }
      if (maker->second->op_type == "ArgMax") {
        class_values_ = last_values_;
        class_values_.erase(value);
      }
      value = maker->second->inputs[0];
    }
  }

  // Translates one node; a refusal is noted, another error returned.
  absl::Status Visit(const OnnxNode& node) {
    const std::size_t outputs = node.op_type == "Split" ? node.outputs.size() : 1;
    bool is_refused = false;
    for (std::size_t output = 0; output < outputs; ++output) {
      if (output > 0 && node.outputs[output].empty()) {
        continue;
      }
      absl::StatusOr<OnnxValue> value = Translate(node, output);
      if (!value.ok() && value.status().code() == absl::StatusCode::kUnimplemented) {
        if (!is_refused) {
          Refuse(node, value.status());
        }
        is_refused = true;
        value = NotUnderstood{};
      }
      SPIKEMESH_RETURN_IF_ERROR(Annotate(value.status(), DescribeNode(node)));
      values_.insert_or_assign(node.outputs[output], *std::move(value));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<OnnxValue> Translate(const OnnxNode& node, std::size_t output) {
    const OperatorRule* rule = FindOperator(node);
    if (rule == nullptr) {
      return RefuseOperator(node);
    }
    NodeCall call{node,
                  {},
                  work_.model.opsets[0],
                  output,
                  last_values_.contains(node.outputs[0]),
                  class_values_.contains(node.outputs[0])};
    for (const std::string& name : node.inputs) {
      call.inputs.emplace_back();
      if (!name.empty()) {
        SPIKEMESH_ASSIGN_OR_RETURN(call.inputs.back(), Find(name));
      }
    }
    SPIKEMESH_RETURN_IF_ERROR(CountReads(call));
    const bool is_judged =
        std::none_of(call.inputs.begin(), call.inputs.end(), [](const auto& input) {
          return input.has_value() && std::holds_alternative<NotUnderstood>(*input);
        });
    if (!is_judged) {
      return NotUnderstood{};
    }
    return TranslateNode(call, *rule, builder_);
  }

  // The value of `name`; initializers are decoded when first asked for.
  absl::StatusOr<OnnxValue> Find(const std::string& name) {
    if (const auto known = values_.find(name); known != values_.end()) {
      return known->second;
    }
    const auto tensor = initializers_.find(name);
    if (tensor == initializers_.end()) {
      return NotSupported(Concat("input \"", name, "\" is a further output of a node"),
                          "first outputs");
    }
    SPIKEMESH_ASSIGN_OR_RETURN(OnnxConstant constant,
                               DecodeTensor(*tensor->second, work_.folder, builder_.budget()));
    const OnnxConstant* kept = builder_.Keep(std::move(constant));
    values_.emplace(name, kept);
    return kept;
  }

  absl::Status CountReads(const NodeCall& call) {
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
      const OnnxConstant* constant = FindConstant(call, i);
      constant_reads_ += constant == nullptr ? 0 : constant->count();
    }
    if (constant_reads_ > kConstantReadsMax) {
      return absl::ResourceExhaustedError(
          Concat("nodes up to here read ", constant_reads_,
                 " elements of constants; allowed: ", kConstantReadsMax));
    }
    return absl::OkStatus();
  }

  void Refuse(const OnnxNode& node, const absl::Status& status) {
    ++refusal_count_;
    if (refusals_.size() < kRefusalsListedMax) {
      refusals_.push_back(Concat(DescribeNode(node), ": ", status.message()));
    }
  }

  std::string PrintRefusals() const {
    std::string text;
    for (const std::string& refusal : refusals_) {
      text += (text.empty() ? "" : "\n") + refusal;
    }
    if (refusal_count_ > refusals_.size()) {
      text += Concat("\nand ", refusal_count_ - refusals_.size(), " more nodes");
    }
    return text;
  }

  const GraphWork& work_;
  NetworkBuilder& builder_;
  absl::flat_hash_map<std::string, OnnxValue> values_;
  absl::flat_hash_map<std::string, const OnnxTensor*> initializers_;
  absl::flat_hash_set<std::string> last_values_;
  absl::flat_hash_set<std::string> class_values_;  // those made from ArgMax's
  std::vector<std::string> refusals_;
  std::size_t refusal_count_ = 0;
  std::int64_t constant_reads_ = 0;
};

}  // namespace

absl::StatusOr<Activation> TranslateGraph(const GraphWork& work, NetworkBuilder& builder) {
  return GraphTranslator(work, builder).Run();
}

}  // namespace spikemesh
