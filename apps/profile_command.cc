// SPDX-License-Identifier: Apache-2.0
#include "apps/profile_command.h"

#include <array>

#include "apps/deliver_report.h"
#include "apps/file_arguments.h"
#include "apps/process_usage.h"
#include "apps/version.h"
#include "core/base/atomic_file.h"
#include "core/profile/traffic_report.h"
#include "router/router_config.h"

namespace spikemesh {
namespace {

constexpr IntegerPairForm kMeshForm = {.separator = 'x', .min = 1, .max = 1024};
constexpr double kSaturationResolution = 0.002;
constexpr std::uint64_t kConfigBytesMax = 1 << 20;
constexpr const char* kFooter = R"(Examples:
  spikemesh profile --pattern uniform --rate 0.3 --mesh 8x8
  spikemesh profile --pattern tornado --rate 0.1 --mesh 16x16 --no-saturation --json -)";

absl::StatusOr<RouterParameters> ReadRouter(const ProfileOptions& options) {
  if (options.router_config.empty()) {
    return RouterParameters();  // booksim-c
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string text,
                             ReadFile(options.router_config, kConfigBytesMax));
  return Annotate(ParseRouterConfig(text), options.router_config);
}

absl::StatusOr<SyntheticTraffic> ToTraffic(const ProfileOptions& options) {
  SyntheticTraffic traffic;
  SPIKEMESH_ASSIGN_OR_RETURN(traffic.pattern, ParseTrafficPattern(options.pattern));
  SPIKEMESH_ASSIGN_OR_RETURN(const IntegerPair sides, ParseIntegerPair(options.mesh, kMeshForm));
  traffic.mesh = {.cores_x = sides.first, .cores_y = sides.second};
  traffic.rate = options.rate;
  SPIKEMESH_ASSIGN_OR_RETURN(traffic.router, ReadRouter(options));
  traffic.warmup_cycles = options.warmup;
  traffic.cycles = options.cycles;
  traffic.seed = options.seed;
  return traffic;
}

}  // namespace

CLI::App* AddProfileCommand(CLI::App& app, ProfileOptions& options) {
  CLI::App* const profile =
      app.add_subcommand("profile", "Measure synthetic traffic on cycle-accurate routers");
  profile
      ->add_option("--pattern", options.pattern, "uniform, transpose, bitcomp, tornado or neighbor")
      ->required()
      ->check(Parses([](const std::string& text) { return ParseTrafficPattern(text); }))
      ->type_name("NAME");
  profile->add_option("--rate", options.rate, "Packets a core and cycle, above 0, at most 1")
      ->check(NumberWithin(1e-9, 1.0))
      ->capture_default_str()
      ->type_name("R");
  profile->add_option("--mesh", options.mesh, "Cores, width x height")
      ->check(Parses([](const std::string& text) { return ParseIntegerPair(text, kMeshForm); }))
      ->capture_default_str()
      ->type_name("WxH");
  profile->add_option("--warmup", options.warmup, "Cycles before those that are measured")
      ->check(NumberWithin(0, static_cast<double>(kTrafficCyclesMax)))
      ->capture_default_str()
      ->type_name("N");
  profile->add_option("--cycles", options.cycles, "Cycles that are measured")
      ->check(NumberWithin(1, static_cast<double>(kTrafficCyclesMax)))
      ->capture_default_str()
      ->type_name("N");
  profile->add_flag("--no-saturation", options.no_saturation,
                    "Do not search the rate of saturation, which takes ten such runs");
  CLI::Option* const router =
      profile->add_option("--router", options.router, "The routers' parameters: booksim-c")
          ->check(CLI::IsMember({"booksim-c"}).description(""))
          ->capture_default_str()
          ->type_name("NAME");
  profile
      ->add_option("--router-config", options.router_config,
                   "Parameters as JSON: fifo_depth, inject_cycles, hop_cycles, eject_cycles, "
                   "credit_cycles")
      ->excludes(router)
      ->type_name("FILE");
  profile->add_option("--seed", options.seed, "Seed of the packets")
      ->check(Seed())
      ->capture_default_str()
      ->type_name("N");
  profile
      ->add_option("--json", options.json,
                   "Write the report as JSON; `-`: to standard output, in place of the text")
      ->type_name("FILE");
  profile->footer(kFooter);
  return profile;
}

absl::Status ProfileCommand(const ProfileOptions& options) {
  const std::array<FileArgument, 1> inputs = {{{"--router-config", options.router_config}}};
  const std::array<FileArgument, 1> outputs = {{{"--json", options.json}}};
  SPIKEMESH_RETURN_IF_ERROR(CheckOutputFiles(inputs, outputs));
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
  return DeliverReport(options.json, TrafficReportJson(report), FormatTrafficReport(report));
}

}  // namespace spikemesh
