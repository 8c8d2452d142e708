// SPDX-License-Identifier: Apache-2.0
// `spikemesh run` on chips whose spikes are known.
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "core/chip/chip_file.h"
#include "core/machine/machine.h"
#include "core/report/energy_json.h"
#include "core/report/run_report.h"
#include "core/report/text_table.h"
#include "tests/apps/command_fixture.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(CommandTest, PacemakerSpikesAtItsTicksAndItsRepeaterOneTickLater) {
  const CommandResult run = Run("run pacemaker.chip --ticks 30 --spikes s.csv --outputs p.csv");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(Read("s.csv"),
            "tick,core_x,core_y,neuron\n"
            "10,0,0,0\n11,1,0,0\n20,0,0,0\n21,1,0,0\n30,0,0,0\n");
  EXPECT_EQ(Read("p.csv"), "tick,pin\n11,0\n21,0\n");
}

TEST_F(CommandTest, PotentialsAreThoseAfterTheTick) {
  ASSERT_EQ(Run("run pacemaker.chip --ticks 2 --potentials v.csv").status, 0);
  EXPECT_EQ(Read("v.csv"),
            "tick,core_x,core_y,neuron,potential\n"
            "1,0,0,0,1\n1,1,0,0,0\n2,0,0,0,2\n2,1,0,0,0\n");
}

TEST_F(CommandTest, CountsAreThoseOfThePacemaker) {
  ASSERT_EQ(Run("run pacemaker.chip --ticks 30 --json r.json").status, 0);
  const Json report = ReadJson("r.json");
  // Three spikes of the pacemaker, two of the repeater; the last packet is still on its way.
  EXPECT_EQ(report["counts"], CountsJson({.spikes = 5,
                                          .axon_events = 2,
                                          .synaptic_ops = 2,
                                          .hops = 3,
                                          .host_packets = 0,
                                          .pin_packets = 2,
                                          .chip_crossings = 0,
                                          .merged_spikes = 0,
                                          .neuron_updates = std::int64_t{256} * 2 * 30}));
  EXPECT_EQ(report["ticks"], 30);
  EXPECT_EQ(report["mode"], "events");
  EXPECT_EQ(report["model"]["cores"], 2);
  EXPECT_EQ(report["model"]["neurons"], 2);
  EXPECT_EQ(report["model"]["axons"], 2);
  EXPECT_EQ(report["model"]["synapses"], 2);
  EXPECT_EQ(report["model"]["chips"], 1);
}

TEST_F(CommandTest, RunWithoutRecordsCountsAsRunWithThem) {
  ASSERT_EQ(Run("run pacemaker.chip --ticks 1000 --json a.json").status, 0);
  ASSERT_EQ(Run("run pacemaker.chip --ticks 1000 --json b.json --spikes s.csv").status, 0);
  EXPECT_EQ(ReadJson("a.json")["counts"], ReadJson("b.json")["counts"]);
}

TEST_F(CommandTest, InputSpikeArrivesInItsTick) {
  Write("in.csv", "tick,core_x,core_y,axon\n5,1,0,1\n");
  const CommandResult run =
      Run("run pacemaker.chip --input in.csv --ticks 6 --outputs p.csv --json r.json");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(Read("p.csv"), "tick,pin\n5,0\n");
  EXPECT_EQ(ReadJson("r.json")["counts"]["host_packets"], 1);
}

TEST_F(CommandTest, InputAfterTheLastTickIsLeftOutWithAWarning) {
  Write("in.csv", "tick,core_x,core_y,axon\n7,1,0,1\n");
  const CommandResult run = Run("run pacemaker.chip --input in.csv --ticks 6 --json r.json");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("1 spikes arrive after tick 6"));
  EXPECT_EQ(ReadJson("r.json")["counts"]["host_packets"], 0);
}

TEST_F(CommandTest, EnergyFollowsVoltsTickLengthAndConstants) {
  ASSERT_EQ(Run("run pacemaker.chip --ticks 10 --json a.json").status, 0);
  ASSERT_EQ(Run("run pacemaker.chip --ticks 10 --volts 1.5 --tick-us 500 --json b.json").status, 0);
  Write("e.json", R"({"schema": "spikemesh.energy/1",
                      "constants": [{"name": "tick_energy", "value": 0}]})");
  ASSERT_EQ(Run("run pacemaker.chip --ticks 10 --energy-constants e.json --json c.json").status, 0);
  const Json nominal = ReadJson("a.json")["energy"];
  const Json changed = ReadJson("b.json")["energy"];
  // 27.7 uJ a chip and tick; two of 4096 cores; ten ticks.
  EXPECT_DOUBLE_EQ(nominal["tick_joules"].get<double>(), 27.7e-6 * 2 / 4096 * 10);
  EXPECT_DOUBLE_EQ(changed["tick_joules"].get<double>(), 4 * nominal["tick_joules"].get<double>());
  EXPECT_EQ(changed["volts"], 1.5);
  EXPECT_EQ(changed["tick_us"], 500.0);
  EXPECT_EQ(ReadJson("c.json")["energy"]["tick_joules"], 0.0);
}

