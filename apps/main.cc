// SPDX-License-Identifier: Apache-2.0
// The `spikemesh` command: parses flags, runs one subcommand, turns its status into an exit status.
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdlib>
#include <exception>
#include <functional>
#include <new>
#include <sstream>
#include <string>

#include "apps/bench_command.h"
#include "apps/convert_command.h"
#include "apps/data_command.h"
#include "apps/inspect_command.h"
#include "apps/interrupt.h"
#include "apps/profile_command.h"
#include "apps/remedies.h"
#include "apps/run_command.h"
#include "apps/terminal.h"
#include "core/base/atomic_file.h"
#include "core/base/strings.h"
#include "core/report/version.h"

namespace spikemesh {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
// A process that a signal ended is reported as this plus the signal's number: 130 for Ctrl-C.
constexpr int kExitSignalBase = 128;

constexpr const char* kDescription =
    "Spikemesh: trained networks on TrueNorth-like neuromorphic chips, simulated spike by spike.";
constexpr const char* kFooter = R"(A first session:
  spikemesh convert net.onnx -o net.chip          map a trained network onto cores
  spikemesh run net.chip --dataset digits --images 1000 --verify
  spikemesh inspect net.chip                      what is on the chip
Each subcommand explains itself: spikemesh run --help.)";

struct Subcommand {
  CLI::App* app;
  std::function<absl::Status()> run;
};

// Asks a run over images to end, else removes temporary files. Only async-signal-safe calls.
void OnSignal(int signal) {
  if (signal == SIGINT && CatchInterrupt()) {
    return;
  }
  RemoveTemporaryFiles();
  ::_exit(kExitSignalBase + signal);
}

void InstallSignalHandlers() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    ::sigaction(signal, &action, nullptr);
  }
  // A write beyond the limit of file sizes then fails with EFBIG, which is reported.
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGXFSZ, &action, nullptr);
}

void SendLogsToStandardError() {
  auto logger = spdlog::stderr_logger_st("spikemesh");
  logger->set_pattern("spikemesh: %l: %v");
  spdlog::set_default_logger(std::move(logger));
}

int Report(const absl::Status& status) {
  if (status.ok()) {
    return EXIT_SUCCESS;
  }
  PrintError(MessageWithRemedies(status));
  return absl::IsCancelled(status) ? kExitSignalBase + SIGINT : kExitFailed;
}

// The text of --help or --version.
int PrintHelp(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream text;
  app.exit(error, text, text);
  return Report(PrintResult(text.str()));
}

// What CLI11 found wrong, in one line.
int ReportUsage(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {
    return PrintHelp(app, error);
  }
  // CLI11 reports a missing subcommand before the word that is none.
  const bool unknown = app.get_subcommands().empty() && !app.remaining().empty();
  std::string message =
      unknown ? app.remaining().front() + ": is no subcommand" : std::string(error.what());
  std::ranges::replace(message, '\n', ' ');
  PrintError(Concat(message, " (see --help)"));
  return kExitUsage;
}

int Main(int argc, char** argv) {
  CLI::App app(kDescription, "spikemesh");
  ConvertFlags convert;
  RunOptions run;
  InspectOptions inspect;
  BenchOptions bench;
  ProfileOptions profile;
  DataOptions data;
  const std::array<Subcommand, 6> subcommands = {{
      {AddConvertCommand(app, convert), [&convert] { return ConvertCommand(convert); }},
      {AddRunCommand(app, run), [&run] { return RunCommand(run); }},
      {AddInspectCommand(app, inspect), [&inspect] { return InspectCommand(inspect); }},
      {AddBenchCommand(app, bench), [&bench] { return BenchCommand(bench); }},
      {AddProfileCommand(app, profile), [&profile] { return ProfileCommand(profile); }},
      {AddDataCommand(app, data), [&data] { return DataCommand(data); }},
  }};
  app.require_subcommand(1);
  app.footer(kFooter);
  const std::string version = "spikemesh " + ProjectVersion();
  app.set_version_flag("--version", version);
  for (const Subcommand& subcommand : subcommands) {
    subcommand.app->set_version_flag("--version", version);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ReportUsage(app, error);
  }
  for (const Subcommand& subcommand : subcommands) {
    if (!subcommand.app->parsed()) {
      continue;
    }
    return Report(subcommand.run());
  }
  return EXIT_SUCCESS;
}

// The only exceptions that come this far are the standard library's, for want of memory or threads.
int MainWithoutExceptions(int argc, char** argv) {
  try {
    return Main(argc, argv);
  } catch (const std::bad_alloc&) {
    return Report(absl::ResourceExhaustedError(
        "out of memory: the job needs more than this process may have; run a smaller one"));
  } catch (const std::exception&) {
    return Report(absl::ResourceExhaustedError(
        "the system denies the program a thread or another resource; run a smaller job"));
  }
}

}  // namespace
}  // namespace spikemesh

int main(int argc, char** argv) {
  spikemesh::InstallSignalHandlers();
  spikemesh::SendLogsToStandardError();
  return spikemesh::MainWithoutExceptions(argc, argv);
}
