// SPDX-License-Identifier: Apache-2.0
#include "core/report/inspect_json.h"

#include <utility>

#include "core/base/json.h"
#include "core/report/chip_summary.h"

namespace spikemesh {
namespace {

Json TargetJson(const ChipModel& chip, const NeuronTarget& target) {
  switch (target.kind) {
    case TargetKind::kAxon: {
      const CoreCoordinates at = chip.cores[target.index].at;
      return {
          {"core", {at.x, at.y}}, {"axon", target.axon.value()}, {"delay", target.delay.value()}};
    }
    case TargetKind::kPin:
      return {{"pin", target.index}};
    case TargetKind::kNone:
      break;
  }
  return {};
}

Json KindJson(const NeuronParameters& p) {
  return {{"weights", p.weights},
          {"stochastic_weights", p.stochastic_weights},
          {"leak", p.leak},
          {"leak_reversal", p.leak_reversal},
          {"stochastic_leak", p.stochastic_leak},
          {"threshold", p.threshold},
          {"threshold_mask_bits", p.threshold_mask_bits},
          {"negative_threshold", p.negative_threshold},
          {"negative_saturation", p.negative_saturation},
          {"reset_potential", p.reset_potential},
          {"reset", NameOf(p.reset_mode)}};
}

Json LayersJson(const ChipModel& chip) {
  Json layers = Json::array();
  for (const ChipLayer& layer : SummarizeLayers(chip)) {
    layers.push_back({{"name", layer.name},
                      {"cores", layer.cores},
                      {"axons", layer.axons},
                      {"neurons", layer.neurons},
                      {"synapses", layer.synapses}});
  }
  return layers;
}

Json NodeJson(const InspectedNode& node, const RemedyWords& words) {
  return {{"name", node.name},       {"kind", node.kind},
          {"shape", node.shape},     {"fan_in", node.fan_in},
          {"weights", node.weights}, {"obstacle", node.obstacle.Text(words)}};
}

Json FitJson(const FitEstimate& fit, const RemedyWords& words) {
  Json layers = Json::array();
  for (const InspectedFit& layer : fit.layers) {
    layers.push_back({{"name", layer.name},
                      {"weights", layer.weights},
                      {"fan_in", layer.fan_in},
                      {"axons_per_neuron", layer.axons},
                      {"neurons", layer.neurons},
                      {"cores", layer.cores},
                      {"axons", layer.total_axons},
                      {"copies", layer.copies},
                      {"splitters", layer.splitter_cores},
                      {"latency_ticks", layer.latency_ticks},
                      {"fits", layer.fits},
                      {"obstacle", layer.obstacle.Text(words)}});
  }
  return layers;
}

// null: not known
Json FitsJson(const Verdict& verdict) { return verdict.is_known ? Json(verdict.fits) : Json(); }

}  // namespace

Json ChipJson(const ChipModel& chip, const std::string& sha256) {
  const ModelSummary sizes = SummarizeChip(chip, sha256);
  return {{"schema", kInspectSchema},
          {"kind", "chip"},
          {"name", chip.name},
          {"sha256", sha256},
          {"onnx_sha256", chip.onnx_sha256},
          {"cores", *sizes.cores},
          {"chips", *sizes.chips},
          {"dead_cores", chip.spec.dead_cores.size()},
          {"dead_links", chip.spec.dead_links.size()},
          {"neurons", *sizes.neurons},
          {"axons", *sizes.axons},
          {"synapses", *sizes.synapses},
          {"neuron_kinds", chip.neuron_kinds.size()},
          {"input_lines", chip.input_lines.size()},
          {"pins", chip.pin_count},
          {"mode", NameOf(chip.presentation.mode)},
          {"ticks_per_image", chip.presentation.ticks_per_image},
          {"latency_ticks", chip.presentation.latency_ticks},
          {"verifiable", !chip.spiking_network.empty()},
          {"layers", LayersJson(chip)}};
}

Json CoreJson(const ChipModel& chip, CoreId id) {
  const CoreModel& core = chip.cores[id.value()];
  Json kinds = Json::object();
  for (const auto& [kind, count] : NeuronsByKind(core)) {
    kinds[std::to_string(kind)] = KindJson(chip.neuron_kinds[kind]);
  }
  Json neurons = Json::array();
  for (const NeuronModel& neuron : core.neurons) {
    neurons.push_back({{"kind", neuron.kind},
                       {"initial_potential", neuron.initial_potential},
                       {"target", TargetJson(chip, neuron.target)}});
  }
  Json crossbar = Json::array();
  for (const Bits256& row : core.crossbar) {
    Json set = Json::array();
    row.ForEach([&set](int neuron) { set.push_back(neuron); });
    crossbar.push_back(std::move(set));
  }
  return {{"schema", kInspectSchema},
          {"kind", "core"},
          {"core", {core.at.x, core.at.y}},
          {"layer", LayerNameOf(chip, id)},
          {"rng_stream", core.rng_stream},
          {"axon_types", core.axon_types},
          {"crossbar", crossbar},
          {"neuron_kinds", kinds},
          {"neurons", neurons}};
}

Json InspectionJson(const NetworkInspection& inspection, const RemedyWords& words) {
  Json nodes = Json::array();
  for (const InspectedNode& node : inspection.nodes) {
    nodes.push_back(NodeJson(node, words));
  }
  Json json = {{"schema", kInspectSchema},
               {"kind", "onnx"},
               {"name", inspection.name},
               {"nodes", nodes},
               {"fits", FitsJson(inspection.verdict)},
               {"verdict", inspection.verdict.text.Text(words)},
               {"warnings", inspection.warnings}};
  if (inspection.mode) {
    json["mode"] = NameOf(*inspection.mode);
  }
  if (inspection.fit) {
    json["layers"] = FitJson(*inspection.fit, words);
  }
  return json;
}

Json InspectionJson(const SpikingInspection& inspection, const RemedyWords& words) {
  Json layers = Json::array();
  for (const ConvertedLayer& layer : inspection.layers) {
    layers.push_back({{"name", layer.name},
                      {"kind", layer.kind},
                      {"shape", layer.shape},
                      {"fan_in", layer.fan_in},
                      {"neurons", layer.neurons},
                      {"weights", layer.weights},
                      {"latency_ticks", layer.latency_ticks}});
  }
  return {{"schema", kInspectSchema},
          {"kind", "snn"},
          {"name", inspection.name},
          {"classes", inspection.classes},
          {"layers", layers},
          {"fits", FitsJson(inspection.verdict)},
          {"verdict", inspection.verdict.text.Text(words)},
          {"fit", FitJson(inspection.fit, words)}};
}

}  // namespace spikemesh
