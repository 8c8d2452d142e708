// SPDX-License-Identifier: Apache-2.0
#include "converters/ranc/import_ranc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "core/base/json.h"
#include "core/base/strings.h"
#include "core/chip/validate.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Two axons and two neurons a core; core (1,0), core (0,1), and the output bus at (0,0) of 3 pins.
Json Config() {
  return Json::parse(R"({"num_neurons": 2, "num_axons": 2, "num_cores_x": 2, "num_cores_y": 2,
                         "num_weights": 4, "max_tick_offset": 16, "neuron_reset_type": 0})");
}

// Alpha 9, beta 4, R -3, V(0) 2, linear reset; fires at axon 1 of the core at `offset`.
Json Neuron(std::array<int, 2> offset) {
  Json neuron = Json::parse(R"({"reset_potential": -3, "weights": [1, -2, 255, -255], "leak": -7,
      "positive_threshold": 9, "negative_threshold": -4, "destination_axon": 1,
      "destination_tick": 2, "current_potential": 2, "reset_mode": 1})");
  neuron["destination_core_offset"] = {offset[0], offset[1]};
  return neuron;
}

Json Input() {
  Json input = Json::parse(R"({
      "packets": [[{"destination_core": [0, 1], "destination_axon": 1, "destination_tick": 3}],
                  [{"destination_core": [1, 0], "destination_axon": 0, "destination_tick": 0},
                   {"destination_core": [0, 1], "destination_axon": 0, "destination_tick": 0}]],
      "output_bus": {"coordinates": [0, 0], "num_outputs": 3},
      "cores": [{"axons": [3, 0], "connections": [[1, 0], [1, 1]], "coordinates": [0, 1]},
                {"axons": [1, 2], "connections": [[0, 0], [0, 1]], "coordinates": [1, 0]}]})");
  input["cores"][0]["neurons"] = {Neuron({1, -1}), Neuron({0, 0})};
  input["cores"][1]["neurons"] = {Neuron({-1, 0}), Neuron({-1, 1})};
  return input;
}

absl::StatusOr<RancModel> Import(const Json& input, const Json& config) {
  return ImportRanc(input.dump(), config.dump());
}

// The error that `input` under `config` gives: its code, and in its message `part`.
void ExpectRefused(const Json& input, const Json& config, absl::StatusCode code,
                   std::string_view part) {
  const absl::Status status = Import(input, config).status();
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(part)));
}

// The input with one field of neuron 1 of core (0,1) changed.
Json WithNeuronField(const char* field, const Json& value) {
  Json input = Input();
  input["cores"][0]["neurons"][1][field] = value;
  return input;
}

TEST(ImportRancTest, CoresStandAtTheirPlacesSortedByRow) {
  const absl::StatusOr<RancModel> model = Import(Input(), Config());
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_TRUE(ValidateChip(model->chip).ok());
  ASSERT_THAT(model->chip.cores, SizeIs(2));
  EXPECT_EQ(model->chip.cores[0].at, (CoreCoordinates{1, 0}));
  EXPECT_EQ(model->chip.cores[1].at, (CoreCoordinates{0, 1}));
  EXPECT_EQ(model->chip.spec.mesh, MeshShape{}) << "a small grid fits into one default chip";
  EXPECT_EQ(model->chip.pin_count, 3u);
  EXPECT_TRUE(model->warnings.empty());
}

TEST(ImportRancTest, NeuronBecomesParametersOfTheChip) {
  const absl::StatusOr<RancModel> model = Import(Input(), Config());
  ASSERT_TRUE(model.ok()) << model.status();
  NeuronParameters expected;
  expected.weights = {1, -2, 255, -255};
  expected.leak = -7;
  expected.threshold = 9;
  expected.negative_threshold = 4;
  expected.reset_potential = -3;
  expected.reset_mode = ResetMode::kLinear;
  ASSERT_THAT(model->chip.neuron_kinds, SizeIs(1)) << "four equal neurons share one kind";
  EXPECT_TRUE(model->chip.neuron_kinds[0] == expected);
  EXPECT_EQ(model->chip.cores[0].neurons[0].initial_potential, 2);
}

TEST(ImportRancTest, ConnectionRowsAreNeuronsAndBecomeCrossbarColumns) {
  const absl::StatusOr<RancModel> model = Import(Input(), Config());
  ASSERT_TRUE(model.ok()) << model.status();
  // connections [[1, 0], [1, 1]]: axon 0 reaches neurons 0 and 1, axon 1 reaches neuron 1 alone.
  const CoreModel& core = model->chip.cores[1];
  EXPECT_THAT(core.axon_types, ElementsAre(3, 0));
  EXPECT_EQ(core.crossbar[0].words[0], 0b11u);
  EXPECT_EQ(core.crossbar[1].words[0], 0b10u);
}

