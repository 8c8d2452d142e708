// SPDX-License-Identifier: Apache-2.0
#include "apps/bench_command.h"

#include <algorithm>
#include <array>
#include <optional>

#include "apps/chip_summary.h"
#include "apps/file_arguments.h"
#include "apps/process_usage.h"
#include "apps/terminal.h"
#include "apps/version.h"
#include "core/base/atomic_file.h"
#include "core/chip/chip_file.h"
#include "core/chip/standard_workload.h"
#include "core/stats/bench_report.h"

namespace spikemesh {
namespace {

// Ticks before the clock starts: delay slots fill (15 ticks) and buffers reach their sizes.
constexpr std::int64_t kWarmUpTicks = 50;
// Pacemakers and silent cores: more kinds of neuron than these are a mixed workload.
constexpr std::size_t kKindsOfPlainWorkload = 2;
constexpr std::int64_t kTicksBetweenProgress = 16;
constexpr IntegerPairForm kGridForm = {'x', 1, kWorkloadSideMax};

constexpr const char* kFooter =
    R"(Every core has 256 axons and 256 neurons that fire at --rate; each spike goes to a random axon
of the grid and reaches --synapses neurons there. ms_per_tick is processor time (user and system) of
the timed ticks, after 50 of warm-up; building and loading are timed apart.
Examples:
  spikemesh bench                                 4,096 cores, 20 Hz, 128 synapses
  spikemesh bench --cores 16x16 --rate 200 --synapses 256 --threads 2
  spikemesh bench -o load.chip; spikemesh bench --from load.chip --json -)";

absl::StatusOr<ChipModel> BuildWorkload(const BenchOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const IntegerPair grid, ParseIntegerPair(options.cores, kGridForm));
  WorkloadOptions workload;
  workload.cores_x = grid.first;
  workload.cores_y = grid.second;
  workload.rate_hz = options.rate_hz;
  workload.synapses = options.synapses;
  workload.stochastic = options.stochastic;
  workload.mixed = options.mixed;
  workload.active_cores = options.active_cores;
  workload.seed = options.machine.seed.value_or(workload.seed);
  return BuildStandardWorkload(workload);
}

bool DrawsNumbers(const NeuronParameters& neuron) {
  return neuron.threshold_mask_bits > 0 || neuron.stochastic_weights != 0 || neuron.stochastic_leak;
}

// What the chip itself says, so that a loaded workload reports as a built one does.
void DescribeChip(const ChipModel& chip, BenchReport& report) {
  const ModelSummary sizes = SummarizeChip(chip, "");
  report.cores = *sizes.cores;
  report.neurons = *sizes.neurons;
  report.synapses_per_axon =
      *sizes.axons == 0 ? 0.0
                        : static_cast<double>(*sizes.synapses) / static_cast<double>(*sizes.axons);
  report.stochastic = std::ranges::any_of(chip.neuron_kinds, DrawsNumbers);
  report.mixed = chip.neuron_kinds.size() > kKindsOfPlainWorkload;
}

void RunTimedTicks(std::int64_t ticks, Machine& machine, BenchReport& report) {
  ProgressLine progress("ticks", ticks);
  machine.RunUntil(Tick(kWarmUpTicks));
  const Counters before = machine.counters();
  const Stopwatch stopwatch;
  for (std::int64_t tick = 1; tick <= ticks; ++tick) {
    machine.Step();
    if (tick % kTicksBetweenProgress == 0) {
      progress.Update(tick);
    }
  }
  report.cpu_seconds = stopwatch.cpu_seconds();
  report.wall_seconds = stopwatch.wall_seconds();
  report.counts = machine.counters() - before;
  report.ticks = ticks;
  report.warm_up_ticks = kWarmUpTicks;
}

