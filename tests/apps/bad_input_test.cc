// SPDX-License-Identifier: Apache-2.0
// What goes wrong ends with status 1 (the job) or 2 (the flags) and one line that says what.
#include <sys/stat.h>

#include "core/chip/chip_file.h"
#include "tests/apps/command_fixture.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class BadInputTest : public CommandTest {
 protected:
  void ExpectError(const std::string& arguments, int status, const std::string& message) const {
    const CommandResult run = Run(arguments);
    EXPECT_EQ(run.status, status) << arguments << "\n" << run.err;
    EXPECT_THAT(run.err, StartsWith("spikemesh: error: ")) << arguments;
    EXPECT_THAT(run.err, HasSubstr(message)) << arguments;
    EXPECT_EQ(std::ranges::count(run.err, '\n'), 1) << arguments << "\n" << run.err;
    EXPECT_EQ(run.out, "") << arguments;
  }
  void ExpectFails(const std::string& arguments, const std::string& message) const {
    ExpectError(arguments, 1, message);
  }
  void ExpectUsage(const std::string& arguments, const std::string& message) const {
    ExpectError(arguments, 2, message);
  }
};

TEST_F(BadInputTest, FlagsThatDoNotParse) {
  ExpectUsage("", "subcommand");
  ExpectUsage("simulate", "simulate");
  ExpectUsage("run", "MODEL");
  ExpectUsage("run pacemaker.chip --tick 5", "--tick");
  ExpectUsage("run pacemaker.chip --ticks", "--ticks");
  ExpectUsage("run pacemaker.chip --ticks five", "allowed: 1..1e+09");
  ExpectUsage("run pacemaker.chip --ticks 0", "found 0, allowed: 1..1e+09");
  ExpectUsage("run pacemaker.chip --ticks -1", "--ticks");
  ExpectUsage("run pacemaker.chip --ticks 1.5", "--ticks");
  ExpectUsage("run pacemaker.chip --ticks 99999999999999999999999", "--ticks");
  ExpectUsage("run pacemaker.chip --ticks 5 --threads 0", "found 0, allowed: 1..64");
  ExpectUsage("run pacemaker.chip --ticks 5 --threads 65", "allowed: 1..64");
  ExpectUsage("run pacemaker.chip --ticks 5 --simd neon", "found neon, allowed: auto, avx3");
  ExpectUsage("run pacemaker.chip --ticks 5 --simd 4", "found 4, allowed: auto, avx3");
  ExpectUsage("run pacemaker.chip --ticks 5 --seed -1", "--seed");
  ExpectUsage("run pacemaker.chip --ticks 5 --volts nan", "allowed: 0.5..1.5");
  ExpectUsage("run pacemaker.chip --ticks 5 --volts 2", "allowed: 0.5..1.5");
  ExpectUsage("run pacemaker.chip --ticks 5 --tick-us 0", "--tick-us");
  ExpectUsage("run digits.chip --dataset digits --images 0", "found 0, allowed: 1..");
  ExpectUsage("run digits.chip --dataset digits --split validation", "validation");
  ExpectUsage("run digits.chip --dataset digits --ticks 5", "--ticks");
  ExpectUsage("run digits.chip --ticks 5 --verify", "--dataset");
  ExpectUsage("run digits.chip --ticks 5 --images 5", "--dataset");
  ExpectUsage("run pacemaker.chip --input in.csv", "--ticks");
  ExpectUsage("run net.onnx --dataset digits --mean 0.1,,2", "--mean");
  ExpectUsage("inspect digits.chip --core 5", "--core");
  ExpectUsage("inspect digits.chip --core -1,0", "--core");
  ExpectUsage("bench --cores 0x4", "--cores");
  ExpectUsage("bench --rate 2000", "--rate");
  ExpectUsage("bench --from digits.chip --rate 10", "--from");
  ExpectUsage("profile", "--pattern");
  ExpectUsage("profile --pattern hotspot", "allowed: uniform");
  ExpectUsage("profile --pattern uniform --rate 0", "--rate");
  ExpectUsage("profile --pattern uniform --mesh 8", "--mesh");
  ExpectUsage("convert net.onnx", "--output");
  ExpectUsage("convert net.onnx -o net.chip --weights float", "--weights");
  ExpectUsage("data make letters -o out", "letters");
}