// A pin neuron that never fires differs from its network in each image in which the network has it
// fire; --verify must see just those.
TEST_F(CommandTest, VerifyFindsAChangedNeuronAndFails) {
  absl::StatusOr<ChipModel> chip = ReadChipFile(Path("digits.chip"));
  ASSERT_TRUE(chip.ok());
  NeuronParameters silent;
  chip->neuron_kinds.push_back(silent);
  NeuronModel* pin_neuron = nullptr;
  for (CoreModel& core : chip->cores) {
    for (NeuronModel& neuron : core.neurons) {
      if (neuron.target == NeuronTarget::Pin(PinIndex(0))) {
        pin_neuron = &neuron;
      }
    }
  }
  ASSERT_NE(pin_neuron, nullptr);
  pin_neuron->kind = static_cast<std::uint32_t>(chip->neuron_kinds.size() - 1);
  ASSERT_TRUE(WriteChipFile(*chip, Path("changed.chip")).ok());

  ASSERT_EQ(Run("run digits.chip --dataset digits --images 50 --outputs pins.csv").status, 0);
  // Pins show the first image in tick 1 + latency.
  std::int64_t pin0_spikes = 0;
  std::istringstream pins(Read("pins.csv"));
  for (std::string line; std::getline(pins, line);) {
    const bool of_image = std::atoi(line.c_str()) > chip->presentation.latency_ticks;
    pin0_spikes += of_image && line.ends_with(",0") ? 1 : 0;
  }
  ASSERT_GT(pin0_spikes, 0);

  const CommandResult run =
      Run("run changed.chip --dataset digits --images 50 --verify --json r.json");
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, ::testing::HasSubstr("differ from the spiking network"));
  const Json verify = ReadJson("r.json")["verify"];
  EXPECT_EQ(verify["mismatched_spikes"].get<std::int64_t>(), pin0_spikes);
  EXPECT_EQ(verify["mismatched_images"].get<std::int64_t>(), pin0_spikes);
}

TEST_F(CommandTest, DigitsRunReportsEveryNumber) {
  const CommandResult run =
      Run("run digits.chip --dataset digits --images 50 --verify --json r.json");
  ASSERT_EQ(run.status, 0) << run.err;
  const Json report = ReadJson("r.json");
  EXPECT_EQ(report["schema"], "spikemesh.run/1");
  EXPECT_EQ(report["dataset"], (Json{{"name", "digits"}, {"split", "test"}, {"images", 50}}));
  EXPECT_EQ(report["verify"],
            (Json{{"images", 50}, {"mismatched_images", 0}, {"mismatched_spikes", 0}}));
  EXPECT_EQ(report["mode"], "pipelined");
  EXPECT_EQ(report["ticks_per_image"], 1);
  EXPECT_EQ(report["ticks"].get<int>(), 50 + report["latency_ticks"].get<int>());
  for (const char* key : {"spikes", "axon_events", "synaptic_ops", "hops", "host_packets",
                          "pin_packets", "neuron_updates"}) {
    EXPECT_GT(report["counts"][key].get<std::int64_t>(), 0) << key;
  }
  for (const char* key :
       {"static_joules", "tick_joules", "synaptic_joules", "hop_joules", "total_joules",
        "joules_per_image", "watts", "gsops_per_watt", "images_per_joule"}) {
    EXPECT_GT(report["energy"][key].get<double>(), 0.0) << key;
    EXPECT_GT(report["energy_whole_chip"][key].get<double>(), 0.0) << key;
  }
  for (const char* key : {"wall_seconds", "cpu_seconds", "ticks_per_second", "realtime_factor",
                          "images_per_second", "peak_memory_bytes"}) {
    EXPECT_GT(report["simulator"][key].get<double>(), 0.0) << key;
  }
  EXPECT_EQ(report["per_class"].size(), 10u);
  EXPECT_THAT(run.out, HasSubstr(FormatPercent(report["accuracy"].get<double>())));
  EXPECT_THAT(run.out,
              HasSubstr(FormatCount(report["counts"]["synaptic_ops"].get<std::int64_t>())));
}

