// SPDX-License-Identifier: Apache-2.0
// `spikemesh run --router` and `spikemesh profile` of a chip.
#include <map>
#include <string>

#include "tests/apps/command_fixture.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

TEST_F(CommandTest, SpikesAreThoseOfTheIdealTransportWhenNothingIsLate) {
  const std::string run = "run digits.chip --dataset digits --images 40 --verify ";
  ASSERT_EQ(Run(run + "--spikes ideal.csv --json ideal.json").status, 0);
  for (const std::string router : {"cycle", "booksim-c"}) {
    const CommandResult routed = Run(run + "--router " + router + " --spikes s.csv --json r.json");
    ASSERT_EQ(routed.status, 0) << routed.err;
    EXPECT_EQ(Read("s.csv"), Read("ideal.csv"));
    const Json report = ReadJson("r.json");
    EXPECT_EQ(report["late"]["count"], 0);
    EXPECT_GT(report["slack_cycles"]["min"], 90000);
    EXPECT_EQ(report["router"]["cycles_per_tick"], 100000);
    EXPECT_EQ(report["counts"]["hops"], ReadJson("ideal.json")["counts"]["hops"]);
    EXPECT_THAT(routed.out, HasSubstr("0 late"));
  }
  EXPECT_TRUE(ReadJson("ideal.json")["late"].is_null());
}

// Bundled networks, one image a tick and rate coded.
TEST_F(CommandTest, BundledNetworksAnswerAsWithTheIdealTransport) {
  const std::string models = std::string(SPIKEMESH_SOURCE_DIR) + "/networks/models/";
  ASSERT_EQ(Run("convert " + models + "mnist-small.onnx -o p.chip").status, 0);
  ASSERT_EQ(Run("convert " + models + "mnist-tiny.onnx -o t.chip").status, 0);
  for (const std::string chip : {"p.chip", "t.chip"}) {
    const std::string run = "run " + chip + " --dataset digits --images 25 --verify ";
    ASSERT_EQ(Run(run + "--outputs ideal.csv").status, 0);
    ASSERT_EQ(Run(run + "--outputs routed.csv --router cycle").status, 0);
    EXPECT_EQ(Read("routed.csv"), Read("ideal.csv"));
  }
}

// One hop takes 8 cycles: with 8 cycles a tick a spike comes one tick too late.
TEST_F(CommandTest, LateSpikesAreDeliveredAndExplained) {
  Write("fast.json", R"({"cycles_per_tick": 8})");
  const CommandResult run =
      Run("run pacemaker.chip --ticks 35 --router cycle --router-config fast.json --outputs p.csv "
          "--json r.json");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(Read("p.csv"), "tick,pin\n12,0\n22,0\n32,0\n");
  const Json late = ReadJson("r.json")["late"];
  EXPECT_EQ(late["count"], 3);
  ASSERT_EQ(late["packets"].size(), 3u);
  EXPECT_EQ(late["packets"][0], Json({{"from", {{"x", 0}, {"y", 0}}},
                                      {"to", {{"x", 1}, {"y", 0}}},
                                      {"host", false},
                                      {"sent_tick", 10},
                                      {"due_tick", 10},
                                      {"arrived_tick", 11},
                                      {"latency_cycles", 8},
                                      {"zero_load_cycles", 8},
                                      {"source_wait_cycles", 0},
                                      {"mesh_wait_cycles", 0},
                                      {"path", {{{"x", 0}, {"y", 0}}, {{"x", 1}, {"y", 0}}}}}));
  EXPECT_THAT(run.out, HasSubstr("3 late"));
  EXPECT_THAT(run.out, HasSubstr("core (0,0) to (1,0), sent in tick 10"));
}

TEST_F(CommandTest, LateSpikesFailWhereToldSo) {
  Write("fast.json", R"({"cycles_per_tick": 8})");
  const std::string run = "run pacemaker.chip --ticks 35 --router cycle --late fail --json r.json ";
  EXPECT_EQ(Run(run).status, 0);
  const CommandResult late = Run(run + "--router-config fast.json --outputs p.csv");
  EXPECT_EQ(late.status, 1);
  EXPECT_THAT(late.err, HasSubstr("--late fail: found 1 late spikes, the first: core (0,0) to"));
  EXPECT_FALSE(Exists("p.csv"));
  // The run ends before it arrives.
  const CommandResult overdue =
      Run("run pacemaker.chip --ticks 11 --router cycle --late fail --router-config fast.json");
  EXPECT_EQ(overdue.status, 1);
  EXPECT_THAT(overdue.err, HasSubstr("none of which arrived"));
}

