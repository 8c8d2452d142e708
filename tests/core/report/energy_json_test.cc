// SPDX-License-Identifier: Apache-2.0
#include "core/report/energy_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

std::string FileWith(const std::string& rows) {
  return Concat(R"({"schema": "spikemesh.energy/1", "constants": [)", rows, "]}");
}

absl::Status StatusOf(const std::string& text) { return ParseEnergyConstants(text).status(); }

std::string MessageOf(const std::string& text) { return std::string(StatusOf(text).message()); }

TEST(ParseEnergyConstantsTest, TableOfAReportReadsBackAsItself) {
  const EnergyConstants constants;
  const Json file = {{"schema", kEnergySchema}, {"constants", EnergyConstantsJson(constants)}};
  const absl::StatusOr<EnergyConstants> read = ParseEnergyConstants(file.dump());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, constants);
}

TEST(ParseEnergyConstantsTest, OneRowReplacesOneConstantAndIsAssumed) {
  const auto read = ParseEnergyConstants(FileWith(R"({"name": "hop_energy", "value": 5})"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->hop_energy.value, 5.0);
  EXPECT_EQ(read->hop_energy.constant_class, ConstantClass::kAssumed);
  EXPECT_EQ(read->hop_energy.source, "user file");
  EnergyConstants expected;
  expected.hop_energy = read->hop_energy;
  EXPECT_EQ(*read, expected);
}

TEST(ParseEnergyConstantsTest, ClassAndSourceOfTheFileAreKept) {
  const auto read = ParseEnergyConstants(
      FileWith(R"({"name": "hop_energy", "value": 5, "class": "published", "source": "a paper"})"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->hop_energy.constant_class, ConstantClass::kPublished);
  EXPECT_EQ(read->hop_energy.source, "a paper");
}

TEST(ParseEnergyConstantsTest, NoRowsLeaveTheTable) {
  EXPECT_EQ(ParseEnergyConstants(FileWith("")).value(), EnergyConstants());
}

TEST(ParseEnergyConstantsTest, UnknownNameListsTheKnownOnes) {
  const std::string text = FileWith(R"({"name": "spike_energy", "value": 1})");
  EXPECT_EQ(StatusOf(text).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(MessageOf(text), HasSubstr("constants[0].name: found \"spike_energy\""));
  EXPECT_THAT(MessageOf(text), HasSubstr("hop_energy"));
}

TEST(ParseEnergyConstantsTest, MalformedFilesAreInvalidArgument) {
  const std::vector<std::string> files = {
      "",
      "[]",
      R"({"constants": []})",
      R"({"schema": "spikemesh.energy/2", "constants": []})",
      R"({"schema": "spikemesh.energy/1"})",
      R"({"schema": "spikemesh.energy/1", "constants": {}})",
      R"({"schema": "spikemesh.energy/1", "constants": [], "more": 1})",
      FileWith("7"),
      FileWith(R"({"value": 1})"),
      FileWith(R"({"name": 3, "value": 1})"),
      FileWith(R"({"name": "hop_energy"})"),
      FileWith(R"({"name": "hop_energy", "value": "2"})"),
      FileWith(R"({"name": "hop_energy", "value": 1, "joules": 1})"),
      FileWith(R"({"name": "hop_energy", "value": 1, "class": "guessed"})"),
      FileWith(R"({"name": "hop_energy", "value": 1, "source": null})"),
      FileWith(R"({"name": "hop_energy", "value": 1}, {"name": "hop_energy", "value": 1})")};
  for (const std::string& file : files) {
    EXPECT_EQ(StatusOf(file).code(), absl::StatusCode::kInvalidArgument) << file;
  }
}

TEST(ParseEnergyConstantsTest, AnotherUnitIsRefusedWithTheRightOne) {
  const std::string text = FileWith(R"({"name": "hop_energy", "value": 1, "unit": "nJ"})");
  EXPECT_EQ(StatusOf(text).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(MessageOf(text), HasSubstr("allowed: \"pJ per packet and hop\""));
}

TEST(ParseEnergyConstantsTest, ZeroIsAllowedButNotAsDivisorAndNegativeNever) {
  EXPECT_TRUE(StatusOf(FileWith(R"({"name": "hop_energy", "value": 0})")).ok());
  EXPECT_EQ(StatusOf(FileWith(R"({"name": "hop_energy", "value": -1})")).code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(StatusOf(FileWith(R"({"name": "reference_voltage", "value": 0})")).code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(StatusOf(FileWith(R"({"name": "chip_cores", "value": 0})")).code(),
            absl::StatusCode::kOutOfRange);
}

TEST(EnergyJsonTest, WithoutImagesThereIsNoEnergyOfOne) {
  EXPECT_TRUE(EnergyJson(EnergyReport())["joules_per_image"].is_null());
}

TEST(EnergyJsonTest, HasTheKeysOfTheContractInOrder) {
  std::vector<std::string> keys;
  const Json json = EnergyJson(ComputeEnergy({}, {.ticks = 1, .cores = 4096}, EnergyConstants()));
  for (const auto& [key, value] : json.items()) {
    keys.push_back(key);
  }
  EXPECT_EQ(keys, (std::vector<std::string>{"volts", "tick_us", "static_joules", "tick_joules",
                                            "synaptic_joules", "hop_joules", "crossing_joules",
                                            "total_joules", "joules_per_image", "watts",
                                            "gsops_per_watt", "images_per_joule"}));
}

}  // namespace
}  // namespace spikemesh
