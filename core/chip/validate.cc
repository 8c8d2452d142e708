// SPDX-License-Identifier: Apache-2.0
#include "core/chip/validate.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/limits.h"
#include "core/chip/validate_defects.h"
#include "core/chip/validate_host.h"
#include "core/chip/violations.h"

namespace spikemesh {
namespace {

void CheckSide(std::string_view name, std::int32_t found, std::int32_t max, Violations& out) {
  if (found < 1 || found > max) {
    out.OutOfRange("chip spec: ", name, " ", found, ", allowed 1..", max);
  }
}

// True if the mesh is usable, so that places can be checked against it.
bool CheckSpec(const ChipSpec& spec, Violations& out) {
  CheckSide("cores_x", spec.mesh.cores_x, kMeshSideMax, out);
  CheckSide("cores_y", spec.mesh.cores_y, kMeshSideMax, out);
  CheckSide("chips_x", spec.mesh.chips_x, kChipsSideMax, out);
  CheckSide("chips_y", spec.mesh.chips_y, kChipsSideMax, out);
  const bool mesh_usable = !out.any();
  // Written so that a NaN fails too.
  if (!(spec.volts >= kVoltsMin && spec.volts <= kVoltsMax)) {
    out.OutOfRange("chip spec: volts ", spec.volts, ", allowed ", kVoltsMin, "..", kVoltsMax);
  }
  if (!(spec.tick_us >= kTickMicrosecondsMin && spec.tick_us <= kTickMicrosecondsMax)) {
    out.OutOfRange("chip spec: tick_us ", spec.tick_us, ", allowed ", kTickMicrosecondsMin, "..",
                   kTickMicrosecondsMax);
  }
  return mesh_usable;
}

void CheckKinds(const ChipModel& chip, Violations& out) {
  for (std::size_t kind = 0; kind < chip.neuron_kinds.size(); ++kind) {
    for (const ParameterViolation& bad : CheckNeuronParameters(chip.neuron_kinds[kind])) {
      out.OutOfRange("neuron kind ", kind, ": ", bad.field, " ", bad.found, ", allowed ", bad.min,
                     "..", bad.max);
    }
  }
}

void CheckPlaces(const ChipModel& chip, Violations& out) {
  const MeshShape& mesh = chip.spec.mesh;
  for (std::size_t id = 0; id < chip.cores.size(); ++id) {
    const CoreCoordinates at = chip.cores[id].at;
    if (!mesh.Contains(at)) {
      out.OutOfRange("core ", at, ": outside the mesh of ", mesh.width(), " x ", mesh.height(),
                     " cores");
    }
    if (id > 0 && chip.cores[id - 1].at == at) {
      out.Malformed("core ", at, ": two cores at one place");
    } else if (id > 0 && chip.cores[id - 1].at > at) {
      out.Malformed("core ", at, ": after core ", chip.cores[id - 1].at,
                    ", cores are sorted by y, then x");
    }
  }
}

void CheckAxonTarget(const ChipModel& chip, const CoreModel& core, std::size_t neuron,
                     Violations& out) {
  const NeuronTarget& target = core.neurons[neuron].target;
  const auto complain = [&](const auto&... what) {
    out.OutOfRange("core ", core.at, " neuron ", neuron, ": ", what...);
  };
  if (target.delay.value() < kDelayTicksMin || target.delay.value() > kDelayTicksMax) {
    complain("delay ", target.delay, ", allowed ", kDelayTicksMin, "..", kDelayTicksMax);
  }
  if (target.index >= chip.cores.size()) {
    complain("target core number ", target.index, ", the chip has ", chip.cores.size(), " cores");
    return;
  }
  const CoreModel& destination = chip.cores[target.index];
  if (target.axon.value() >= destination.axon_types.size()) {
    complain("target axon ", target.axon, " of core ", destination.at, ", which has ",
             destination.axon_types.size(), " axons");
  }
  if (!WithinReach(core.at, destination.at)) {
    complain("target core ", destination.at, " out of reach, allowed ", kReachCores,
             " cores in x and in y");
  }
}

void CheckTarget(const ChipModel& chip, const CoreModel& core, std::size_t neuron,
                 Violations& out) {
  const NeuronTarget& target = core.neurons[neuron].target;
  switch (target.kind) {
    case TargetKind::kAxon:
      CheckAxonTarget(chip, core, neuron, out);
      return;
    case TargetKind::kPin:
      if (target.index >= chip.pin_count) {
        out.OutOfRange("core ", core.at, " neuron ", neuron, ": pin ", target.index,
                       ", the chip has ", chip.pin_count, " pins");
      }
      if (target != NeuronTarget::Pin(target.pin())) {
        out.Malformed("core ", core.at, " neuron ", neuron,
                      ": target pin with a delay or an axon, allowed none");
      }
      return;
    case TargetKind::kNone:
      if (target != NeuronTarget::None()) {
        out.Malformed("core ", core.at, " neuron ", neuron,
                      ": target none with a delay, axon or index, allowed none");
      }
      return;
  }
  out.Malformed("core ", core.at, " neuron ", neuron, ": target kind ",
                int{static_cast<std::uint8_t>(target.kind)}, ", allowed 0..2");
}

void CheckNeurons(const ChipModel& chip, const CoreModel& core, Violations& out) {
  if (core.neurons.empty() || core.neurons.size() > kNeuronsPerCore) {
    out.OutOfRange("core ", core.at, ": ", core.neurons.size(), " neurons, allowed 1..",
                   kNeuronsPerCore);
  }
  for (std::size_t j = 0; j < core.neurons.size(); ++j) {
    const NeuronModel& neuron = core.neurons[j];
    if (neuron.kind >= chip.neuron_kinds.size()) {
      out.OutOfRange("core ", core.at, " neuron ", j, ": kind ", neuron.kind, ", the chip has ",
                     chip.neuron_kinds.size(), " kinds");
    }
    if (neuron.initial_potential < kPotentialMin || neuron.initial_potential > kPotentialMax) {
      out.OutOfRange("core ", core.at, " neuron ", j, ": initial potential ",
                     neuron.initial_potential, ", allowed ", kPotentialMin, "..", kPotentialMax);
    }
    CheckTarget(chip, core, j, out);
  }
}

// The smallest set column at or above `limit`, or -1.
int ColumnBeyond(const Bits256& row, std::size_t limit) {
  int found = -1;
  row.ForEach([&](int column) {
    if (found < 0 && static_cast<std::size_t>(column) >= limit) {
      found = column;
    }
  });
  return found;
}

void CheckAxons(const CoreModel& core, Violations& out) {
  if (core.axon_types.size() > kAxonsPerCore) {
    out.OutOfRange("core ", core.at, ": ", core.axon_types.size(), " axons, allowed 0..",
                   kAxonsPerCore);
  }
  if (core.crossbar.size() != core.axon_types.size()) {
    out.Malformed("core ", core.at, ": ", core.crossbar.size(), " crossbar rows for ",
                  core.axon_types.size(), " axons");
  }
  for (std::size_t axon = 0; axon < core.axon_types.size(); ++axon) {
    if (core.axon_types[axon] >= kAxonTypes) {
      out.OutOfRange("core ", core.at, " axon ", axon, ": type ", int{core.axon_types[axon]},
                     ", allowed 0..", kAxonTypes - 1);
    }
  }
  if (core.neurons.size() >= kNeuronsPerCore) {
    return;  // every column is used
  }
  for (std::size_t axon = 0; axon < core.crossbar.size(); ++axon) {
    if (const int column = ColumnBeyond(core.crossbar[axon], core.neurons.size()); column >= 0) {
      out.Malformed("core ", core.at, " axon ", axon, ": crossbar bit ", column,
                    " beyond the core's ", core.neurons.size(), " neurons");
    }
  }
}

}  // namespace

absl::Status ValidateChip(const ChipModel& chip) {
  Violations violations;
  if (CheckSpec(chip.spec, violations)) {
    CheckPlaces(chip, violations);
    ValidateDefects(chip, violations);
  }
  CheckKinds(chip, violations);
  for (const CoreModel& core : chip.cores) {
    CheckAxons(core, violations);
    CheckNeurons(chip, core, violations);
  }
  ValidateHostSide(chip, violations);
  if (!violations.any()) {
    ValidateWays(chip, violations);
  }
  return violations.ToStatus();
}

}  // namespace spikemesh
