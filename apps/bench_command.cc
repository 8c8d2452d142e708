// SPDX-License-Identifier: Apache-2.0
#include "apps/bench_command.h"

#include <array>
#include <utility>

#include "apps/bench_sweep.h"
#include "apps/deliver_report.h"
#include "apps/file_arguments.h"
#include "apps/terminal.h"
#include "core/base/atomic_file.h"
#include "core/base/process_usage.h"
#include "core/chip/chip_file.h"
#include "core/chip/standard_workload.h"
#include "core/report/bench_report.h"
#include "core/report/bench_sweep_svg.h"
#include "networks/inference/check_images.h"

namespace spikemesh {
namespace {

constexpr std::int64_t kTicksUsual = 500;
constexpr std::int64_t kTicksOfSweepPoint = 100;
constexpr IntegerPairForm kGridForm = {'x', 1, kWorkloadSideMax};

constexpr const char* kFooter =
    R"(Every core has 256 axons and 256 neurons that fire at --rate; each spike goes to a random axon
of the grid and reaches --synapses neurons there. ms_per_tick is processor time (user and system) of
the timed ticks, after 50 of warm-up; building and loading are timed apart. --profile says how much
of the wall time each phase of a tick took. --sweep measures 0..200 Hz x 0..256 synapses, the ranges
of TrueNorth's published characterisation, with all other flags of the workload; --picture draws it.
Examples:
  spikemesh bench                                 4,096 cores, 20 Hz, 128 synapses
  spikemesh bench --cores 16x16 --rate 200 --synapses 256 --threads 2 --profile
  spikemesh bench --sweep --picture sweep.svg --json sweep.json
  spikemesh bench -o load.chip; spikemesh bench --from load.chip --json -)";

absl::StatusOr<WorkloadOptions> ToWorkload(const BenchOptions& options) {
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
  return workload;
}

absl::StatusOr<ChipModel> BuildWorkload(const BenchOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const WorkloadOptions workload, ToWorkload(options));
  return BuildStandardWorkload(workload);
}

BenchRun ToRun(const BenchOptions& options) {
  MachineOptions machine = ToMachineOptions(options.machine);
  machine.profile = options.profile;
  return {.ticks = options.ticks.value_or(options.sweep ? kTicksOfSweepPoint : kTicksUsual),
          .machine = machine};
}

absl::Status BenchOnePoint(const BenchOptions& options) {
  const Stopwatch make;
  const bool load = !options.from.empty();
  SPIKEMESH_ASSIGN_OR_RETURN(const ChipModel chip,
                             load ? ReadChipFile(options.from) : BuildWorkload(options));
  const double made_seconds = make.wall_seconds();
  if (!options.output.empty()) {
    SPIKEMESH_RETURN_IF_ERROR(WriteChipFile(chip, options.output));
  }
  BenchRun run = ToRun(options);
  ProgressLine line("ticks", run.ticks);
  run.progress = [&line](std::int64_t done) { line.Update(done); };
  SPIKEMESH_ASSIGN_OR_RETURN(BenchReport report, MeasureChip(chip, run));
  (load ? report.load_seconds : report.build_seconds) += made_seconds;
  return DeliverReport(options.json, FormsOf(report));
}

absl::Status BenchSurface(const BenchOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const WorkloadOptions workload, ToWorkload(options));
  SPIKEMESH_ASSIGN_OR_RETURN(const BenchSweep sweep, MeasureSweep(workload, ToRun(options)));
  if (!options.picture.empty()) {
    SPIKEMESH_RETURN_IF_ERROR(WriteFileAtomically(options.picture, FormatSweepSvg(sweep)));
  }
  return DeliverReport(options.json, FormsOf(sweep));
}

// Flags of one point that the sweep replaces or that its report has no place for.
void AddSweepFlags(CLI::App& bench, BenchOptions& options) {
  CLI::Option* const profile = bench.add_flag(
      "--profile", options.profile, "Measure the phases of a tick, which costs a little time");
  CLI::Option* const sweep =
      bench.add_flag("--sweep", options.sweep, "Measure a grid of rates and synapses");
  sweep->excludes(profile);
  for (const char* const flag : {"--rate", "--synapses", "--from", "--output"}) {
    sweep->excludes(bench.get_option(flag));
  }
  bench
      .add_option("--picture", options.picture, "Draw speed and GSOPS/W of the sweep as heat maps")
      ->needs(sweep)
      ->type_name("FILE.svg");
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
      ->check(NumberWithin(1, static_cast<double>(kTicksMax)))
      ->default_str("500, each point of the sweep: 100")
      ->type_name("N");
  bench
      ->add_option("--json", options.json,
                   "Write the report as JSON; `-`: to standard output, in place of the text")
      ->type_name("FILE");
  AddSweepFlags(*bench, options);
  AddMachineFlags(*bench, options.machine);
  bench->footer(kFooter);
  return bench;
}

absl::Status BenchCommand(const BenchOptions& options) {
  const std::array<FileArgument, 1> inputs = {{{"--from", options.from}}};
  const std::array<FileArgument, 3> outputs = {
      {{"--output", options.output}, {"--picture", options.picture}, {"--json", options.json}}};
  SPIKEMESH_RETURN_IF_ERROR(CheckOutputFiles(inputs, outputs));
  return options.sweep ? BenchSurface(options) : BenchOnePoint(options);
}

}  // namespace spikemesh