TEST_F(BadInputTest, ModelsThatCannotBeRead) {
  Write("noise.chip", "these bytes are no chip, whatever their name says, and more of them follow");
  Write("empty.chip", "");
  Write("noise.onnx", "\x01\x02\x03 no protobuf");
  Write("noise.snn", "no network");
  ASSERT_EQ(::mkdir(Path("folder.chip").c_str(), 0777), 0);
  ASSERT_EQ(::mkfifo(Path("pipe.chip").c_str(), 0666), 0);
  ExpectFails("run missing.chip --ticks 5", "missing.chip");
  ExpectFails("run folder.chip --ticks 5", "is a directory");
  ExpectFails("run pipe.chip --ticks 5", "pipe");
  ExpectFails("run noise.chip --ticks 5", "noise.chip");
  ExpectFails("run empty.chip --ticks 5", "empty.chip");
  ExpectFails("run noise.onnx --dataset digits", "noise.onnx");
  ExpectFails("run noise.snn --dataset digits", "noise.snn");
  Write("model.h5", "\x89HDF\r\n\x1A\n and its groups");
  for (const char* const job : {"run model.h5 --dataset digits", "inspect model.h5"}) {
    ExpectFails(job, "model.h5: is an HDF5 file (NIR and Keras models are such); read are chips");
  }
  ExpectFails("inspect noise.chip", "noise.chip");
  ExpectFails("inspect noise.onnx", "noise.onnx");
  ExpectFails("convert noise.onnx -o net.chip", "noise.onnx");
  ExpectFails("bench --from noise.chip", "noise.chip");
  EXPECT_FALSE(Exists("net.chip"));
}

TEST_F(BadInputTest, FlippedBitInAChipIsNoticed) {
  std::string bytes = Read("pacemaker.chip");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  Write("flipped.chip", bytes);
  ExpectFails("run flipped.chip --ticks 5", "flipped.chip");
}

TEST_F(BadInputTest, OutputsThatCannotBeWritten) {
  ExpectFails("run pacemaker.chip --ticks 5 --json no/such/r.json", "there is no folder no/such");
  ExpectFails("run pacemaker.chip --ticks 5 --json .", "--json .: is a directory");
  ExpectFails("run pacemaker.chip --ticks 5 --spikes /dev/full", "/dev/full");
  ExpectFails("run pacemaker.chip --ticks 5 --spikes -", "only --json takes -");
  EXPECT_FALSE(Exists("-"));
  ExpectFails("run pacemaker.chip --ticks 5 --spikes pacemaker.chip", "is the file of MODEL");
  ExpectFails("run pacemaker.chip --ticks 5 --spikes ./pacemaker.chip", "is the file of MODEL");
  ExpectFails("run pacemaker.chip --ticks 5 --spikes a.csv --outputs ./a.csv",
              "is the file of --spikes");
  EXPECT_TRUE(ReadChipFile(Path("pacemaker.chip")).ok());
  EXPECT_FALSE(Exists("a.csv"));
}

TEST_F(BadInputTest, FullStandardOutputIsAFailure) {
  EXPECT_EQ(Run("run pacemaker.chip --ticks 5 >/dev/full; exit $?").status, 1);
  EXPECT_EQ(Run("--help >/dev/full; exit $?").status, 1);
  EXPECT_EQ(Run("--version >/dev/full; exit $?").status, 1);
}

TEST_F(BadInputTest, LimitOfFileSizesIsReportedNotASignal) {
  // The report is longer than the one block (512 or 1,024 bytes) that a file may have.
  const CommandResult run = RunAfter("ulimit -f 1", "run pacemaker.chip --ticks 5 --json -");
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("standard output: cannot write"));
}

