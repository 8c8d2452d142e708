// SPDX-License-Identifier: Apache-2.0
// `spikemesh inspect`, `bench`, `data`, and what every subcommand has.
#include "core/base/strings.h"
#include "tests/apps/command_fixture.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(CommandTest, EverySubcommandHasVersionAndHelp) {
  for (const char* command : {"", "convert ", "run ", "inspect ", "bench ", "profile ", "data "}) {
    const CommandResult version = Run(Concat(command, "--version"));
    EXPECT_EQ(version.status, 0) << command;
    EXPECT_THAT(version.out, StartsWith("spikemesh ")) << command;
    const CommandResult help = Run(Concat(command, "--help"));
    EXPECT_EQ(help.status, 0) << command;
    EXPECT_THAT(help.out, HasSubstr("spikemesh ")) << command;
    EXPECT_EQ(help.err, "") << command;
  }
}

TEST_F(CommandTest, InspectShowsSizesAndMap) {
  const CommandResult inspect = Run("inspect pacemaker.chip --json i.json");
  ASSERT_EQ(inspect.status, 0) << inspect.err;
  EXPECT_THAT(inspect.out, HasSubstr("pacemaker: 2 cores on 1 chip, 2 neurons, 2 axons"));
  EXPECT_THAT(inspect.out, HasSubstr("\n  ##\n"));
  EXPECT_EQ(ReadJson("i.json")["synapses"], 2);
}

TEST_F(CommandTest, InspectShowsOneCore) {
  const CommandResult inspect = Run("inspect pacemaker.chip --core 1,0 --json i.json");
  ASSERT_EQ(inspect.status, 0) << inspect.err;
  EXPECT_THAT(inspect.out, HasSubstr("core      (1,0): 2 axons, 1 neurons"));
  EXPECT_THAT(inspect.out, HasSubstr("neuron 0 -> pin 0"));
  const Json core = ReadJson("i.json");
  EXPECT_EQ(core["crossbar"], Json::array({Json::array({0}), Json::array({0})}));
  EXPECT_EQ(core["neurons"][0]["target"], (Json{{"pin", 0}}));
}

TEST_F(CommandTest, ProfileMeasuresAPatternOnTheMesh) {
  const std::string base = "profile --pattern neighbor --rate 0.2 --mesh 4x4 --cycles 2000 ";
  const CommandResult profile = Run(base + "--warmup 100 --json p.json");
  ASSERT_EQ(profile.status, 0) << profile.err;
  EXPECT_THAT(profile.out, StartsWith("pattern   neighbor on 4x4, 0.2 packets a core and cycle"));
  const Json report = ReadJson("p.json");
  EXPECT_EQ(report["schema"], "spikemesh.profile/1");
  EXPECT_EQ(report["packets"]["left"], 0);
  EXPECT_GE(report["saturation_rate"].get<double>(), 0.9);
  Write("router.json", R"({"hop_cycles": 4})");
  const CommandResult slower = Run(base + "--no-saturation --router-config router.json --json -");
  ASSERT_EQ(slower.status, 0) << slower.err;
  const Json json = ParseJson(slower.out).value();
  EXPECT_EQ(json["router"]["hop_cycles"], 4);
  EXPECT_TRUE(json["saturation_rate"].is_null());
  // 2 * 1.5 hops on the mean of a 4 x 4 mesh.
  EXPECT_EQ(json["latency_cycles"]["zero_load"], 2 + 4 * 3 + 3);
}

TEST_F(CommandTest, BenchMeasuresTheStandardWorkload) {
  const CommandResult bench =
      Run("bench --cores 4x4 --rate 50 --synapses 64 --ticks 400 --json b.json");
  ASSERT_EQ(bench.status, 0) << bench.err;
  const Json report = ReadJson("b.json");
  EXPECT_EQ(report["schema"], "spikemesh.bench/1");
  EXPECT_EQ(report["cores"], 16);
  EXPECT_EQ(report["ticks"], 400);
  EXPECT_EQ(report["synapses_per_axon"], 64.0);
  EXPECT_EQ(report["stochastic"], false);
  EXPECT_EQ(report["mixed"], false);
  // Pacemakers of 50 Hz under input of mean zero.
  EXPECT_NEAR(report["rate_hz"].get<double>(), 50.0, 1.0);
  // Every axon event meets exactly 64 synapses.
  EXPECT_EQ(report["counts"]["synaptic_ops"].get<std::int64_t>(),
            64 * report["counts"]["axon_events"].get<std::int64_t>());
  EXPECT_EQ(report["counts"]["neuron_updates"], 16 * 256 * 400);
  for (const char* key :
       {"ms_per_tick", "wall_ms_per_tick", "ns_per_core_tick", "realtime_factor",
        "synaptic_ops_per_second", "build_seconds", "load_seconds", "peak_memory_bytes"}) {
    EXPECT_GT(report[key].get<double>(), 0.0) << key;
  }
  EXPECT_GT(report["energy"]["gsops_per_watt"].get<double>(), 0.0);
}

TEST_F(CommandTest, BenchOfAWrittenWorkloadCountsTheSame) {
  ASSERT_EQ(Run("bench --cores 2x2 --ticks 60 --mixed --stochastic -o w.chip --json a.json").status,
            0);
  ASSERT_EQ(Run("bench --from w.chip --ticks 60 --json b.json").status, 0);
  const Json built = ReadJson("a.json");
  const Json loaded = ReadJson("b.json");
  for (const char* key :
       {"counts", "cores", "rate_hz", "stochastic", "mixed", "synapses_per_axon", "energy"}) {
    EXPECT_EQ(built[key], loaded[key]) << key;
  }
  EXPECT_EQ(built["stochastic"], true);
  EXPECT_EQ(built["mixed"], true);
  EXPECT_EQ(loaded["build_seconds"], 0.0);
}

TEST_F(CommandTest, DataListNamesTheBuiltInSet) {
  const CommandResult list = Run("data list");
  ASSERT_EQ(list.status, 0) << list.err;
  for (const char* name : {"digits", "mnist", "fashion-mnist", "cifar10"}) {
    EXPECT_THAT(list.out, HasSubstr(name));
  }
}

TEST_F(CommandTest, MadeDigitsAreTheBuiltInOnes) {
  const CommandResult make = Run("data make digits --count 30 --seed 5 -o made");
  ASSERT_EQ(make.status, 0) << make.err;
  ASSERT_EQ(Run("run digits.chip --dataset digits:made --images 30 --json a.json --seed 5").status,
            0);
  ASSERT_EQ(Run("run digits.chip --dataset digits --images 30 --seed 5 --json b.json").status, 0);
  EXPECT_EQ(ReadJson("a.json")["counts"], ReadJson("b.json")["counts"]);
}

TEST_F(CommandTest, FetchingAnUnknownSetFails) {
  const CommandResult fetch = Run("data fetch letters -o x");
  EXPECT_EQ(fetch.status, 1);
  EXPECT_THAT(fetch.err, HasSubstr("letters"));
}

}  // namespace
}  // namespace spikemesh
