// SPDX-License-Identifier: Apache-2.0
// Observers that write spikes, pins and potentials as CSV (core/events), tick by tick as they come:
// a file may be larger than memory. It appears with Commit, whole.
#ifndef SPIKEMESH_CORE_SESSION_EVENT_WRITERS_H_
#define SPIKEMESH_CORE_SESSION_EVENT_WRITERS_H_

#include <string>
#include <string_view>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/session/session.h"

namespace spikemesh {

// What the three have in common: a file that begins with its header and grows by the rows of each
// tick.
class EventWriter : public TickObserver {
 public:
  absl::Status Look(const Machine& machine) override;
  // Errors: those of OutputFile.
  absl::Status Commit();

 protected:
  EventWriter(OutputFile file, std::string_view header);

 private:
  absl::Status Flush();
  // The rows of the machine's last tick.
  virtual void AppendRows(const Machine& machine, std::string& rows) const = 0;

  OutputFile file_;
  std::string rows_;  // not yet in the file
};

// `chip` must outlive the writer.
class SpikeWriter : public EventWriter {
 public:
  SpikeWriter(const ChipModel& chip, OutputFile file);

 private:
  void AppendRows(const Machine& machine, std::string& rows) const override;
  const ChipModel& chip_;
};

class PinWriter : public EventWriter {
 public:
  explicit PinWriter(OutputFile file);

 private:
  void AppendRows(const Machine& machine, std::string& rows) const override;
};

// The potential of every used neuron after every tick. `chip` must outlive the writer.
class PotentialWriter : public EventWriter {
 public:
  PotentialWriter(const ChipModel& chip, OutputFile file);

 private:
  void AppendRows(const Machine& machine, std::string& rows) const override;
  const ChipModel& chip_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_SESSION_EVENT_WRITERS_H_
