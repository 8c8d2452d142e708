// SPDX-License-Identifier: Apache-2.0
// `spikemesh run` on a chip in rate mode and the built-in digits.
#include <algorithm>
#include <chrono>

#include "converters/mapping/map_network.h"
#include "core/base/random.h"
#include "core/base/strings.h"
#include "core/chip/chip_builder.h"
#include "core/chip/chip_file.h"
#include "tests/apps/command_fixture.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

constexpr int kTicks = 12;
constexpr int kLatency = 3;
constexpr int kImages = 30;

// One integrator a class over random pixels of the middle 16 x 16, half of them inhibiting, with a
// threshold drawn each tick; repeaters on a second core carry its spikes to the pins.
ChipModel RateDigitsChip(std::int32_t ticks) {
  ChipBuilder builder;
  NeuronParameters integrator;
  integrator.weights = {1, -1, 0, 0};
  integrator.threshold = 8;
  integrator.threshold_mask_bits = 3;
  integrator.reset_mode = ResetMode::kLinear;
  NeuronParameters repeater;
  repeater.weights = {1, 0, 0, 0};
  repeater.threshold = 1;
  const CoreId hidden = builder.AddCore({0, 0});
  const CoreId output = builder.AddCore({1, 0});
  for (int neuron = 0; neuron < 10; ++neuron) {
    builder.AddNeuron(hidden, integrator);
    const AxonIndex axon = builder.AddAxon(output, AxonType(0));
    builder.Connect(output, axon, builder.AddNeuron(output, repeater));
    const NeuronIndex index(static_cast<std::uint16_t>(neuron));
    builder.SetTarget(hidden, index, NeuronTarget::Axon(output, axon, DelayTicks(kLatency)));
    builder.SetTarget(output, index, NeuronTarget::Pin(builder.AddPin()));
    builder.model().pin_classes.push_back(neuron);
  }
  RandomSequence random(3, 0);
  for (int line = 0; line < 28 * 28; ++line) {
    const int y = line / 28 - 6;
    const int x = line % 28 - 6;
    if (std::min(x, y) < 0 || std::max(x, y) >= 16) {
      builder.AddInputLine({});
      continue;
    }
    const AxonIndex axon =
        builder.AddAxon(hidden, AxonType(static_cast<std::uint8_t>(random.NextBelow(2))));
    for (std::uint16_t neuron = 0; neuron < 10; ++neuron) {
      if (random.NextBelow(3) == 0) {
        builder.Connect(hidden, axon, NeuronIndex(neuron));
      }
    }
    builder.AddInputLine({{hidden, axon}});
  }
  InputModel& input = builder.model().input;
  input.encoder = EncoderKind::kRate;
  input.shape = {1, 28, 28};
  input.mean = {0.0};
  input.scale = {1.0};
  builder.model().presentation = {PresentationMode::kRate, ticks, kLatency};
  absl::StatusOr<ChipModel> chip = std::move(builder).Build();
  SPIKEMESH_CHECK(chip.ok());
  return *std::move(chip);
}

class RateCommandTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    ASSERT_TRUE(WriteChipFile(RateDigitsChip(kTicks), Path("rate.chip")).ok());
  }
};

TEST_F(RateCommandTest, ReportTellsTicksAndAccuracyOverThem) {
  const CommandResult run =
      Run("run rate.chip --dataset digits --images 30 --json r.json --predictions p.csv");
  ASSERT_EQ(run.status, 0) << run.err;
  const Json report = ReadJson("r.json");
  EXPECT_EQ(report["mode"], "rate");
  EXPECT_EQ(report["ticks_per_image"], kTicks);
  EXPECT_EQ(report["latency_ticks"], kLatency);
  EXPECT_EQ(report["ticks"], kImages * (kTicks + kLatency));
  EXPECT_EQ(report["counts"]["neuron_updates"], 256 * 2 * kImages * (kTicks + kLatency));
  EXPECT_GT(report["counts"]["pin_packets"].get<std::int64_t>(), 0);
  // 27.7 uJ a chip of 4096 cores and tick.
  EXPECT_DOUBLE_EQ(report["energy"]["tick_joules"].get<double>(),
                   27.7e-6 * 2 / 4096 * kImages * (kTicks + kLatency));
  std::vector<int> cuts;
  for (const Json& after : report["accuracy_over_ticks"]) {
    cuts.push_back(after["ticks"].get<int>());
    EXPECT_GE(after["accuracy"].get<double>(), 0.0);
    EXPECT_LE(after["accuracy"].get<double>(), 1.0);
  }
  EXPECT_THAT(cuts, ::testing::ElementsAre(1, 2, 4, 8, kTicks));
  EXPECT_EQ(report["accuracy_over_ticks"].back()["accuracy"], report["accuracy"]);
  EXPECT_EQ(std::ranges::count(Read("p.csv"), '\n'), 1 + kImages);
  EXPECT_THAT(run.out, HasSubstr("mode      rate, 450 ticks of 1000 us, 12 an image, latency 3"));
  EXPECT_THAT(run.out, HasSubstr("read out after 1 tick "));
}

