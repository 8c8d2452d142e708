// SPDX-License-Identifier: Apache-2.0
// Writes a chip by hand, core by core; Build() validates and sorts. Mistakes are not checked call
// by call: Build() lists them all.
//
//   ChipBuilder builder;
//   NeuronParameters pacemaker;
//   pacemaker.leak = 1;
//   pacemaker.threshold = 10;
//   const CoreId core = builder.AddCore({0, 0});
//   const AxonIndex axon = builder.AddAxon(core, AxonType(0));
//   const NeuronIndex neuron = builder.AddNeuron(core, pacemaker);
//   builder.Connect(core, axon, neuron);
//   builder.SetTarget(core, neuron, NeuronTarget::Pin(builder.AddPin()));
//   builder.AddInputLine({{core, axon}});
//   absl::StatusOr<ChipModel> chip = std::move(builder).Build();
#ifndef SPIKEMESH_CORE_CHIP_CHIP_BUILDER_H_
#define SPIKEMESH_CORE_CHIP_CHIP_BUILDER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"

namespace spikemesh {

class ChipBuilder {
 public:
  explicit ChipBuilder(ChipSpec spec = {});

  // Ids count from 0 in the order of the calls; they are valid in this builder, and Build() renames
  // the cores when it sorts them by place. The rng_stream of a core is its id.
  CoreId AddCore(CoreCoordinates at);
  AxonIndex AddAxon(CoreId core, AxonType type);
  NeuronIndex AddNeuron(CoreId core, const NeuronParameters& parameters,
                        std::int32_t initial_potential = 0);
  void Connect(CoreId core, AxonIndex axon, NeuronIndex neuron);
  void SetTarget(CoreId core, NeuronIndex neuron, NeuronTarget target);
  PinIndex AddPin();
  LineIndex AddInputLine(std::vector<AxonAddress> reaches);

  // What has no call of its own (input, pin_classes, presentation, provenance, indexed
  // by builder id, name, seed).
  ChipModel& model() { return chip_; }

  // Sorts the cores by place (renaming every reference), then validates. Errors: InvalidArgument
  // listing the calls that named a core, axon or neuron not added before (they had no effect), and
  // ValidateChip's.
  absl::StatusOr<ChipModel> Build() &&;

 private:
  // The core, or null with the mistake noted.
  CoreModel* FindCore(CoreId core, std::string_view call);

  ChipModel chip_;
  std::vector<std::string> mistakes_;
  absl::flat_hash_map<NeuronParameters, std::uint32_t> kinds_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_CHIP_CHIP_BUILDER_H_
