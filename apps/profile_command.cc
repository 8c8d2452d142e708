// SPDX-License-Identifier: Apache-2.0
#include "apps/profile_command.h"

#include <array>
#include <utility>

#include "apps/deliver_report.h"
#include "apps/file_arguments.h"
#include "apps/run_chip.h"
#include "apps/terminal.h"
#include "converters/recipe/file_kind.h"
#include "core/base/atomic_file.h"
#include "core/base/process_usage.h"
#include "core/base/strings.h"
#include "core/profile/packet_trace.h"
#include "core/profile/profile_page.h"
#include "core/profile/traffic_report.h"
#include "core/report/text_table.h"
#include "core/report/version.h"
#include "router/router_config.h"

namespace spikemesh {
namespace {

constexpr IntegerPairForm kMeshForm = {.separator = 'x', .min = 1, .max = 1024};
constexpr double kSaturationResolution = 0.002;
constexpr const char* kFooter = R"(Examples:
  spikemesh profile net.chip --dataset digits --images 100
  spikemesh profile net.chip --dataset mnist --router booksim-c --json profile.json
  spikemesh profile net.chip --dataset mnist --html profile.html
  spikemesh profile net.chip --dataset digits --images 100 --trace trace.json --trace-ticks 20
  spikemesh profile --pattern uniform --rate 0.3 --mesh 8x8
  spikemesh profile --pattern tornado --rate 0.1 --mesh 16x16 --no-saturation --json -

Of a chip: latency of spikes, slack before the end of their tick, late ones, the load of links and
what loads the hottest, and traffic layer by layer. Of a pattern (on booksim-c unless told
otherwise): latency, accepted load, and the rate at which the mesh saturates.)";

absl::StatusOr<SyntheticTraffic> ToTraffic(const ProfileOptions& options) {
  SyntheticTraffic traffic;
  SPIKEMESH_ASSIGN_OR_RETURN(traffic.pattern, ParseTrafficPattern(options.pattern));
  SPIKEMESH_ASSIGN_OR_RETURN(const IntegerPair sides, ParseIntegerPair(options.mesh, kMeshForm));
  traffic.mesh = {.cores_x = sides.first, .cores_y = sides.second};
  traffic.rate = options.rate;
  RouterFlags router = options.run.router;
  router.name = router.name.value_or(RouterName::kBooksimC);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::optional<RouterParameters> parameters,
                             ToRouter(router, kTrueNorthRouter));
  traffic.router = *parameters;
  traffic.warmup_cycles = options.warmup;
  traffic.cycles = options.cycles;
  traffic.seed = options.seed.value_or(0);
  return traffic;
}

void AddChipFlags(CLI::App& app, CLI::Option* model, RunOptions& run) {
  AddImageFlags(app, run)->needs(model);
  app.add_option("--threads", run.machine.threads, "Threads for the cores; the routers take one")
      ->check(NumberWithin(1, kMachineThreadsMax))
      ->capture_default_str()
      ->type_name("N")
      ->needs(model);
}

void AddPatternFlags(CLI::App& app, CLI::Option* pattern, ProfileOptions& options) {
  app.add_option("--rate", options.rate, "Packets a core and cycle, above 0, at most 1")
      ->check(NumberWithin(1e-9, 1.0))
      ->capture_default_str()
      ->needs(pattern)
      ->type_name("R");
  app.add_option("--mesh", options.mesh, "Cores, width x height")
      ->check(Parses([](const std::string& text) { return ParseIntegerPair(text, kMeshForm); }))
      ->capture_default_str()
      ->needs(pattern)
      ->type_name("WxH");
  app.add_option("--warmup", options.warmup, "Cycles before those that are measured")
      ->check(NumberWithin(0, static_cast<double>(kTrafficCyclesMax)))
      ->capture_default_str()
      ->needs(pattern)
      ->type_name("N");
  app.add_option("--cycles", options.cycles, "Cycles that are measured")
      ->check(NumberWithin(1, static_cast<double>(kTrafficCyclesMax)))
      ->capture_default_str()
      ->needs(pattern)
      ->type_name("N");
  app.add_flag("--no-saturation", options.no_saturation,
               "Do not search the rate of saturation, which takes ten such runs")
      ->needs(pattern);
}

void AddTraceFlags(CLI::App& app, CLI::Option* model, ProfileOptions& options) {
  CLI::Option* const trace =
      app.add_option("--trace", options.trace,
                     "Write the first packets as a timeline, for https://ui.perfetto.dev")
          ->needs(model)
          ->type_name("FILE");
  app.add_option("--trace-ticks", options.trace_ticks,
                 "Ticks with packets in the trace; fewer where they take more than 48 MiB")
      ->check(NumberWithin(1, kTraceTicksMax))
      ->capture_default_str()
      ->needs(trace)
      ->type_name("N");
}

absl::Status ProfilePattern(const ProfileOptions& options) {
  TrafficReport report;
  SPIKEMESH_ASSIGN_OR_RETURN(report.traffic, ToTraffic(options));
  report.version = ProjectVersion();
  const Stopwatch stopwatch;
  SPIKEMESH_ASSIGN_OR_RETURN(report.measured, MeasureTraffic(report.traffic));
  report.cpu_seconds = stopwatch.cpu_seconds();
  if (!options.no_saturation) {
    SPIKEMESH_ASSIGN_OR_RETURN(report.saturation_rate,
                               FindSaturation(report.traffic, kSaturationResolution));
  }
  return DeliverReport(options.json, FormsOf(report));
}