TEST(ImportRancTest, DelayIsDestinationTickPlusOneAndTheBusIsPins) {
  const absl::StatusOr<RancModel> model = Import(Input(), Config());
  ASSERT_TRUE(model.ok()) << model.status();
  const auto& [north_east, south_west] = std::tie(model->chip.cores[0], model->chip.cores[1]);
  // destination_tick 2: delay 3. Core 0 is (1,0), core 1 is (0,1).
  const NeuronTarget to_north_east = NeuronTarget::Axon(CoreId(0), AxonIndex(1), DelayTicks(3));
  const NeuronTarget to_south_west = NeuronTarget::Axon(CoreId(1), AxonIndex(1), DelayTicks(3));
  EXPECT_EQ(south_west.neurons[0].target, to_north_east);
  EXPECT_EQ(south_west.neurons[1].target, to_south_west);
  EXPECT_EQ(north_east.neurons[0].target, NeuronTarget::Pin(PinIndex(1)));
  EXPECT_EQ(north_east.neurons[1].target, to_south_west);
}

TEST(ImportRancTest, PacketOfRowKArrivesInTickKPlusDestinationTickPlusOne) {
  const absl::StatusOr<RancModel> model = Import(Input(), Config());
  ASSERT_TRUE(model.ok()) << model.status();
  // Row 0, destination_tick 3: tick 4. Row 1, destination_tick 0: tick 2, sorted by core_y.
  EXPECT_THAT(model->inputs, ElementsAre(AxonEvent{Tick(2), {1, 0}, AxonIndex(0)},
                                         AxonEvent{Tick(2), {0, 1}, AxonIndex(0)},
                                         AxonEvent{Tick(4), {0, 1}, AxonIndex(1)}));
}

TEST(ImportRancTest, LongestDelayIs15) {
  const absl::StatusOr<RancModel> model = Import(WithNeuronField("destination_tick", 14), Config());
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->chip.cores[1].neurons[1].target.delay, DelayTicks(15));
  EXPECT_TRUE(model->warnings.empty());
}

TEST(ImportRancTest, DestinationTick15IsNoTargetWithAWarning) {
  const absl::StatusOr<RancModel> model = Import(WithNeuronField("destination_tick", 15), Config());
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->chip.cores[1].neurons[1].target, NeuronTarget::None());
  EXPECT_THAT(model->warnings, ElementsAre(HasSubstr("core (0,1) neuron 1: destination_tick 15")));
}

TEST(ImportRancTest, DestinationTick15OfABusTargetIsStillAPin) {
  Json input = Input();
  input["cores"][1]["neurons"][0]["destination_tick"] = 15;
  const absl::StatusOr<RancModel> model = Import(input, Config());
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->chip.cores[0].neurons[0].target, NeuronTarget::Pin(PinIndex(1)));
  EXPECT_TRUE(model->warnings.empty());
}

TEST(ImportRancTest, PacketOfDestinationTick15IsLeftOutWithAWarning) {
  Json input = Input();
  input["packets"][1][0]["destination_tick"] = 15;
  const absl::StatusOr<RancModel> model = Import(input, Config());
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT(model->inputs, SizeIs(2));
  EXPECT_THAT(model->warnings, ElementsAre(HasSubstr("packets[1][0]: destination_tick 15")));
}

TEST(ImportRancTest, WarningsBeyondTwentyAreCounted) {
  Json input = Input();
  Json packet = input["packets"][0][0];
  packet["destination_tick"] = 15;
  input["packets"] = Json::array({Json::array()});
  for (int i = 0; i < 23; ++i) {
    input["packets"][0].push_back(packet);
  }
  const absl::StatusOr<RancModel> model = Import(input, Config());
  ASSERT_TRUE(model.ok()) << model.status();
  ASSERT_THAT(model->warnings, SizeIs(21));
  EXPECT_EQ(model->warnings.back(), "3 more warnings of this kind.");
}

TEST(ImportRancTest, ResetTypeOneLowersTheNegativeThresholdByOne) {
  Json config = Config();
  config["neuron_reset_type"] = 1;
  Json input = Input();
  for (Json& core : input["cores"]) {
    for (Json& neuron : core["neurons"]) {
      neuron["reset_mode"] = 0;
    }
  }
  const absl::StatusOr<RancModel> model = Import(input, config);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->chip.neuron_kinds[0].negative_threshold, 3) << "v <= -4 is v < -3";

  input["cores"][0]["neurons"][1]["negative_threshold"] = 0;
  ExpectRefused(input, config, absl::StatusCode::kUnimplemented,
                "core (0,1) neuron 1: neuron_reset_type 1 with negative_threshold 0");
  input["cores"][0]["neurons"][1]["reset_potential"] = 0;
  EXPECT_EQ(Import(input, config)->chip.neuron_kinds[1].negative_threshold, 0);
}

