// SPDX-License-Identifier: Apache-2.0
// What is measured of one layer of a diagnosis, image by image: how its spikes go with the float
// network's values, and how often its neurons fire.
#ifndef SPIKEMESH_CONVERTERS_DIAGNOSIS_LAYER_METER_H_
#define SPIKEMESH_CONVERTERS_DIAGNOSIS_LAYER_METER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "converters/diagnosis/agreement.h"
#include "converters/diagnosis/diagnose_layers.h"
#include "core/report/diagnose_report.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

class LayerMeter {
 public:
  // Spikes of all layers: [layer][neuron], over all ticks of an image.
  using Counts = std::vector<std::vector<std::int32_t>>;

  // All must outlive the meter.
  LayerMeter(const DiagnosedLayer& layer, const SpikingNetwork& spiking, const Network& network);

  // One image. `values`: the outputs of all nodes of the float network.
  void Add(const Counts& counts, const std::vector<std::vector<double>>& values);

  // What the spikes of one image say that the values of the counterpart's node are. Of rates: with
  // the factors of all images added so far; of votes: the votes themselves, which order the classes
  // as the outputs do.
  std::vector<double> Decode(const Counts& counts) const;

  // All but the chip's part and the accuracy.
  LayerAgreement Report() const;

 private:
  std::vector<double> UnscaledValues(const Counts& counts) const;
  void CompareBits(const Counts& counts, std::span<const double> values);
  std::vector<double> Factors() const;

  const DiagnosedLayer& layer_;
  const SpikingNetwork& spiking_;
  std::int64_t images_ = 0;
  std::vector<std::vector<std::int64_t>> spikes_;  // [layer of layer_.layers][neuron]
  Agreement agreement_;
  std::int64_t bits_compared_ = 0;
  std::int64_t bits_equal_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_DIAGNOSIS_LAYER_METER_H_
