// SPDX-License-Identifier: Apache-2.0
// `spikemesh bench --sweep`, `--profile`, `--picture` and the forms of the standard workload.
#include <filesystem>

#include "core/base/strings.h"
#include "tests/apps/command_fixture.h"
#include "tests/testing/xml_fault.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class BenchCommandTest : public CommandTest {
 protected:
  void ExpectUsage(const std::string& arguments, const std::string& message) const {
    const CommandResult run = Run(arguments);
    EXPECT_EQ(run.status, 2) << arguments;
    EXPECT_THAT(run.err, StartsWith("spikemesh: error: ")) << arguments;
    EXPECT_THAT(run.err, HasSubstr(message)) << arguments;
    EXPECT_EQ(run.out, "") << arguments;
  }
};

constexpr std::size_t kRates = 11;    // 0, 20, ... 200 Hz
constexpr std::size_t kSynapses = 9;  // 0, 32, ... 256

TEST_F(BenchCommandTest, SweepMeasuresEveryPointOfTheGrid) {
  const CommandResult sweep = Run("bench --sweep --cores 8x8 --ticks 20 --json s.json");
  ASSERT_EQ(sweep.status, 0) << sweep.err;
  const Json report = ReadJson("s.json");
  EXPECT_EQ(report["schema"], "spikemesh.bench-sweep/1");
  EXPECT_EQ(report["cores"], 64);
  EXPECT_EQ(report["ticks"], 20);
  ASSERT_EQ(report["points"].size(), kRates * kSynapses);
  for (std::size_t index = 0; index < kRates * kSynapses; ++index) {
    const Json& point = report["points"][index];
    SCOPED_TRACE(point.dump());
    const double rate_hz = 20.0 * static_cast<double>(index % kRates);
    const auto synapses = static_cast<std::int64_t>(32 * (index / kRates));
    EXPECT_EQ(point["rate_hz_asked"], rate_hz);
    EXPECT_EQ(point["synapses"], synapses);
    // Pacemakers under input of mean zero over the grid. Of 256 axons of random type, those of
    // weight +1 exceed those of -1 by 16 (standard deviation), against a leak worth 100 spikes: 2 %
    // in the mean of 64 cores.
    EXPECT_NEAR(point["rate_hz"].get<double>(), rate_hz, 4 * 0.02 * rate_hz);
    EXPECT_EQ(point["counts"]["synaptic_ops"].get<std::int64_t>(),
              synapses * point["counts"]["axon_events"].get<std::int64_t>());
    EXPECT_EQ(point["counts"]["neuron_updates"], 64 * 256 * 20);
    EXPECT_EQ(point["counts"]["spikes"].get<std::int64_t>() > 0, rate_hz > 0.0);
  }
}

TEST_F(BenchCommandTest, NoNumberOfASweepStaysZero) {
  ASSERT_EQ(Run("bench --sweep --cores 2x2 --ticks 100 --json s.json").status, 0);
  const Json report = ReadJson("s.json");
  // The last point: 200 Hz, 256 synapses.
  const Json& busiest = report["points"].back();
  for (const char* key : {"rate_hz", "rate_hz_asked", "synapses", "ms_per_tick", "wall_ms_per_tick",
                          "ns_per_core_tick", "realtime_factor", "synaptic_ops_per_second", "watts",
                          "gsops_per_watt"}) {
    EXPECT_GT(busiest[key].get<double>(), 0.0) << key;
  }
  for (const char* key : {"warm_up_ticks", "volts", "tick_us", "threads", "seed"}) {
    EXPECT_GT(report[key].get<double>(), 0.0) << key;
  }
  EXPECT_NE(report["simd"], "");
  EXPECT_NE(report["version"], "");
}

TEST_F(BenchCommandTest, APointOfTheSweepIsTheBenchWithItsRateAndSynapses) {
  const std::string workload = "--cores 3x2 --ticks 20 --seed 5 --stochastic --active-cores 0.5";
  ASSERT_EQ(Run(Concat("bench --sweep ", workload, " --json s.json")).status, 0);
  ASSERT_EQ(Run(Concat("bench --rate 60 --synapses 96 ", workload, " --json b.json")).status, 0);
  const Json sweep = ReadJson("s.json");
  const Json bench = ReadJson("b.json");
  const Json& point = sweep["points"][3 * kRates + 3];
  ASSERT_EQ(point["rate_hz_asked"], 60.0);
  ASSERT_EQ(point["synapses"], 96);
  EXPECT_EQ(point["counts"], bench["counts"]);
  EXPECT_EQ(point["rate_hz"], bench["rate_hz"]);
  EXPECT_EQ(point["watts"], bench["energy_whole_chip"]["watts"]);
  EXPECT_EQ(point["gsops_per_watt"], bench["energy_whole_chip"]["gsops_per_watt"]);
  for (const char* key : {"cores", "active_cores", "ticks", "stochastic", "mixed", "seed"}) {
    EXPECT_EQ(sweep[key], bench[key]) << key;
  }
  EXPECT_EQ(bench["active_cores"], 3);
  EXPECT_EQ(bench["stochastic"], true);
}

TEST_F(BenchCommandTest, SweepPrintsItsMatrices) {
  const CommandResult sweep = Run("bench --sweep --cores 1x1 --ticks 1 --mixed");
  ASSERT_EQ(sweep.status, 0) << sweep.err;
  EXPECT_THAT(sweep.out, StartsWith("sweep     1 cores, mixed, 1 ticks a point, 1 thread ("));
  for (const char* text : {"ms per tick (processor)", "times real time (wall)",
                           "modelled GSOPS/W, whole chips", " 0 Hz", " 200 Hz", "\n       256 "}) {
    EXPECT_THAT(sweep.out, HasSubstr(text));
  }
}