TEST(ImportRancTest, ResetTypeOneCannotHaveResetModeOne) {
  Json config = Config();
  config["neuron_reset_type"] = 1;
  ExpectRefused(Input(), config, absl::StatusCode::kUnimplemented,
                "core (0,1) neuron 0: neuron_reset_type 1 with reset_mode 1");
}

TEST(ImportRancTest, ThresholdsOfTheOtherSignAreUnimplemented) {
  ExpectRefused(WithNeuronField("positive_threshold", -1), Config(),
                absl::StatusCode::kUnimplemented, "core (0,1) neuron 1: positive_threshold -1");
  ExpectRefused(WithNeuronField("negative_threshold", 1), Config(),
                absl::StatusCode::kUnimplemented, "core (0,1) neuron 1: negative_threshold 1");
}

TEST(ImportRancTest, OtherTickOffsetsAreUnimplemented) {
  for (const int slots : {8, 15, 17, 32}) {
    Json config = Config();
    config["max_tick_offset"] = slots;
    ExpectRefused(Input(), config, absl::StatusCode::kUnimplemented,
                  Concat("max_tick_offset: found ", slots));
  }
}

TEST(ImportRancTest, SizesBeyondACoreAreOutOfRange) {
  const std::pair<const char*, int> beyond[] = {
      {"num_axons", 257},    {"num_neurons", 257}, {"num_weights", 5},      {"num_cores_x", 4097},
      {"num_cores_y", 4097}, {"num_axons", 0},     {"neuron_reset_type", 2}};
  for (const auto& [key, value] : beyond) {
    Json config = Config();
    config[key] = value;
    ExpectRefused(Input(), config, absl::StatusCode::kOutOfRange,
                  Concat("RANC config.", key, ": found ", value));
  }
}

TEST(ImportRancTest, ValuesBeyondTheNeuronAreOutOfRange) {
  const std::pair<const char*, Json> beyond[] = {{"leak", 256},
                                                 {"leak", -256},
                                                 {"weights", {0, 0, 0, 256}},
                                                 {"positive_threshold", 262144},
                                                 {"negative_threshold", -262144},
                                                 {"reset_potential", 262144},
                                                 {"reset_potential", -262145},
                                                 {"current_potential", 524288},
                                                 {"reset_mode", 2},
                                                 {"destination_tick", 16},
                                                 {"destination_tick", -1},
                                                 {"destination_axon", 2},
                                                 {"destination_axon", -1},
                                                 {"destination_core_offset", {256, 0}},
                                                 {"destination_core_offset", {2, 0}},
                                                 {"destination_core_offset", {0, 1}},
                                                 {"destination_core_offset", {-1, 0}}};
  for (const auto& [field, value] : beyond) {
    ExpectRefused(WithNeuronField(field, value), Config(), absl::StatusCode::kOutOfRange,
                  "core (0,1) neuron 1");
  }
}

TEST(ImportRancTest, BusAxonsEndAtNumOutputs) {
  Json input = Input();
  input["cores"][1]["neurons"][0]["destination_axon"] = 2;
  EXPECT_TRUE(Import(input, Config()).ok());
  input["cores"][1]["neurons"][0]["destination_axon"] = 3;
  ExpectRefused(input, Config(), absl::StatusCode::kOutOfRange,
                "core (1,0) neuron 0.destination_axon: found 3, allowed: 0..2 of the output bus");
}

TEST(ImportRancTest, DestinationWithoutACoreIsNamed) {
  // Core (0,1) neuron 1 to (1,1), where nothing stands.
  ExpectRefused(WithNeuronField("destination_core_offset", {1, 0}), Config(),
                absl::StatusCode::kInvalidArgument,
                "core (0,1) neuron 1: its destination (1,1) has no core");
  Json input = Input();
  input["packets"][0][0]["destination_core"] = {1, 1};
  ExpectRefused(input, Config(), absl::StatusCode::kInvalidArgument,
                "packets[0][0]: its destination (1,1) has no core");
}

TEST(ImportRancTest, PacketsToTheBusAreUnimplemented) {
  Json input = Input();
  input["packets"][0][0]["destination_core"] = {0, 0};
  ExpectRefused(input, Config(), absl::StatusCode::kUnimplemented, "packets[0][0]");
}

