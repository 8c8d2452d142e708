// SPDX-License-Identifier: Apache-2.0
// Holds every neuron of a chip against the neuron of the spiking network that it is or copies
// (ProvenanceModel::neuron_sources), tick by tick. A layer at depth d shows in tick k + 1 + d of a
// pipelined run what image k, from 0, makes of it; in rate mode the two go through the ticks of an
// image side by side. Cost: one run of each, and one look at every neuron and tick.
#ifndef SPIKEMESH_CONVERTERS_DIAGNOSIS_CHIP_COMPARISON_H_
#define SPIKEMESH_CONVERTERS_DIAGNOSIS_CHIP_COMPARISON_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/machine/machine.h"
#include "networks/data/dataset.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// Of one layer.
struct ChipAgreement {
  std::int64_t compared = 0;   // neurons of the chip times ticks
  std::int64_t differing = 0;  // of them: one fires, the other does not
  bool operator==(const ChipAgreement&) const = default;
};

// Which neuron of which layer of the network a chip's neurons are.
class NeuronSources {
 public:
  // `network` is that of the chip. Errors: FailedPrecondition (the chip does not say),
  // InvalidArgument (it says what does not fit the network).
  static absl::StatusOr<NeuronSources> Create(const ChipModel& chip, const SpikingNetwork& network);

  // Parts the spikes of a tick by layer: [layer], flat indices of the layer's neurons, one entry a
  // spike. Neurons that are none of a layer are left out.
  const std::vector<std::vector<std::uint32_t>>& Sort(std::span<const NeuronAddress> spikes);

  // How `fired`, the layer's part of Sort, agrees with what the network says: one byte a neuron.
  void Compare(std::size_t layer, std::span<const std::uint32_t> fired,
               std::span<const std::uint8_t> expected, ChipAgreement& agreement) const;

 private:
  explicit NeuronSources(const ChipModel& chip) : chip_(&chip) {}

  const ChipModel* chip_;
  std::vector<std::int32_t> layer_of_core_;         // -1: none
  std::vector<std::vector<std::uint32_t>> copies_;  // [layer][neuron]: how many the chip has
  std::vector<std::int64_t> neurons_;               // [layer]: of the chip
  std::vector<std::vector<std::uint32_t>> fired_;   // [layer]
};

struct ChipComparison {
  std::vector<ChipAgreement> layers;    // of the network
  std::vector<std::int32_t> predicted;  // [images], by the chip
};

// Runs the first `image_count` images through `machine`, a fresh machine of `chip`, and through
// `network`, of SpikingNetworkOf. `progress` is told how many images are done. Errors: those of
// NeuronSources::Create and of creating the encoder.
absl::StatusOr<ChipComparison> CompareChip(const ChipModel& chip, const SpikingNetwork& network,
                                           const Dataset& images, std::int64_t image_count,
                                           const std::function<void(std::int64_t)>& progress,
                                           Machine& machine);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_DIAGNOSIS_CHIP_COMPARISON_H_