absl::StatusOr<BenchReport> Measure(const BenchOptions& options) {
  BenchReport report;
  const Stopwatch build;
  const bool load = !options.from.empty();
  SPIKEMESH_ASSIGN_OR_RETURN(const ChipModel chip,
                             load ? ReadChipFile(options.from) : BuildWorkload(options));
  const double made_seconds = build.wall_seconds();
  if (!options.output.empty()) {
    SPIKEMESH_RETURN_IF_ERROR(WriteChipFile(chip, options.output));
  }
  const Stopwatch create;
  SPIKEMESH_ASSIGN_OR_RETURN(Machine machine,
                             Machine::Create(chip, ToMachineOptions(options.machine)));
  report.build_seconds = load ? 0.0 : made_seconds;
  report.load_seconds = create.wall_seconds() + (load ? made_seconds : 0.0);
  DescribeChip(chip, report);
  RunTimedTicks(options.ticks, machine, report);
  const ChipEnergy energy = ComputeChipEnergy(chip, report.counts,
                                              {.ticks = report.ticks,
                                               .volts = chip.spec.volts,
                                               .tick_us = chip.spec.tick_us,
                                               .images = std::nullopt},
                                              EnergyConstants());
  report.energy = energy.used_cores;
  report.energy_whole_chip = energy.whole_chip;
  report.peak_memory_bytes = PeakMemoryBytes();
  report.threads = options.machine.threads;
  report.simd = machine.simd_name();
  report.seed = options.machine.seed.value_or(chip.seed);
  report.version = ProjectVersion();
  return report;
}

}  // namespace

CLI::App* AddBenchCommand(CLI::App& app, BenchOptions& options) {
  CLI::App* const bench =
      app.add_subcommand("bench", "Measure the simulator on the standard workload");
  CLI::Option* const from =
      bench->add_option("--from", options.from, "Run this chip instead")->type_name("FILE.chip");
  const auto grid = [](const std::string& text) { return ParseIntegerPair(text, kGridForm); };
  const std::array<CLI::Option*, 7> of_workload = {
      bench->add_option("--cores", options.cores, "Grid of cores, width x height")
          ->check(Parses(grid))
          ->type_name("WxH"),
      bench->add_option("--rate", options.rate_hz, "Firing rate of every neuron in Hz, 0..1000")
          ->check(NumberWithin(0.0, kWorkloadRateHzMax))
          ->type_name("HZ"),
      bench->add_option("--synapses", options.synapses, "Synapses of every axon, 0..256")
          ->check(NumberWithin(0, kNeuronsPerCore))
          ->type_name("N"),
      bench->add_flag("--stochastic", options.stochastic, "Every neuron draws a threshold a tick"),
      bench->add_flag("--mixed", options.mixed, "Every neuron has parameters of its own"),
      bench->add_option("--active-cores", options.active_cores, "Share of cores that fire, 0..1")
          ->check(NumberWithin(0.0, 1.0))
          ->type_name("F"),
      bench->add_option("-o,--output", options.output, "Write the workload to this file, too")
          ->type_name("OUT.chip")};
  for (CLI::Option* const option : of_workload) {
    option->excludes(from)->capture_default_str();
  }
  bench->add_option("--ticks", options.ticks, "Ticks that are timed")
      ->check(NumberWithin(1, kTicksMax))
      ->capture_default_str()
      ->type_name("N");
  bench
      ->add_option("--json", options.json,
                   "Write the report as JSON; `-`: to standard output, in place of the text")
      ->type_name("FILE");
  AddMachineFlags(*bench, options.machine);
  bench->footer(kFooter);
  return bench;
}

absl::Status BenchCommand(const BenchOptions& options) {
  const std::array<FileArgument, 1> inputs = {{{"--from", options.from}}};
  const std::array<FileArgument, 2> outputs = {
      {{"--output", options.output}, {"--json", options.json}}};
  SPIKEMESH_RETURN_IF_ERROR(CheckOutputFiles(inputs, outputs));
  SPIKEMESH_ASSIGN_OR_RETURN(const BenchReport report, Measure(options));
  const std::string json = FormatJsonFile(BenchReportJson(report));
  if (options.json == kStandardOutput) {
    return PrintResult(json);
  }
  if (!options.json.empty()) {
    SPIKEMESH_RETURN_IF_ERROR(WriteFileAtomically(options.json, json));
  }
  return PrintResult(FormatBenchReport(report));
}

}  // namespace spikemesh