TEST_F(CommandTest, RouterFlagsThatMeanNothingAreRefused) {
  Write("router.json", R"({"fifo_depth": 4})");
  const CommandResult ideal = Run("run pacemaker.chip --ticks 3 --router-config router.json");
  EXPECT_EQ(ideal.status, 1);
  EXPECT_THAT(ideal.err, HasSubstr("add --router cycle"));
  Write("router.json", R"({"fifo_depth": 0})");
  const CommandResult zero =
      Run("run pacemaker.chip --ticks 3 --router cycle --router-config router.json");
  EXPECT_EQ(zero.status, 1);
  EXPECT_THAT(zero.err, HasSubstr("router.json: router.fifo_depth: found 0, allowed: 1..4096"));
  EXPECT_EQ(Run("run pacemaker.chip --ticks 3 --router fast").status, 2);
  EXPECT_EQ(Run("profile").status, 2);
  EXPECT_EQ(Run("profile digits.chip --pattern uniform").status, 2);
  EXPECT_EQ(Run("profile --pattern uniform --late fail").status, 2);
  const CommandResult no_images = Run("profile digits.chip");
  EXPECT_EQ(no_images.status, 1);
  EXPECT_THAT(no_images.err, HasSubstr("--dataset"));
}

TEST_F(CommandTest, ProfileOfAChipTellsWhatItsSpikesDid) {
  const CommandResult profile =
      Run("profile digits.chip --dataset digits --images 20 --json p.json");
  ASSERT_EQ(profile.status, 0) << profile.err;
  EXPECT_THAT(profile.out, HasSubstr("hottest links"));
  ASSERT_EQ(Run("run digits.chip --dataset digits --images 20 --json r.json").status, 0);
  const Json report = ReadJson("p.json");
  const Json counts = ReadJson("r.json")["counts"];
  EXPECT_EQ(report["schema"], "spikemesh.profile/1");
  EXPECT_EQ(report["late"]["count"], 0);
  EXPECT_GT(report["simulator"]["ideal_cpu_seconds"], 0);
  EXPECT_EQ(report["host_latency_cycles"]["packets"], counts["host_packets"]);
  // Nothing is under way at the end: the last images' spikes went to pins.
  std::int64_t hops = 0;
  for (std::size_t i = 0; i < report["hops"].size(); ++i) {
    hops += static_cast<std::int64_t>(i) * report["hops"][i].get<std::int64_t>();
  }
  EXPECT_EQ(hops, counts["hops"].get<std::int64_t>());
  std::int64_t layers = 0;
  for (const Json& row : report["layers"]) {
    for (const Json& packets : row) {
      layers += packets.get<std::int64_t>();
    }
  }
  EXPECT_EQ(layers, report["latency_cycles"]["packets"].get<std::int64_t>() +
                        report["host_latency_cycles"]["packets"].get<std::int64_t>());
}

// Dead cores and links change where cores lie and how spikes go, and no output spike.
TEST_F(CommandTest, AChipWithDefectsAnswersAsAWholeOne) {
  const std::string model = std::string(SPIKEMESH_SOURCE_DIR) + "/networks/models/mnist-tiny.onnx";
  Write("spec.json", R"({"schema": "spikemesh.chipspec/1", "cores_x": 5, "cores_y": 4,
      "dead_cores": [{"x": 1, "y": 1}, {"x": 0, "y": 2}, {"x": 3, "y": 0}],
      "dead_links": [{"x": 1, "y": 0, "direction": "east"}, {"x": 2, "y": 2, "direction": "north"},
                     {"x": 0, "y": 3, "direction": "east"}, {"x": 0, "y": 3, "direction": "north"}],
      "router": {"fifo_depth": 4}})");
  ASSERT_EQ(Run("convert " + model + " -o whole.chip").status, 0);
  const CommandResult convert = Run("convert " + model + " -o defects.chip --chip spec.json");
  ASSERT_EQ(convert.status, 0) << convert.err;
  EXPECT_THAT(Run("inspect defects.chip").out, HasSubstr("us, 3 dead cores, 4 dead links\n"));
  const std::string run = " --dataset digits --images 30 --verify --outputs ";
  ASSERT_EQ(Run("run whole.chip" + run + "whole.csv --json w.json").status, 0);
  ASSERT_EQ(Run("run defects.chip" + run + "ideal.csv --json i.json").status, 0);
  ASSERT_EQ(Run("run defects.chip --router cycle" + run + "routed.csv --json r.json").status, 0);
  EXPECT_EQ(Read("whole.csv"), Read("ideal.csv"));
  EXPECT_EQ(Read("whole.csv"), Read("routed.csv"));
  const Json routed = ReadJson("r.json");
  EXPECT_EQ(routed["verify"]["mismatched_spikes"], 0);
  EXPECT_EQ(routed["router"]["fifo_depth"], 4);
  EXPECT_EQ(routed["late"]["count"], 0);
  EXPECT_EQ(routed["counts"]["hops"], ReadJson("i.json")["counts"]["hops"]);
  EXPECT_GT(routed["counts"]["hops"], ReadJson("w.json")["counts"]["hops"]);

  Write("full.json", R"({"schema": "spikemesh.chipspec/1", "cores_x": 5, "cores_y": 3,
      "dead_cores": [{"x": 0, "y": 0}, {"x": 2, "y": 0}]})");
  const CommandResult full =
      Run("convert " + model + " -o full.chip --chip full.json --max-chips 1");
  EXPECT_EQ(full.status, 1);
  EXPECT_THAT(full.err, HasSubstr("have 13 without the 2 dead or cut off: 1 too few"));
}