TEST_F(BenchCommandTest, PictureOfASweepIsWellFormedAndNothingElseIsLeft) {
  const std::string folder = Path("pictures");
  ASSERT_TRUE(std::filesystem::create_directory(folder));
  ASSERT_EQ(Run("bench --sweep --cores 1x1 --ticks 1 --picture pictures/s.svg").status, 0);
  const std::string svg = Read("pictures/s.svg");
  EXPECT_THAT(svg, StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_EQ(XmlFault(svg), "");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
}

TEST_F(BenchCommandTest, PictureThatCannotBeWrittenFailsBeforeTheWork) {
  // A sweep of this size would take hours.
  const CommandResult run =
      Run("bench --sweep --cores 256x256 --ticks 100000 --picture no/such/s.svg");
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("--picture no/such/s.svg: there is no folder"));
}

TEST_F(BenchCommandTest, FlagsThatDoNotGoTogetherAreRefused) {
  const std::vector<std::pair<std::string, std::string>> excluded = {
      {"--rate 10", "--rate"},
      {"--synapses 10", "--synapses"},
      {"--from digits.chip", "--from"},
      {"-o w.chip", "--output"},
      {"--profile", "--profile"}};
  for (const auto& [arguments, flag] : excluded) {
    ExpectUsage(Concat("bench --sweep ", arguments), Concat(flag, " excludes --sweep"));
  }
  ExpectUsage("bench --picture p.svg", "--picture requires --sweep");
  ExpectUsage("bench --profile --picture p.svg", "--picture requires --sweep");
  EXPECT_FALSE(Exists("w.chip"));
  EXPECT_FALSE(Exists("p.svg"));
}

TEST_F(BenchCommandTest, PhasesAreReportedOnlyWhenProfiled) {
  const CommandResult plain = Run("bench --cores 2x2 --ticks 20 --json a.json");
  ASSERT_EQ(plain.status, 0) << plain.err;
  EXPECT_THAT(plain.out, Not(HasSubstr("phase")));
  const CommandResult profiled = Run("bench --cores 2x2 --ticks 20 --profile --json b.json");
  ASSERT_EQ(profiled.status, 0) << profiled.err;
  EXPECT_THAT(profiled.out, HasSubstr("phase"));
  const Json without = ReadJson("a.json");
  const Json with = ReadJson("b.json");
  EXPECT_FALSE(without.contains("phases"));
  EXPECT_EQ(with["counts"], without["counts"]);
}

TEST_F(BenchCommandTest, EveryPhaseButTheHostsTakesTimeWithTwoThreads) {
  ASSERT_EQ(Run("bench --cores 16x16 --ticks 50 --threads 2 --profile --json b.json").status, 0);
  const Json phases = ReadJson("b.json")["phases"];
  ASSERT_EQ(phases.size(), 5u);
  EXPECT_EQ(phases["host_seconds"].get<double>(), 0.0);  // the workload has no input
  for (const char* key : {"update_seconds", "send_seconds", "deliver_seconds", "wait_seconds"}) {
    EXPECT_GT(phases[key].get<double>(), 0.0) << key;
  }
}

TEST_F(BenchCommandTest, PhasesAreThoseOfTheTimedTicksOnly) {
  // With the 50 ticks of warm-up, the phases would take longer than the 2 timed ticks do.
  ASSERT_EQ(Run("bench --cores 16x16 --ticks 2 --profile --json b.json").status, 0);
  const Json report = ReadJson("b.json");
  double seconds = 0.0;
  for (const auto& [key, value] : report["phases"].items()) {
    seconds += value.get<double>();
  }
  EXPECT_GT(seconds, 0.0);
  EXPECT_LE(seconds, 2 * 1e-3 * report["wall_ms_per_tick"].get<double>());
}

TEST_F(BenchCommandTest, RateIsThatOfTheActiveCores) {
  const CommandResult bench =
      Run("bench --cores 4x4 --ticks 400 --active-cores 0.25 --json b.json");
  ASSERT_EQ(bench.status, 0) << bench.err;
  EXPECT_THAT(bench.out, StartsWith("workload  16 cores (4 active), "));
  const Json report = ReadJson("b.json");
  EXPECT_EQ(report["cores"], 16);
  EXPECT_EQ(report["active_cores"], 4);
  // 0.4 s of 4 x 256 neurons.
  const auto spikes = report["counts"]["spikes"].get<double>();
  EXPECT_GT(spikes, 0.0);
  EXPECT_DOUBLE_EQ(report["rate_hz"].get<double>(), spikes / (4 * 256 * 0.4));
  // The chip sweeps silent cores, too.
  EXPECT_EQ(report["counts"]["neuron_updates"], 16 * 256 * 400);
}

TEST_F(BenchCommandTest, MixedAndStochasticAreSaidInTheText) {
  const CommandResult bench = Run("bench --cores 2x2 --ticks 10 --mixed --stochastic");
  ASSERT_EQ(bench.status, 0) << bench.err;
  EXPECT_THAT(bench.out, HasSubstr("128 synapses an axon, stochastic, mixed\n"));
}

}  // namespace
}  // namespace spikemesh