TEST(ImportRancTest, PlacesAreTakenOnceAndInsideTheGrid) {
  Json input = Input();
  input["cores"][1]["coordinates"] = {0, 0};
  ExpectRefused(input, Config(), absl::StatusCode::kInvalidArgument,
                "cores[1]: core (0,0) stands at the place of the output bus");
  input["cores"][1]["coordinates"] = {0, 1};
  ExpectRefused(input, Config(), absl::StatusCode::kInvalidArgument,
                "cores[1]: a second core at (0,1)");
  input["cores"][1]["coordinates"] = {2, 0};
  ExpectRefused(input, Config(), absl::StatusCode::kOutOfRange, "cores[1].coordinates: found 2");
  input["cores"][1]["coordinates"] = {1};
  ExpectRefused(input, Config(), absl::StatusCode::kInvalidArgument, "cores[1].coordinates");
  input = Input();
  input["output_bus"]["coordinates"] = {0, 2};
  ExpectRefused(input, Config(), absl::StatusCode::kOutOfRange, "output_bus.coordinates");
}

TEST(ImportRancTest, EveryKeyIsNeededAndNoOtherAllowed) {
  const Json whole = Input();
  const auto expect_each_key_needed = [&](const char* pointer, const Json& object) {
    for (const auto& [key, value] : object.items()) {
      Json input = whole;
      input[Json::json_pointer(pointer)].erase(key);
      ExpectRefused(input, Config(), absl::StatusCode::kInvalidArgument, key);
    }
    Json input = whole;
    input[Json::json_pointer(pointer)]["colour"] = "red";
    ExpectRefused(input, Config(), absl::StatusCode::kInvalidArgument, "unknown key \"colour\"");
  };
  for (const char* pointer :
       {"", "/output_bus", "/cores/0", "/cores/1/neurons/0", "/packets/0/0"}) {
    expect_each_key_needed(pointer, whole[Json::json_pointer(pointer)]);
  }
  const Json whole_config = Config();
  for (const auto& [key, value] : whole_config.items()) {
    Json config = whole_config;
    config.erase(key);
    ExpectRefused(whole, config, absl::StatusCode::kInvalidArgument, key);
  }
}

TEST(ImportRancTest, ConfigTraceVerbositiesAreIgnored) {
  Json config = Config();
  config["scheduler_trace_verbosity"] = 3;
  EXPECT_TRUE(Import(Input(), config).ok());
  config["colour"] = 1;
  ExpectRefused(Input(), config, absl::StatusCode::kInvalidArgument, "unknown key \"colour\"");
}

TEST(ImportRancTest, ArraysHaveTheSizesOfTheConfig) {
  const char* const arrays[] = {"/cores/0/axons/-", "/cores/0/neurons/-", "/cores/0/connections/-",
                                "/cores/0/connections/1/-", "/cores/0/neurons/0/weights/-"};
  for (const char* pointer : arrays) {
    Json input = Input();
    input[Json::json_pointer(pointer)] = 0;
    ExpectRefused(input, Config(), absl::StatusCode::kInvalidArgument, "core (0,1)");
  }
}

TEST(ImportRancTest, CellsAndTypesAreChecked) {
  for (const Json& cell : {Json(2), Json(-1), Json(0.5), Json("1"), Json(true)}) {
    Json input = Input();
    input["cores"][0]["connections"][1][0] = cell;
    ExpectRefused(input, Config(), absl::StatusCode::kInvalidArgument,
                  "core (0,1).connections[1][0]");
  }
  Json input = Input();
  input["cores"][0]["axons"][1] = 4;
  ExpectRefused(input, Config(), absl::StatusCode::kOutOfRange, "core (0,1).axons[1]: found 4");
}

TEST(ImportRancTest, MalformedTextIsInvalid) {
  EXPECT_EQ(ImportRanc("{", Config().dump()).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ImportRanc(Input().dump(), "[]").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ImportRanc("", "").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ImportRanc("[1]", Config().dump()).status().code(), absl::StatusCode::kInvalidArgument);
  Json input = Input();
  input["packets"][0] = 3;
  ExpectRefused(input, Config(), absl::StatusCode::kInvalidArgument, "packets[0]: found number");
}

TEST(ImportRancTest, AByteOrderMarkIsSkipped) {
  EXPECT_TRUE(ImportRanc("\xEF\xBB\xBF" + Input().dump(), Config().dump()).ok());
}

TEST(ImportRancTest, WideGridsTakeSeveralChips) {
  Json config = Config();
  config["num_cores_x"] = 65;
  const absl::StatusOr<RancModel> model = Import(Input(), config);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->chip.spec.mesh, (MeshShape{64, 64, 2, 1}));
}

}  // namespace
}  // namespace spikemesh
