// SPDX-License-Identifier: Apache-2.0
// How the three forms of one network agree, layer by layer: the float network as it was trained,
// the spiking network that it was converted to (integers), and the chip. Conversion may lose
// accuracy between the first two; between the last two nothing may differ. Value and text; the
// picture is in diagnose_svg.h.
#ifndef SPIKEMESH_CORE_REPORT_DIAGNOSE_REPORT_H_
#define SPIKEMESH_CORE_REPORT_DIAGNOSE_REPORT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spikemesh {

// Bins of firing rates: bin b holds neurons of b/20 up to (b + 1)/20 spikes a tick, the last one
// those that fire in every tick too.
inline constexpr std::size_t kRateBins = 20;

// A layer of the spiking network, or the layers that make one activation together. Neurons, rates,
// dead and saturated ones are the spiking network's; the chip's are the same where `differing` is
// 0.
struct LayerAgreement {
  std::string name;
  std::int64_t neurons = 0;
  // Float and spiking network, over all neurons and images. Absent where the layer makes no
  // activation of the float network; a correlation also where one side never changes.
  std::optional<double> correlation;  // Pearson's, -1..1
  std::optional<double> equal_bits;   // 0..1; only of steps and staircases
  // Spiking network and chip: neurons of the chip (copies too) times ticks, and how many of them
  // differ in whether they fire. compared is 0 where the chip has no neuron of the layer.
  std::int64_t compared = 0;
  std::int64_t differing = 0;
  double spike_rate = 0.0;     // spikes a neuron and tick
  std::int64_t dead = 0;       // neurons that never fire
  std::int64_t saturated = 0;  // neurons that fire in every tick
  std::array<std::int64_t, kRateBins> neurons_by_rate = {};
  // Of the float network that goes on from the spiking network's activations up to this layer.
  std::optional<double> accuracy;

  std::optional<double> chip_equal() const;  // the share that does not differ
};

struct DiagnoseReport {
  std::int64_t images = 0;
  double accuracy_float = 0.0;
  double accuracy_spiking = 0.0;
  double accuracy_chip = 0.0;
  std::vector<LayerAgreement> layers;  // in the order in which spikes pass them
};

// A layer loses accuracy where the float network that goes on from it is more than this below the
// float network itself...
inline constexpr double kAccuracyLoss = 0.01;
// ...or by more than this share of what the spiking network loses in all.
inline constexpr double kShareOfLoss = 0.5;

// The first layer that loses accuracy; null where none does.
const LayerAgreement* FirstLoss(const DiagnoseReport& report);
// The first layer in which the chip differs from the spiking network; null where none does.
const LayerAgreement* FirstDifference(const DiagnoseReport& report);

// A table and the two findings.
std::string FormatDiagnosis(const DiagnoseReport& report);
// The findings alone, a sentence each.
std::vector<std::string> FindingsOf(const DiagnoseReport& report);

// A share as "99.98 %"; rounded down, so that only what is whole is told as 100 %.
std::string FormatShare(double share);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_DIAGNOSE_REPORT_H_
