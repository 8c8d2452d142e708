// SPDX-License-Identifier: Apache-2.0
// Imported networks on the machine against RANC itself: its recorded runs (SPIKEMESH_ORACLE), and a
// literal transcription of its tick on random networks.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <string>

#include "converters/ranc/import_ranc.h"
#include "core/base/atomic_file.h"
#include "core/base/csv.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/machine/machine.h"
#include "tests/converters/ranc/ranc_reference.h"

namespace spikemesh {
namespace {

// Runs an imported network for `ticks` ticks and writes down what RANC writes down.
RancTrace RunOnMachine(const RancModel& model, std::int64_t ticks,
                       const MachineOptions& options = {}) {
  Machine machine = Machine::Create(model.chip, options).value();
  for (const AxonEvent& event : model.inputs) {
    for (std::uint32_t id = 0; id < model.chip.cores.size(); ++id) {
      if (model.chip.cores[id].at == event.core) {
        machine.SendAxon({CoreId(id), event.axon}, event.tick);
      }
    }
  }
  RancTrace trace;
  trace.outputs.emplace_back(model.chip.pin_count, 0);  // row 0 is empty
  for (std::int64_t tick = 1; tick <= ticks; ++tick) {
    machine.Step();
    trace.spikes.emplace_back();
    for (const NeuronAddress& spike : machine.spikes()) {
      const CoreCoordinates at = model.chip.cores[spike.core.value()].at;
      trace.spikes.back().insert(trace.spikes.back().end(),
                                 {at.x, at.y, std::int64_t{spike.neuron.value()}});
    }
    trace.potentials.emplace_back();
    for (std::uint32_t id = 0; id < model.chip.cores.size(); ++id) {
      const auto neurons = static_cast<std::uint16_t>(model.chip.cores[id].neurons.size());
      for (std::uint16_t j = 0; j < neurons; ++j) {
        trace.potentials.back().push_back(machine.potential({CoreId(id), NeuronIndex(j)}));
      }
    }
    trace.outputs.emplace_back(model.chip.pin_count, 0);
    for (const PinIndex pin : machine.pins()) {
      trace.outputs.back()[pin.value()] = 1;
    }
  }
  trace.outputs.pop_back();  // the last tick's are not printed
  return trace;
}

// ---- Recorded runs ----

class RancOracleTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* const oracle = std::getenv("SPIKEMESH_ORACLE");
    if (oracle == nullptr) {
      GTEST_SKIP() << "SPIKEMESH_ORACLE names no folder";
    }
    folder_ = std::string(oracle) + "/ranc/";
  }

  std::string Read(const std::string& name) const {
    const absl::StatusOr<std::string> bytes = ReadFile(folder_ + name, kRancFileBytesMax);
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    return bytes.value_or("");
  }

  // A CSV file of `columns` columns that is gzipped.
  std::string ReadGzip(const std::string& name) const {
    const gzFile file = gzopen((folder_ + name).c_str(), "rb");
    EXPECT_NE(file, nullptr);
    std::string text;
    std::array<char, 65536> block = {};
    for (int got = 1; got > 0;) {
      got = gzread(file, block.data(), static_cast<unsigned>(block.size()));
      text.append(block.data(), static_cast<std::size_t>(std::max(got, 0)));
    }
    gzclose(file);
    return text;
  }

  // The rows of an output.txt: a byte order mark, then numbers 0 and 1 separated by spaces.
  std::vector<std::vector<int>> ReadOutputs(const std::string& name) const {
    std::string text = Read(name);
    EXPECT_EQ(text.substr(0, 3), "\xEF\xBB\xBF");
    text.erase(0, 3);
    std::vector<std::vector<int>> rows(1);
    for (const char c : text) {
      if (c == '\n') {
        rows.emplace_back();
      } else if (c != ' ' && c != '\r') {
        rows.back().push_back(c - '0');
      }
    }
    rows.pop_back();
    return rows;
  }

  RancModel ImportCase(const std::string& name) const {
    absl::StatusOr<RancModel> model =
        ImportRanc(Read(name + "/input.json"), Read(name + "/config.json"));
    EXPECT_TRUE(model.ok()) << model.status();
    return std::move(model).value();
  }

  std::string folder_;
};

TEST_F(RancOracleTest, CaseAsymmetricMatchesInEverySpikeAndEveryPotential) {
  const RancModel model = ImportCase("caseA_asym");
  const RancTrace trace = RunOnMachine(model, 100);

  const IntegerTable spikes =
      ParseCsv(Read("caseA_asym/spikes.csv"), "tick,core_x,core_y,neuron").value();
  ASSERT_EQ(spikes.rows(), 13203u);
  std::vector<std::vector<std::int64_t>> expected_spikes(100);
  for (std::size_t i = 0; i < spikes.rows(); ++i) {
    const auto row = spikes.row(i);
    auto& of_tick = expected_spikes[static_cast<std::size_t>(row[0] - 1)];
    of_tick.insert(of_tick.end(), row.begin() + 1, row.end());
  }
  const IntegerTable potentials =
      ParseCsv(ReadGzip("caseA_asym/potentials.csv.gz"), "tick,core_x,core_y,neuron,potential")
          .value();
  ASSERT_EQ(potentials.rows(), 32000u);
  std::vector<std::vector<std::int64_t>> expected_potentials(100);
  for (std::size_t i = 0; i < potentials.rows(); ++i) {
    const auto row = potentials.row(i);
    expected_potentials[static_cast<std::size_t>(row[0] - 1)].push_back(row[4]);
  }
  EXPECT_EQ(trace.spikes, expected_spikes);
  EXPECT_EQ(trace.potentials, expected_potentials);
  EXPECT_EQ(trace.outputs, ReadOutputs("caseA_asym/output.txt"));
  const RancTrace routed = RunOnMachine(model, 100, {.router = kTrueNorthRouter});
  EXPECT_EQ(routed.spikes, expected_spikes);
  EXPECT_EQ(routed.potentials, expected_potentials);
}

