// SPDX-License-Identifier: Apache-2.0
// What `spikemesh convert` made, layer by layer, as a value and as text.
#ifndef SPIKEMESH_CORE_REPORT_CONVERT_REPORT_H_
#define SPIKEMESH_CORE_REPORT_CONVERT_REPORT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/remedy.h"
#include "core/chip/presentation.h"
#include "core/report/host_work.h"
#include "core/report/run_mode.h"

namespace spikemesh {

// One layer. What only a mapped network has (cores and on) is 0 before mapping.
struct ConvertedLayer {
  std::string name;
  std::string kind;                        // "convolution", "dense"
  std::array<std::int64_t, 3> shape = {};  // of the output: channels, height, width
  std::int64_t fan_in = 0;                 // inputs of one neuron
  std::int64_t neurons = 0;
  std::int64_t cores = 0;
  std::int64_t axons = 0;
  std::int64_t copies = 0;     // further neurons that only widen fan-out
  std::int64_t splitters = 0;  // cores that only copy spikes
  std::int64_t relays = 0;     // cores that only carry spikes further or later
  std::string weights;         // "ternary", "int4", "codebook", "integer"
  bool exact = true;           // no output bit differs from the layer above it in the flow
  std::int64_t latency_ticks = 0;
};

// A layer that was split because its neurons need more axons than a core has.
struct ConvertedSplit {
  std::string layer;
  std::int64_t chunks = 0;           // parts of one neuron's inputs
  std::int64_t partial_neurons = 0;  // of all parts
  std::int64_t axons = 0;            // that one neuron would have needed
  bool readout = false;              // the parts' votes are added by the host
  // Of the layer's output spikes, those that differ; of a read-out, of the images, those that
  // change their class.
  double flipped_share = 0.0;
};

// What calibration images say of the conversion. Accuracies are shares, 0..1.
struct CalibrationSummary {
  std::string dataset;
  std::int64_t images = 0;
  // Else accuracy is the share of answers that are those of the network as trained.
  bool labelled = true;
  double float_accuracy = 0.0;            // of the network as trained
  std::optional<double> pooled_accuracy;  // with averages for max pools, where they were replaced
  double spiking_accuracy = 0.0;          // in spikes, before mapping
  std::optional<double> split_accuracy;   // after wide layers were split with loss,
  std::int64_t split_images = 0;          // of the first of the images
  // Accuracy as trained less that of the last step, on the images of the last step.
  double loss = 0.0;
};

// More ticks than the network has been given, beyond which accuracy does not rise.
struct SufficientTicks {
  std::int64_t ticks = 0;
  std::int64_t images = 0;    // that both accuracies are of
  double accuracy = 0.0;      // with those ticks
  double accuracy_now = 0.0;  // with the network's own
};

// The layer of a conversion that loses most: the float network's accuracy when it goes on from the
// spikes ahead of the layer, and from the layer's own.
struct WorstLayer {
  std::string name;
  std::int64_t images = 0;
  double before = 0.0;
  double after = 0.0;
};

// Max pools that were kept in rate mode.
struct ExactPools {
  std::int64_t pools = 0;
  std::int64_t neurons = 0;           // of all their layers,
  std::int64_t neurons_average = 0;   // and of average pools in their places
  std::optional<std::int64_t> cores;  // likewise, of a chip; estimated: those of their last layers
  std::optional<std::int64_t> cores_average;
  double average_accuracy = 0.0;  // of the float network with averages, on calibration images
};

// Where a conversion loses accuracy that should be told.
struct ConversionLoss {
  std::optional<WorstLayer> worst;
  std::string text;
  std::vector<Remedy> remedies;
};

// Where cores were placed, against layer order row by row.
struct ConvertedPlacement {
  bool row_major = false;  // as asked for, or because nothing was better
  bool measured = false;   // weighted by spikes of a run; else every neuron counts as one packet
  double hops_row_major = 0.0;  // of a packet, mean
  double hops = 0.0;
  std::int64_t link_max_row_major = 0;  // packets over the busiest link
  std::int64_t link_max = 0;
};

struct ConvertReport {
  std::string source;
  std::string output;
  std::string sha256;  // of the source file
  std::string version;
  RunMode mode = RunMode::kPipelined;  // how the network will run
  std::string mode_reason;             // empty where there was no choice
  std::optional<CalibrationSummary> calibration;
  std::optional<SufficientTicks> sufficient_ticks;  // rate mode
  std::optional<ConversionLoss> loss;
  std::optional<ExactPools> exact_pools;
  // The float network hardly does better than guessing: its preprocessing may be missing.
  bool doubtful_preprocessing = false;
  std::vector<ConvertedLayer> layers;
  std::vector<ConvertedSplit> splits;
  bool random_split = false;  // splits that lose spikes were fitted to random images
  std::optional<ConvertedPlacement> placement;
  // Totals of the chip; absent where the output is a network before mapping.
  std::optional<std::int64_t> cores;
  std::optional<std::int64_t> chips;
  std::int64_t neurons = 0;
  std::int64_t axons = 0;
  std::int64_t synapses = 0;
  std::int64_t latency_ticks = 0;
  double range_max = 1.0;  // preprocessing: bytes become 0..range_max
  std::vector<double> mean;
  std::vector<double> scale;
  ImagePad pad = {};  // ahead of it
  std::optional<HostWork> host_work;
  std::vector<std::string> warnings;
};

std::string FormatConvertReport(const ConvertReport& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_CONVERT_REPORT_H_