TEST_F(CommandTest, TraceHoldsThePacketsOfTheReport) {
  const std::string profile = "profile digits.chip --dataset digits --images 20 ";
  const CommandResult whole = Run(profile + "--trace t.json --json p.json");
  ASSERT_EQ(whole.status, 0) << whole.err;
  const Json report = ReadJson("p.json");
  const auto packets = report["latency_cycles"]["packets"].get<std::int64_t>() +
                       report["host_latency_cycles"]["packets"].get<std::int64_t>();
  std::map<std::string, std::int64_t> events;  // [phase]
  const Json trace = ReadJson("t.json");
  for (const Json& event : trace["traceEvents"]) {
    ++events[event["ph"].get<std::string>()];
  }
  EXPECT_GT(packets, 0);
  EXPECT_EQ(events["s"], packets);
  EXPECT_EQ(events["f"], packets);
  EXPECT_EQ(trace["otherData"]["packets"], packets);
  EXPECT_EQ(trace["otherData"]["ticks_left_out"], 0);

  ASSERT_EQ(Run(profile + "--trace t.json --trace-ticks 3").status, 0);
  EXPECT_EQ(ReadJson("t.json")["otherData"]["ticks"], 3);
  EXPECT_EQ(Run(profile + "--trace-ticks 3").status, 2);
  EXPECT_EQ(Run(profile + "--trace t.json --trace-ticks 0").status, 2);
  EXPECT_EQ(Run("profile --pattern uniform --trace t.json").status, 2);
  EXPECT_EQ(Run(profile + "--trace same.json --json same.json").status, 1);
}

// Where cores lie changes no output spike, only how far spikes go.
TEST_F(CommandTest, PlacementBySpikesMakesFewerHops) {
  const std::string model = std::string(SPIKEMESH_SOURCE_DIR) + "/networks/models/mnist-small.onnx";
  const std::string convert = "convert " + model + " -o ";
  ASSERT_EQ(Run(convert + "row.chip --placement row-major --json row.json").status, 0);
  ASSERT_EQ(Run(convert + "best.chip --json best.json").status, 0);
  const CommandResult profile =
      Run("profile best.chip --dataset digits --images 30 --traffic-out t.csv");
  ASSERT_EQ(profile.status, 0) << profile.err;
  const CommandResult measured = Run(convert + "measured.chip --traffic t.csv --json m.json");
  ASSERT_EQ(measured.status, 0) << measured.err;
  EXPECT_THAT(measured.out, HasSubstr("hops a spike"));
  const Json row = ReadJson("row.json")["placement"];
  const Json best = ReadJson("best.json")["placement"];
  EXPECT_EQ(row["method"], "row-major");
  EXPECT_EQ(row["before"], row["after"]);
  EXPECT_EQ(best["method"], "best");
  EXPECT_EQ(best["weights"], "neurons");
  EXPECT_EQ(best["before"], row["before"]);
  EXPECT_EQ(ReadJson("m.json")["placement"]["weights"], "spikes");
  EXPECT_LT(best["after"]["hops_mean"].get<double>(), best["before"]["hops_mean"].get<double>());

  std::map<std::string, std::int64_t> hops;
  for (const std::string name : {"row", "best", "measured"}) {
    const std::string run = "run " + name + ".chip --dataset digits --images 30 --verify ";
    ASSERT_EQ(Run(run + "--outputs " + name + ".csv --json r.json").status, 0);
    EXPECT_EQ(Read(name + ".csv"), Read("row.csv"));
    hops[name] = ReadJson("r.json")["counts"]["hops"].get<std::int64_t>();
  }
  EXPECT_LT(hops["best"], hops["row"] * 3 / 4);
  EXPECT_LE(hops["measured"], hops["best"] * 21 / 20);
  // The hops of the measured traffic are those that the placement told.
  const double told = ReadJson("m.json")["placement"]["after"]["hops_mean"].get<double>();
  const Json counts = ReadJson("r.json")["counts"];
  const double between_cores = counts["spikes"].get<double>() - counts["pin_packets"].get<double>();
  EXPECT_NEAR(counts["hops"].get<double>() / between_cores, told, 0.02 * told);

  Write("wrong.csv", "rng_stream,neuron,spikes\n9999,0,1\n");
  const CommandResult wrong = Run(convert + "x.chip --traffic wrong.csv");
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.err, HasSubstr("rng_stream 9999"));
  EXPECT_FALSE(Exists("x.chip"));
  EXPECT_EQ(Run(convert + "x.snn --placement row-major").status, 1);
  EXPECT_EQ(Run(convert + "x.chip --placement random").status, 2);
}

}  // namespace
}  // namespace spikemesh