TEST_F(RateCommandTest, PinsOfTheReadoutGiveThePredictions) {
  ASSERT_EQ(Run("run rate.chip --dataset digits --images 30 --outputs pins.csv --predictions p.csv")
                .status,
            0);
  std::vector<std::vector<int>> votes(kImages, std::vector<int>(10));
  const std::string pins = Read("pins.csv");
  for (std::size_t at = pins.find('\n') + 1; at < pins.size(); at = pins.find('\n', at) + 1) {
    const int tick = std::stoi(pins.substr(at));
    const int pin = std::stoi(pins.substr(pins.find(',', at) + 1));
    const int image = (tick - 1) / (kTicks + kLatency);
    if ((tick - 1) % (kTicks + kLatency) >= kLatency) {
      ++votes[image][pin];
    }
  }
  const std::string predictions = Read("p.csv");
  for (int image = 0; image < kImages; ++image) {
    const auto best = std::ranges::max_element(votes[image]) - votes[image].begin();
    const std::size_t row = predictions.find("\n" + std::to_string(image) + ",");
    ASSERT_NE(row, std::string::npos);
    const std::size_t end = predictions.find('\n', row + 1);
    EXPECT_EQ(predictions.substr(end - 2, 2), "," + std::to_string(best)) << image;
  }
}

TEST_F(RateCommandTest, ThreadsAndRecordsChangeNothing) {
  const std::string base = "run rate.chip --dataset digits --images 30 ";
  ASSERT_EQ(Run(base + "--json a.json --predictions a.csv").status, 0);
  ASSERT_EQ(Run(base + "--spikes as.csv --outputs ap.csv --potentials av.csv").status, 0);
  const Json expected = ReadJson("a.json");
  for (const char* threads : {"--threads 2 ", "--threads 3 "}) {
    ASSERT_EQ(Run(base + threads + "--json b.json --predictions b.csv").status, 0);
    ASSERT_EQ(Run(base + threads +
                  "--spikes bs.csv --outputs bp.csv --potentials bv.csv --raster b.svg --json "
                  "c.json")
                  .status,
              0);
    EXPECT_EQ(Read("b.csv"), Read("a.csv"));
    for (const char* kind : {"s.csv", "p.csv", "v.csv"}) {
      EXPECT_EQ(Read(std::string("b") + kind), Read(std::string("a") + kind)) << kind;
    }
    for (const char* report : {"b.json", "c.json"}) {
      for (const char* key : {"counts", "confusion", "accuracy_over_ticks", "ticks", "energy"}) {
        EXPECT_EQ(ReadJson(report)[key], expected[key]) << report << " " << key;
      }
    }
    EXPECT_THAT(Read("b.svg"), HasSubstr("in 450 ticks"));
  }
}

TEST_F(RateCommandTest, InspectTellsTheTicks) {
  const CommandResult inspect = Run("inspect rate.chip --json i.json");
  ASSERT_EQ(inspect.status, 0) << inspect.err;
  EXPECT_THAT(inspect.out, HasSubstr("images of 1x28x28, rates; bytes become 0..1\n"));
  EXPECT_THAT(inspect.out, HasSubstr("images    rate, 12 ticks an image, latency 3 ticks\n"));
  EXPECT_EQ(ReadJson("i.json")["ticks_per_image"], kTicks);
}

TEST_F(RateCommandTest, VerifyComparesEveryTickWithTheNetworkInTheChip) {
  const auto mapped = MapNetwork(RateDigitsNetwork(), {});
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  ASSERT_TRUE(WriteChipFile(mapped->chip, Path("mapped.chip")).ok());
  for (const char* threads : {"", " --threads 3"}) {
    const CommandResult run =
        Run(std::string("run mapped.chip --dataset digits --images 20 --verify --json v.json") +
            threads);
    ASSERT_EQ(run.status, 0) << run.err;
    const Json report = ReadJson("v.json");
    EXPECT_EQ(report["verify"]["images"], 20);
    EXPECT_EQ(report["verify"]["mismatched_images"], 0);
    EXPECT_EQ(report["verify"]["mismatched_spikes"], 0);
    EXPECT_GT(report["counts"]["pin_packets"].get<std::int64_t>(), 100);
  }
}

TEST_F(RateCommandTest, VerifyCountsTheSpikesThatDiffer) {
  auto mapped = MapNetwork(RateDigitsNetwork(), {});
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  // Output 0 never fires.
  for (CoreModel& core : mapped->chip.cores) {
    for (NeuronModel& neuron : core.neurons) {
      if (neuron.target == NeuronTarget::Pin(PinIndex(0))) {
        neuron.target = NeuronTarget::None();
      }
    }
  }
  ASSERT_TRUE(WriteChipFile(mapped->chip, Path("mapped.chip")).ok());
  const CommandResult run =
      Run("run mapped.chip --dataset digits --images 20 --verify --json v.json");
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("output spikes of"));
  const Json report = ReadJson("v.json");
  EXPECT_GT(report["verify"]["mismatched_images"].get<std::int64_t>(), 0);
  EXPECT_GE(report["verify"]["mismatched_spikes"], report["verify"]["mismatched_images"]);
}