TEST_F(RancOracleTest, MnistMatchesInEveryRowOfTheOutputBus) {
  const RancTrace trace = RunOnMachine(ImportCase("mnist10"), 13);
  const std::vector<std::vector<int>> expected = ReadOutputs("mnist10/output.txt");
  ASSERT_EQ(expected.size(), 13u);
  EXPECT_EQ(trace.outputs, expected);
}

// ---- Random networks against the transcription ----

std::int64_t Between(RandomSequence& random, int min, int max) {
  return min + static_cast<int>(random.NextBelow(static_cast<std::uint32_t>(max - min) + 1));
}

// Four cores on a 3 x 2 grid, the output bus at (2,0), nothing at (2,1); 6 axons, 5 neurons.
Json RandomNeuron(RandomSequence& random, bool reset_at_equal, std::array<int, 2> at) {
  Json neuron;
  neuron["reset_potential"] = Between(random, -5, 5);
  for (int type = 0; type < 4; ++type) {
    neuron["weights"].push_back(Between(random, -9, 9));
  }
  neuron["leak"] = Between(random, -2, 3);
  neuron["positive_threshold"] = Between(random, 0, 12);
  neuron["negative_threshold"] = Between(random, -12, reset_at_equal ? -1 : 0);
  const bool to_bus = random.NextBelow(3) == 0;
  const int x = to_bus ? 2 : static_cast<int>(random.NextBelow(2));
  const int y = to_bus ? 0 : static_cast<int>(random.NextBelow(2));
  neuron["destination_core_offset"] = {x - at[0], y - at[1]};
  neuron["destination_axon"] = random.NextBelow(to_bus ? 3 : 6);
  neuron["destination_tick"] = random.NextBelow(16);  // 15 is dropped
  neuron["current_potential"] = Between(random, -9, 9);
  neuron["reset_mode"] = reset_at_equal ? 0u : random.NextBelow(2);
  return neuron;
}

Json RandomInput(RandomSequence& random, bool reset_at_equal) {
  Json input;
  input["packets"] = Json::array();
  for (int row = 0; row < 50; ++row) {
    input["packets"].push_back(Json::array());
    for (std::uint32_t i = random.NextBelow(6); i > 0; --i) {
      input["packets"][static_cast<std::size_t>(row)].push_back(
          {{"destination_core", {random.NextBelow(2), random.NextBelow(2)}},
           {"destination_axon", random.NextBelow(6)},
           {"destination_tick", random.NextBelow(16)}});
    }
  }
  input["output_bus"] = {{"coordinates", {2, 0}}, {"num_outputs", 3}};
  for (int place = 3; place >= 0; --place) {  // not in row-major order
    Json core;
    core["coordinates"] = {place % 2, place / 2};
    for (int i = 0; i < 6; ++i) {
      core["axons"].push_back(random.NextBelow(4));
    }
    for (int j = 0; j < 5; ++j) {
      core["neurons"].push_back(RandomNeuron(random, reset_at_equal, {place % 2, place / 2}));
      core["connections"].push_back(Json::array());
      for (int i = 0; i < 6; ++i) {
        core["connections"].back().push_back(random.NextBelow(2));
      }
    }
    input["cores"].push_back(core);
  }
  return input;
}

class RancRandomTest : public testing::TestWithParam<int> {};

TEST_P(RancRandomTest, ImportedNetworkDoesWhatTheTranscribedTickDoes) {
  const int reset_type = GetParam();
  const Json config = {{"num_neurons", 5},
                       {"num_axons", 6},
                       {"num_cores_x", 3},
                       {"num_cores_y", 2},
                       {"num_weights", 4},
                       {"max_tick_offset", 16},
                       {"neuron_reset_type", reset_type}};
  std::size_t spike_count = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    RandomSequence random(seed, 0);
    const Json input = RandomInput(random, reset_type == 1);
    const absl::StatusOr<RancModel> model = ImportRanc(input.dump(), config.dump());
    ASSERT_TRUE(model.ok()) << model.status();
    const RancTrace expected = RunRancReference(input, config, 40);
    const RancTrace found = RunOnMachine(*model, 40);
    EXPECT_EQ(found.spikes, expected.spikes) << "seed " << seed;
    EXPECT_EQ(found.potentials, expected.potentials) << "seed " << seed;
    EXPECT_EQ(found.outputs, expected.outputs) << "seed " << seed;
    for (const std::vector<std::int64_t>& of_tick : expected.spikes) {
      spike_count += of_tick.size() / 3;
    }
  }
  EXPECT_GT(spike_count, 1000u) << "the networks are alive";
}

INSTANTIATE_TEST_SUITE_P(ResetTypes, RancRandomTest, testing::Values(0, 1));

}  // namespace
}  // namespace spikemesh