// What the same run takes without routers, in seconds of the processor.
absl::StatusOr<double> MeasureIdeal(RunOptions run) {
  run.router.name = RouterName::kIdeal;
  run.router.config = "";
  run.profile = false;
  run.page = false;
  run.trace_ticks = 0;
  SPIKEMESH_ASSIGN_OR_RETURN(const RunResult ideal, RunChipModel(run));
  return ideal.report.simulator.cpu_seconds;
}

absl::Status CheckChipToProfile(const RunOptions& run) {
  SPIKEMESH_ASSIGN_OR_RETURN(const FileKind kind, RecognizeFile(run.model));
  if (kind != FileKind::kChip) {
    return absl::FailedPreconditionError(
        Concat(run.model, ": only a chip has routers, and this is ", NameOf(kind),
               "; `spikemesh convert` makes a .chip of a network"));
  }
  if (run.dataset.empty()) {
    return absl::FailedPreconditionError(
        Concat(run.model, ": spikes come from images; name them with --dataset"));
  }
  return absl::OkStatus();
}

absl::Status WriteTrace(const std::string& path, const PacketTrace& trace) {
  const PacketTraceText text = trace.Format();
  if (text.ticks_left_out > 0) {
    LogWarning(Concat("--trace: holds ", text.ticks, " ticks; ", text.ticks_left_out,
                      " more would make it larger than ", kTraceBytesMax, " bytes"));
  }
  return WriteFileAtomically(path, text.json);
}

absl::Status WriteFiles(const ProfileOptions& options, const Recording& recording,
                        const ProfileReport& report) {
  if (!options.traffic_out.empty()) {
    SPIKEMESH_RETURN_IF_ERROR(WriteFileAtomically(
        options.traffic_out, FormatTraffic(recording.neuron_counts()->counts())));
  }
  if (!options.html.empty()) {
    SPIKEMESH_RETURN_IF_ERROR(WriteFileAtomically(
        options.html, FormatProfilePage(*recording.traffic(), *recording.timeline(), report)));
  }
  return options.trace.empty() ? absl::OkStatus() : WriteTrace(options.trace, *recording.trace());
}

absl::Status ProfileChip(const ProfileOptions& options) {
  RunOptions run = options.run;
  run.router.name = run.router.name.value_or(RouterName::kCycle);
  run.profile = !options.traffic_out.empty();
  run.partial_report = false;  // a mesh is measured on all images that were asked for
  run.page = !options.html.empty();
  run.trace_ticks = options.trace.empty() ? 0 : options.trace_ticks;
  run.machine.seed = options.seed;
  SPIKEMESH_RETURN_IF_ERROR(CheckChipToProfile(run));

  SPIKEMESH_ASSIGN_OR_RETURN(const RunResult result, RunChipModel(run));
  ProfileReport report = MakeProfileReport(*result.recording->traffic(), result.report);
  SPIKEMESH_ASSIGN_OR_RETURN(report.ideal_cpu_seconds, MeasureIdeal(std::move(run)));
  SPIKEMESH_RETURN_IF_ERROR(WriteFiles(options, *result.recording, report));
  return DeliverReport(options.json, FormsOf(report));
}

}  // namespace

CLI::App* AddProfileCommand(CLI::App& app, ProfileOptions& options) {
  CLI::App* const profile = app.add_subcommand(
      "profile", "Measure the spikes of a chip, or synthetic traffic, on cycle-accurate routers");
  CLI::Option_group* const either = profile->add_option_group("either");
  CLI::Option* const model =
      either->add_option("MODEL", options.run.model, "The .chip to profile")->type_name("");
  CLI::Option* const pattern =
      either
          ->add_option("--pattern", options.pattern,
                       "Synthetic traffic: uniform, transpose, bitcomp, tornado or neighbor")
          ->check(Parses([](const std::string& text) { return ParseTrafficPattern(text); }))
          ->type_name("NAME");
  either->require_option(1);
  AddChipFlags(*profile, model, options.run);
  AddPatternFlags(*profile, pattern, options);
  AddRouterFlags(*profile, "", false, options.run.router);
  profile->get_option("--late")->needs(model);  // a pattern's packets have no tick to miss
  profile
      ->add_option("--html", options.html,
                   "Write a page with the mesh drawn core by core and link by link, and charts")
      ->needs(model)
      ->type_name("FILE");
  profile
      ->add_option("--traffic-out", options.traffic_out,
                   "Write how often each neuron fired (CSV), for `convert --traffic`")
      ->needs(model)
      ->type_name("FILE");
  AddTraceFlags(*profile, model, options);
  profile->add_option("--seed", options.seed, "Seed of the packets, or instead of the chip's")
      ->check(Seed())
      ->type_name("N");
  profile
      ->add_option("--json", options.json,
                   "Write the report as JSON; `-`: to standard output, in place of the text")
      ->type_name("FILE");
  profile->footer(kFooter);
  return profile;
}

absl::Status ProfileCommand(const ProfileOptions& options) {
  const std::array<FileArgument, 2> inputs = {
      {{"MODEL", options.run.model}, {"--router-config", options.run.router.config}}};
  const std::array<FileArgument, 4> outputs = {{{"--json", options.json},
                                                {"--html", options.html},
                                                {"--traffic-out", options.traffic_out},
                                                {"--trace", options.trace}}};
  SPIKEMESH_RETURN_IF_ERROR(CheckOutputFiles(inputs, outputs));
  if (!options.pattern.empty()) {
    return ProfilePattern(options);
  }
  return ProfileChip(options);
}

}  // namespace spikemesh