TEST_F(RateCommandTest, VerifyWithoutANetworkInTheChipIsRefused) {
  const CommandResult run = Run("run rate.chip --dataset digits --images 5 --verify");
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("--verify: the chip holds no spiking network"));
}

TEST_F(RateCommandTest, SpikingNetworkAnswersAsTheChipMadeFromIt) {
  const auto mapped = MapNetwork(RateDigitsNetwork(), {});
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  ASSERT_TRUE(WriteChipFile(mapped->chip, Path("mapped.chip")).ok());
  ASSERT_TRUE(WriteSpikingFile(RateDigitsNetwork(), Path("rate.snn")).ok());
  const std::string rest = " --dataset digits --images 40 --predictions ";
  ASSERT_EQ(Run("run mapped.chip" + rest + "a.csv --json a.json").status, 0);
  const CommandResult run = Run("run rate.snn" + rest + "b.csv --json b.json");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(Read("b.csv"), Read("a.csv"));
  EXPECT_EQ(ReadJson("b.json")["accuracy_over_ticks"], ReadJson("a.json")["accuracy_over_ticks"]);
  EXPECT_EQ(ReadJson("b.json")["ticks_per_image"], 12);
  EXPECT_THAT(run.out, HasSubstr("read out after 1 tick "));
}

TEST_F(RateCommandTest, SpikingNetworkInRateModeWithoutARateEncoderIsRefused) {
  SpikingNetwork network = DigitsNetwork();
  network.presentation.mode = PresentationMode::kRate;
  ASSERT_TRUE(WriteSpikingFile(network, Path("levels.snn")).ok());
  EXPECT_EQ(Run("run levels.snn --dataset digits --images 5").status, 1);
}

TEST_F(RateCommandTest, MoreThanABillionTicksAreRefusedBeforeTheFirst) {
  ASSERT_TRUE(WriteChipFile(RateDigitsChip(1 << 20), Path("long.chip")).ok());
  const CommandResult run = Run("run long.chip --dataset digits --images 1000");
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("1000 images take 1048579000 ticks, allowed: 1000000000"));
}

TEST_F(RateCommandTest, InterruptEndsAllThreadsWith130) {
  ASSERT_TRUE(WriteChipFile(RateDigitsChip(1 << 20), Path("long.chip")).ok());
  EXPECT_EQ(StatusAfterInterrupt({"run", Path("long.chip"), "--dataset", "digits", "--images",
                                  "900", "--threads", "3"}),
            130);
}

TEST_F(RateCommandTest, InterruptedRunReportsTheImagesThatAreDone) {
  ASSERT_TRUE(WriteChipFile(RateDigitsChip(1 << 14), Path("long.chip")).ok());
  // A signal before the first image ends the run without a report, as on a busy machine.
  for (int seconds = 1; seconds <= 16 && !Exists("part.json"); seconds *= 2) {
    ASSERT_EQ(StatusAfterInterrupt(
                  {"run", Path("long.chip"), "--dataset", "digits", "--json", Path("part.json"),
                   "--predictions", Path("part.csv"), "--spikes", Path("never.csv")},
                  std::chrono::seconds(seconds)),
              130);
  }
  const Json report = ReadJson("part.json");
  const std::int64_t done = report["dataset"]["images"];
  EXPECT_GE(done, 1);
  EXPECT_LT(done, 10'000);
  EXPECT_EQ(report["ticks"], done * ((1 << 14) + kLatency));
  EXPECT_THAT(report["warnings"].dump(), HasSubstr("interrupted: of the first "));
  const std::string answers = Read("part.csv");
  EXPECT_EQ(std::ranges::count(answers, '\n'), done + 1);
  EXPECT_FALSE(Exists("never.csv"));
  // What it says of these images is what a run of them says.
  const CommandResult run = Run(Concat("run long.chip --dataset digits --images ", done,
                                       " --predictions same.csv --json same.json"));
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(Read("same.csv"), answers);
  EXPECT_EQ(ReadJson("same.json")["counts"], report["counts"]);
}

TEST_F(RateCommandTest, InterruptedProfileReportsNothing) {
  ASSERT_TRUE(WriteChipFile(RateDigitsChip(1 << 14), Path("long.chip")).ok());
  EXPECT_EQ(StatusAfterInterrupt({"profile", Path("long.chip"), "--dataset", "digits", "--images",
                                  "900", "--json", Path("part.json")},
                                 std::chrono::seconds(1)),
            130);
  EXPECT_FALSE(Exists("part.json"));
}

}  // namespace
}  // namespace spikemesh
