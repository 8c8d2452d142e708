// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_builder.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/base/strings.h"
#include "core/chip/validate.h"

namespace spikemesh {
namespace {

// new_ids[old id] of the cores when they are sorted by place. Stable, so that two cores at one
// place (which ValidateChip reports) keep the order of the calls.
std::vector<std::uint32_t> IdsByPlace(const std::vector<CoreModel>& cores) {
  std::vector<std::uint32_t> order(cores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t id) { return cores[id].at; });
  std::vector<std::uint32_t> new_ids(cores.size());
  for (std::uint32_t place = 0; place < order.size(); ++place) {
    new_ids[order[place]] = place;
  }
  return new_ids;
}

// Moves values[id] to position new_ids[id].
template <typename Value>
void Permute(const std::vector<std::uint32_t>& new_ids, std::vector<Value>& values) {
  std::vector<Value> sorted(values.size());
  for (std::size_t id = 0; id < values.size(); ++id) {
    sorted[new_ids[id]] = std::move(values[id]);
  }
  values = std::move(sorted);
}

void RenameReferences(const std::vector<std::uint32_t>& new_ids, ChipModel& chip) {
  // An id that no core has stays as it is: ValidateChip reports it.
  const auto renamed = [&](std::uint32_t id) { return id < new_ids.size() ? new_ids[id] : id; };
  for (CoreModel& core : chip.cores) {
    for (NeuronModel& neuron : core.neurons) {
      if (neuron.target.kind == TargetKind::kAxon) {
        neuron.target.index = renamed(neuron.target.index);
      }
    }
  }
  for (std::vector<AxonAddress>& line : chip.input_lines) {
    for (AxonAddress& address : line) {
      address.core = CoreId(renamed(address.core.value()));
    }
  }
}

}  // namespace

ChipBuilder::ChipBuilder(ChipSpec spec) { chip_.spec = std::move(spec); }

CoreId ChipBuilder::AddCore(CoreCoordinates at) {
  const auto id = static_cast<std::uint32_t>(chip_.cores.size());
  CoreModel& core = chip_.cores.emplace_back();
  core.at = at;
  core.rng_stream = id;
  return CoreId(id);
}

AxonIndex ChipBuilder::AddAxon(CoreId core, AxonType type) {
  CoreModel* const model = FindCore(core, "AddAxon");
  if (model == nullptr) {
    return AxonIndex(0);
  }
  model->axon_types.push_back(type.value());
  model->crossbar.emplace_back();
  return AxonIndex(static_cast<std::uint16_t>(model->axon_types.size() - 1));
}

NeuronIndex ChipBuilder::AddNeuron(CoreId core, const NeuronParameters& parameters,
                                   std::int32_t initial_potential) {
  CoreModel* const model = FindCore(core, "AddNeuron");
  if (model == nullptr) {
    return NeuronIndex(0);
  }
  const auto next_kind = static_cast<std::uint32_t>(chip_.neuron_kinds.size());
  const auto [kind, is_new] = kinds_.try_emplace(parameters, next_kind);
  if (is_new) {
    chip_.neuron_kinds.push_back(parameters);
  }
  model->neurons.push_back({kind->second, initial_potential, NeuronTarget::None()});
  return NeuronIndex(static_cast<std::uint16_t>(model->neurons.size() - 1));
}

void ChipBuilder::Connect(CoreId core, AxonIndex axon, NeuronIndex neuron) {
  CoreModel* const model = FindCore(core, "Connect");
  if (model == nullptr) {
    return;
  }
  if (axon.value() >= model->crossbar.size() || neuron.value() >= model->neurons.size()) {
    mistakes_.push_back(Concat("Connect: axon ", axon, " to neuron ", neuron, " of core ", core,
                               " ", model->at, ", which has ", model->crossbar.size(),
                               " axons and ", model->neurons.size(), " neurons"));
    return;
  }
  if (neuron.value() < kNeuronsPerCore) {  // more neurons than that: ValidateChip reports them
    model->crossbar[axon.value()].Set(neuron.value());
  }
}

void ChipBuilder::SetTarget(CoreId core, NeuronIndex neuron, NeuronTarget target) {
  CoreModel* const model = FindCore(core, "SetTarget");
  if (model == nullptr) {
    return;
  }
  if (neuron.value() >= model->neurons.size()) {
    mistakes_.push_back(Concat("SetTarget: neuron ", neuron, " of core ", core, " ", model->at,
                               ", which has ", model->neurons.size(), " neurons"));
    return;
  }
  model->neurons[neuron.value()].target = target;
}

PinIndex ChipBuilder::AddPin() { return PinIndex(chip_.pin_count++); }

LineIndex ChipBuilder::AddInputLine(std::vector<AxonAddress> reaches) {
  chip_.input_lines.push_back(std::move(reaches));
  return LineIndex(static_cast<std::uint32_t>(chip_.input_lines.size() - 1));
}

absl::StatusOr<ChipModel> ChipBuilder::Build() && {
  const std::vector<std::uint32_t> new_ids = IdsByPlace(chip_.cores);
  RenameReferences(new_ids, chip_);
  Permute(new_ids, chip_.cores);
  if (chip_.provenance.core_layer.size() == chip_.cores.size()) {
    Permute(new_ids, chip_.provenance.core_layer);
  }
  if (chip_.provenance.neuron_sources.size() == chip_.cores.size()) {
    Permute(new_ids, chip_.provenance.neuron_sources);
  }
  const absl::Status valid = ValidateChip(chip_);
  if (mistakes_.empty()) {
    SPIKEMESH_RETURN_IF_ERROR(valid);
    return std::move(chip_);
  }
  std::string message = Concat(mistakes_.size(), " calls of ChipBuilder name what was not added:");
  const std::size_t listed = std::min(mistakes_.size(), std::size_t{kViolationsListedMax});
  for (std::size_t i = 0; i < listed; ++i) {
    message += "\n" + mistakes_[i];
  }
  return absl::InvalidArgumentError(
      valid.ok() ? message : Concat(message, "\n", std::string(valid.message())));
}

CoreModel* ChipBuilder::FindCore(CoreId core, std::string_view call) {
  if (core.value() >= chip_.cores.size()) {
    mistakes_.push_back(
        Concat(call, ": core ", core, ", but only ", chip_.cores.size(), " cores were added"));
    return nullptr;
  }
  return &chip_.cores[core.value()];
}

}  // namespace spikemesh