TEST_F(CommandTest, AccuracyConfusionAndPredictionsAgree) {
  ASSERT_EQ(
      Run("run digits.chip --dataset digits --images 60 --json r.json --predictions p.csv").status,
      0);
  const Json report = ReadJson("r.json");
  std::int64_t images = 0;
  std::int64_t correct = 0;
  for (std::size_t label = 0; label < report["confusion"].size(); ++label) {
    for (std::size_t predicted = 0; predicted < report["confusion"].size(); ++predicted) {
      const auto count = report["confusion"][label][predicted].get<std::int64_t>();
      images += count;
      correct += label == predicted ? count : 0;
    }
  }
  EXPECT_EQ(images, 60);
  EXPECT_DOUBLE_EQ(report["accuracy"].get<double>(), static_cast<double>(correct) / 60);
  const std::string predictions = Read("p.csv");
  EXPECT_TRUE(predictions.starts_with("image,label,predicted\n0,"));
  EXPECT_EQ(std::ranges::count(predictions, '\n'), 61);
}

TEST_F(CommandTest, SpikesAreTheSameBytesForAnyThreadsAndInstructionSet) {
  const std::string base = "run digits.chip --dataset digits --images 20 ";
  ASSERT_EQ(Run(base + "--spikes one.csv").status, 0);
  const std::string expected = Read("one.csv");
  EXPECT_GT(expected.size(), 100u);
  int compared = 0;
  for (const char* flags : {"--threads 2", "--threads 3", "--simd avx3", "--simd avx2",
                            "--simd sse4", "--simd scalar", "--threads 2 --simd scalar"}) {
    const CommandResult run = Run(base + flags + " --spikes other.csv");
    if (run.status == 1 && run.err.find("simd") != std::string::npos) {
      continue;  // not of this processor
    }
    ASSERT_EQ(run.status, 0) << flags << run.err;
    EXPECT_EQ(Read("other.csv"), expected) << flags;
    ++compared;
  }
  EXPECT_GE(compared, 4);
}

TEST_F(CommandTest, JsonToStandardOutputIsJsonAlone) {
  const CommandResult run = Run("run pacemaker.chip --ticks 5 --json -");
  ASSERT_EQ(run.status, 0);
  const absl::StatusOr<Json> report = ParseJson(run.out);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ((*report)["ticks"], 5);
  EXPECT_EQ(run.err, "");
}

TEST_F(CommandTest, RasterIsAPictureOfTheSpikes) {
  ASSERT_EQ(Run("run pacemaker.chip --ticks 30 --raster r.svg").status, 0);
  const std::string svg = Read("r.svg");
  EXPECT_TRUE(svg.starts_with("<svg "));
  EXPECT_THAT(svg, HasSubstr("5 spikes of 2 neurons in 30 ticks"));
  EXPECT_THAT(svg, HasSubstr("core (1,0)"));
}

TEST_F(CommandTest, ConstantsArePrintedOnRequest) {
  EXPECT_THAT(Run("run pacemaker.chip --ticks 5 --constants").out, HasSubstr("hop_energy = "));
  EXPECT_THAT(Run("run pacemaker.chip --ticks 5").out, Not(HasSubstr("hop_energy = ")));
}

TEST_F(CommandTest, SpikingNetworkAnswersAsTheChipMadeFromIt) {
  ASSERT_TRUE(WriteSpikingFile(DigitsNetwork(), Path("digits.snn")).ok());
  ASSERT_EQ(Run("run digits.chip --dataset digits --images 40 --predictions a.csv").status, 0);
  ASSERT_EQ(Run("run digits.snn --dataset digits --images 40 --predictions b.csv").status, 0);
  EXPECT_EQ(Read("a.csv"), Read("b.csv"));
}

TEST_F(CommandTest, SeedChoosesTheBuiltInImages) {
  const std::string base = "run digits.chip --dataset digits --images 20 --json ";
  ASSERT_EQ(Run(base + "a.json --seed 1").status, 0);
  ASSERT_EQ(Run(base + "b.json --seed 2").status, 0);
  EXPECT_NE(ReadJson("a.json")["counts"], ReadJson("b.json")["counts"]);
  EXPECT_EQ(ReadJson("b.json")["simulator"]["seed"], 2);
}

TEST_F(CommandTest, InterruptEndsWith130AndLeavesNoFiles) {
  EXPECT_EQ(StatusAfterInterrupt({"run", Path("pacemaker.chip"), "--ticks", "1000000000",
                                  "--spikes", Path("never.csv")}),
            130);
  for (const auto& entry : std::filesystem::directory_iterator(Path("."))) {
    EXPECT_EQ(entry.path().string().find("never"), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace spikemesh
