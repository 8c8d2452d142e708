// SPDX-License-Identifier: Apache-2.0
#include "core/session/event_writers.h"

#include <cstddef>
#include <cstdint>

#include "core/events/event_files.h"

namespace spikemesh {

EventWriter::EventWriter(OutputFile file, std::string_view header) : file_(std::move(file)) {
  rows_ = header;
  rows_ += '\n';
}

absl::Status EventWriter::Look(const Machine& machine) {
  AppendRows(machine, rows_);
  return Flush();
}

absl::Status EventWriter::Commit() {
  SPIKEMESH_RETURN_IF_ERROR(Flush());
  return file_.Commit();
}

absl::Status EventWriter::Flush() {
  absl::Status status = file_.Append(rows_);
  rows_.clear();
  return status;
}

SpikeWriter::SpikeWriter(const ChipModel& chip, OutputFile file)
    : EventWriter(std::move(file), kSpikeHeader), chip_(chip) {}

void SpikeWriter::AppendRows(const Machine& machine, std::string& rows) const {
  for (const NeuronAddress& spike : machine.spikes()) {
    AppendRow(rows, SpikeEvent{machine.now(), chip_.cores[spike.core.value()].at, spike.neuron});
  }
}

PinWriter::PinWriter(OutputFile file) : EventWriter(std::move(file), kPinHeader) {}

void PinWriter::AppendRows(const Machine& machine, std::string& rows) const {
  for (const PinIndex pin : machine.pins()) {
    AppendRow(rows, PinEvent{machine.now(), pin});
  }
}

PotentialWriter::PotentialWriter(const ChipModel& chip, OutputFile file)
    : EventWriter(std::move(file), kPotentialHeader), chip_(chip) {}

void PotentialWriter::AppendRows(const Machine& machine, std::string& rows) const {
  for (std::size_t core = 0; core < chip_.cores.size(); ++core) {
    const CoreModel& model = chip_.cores[core];
    for (std::size_t neuron = 0; neuron < model.neurons.size(); ++neuron) {
      const NeuronAddress address = {CoreId(static_cast<std::uint32_t>(core)),
                                     NeuronIndex(static_cast<std::uint16_t>(neuron))};
      AppendRow(rows, PotentialEvent{machine.now(), model.at, address.neuron,
                                     machine.potential(address)});
    }
  }
}

}  // namespace spikemesh
