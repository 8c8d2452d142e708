// SPDX-License-Identifier: Apache-2.0
#include "tests/apps/command_fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <thread>

#include "converters/mapping/map_network.h"
#include "core/base/random.h"
#include "core/chip/chip_builder.h"
#include "core/chip/chip_file.h"

namespace spikemesh {
namespace {

std::string ReadWhole(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// Whether `process` handles `signal` within a minute: a program that has only just begun, on a busy
// machine, does not yet.
bool WaitUntilCaught(pid_t process, int signal) {
  const std::string path = "/proc/" + std::to_string(process) + "/status";
  for (int attempt = 0; attempt < 6000; ++attempt) {
    const std::string status = ReadWhole(path);
    constexpr std::string_view kCaught = "SigCgt:";  // proc(5): a mask in hexadecimal digits
    const std::size_t begin = status.find(kCaught);
    if (begin != std::string::npos) {
      const std::uint64_t mask = std::stoull(status.substr(begin + kCaught.size()), nullptr, 16);
      if ((mask >> (signal - 1) & 1) != 0) {
        return true;
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

// A layer of random ternary weights whose neurons fire at a sum of 1 or more.
SpikingLayer RandomLayer(const std::string& name, FeatureShape input, FeatureShape output,
                         std::int32_t kernel, std::int32_t source) {
  SpikingLayer layer;
  layer.name = name;
  layer.output_shape = output;
  LayerInput edge;
  edge.source = source;
  edge.delay_ticks = source == kEncodedInput ? 0 : 1;
  edge.shape = input;
  edge.window.kernel_y = edge.window.kernel_x = kernel;
  edge.window.stride_y = edge.window.stride_x = kernel;
  RandomSequence random(7, static_cast<std::uint64_t>(output.channels));
  edge.weights.resize(
      static_cast<std::size_t>(std::int64_t{output.channels} * input.channels * kernel * kernel));
  std::ranges::generate(edge.weights, [&random] {
    return static_cast<std::int16_t>(static_cast<int>(random.NextBelow(3)) - 1);
  });
  layer.inputs.push_back(std::move(edge));
  layer.thresholds.assign(static_cast<std::size_t>(output.size()), 1);
  return layer;
}

}  // namespace

ChipModel PacemakerChip() {
  ChipBuilder builder;
  builder.model().name = "pacemaker";
  NeuronParameters pacemaker;
  pacemaker.leak = 1;
  pacemaker.threshold = 10;
  NeuronParameters repeater;
  repeater.weights = {1, 0, 0, 0};
  repeater.threshold = 1;
  const CoreId west = builder.AddCore({0, 0});
  const CoreId east = builder.AddCore({1, 0});
  const NeuronIndex source = builder.AddNeuron(west, pacemaker);
  const AxonIndex from_west = builder.AddAxon(east, AxonType(0));
  const AxonIndex from_host = builder.AddAxon(east, AxonType(0));
  const NeuronIndex target = builder.AddNeuron(east, repeater);
  builder.Connect(east, from_west, target);
  builder.Connect(east, from_host, target);
  builder.SetTarget(west, source, NeuronTarget::Axon(east, from_west, DelayTicks(1)));
  builder.SetTarget(east, target, NeuronTarget::Pin(builder.AddPin()));
  builder.AddInputLine({{east, from_host}});
  absl::StatusOr<ChipModel> chip = std::move(builder).Build();
  SPIKEMESH_CHECK(chip.ok());
  return *std::move(chip);
}

SpikingNetwork DigitsNetwork() {
  constexpr FeatureShape kImage = {1, 28, 28};
  constexpr FeatureShape kHidden = {8, 4, 4};
  SpikingNetwork network;
  network.name = "digits-test";
  network.input.encoder = EncoderKind::kThreshold;
  network.input.shape = {1, 28, 28};
  network.input.mean = {0.0};
  network.input.scale = {1.0};
  network.input.levels = {0.5};
  network.input.level_channels = {0};
  network.encoded_shape = kImage;
  network.layers.push_back(RandomLayer("conv", kImage, kHidden, 7, kEncodedInput));
  network.layers.push_back(
      RandomLayer("dense", {static_cast<std::int32_t>(kHidden.size()), 1, 1}, {20, 1, 1}, 1, 0));
  for (std::int32_t output = 0; output < 20; ++output) {
    network.output_classes.push_back(output % 10);
  }
  network.class_count = 10;
  network.presentation.mode = PresentationMode::kPipelined;
  return network;
}

SpikingNetwork RateDigitsNetwork() {
  SpikingNetwork network = DigitsNetwork();
  network.name = "rate-digits-test";
  network.input.encoder = EncoderKind::kRate;
  network.input.levels.clear();
  network.input.level_channels.clear();
  for (SpikingLayer& layer : network.layers) {
    layer.thresholds.assign(layer.thresholds.size(), 2);
    layer.leaks.assign(layer.thresholds.size(), 0);
    layer.initial_potentials.assign(layer.thresholds.size(), 1);
    layer.leaks[3] = -300;  // beyond the chip's leak
    layer.leaks[5] = 1;
  }
  network.presentation = {PresentationMode::kRate, 12, 1};
  return network;
}

void CommandTest::SetUp() {
  std::string folder = ::testing::TempDir() + "/spikemesh.XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  folder_ = folder;
  const absl::StatusOr<MappedNetwork> mapped = MapNetwork(DigitsNetwork(), {});
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  ASSERT_TRUE(WriteChipFile(mapped->chip, Path("digits.chip")).ok());
  ASSERT_TRUE(WriteChipFile(PacemakerChip(), Path("pacemaker.chip")).ok());
}

void CommandTest::TearDown() { std::filesystem::remove_all(folder_); }

CommandResult CommandTest::Run(const std::string& arguments) const {
  return RunAfter("true", arguments);
}

CommandResult CommandTest::RunAfter(const std::string& before, const std::string& arguments) const {
  const std::string command = "cd '" + folder_ + "' && " + before + " && '" SPIKEMESH_COMMAND "' " +
                              arguments + " >.stdout 2>.stderr </dev/null";
  std::FILE* const shell = ::popen(command.c_str(), "r");
  const int raw = ::pclose(shell);
  return {WIFEXITED(raw) ? WEXITSTATUS(raw) : -1, Read(".stdout"), Read(".stderr")};
}

int CommandTest::StatusAfterInterrupt(const std::vector<std::string>& arguments,
                                      std::chrono::milliseconds wait) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<std::string> words = {"spikemesh"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) {
      argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    ::execv(SPIKEMESH_COMMAND, argv.data());
    ::_exit(99);
  }
  const bool caught = WaitUntilCaught(child, SIGINT);
  std::this_thread::sleep_for(wait);  // until it is at its work
  const bool found = caught && ::kill(child, SIGINT) == 0;
  int raw = 0;
  const bool ended = ::waitpid(child, &raw, 0) == child && WIFEXITED(raw);
  return found && ended ? WEXITSTATUS(raw) : -1;
}

std::string CommandTest::Read(const std::string& name) const { return ReadWhole(Path(name)); }

void CommandTest::Write(const std::string& name, const std::string& text) const {
  std::ofstream(Path(name), std::ios::binary) << text;
}

Json CommandTest::ReadJson(const std::string& name) const {
  absl::StatusOr<Json> json = ParseJson(Read(name));
  EXPECT_TRUE(json.ok()) << name << ": " << json.status();
  return json.ok() ? *std::move(json) : Json();
}

bool CommandTest::Exists(const std::string& name) const {
  return std::filesystem::exists(Path(name));
}

void CommandTest::WriteRancNetwork() const {
  Write("c.json",
        R"({"num_neurons": 1, "num_axons": 1, "num_cores_x": 2, "num_cores_y": 1,
            "num_weights": 4, "max_tick_offset": 16, "neuron_reset_type": 0})");
  Write("in.json",
        R"({"packets": [[{"destination_core": [0, 0], "destination_axon": 0,
                          "destination_tick": 0}]],
            "output_bus": {"coordinates": [1, 0], "num_outputs": 1},
            "cores": [{"axons": [0], "connections": [[1]], "coordinates": [0, 0],
                       "neurons": [{"reset_potential": 0, "weights": [1, 0, 0, 0], "leak": 0,
                                    "positive_threshold": 1, "negative_threshold": 0,
                                    "destination_core_offset": [1, 0], "destination_axon": 0,
                                    "destination_tick": 0, "current_potential": 0,
                                    "reset_mode": 0}]}]})");
}

}  // namespace spikemesh
