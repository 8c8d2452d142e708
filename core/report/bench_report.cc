// SPDX-License-Identifier: Apache-2.0
#include "core/report/bench_report.h"

#include <algorithm>
#include <cstddef>

#include "core/base/strings.h"
#include "core/report/chip_summary.h"
#include "core/report/report_text.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

// Pacemakers and silent cores: more kinds of neuron than these are a mixed workload.
constexpr std::size_t kKindsOfPlainWorkload = 2;

bool DrawsNumbers(const NeuronParameters& neuron) {
  return neuron.threshold_mask_bits > 0 || neuron.stochastic_weights != 0 || neuron.stochastic_leak;
}

bool HasTarget(const NeuronModel& neuron) { return neuron.target.kind != TargetKind::kNone; }

double Ratio(double numerator, double denominator) {
  return denominator > 0.0 ? numerator / denominator : 0.0;
}

double SimulatedSeconds(const BenchReport& report) {
  return static_cast<double>(report.ticks) * report.energy.tick_us * 1e-6;
}

std::string FormatWorkload(const BenchReport& report) {
  std::string text = Concat(FormatCount(report.cores), " cores");
  if (report.active_cores != report.cores) {
    text += Concat(" (", FormatCount(report.active_cores), " active)");
  }
  text += Concat(", ", FormatNumber(report.rate_hz()), " Hz measured, ",
                 FormatNumber(report.synapses_per_axon), " synapses an axon");
  text += report.stochastic ? ", stochastic" : "";
  text += report.mixed ? ", mixed" : "";
  return text;
}

std::string FormatPhases(const BenchReport& report) {
  const double core_ticks = static_cast<double>(report.ticks) * static_cast<double>(report.cores);
  return report.phases ? Concat("\nphases, wall time summed over threads\n",
                                FormatPhaseTimes(*report.phases, core_ticks))
                       : "";
}

}  // namespace

void DescribeWorkload(const ChipModel& chip, BenchReport& report) {
  const ModelSummary sizes = SummarizeChip(chip, "");
  report.cores = *sizes.cores;
  for (const CoreModel& core : chip.cores) {
    if (std::ranges::any_of(core.neurons, HasTarget)) {
      ++report.active_cores;
      report.neurons += static_cast<std::int64_t>(core.neurons.size());
    }
  }
  report.synapses_per_axon =
      *sizes.axons == 0 ? 0.0
                        : static_cast<double>(*sizes.synapses) / static_cast<double>(*sizes.axons);
  report.stochastic = std::ranges::any_of(chip.neuron_kinds, DrawsNumbers);
  report.mixed = chip.neuron_kinds.size() > kKindsOfPlainWorkload;
}

double BenchReport::rate_hz() const {
  return Ratio(static_cast<double>(counts.spikes),
               static_cast<double>(neurons) * SimulatedSeconds(*this));
}

double BenchReport::ms_per_tick() const {
  return Ratio(cpu_seconds * 1e3, static_cast<double>(ticks));
}

double BenchReport::wall_ms_per_tick() const {
  return Ratio(wall_seconds * 1e3, static_cast<double>(ticks));
}

double BenchReport::ns_per_core_tick() const {
  return Ratio(cpu_seconds * 1e9, static_cast<double>(ticks) * static_cast<double>(cores));
}

double BenchReport::realtime_factor() const { return Ratio(SimulatedSeconds(*this), wall_seconds); }

double BenchReport::synaptic_ops_per_second() const {
  return Ratio(static_cast<double>(counts.synaptic_ops), wall_seconds);
}

std::string FormatBenchReport(const BenchReport& report) {
  const TextTable speed = {
      .rows = {{"ms per tick (processor)", FormatNumber(report.ms_per_tick())},
               {"ms per tick (wall)", FormatNumber(report.wall_ms_per_tick())},
               {"ns per core and tick", FormatNumber(report.ns_per_core_tick())},
               {"times real time", FormatNumber(report.realtime_factor())},
               {"synaptic operations per second",
                FormatQuantity(report.synaptic_ops_per_second(), "SOP/s")},
               {"build", FormatQuantity(report.build_seconds, "s")},
               {"load", FormatQuantity(report.load_seconds, "s")},
               {"peak memory", FormatQuantity(static_cast<double>(report.peak_memory_bytes), "B")}},
      .indent = 2};
  return Concat("workload  ", FormatWorkload(report), "\nrun       ", FormatCount(report.ticks),
                " ticks after ", report.warm_up_ticks, " of warm-up, ", report.threads,
                report.threads == 1 ? " thread" : " threads", " (", report.simd, "), seed ",
                report.seed, "\n\nspeed\n", FormatTable(speed), FormatPhases(report), "\ncounts\n",
                FormatCounts(report.counts), "\n",
                FormatEnergy(report.energy, report.energy_whole_chip));
}

}  // namespace spikemesh