TEST_F(BadInputTest, WantOfMemoryIsReportedNotACrash) {
  if (kAddressSanitizer) {
    GTEST_SKIP() << "the sanitizer's shadow does not fit into a limited address space";
  }
  // 128 x 128 cores hold 128 MB of crossbars.
  const CommandResult run = RunAfter("ulimit -v 100000", "bench --cores 128x128 --ticks 1");
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, StartsWith("spikemesh: error: out of memory"));
}

TEST_F(BadInputTest, ControlBytesDoNotReachTheTerminal) {
  ExpectFails("run \"$(printf 'a\\033[31mb.chip')\" --ticks 5", "a?[31mb.chip: cannot open");
  ExpectUsage("\"$(printf 'a\\033b')\"", "a?b: is no subcommand");
}

TEST_F(BadInputTest, ChipsThatCannotDoWhatIsAsked) {
  ExpectFails("run pacemaker.chip", "--dataset");
  ExpectFails("run pacemaker.chip --dataset digits --images 5", "no image encoder");
  ExpectFails("run digits.chip --dataset letters --images 5", "letters");
  ExpectFails("run digits.chip --dataset mnist:nowhere --images 5", "nowhere");
  ExpectFails("run digits.chip --ticks 5 --mean 0.5", "--mean");
  absl::StatusOr<ChipModel> chip = ReadChipFile(Path("digits.chip"));
  ASSERT_TRUE(chip.ok());
  chip->spiking_network.clear();
  ASSERT_TRUE(WriteChipFile(*chip, Path("bare.chip")).ok());
  ExpectFails("run bare.chip --dataset digits --images 5 --verify", "--verify");
  ExpectFails("inspect digits.chip --core 60,60", "no used core at (60,60)");
}

TEST_F(BadInputTest, InputSpikesBeyondTheChip) {
  const std::string run = "run pacemaker.chip --ticks 5 --input in.csv";
  ExpectFails(run, "in.csv");  // missing
  Write("in.csv", "tick,core,axon\n");
  ExpectFails(run, "in.csv: line 1");
  Write("in.csv", "tick,core_x,core_y,axon\n0,1,0,1\n");
  ExpectFails(run, "in.csv");
  Write("in.csv", "tick,core_x,core_y,axon\n1,5,0,1\n");
  ExpectFails(run, "core (5,0) is not a used core");
  Write("in.csv", "tick,core_x,core_y,axon\n1,1,0,2\n");
  ExpectFails(run, "axon 2 of core (1,0), allowed: below 2");
}

TEST_F(BadInputTest, NetworksRefuseTheFlagsOfChips) {
  ASSERT_TRUE(WriteSpikingFile(DigitsNetwork(), Path("digits.snn")).ok());
  ExpectFails("run digits.snn --dataset digits --images 5 --spikes s.csv", "--spikes");
  ExpectFails("run digits.snn --dataset digits --images 5 --verify", "--verify");
  ExpectFails("run digits.snn --ticks 5", "--ticks");
  ExpectFails("run digits.snn", "--dataset");
  ExpectFails("inspect digits.snn --core 0,0", "--core");
}

TEST_F(BadInputTest, EnergyConstantsOfAnotherForm) {
  Write("e.json", R"({"schema": "spikemesh.energy/1", "constants": [{"name": "x", "value": 1}]})");
  ExpectFails("run pacemaker.chip --ticks 5 --energy-constants e.json",
              "e.json: constants[0].name");
}

TEST_F(BadInputTest, ConversionsThatCannotBe) {
  ExpectFails("convert net.onnx -o net.txt", ".chip nor .snn");
  ExpectFails("convert missing.onnx -o net.chip", "missing.onnx");
  ExpectFails("convert net.onnx -o net.snn --lossy-split", "--lossy-split");
  ExpectFails("convert net.onnx -o net.snn --max-chips 2", "--max-chips");
  WriteRancNetwork();
  ExpectFails("convert in.json -o net.chip", "in.json: is a network of the RANC simulator");
  ExpectFails("convert in.json -o net.snn --ranc-config c.json", "becomes a .chip only");
  ExpectFails("convert in.json -o net.chip --ranc-config c.json --mean 1", "--mean");
  ExpectFails("convert net.onnx -o net.chip --std 0", "--std");
}

}  // namespace
}  // namespace spikemesh
