// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/fold_network.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

#include "converters/spiking/activations.h"
#include "converters/spiking/check_network.h"
#include "converters/spiking/fold_input.h"
#include "converters/spiking/fold_layer.h"
#include "converters/spiking/fold_readout.h"
#include "converters/spiking/stages.h"

namespace spikemesh {

absl::StatusOr<SpikingNetwork> FoldNetwork(const Network& network,
                                           const Preprocessing& preprocessing) {
  SPIKEMESH_RETURN_IF_ERROR(CheckNetwork(network));
  SPIKEMESH_ASSIGN_OR_RETURN(const StagedNetwork staged, CutIntoStages(network));
  SpikingNetwork spiking;
  spiking.name = network.name;

  // Image -> lines.
  SPIKEMESH_ASSIGN_OR_RETURN(FoldedInput folded,
                             FoldInput(staged.stages.front(), network.input_shape, preprocessing));
  spiking.input = std::move(folded.input);
  spiking.encoded_shape = folded.encoded_shape;

  // Lines -> layer -> layer; the values of each layer's spikes are what the next one folds with.
  Activations activations = std::move(folded.activations);
  for (std::size_t i = 1; i < staged.stages.size(); ++i) {
    const Stage& stage = staged.stages[i];
    ApplyToActivations(stage.before, activations);
    SPIKEMESH_ASSIGN_OR_RETURN(SpikingLayer layer, FoldLayer(stage, activations));
    const std::int32_t source = static_cast<std::int32_t>(i) - 2;  // kEncodedInput for the first
    layer.inputs[0].source = source;
    layer.inputs[0].delay_ticks = source == kEncodedInput ? 0 : 1;
    activations =
        StepActivations(std::get<StepNode>(stage.step->operation), layer.output_shape.size());
    spiking.layers.push_back(std::move(layer));
  }

  // Last layer -> classes.
  SPIKEMESH_ASSIGN_OR_RETURN(FoldedReadout readout, FoldReadout(staged.tail, activations));
  spiking.output_classes = std::move(readout.classes);
  spiking.class_count = readout.class_count;
  spiking.presentation = {.mode = PresentationMode::kPipelined,
                          .ticks_per_image = 1,
                          .latency_ticks = static_cast<std::int32_t>(spiking.layers.size()) - 1};
  SPIKEMESH_RETURN_IF_ERROR(Annotate(ValidateSpiking(spiking), "folded network"));
  return spiking;
}

}  // namespace spikemesh
