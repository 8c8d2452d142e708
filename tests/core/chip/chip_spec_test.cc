// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_spec.h"

#include <gtest/gtest.h>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

// A spec of the right schema with `members` added.
absl::StatusOr<ChipSpec> Parse(std::string_view members) {
  return ParseChipSpec(Concat("{\"schema\": \"spikemesh.chipspec/1\"", members, "}"));
}

void ExpectRefused(std::string_view text, absl::StatusCode code, std::string_view message) {
  const absl::Status status = ParseChipSpec(text).status();
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_EQ(std::string(status.message()), message);
}

TEST(ChipSpecTest, MissingKeysKeepTheirDefaults) {
  const absl::StatusOr<ChipSpec> spec = Parse("");
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(*spec, ChipSpec{});
  EXPECT_EQ(spec->mesh, (MeshShape{64, 64, 1, 1}));
  EXPECT_EQ(spec->volts, 0.75);
  EXPECT_EQ(spec->tick_us, 1000.0);
}

TEST(ChipSpecTest, EveryKeyIsRead) {
  const absl::StatusOr<ChipSpec> spec = Parse(
      R"(, "cores_x": 8, "cores_y": 4, "chips_x": 2, "chips_y": 3, "volts": 1, "tick_us": 0.5e3)");
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(*spec, (ChipSpec{.mesh = {8, 4, 2, 3}, .volts = 1.0, .tick_us = 500.0}));
}

TEST(ChipSpecTest, WrittenSpecIsReadBack) {
  const ChipSpec spec = {.mesh = {1024, 1, 64, 7}, .volts = 0.7, .tick_us = 1.0 / 3 + 1};
  EXPECT_EQ(ParseChipSpec(FormatChipSpec(spec)).value(), spec);
}

TEST(ChipSpecTest, DefectsAreReadInOrderEachOnceFromEitherEnd) {
  const absl::StatusOr<ChipSpec> spec = Parse(
      R"(, "dead_cores": [{"x": 3, "y": 1}, {"x": 9, "y": 0}, {"x": 3, "y": 1}],
         "dead_links": [{"x": 1, "y": 1, "direction": "north"},
                        {"x": 6, "y": 0, "direction": "west"},
                        {"x": 1, "y": 0, "direction": "south"}])");
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->dead_cores, (std::vector<CoreCoordinates>{{9, 0}, {3, 1}}));
  EXPECT_EQ(spec->dead_links,
            (std::vector<DeadLink>{{{1, 0}, Port::kSouth}, {{5, 0}, Port::kEast}}));
  EXPECT_EQ(ParseChipSpec(FormatChipSpec(*spec)).value(), *spec);
}

TEST(ChipSpecTest, RouterKeepsWhatItDoesNotName) {
  const absl::StatusOr<ChipSpec> spec = Parse(R"(, "router": {"fifo_depth": 4})");
  ASSERT_TRUE(spec.ok()) << spec.status();
  RouterParameters expected = kTrueNorthRouter;
  expected.fifo_depth = 4;
  EXPECT_EQ(spec->router, expected);
  EXPECT_EQ(ParseChipSpec(FormatChipSpec(*spec)).value(), *spec);
}

TEST(ChipSpecTest, DefectsThatCannotBeAreRefused) {
  const struct {
    const char* members;
    const char* message;
  } rows[] = {
      {R"(, "dead_cores": [{"x": 64, "y": 0}])",
       "chip spec.dead_cores[0].x: found 64, allowed: 0..63"},
      {R"(, "dead_cores": [{"x": 1, "y": 0}, {"x": 1}])",
       "chip spec.dead_cores[1]: key \"y\" is missing"},
      {R"(, "dead_cores": [{"x": 1, "y": 0, "z": 0}])",
       "chip spec.dead_cores[0]: unknown key \"z\", allowed: x, y"},
      {R"(, "dead_links": [{"x": 1, "y": 0, "direction": "up"}])",
       "chip spec.dead_links[0].direction: found \"up\", allowed: east, west, south, north"},
      {R"(, "dead_links": [{"x": 1, "y": 0}])",
       "chip spec.dead_links[0].direction: found none, allowed: east, west, south, north"},
      {R"(, "dead_links": [{"x": 0, "y": 0, "direction": "west"}])",
       "chip spec.dead_links[0]: dead link west of core (0,0): not between two cores of the mesh "
       "of 64 x 64"},
      {R"(, "router": {"fifo_depth": 0})",
       "chip spec.router.fifo_depth: found 0, allowed: 1..4096"},
  };
  for (const auto& row : rows) {
    const absl::Status status = Parse(row.members).status();
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(std::string(status.message()), row.message);
  }
}

TEST(ChipSpecTest, DeadLinksOfAMeshTooLargeToSearchAreRefused) {
  const absl::Status status = Parse(R"(, "cores_x": 1024, "cores_y": 1024, "chips_x": 2,
         "dead_links": [{"x": 0, "y": 0, "direction": "east"}])")
                                  .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(std::string(status.message()),
            "chip spec.dead_links: a mesh of 2097152 places for cores, allowed at most 1048576");
}

TEST(ChipSpecTest, LimitsAreAllowedAndNothingBeyond) {
  const struct {
    const char* key;
    const char* allowed[2];
    const char* beyond[2];
  } rows[] = {
      {"cores_x", {"1", "1024"}, {"0", "1025"}},   {"cores_y", {"1", "1024"}, {"0", "1025"}},
      {"chips_x", {"1", "64"}, {"-1", "65"}},      {"chips_y", {"1", "64"}, {"0", "65"}},
      {"volts", {"0.5", "1.5"}, {"0.49", "1.51"}}, {"tick_us", {"1", "1e6"}, {"0.99", "1000001"}}};
  for (const auto& row : rows) {
    for (const char* value : row.allowed) {
      EXPECT_TRUE(Parse(Concat(", \"", row.key, "\": ", value)).ok()) << row.key << value;
    }
    for (const char* value : row.beyond) {
      EXPECT_EQ(Parse(Concat(", \"", row.key, "\": ", value)).status().code(),
                absl::StatusCode::kOutOfRange)
          << row.key << value;
    }
  }
}

TEST(ChipSpecTest, MessagesSayWhereFoundAndAllowed) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  constexpr auto kOutOfRange = absl::StatusCode::kOutOfRange;
  ExpectRefused("{}", kInvalid,
                "chip spec: key \"schema\" is missing, allowed: \"spikemesh.chipspec/1\"");
  ExpectRefused(R"({"schema": "spikemesh.chipspec/2"})", kInvalid,
                "chip spec.schema: found \"spikemesh.chipspec/2\", allowed: "
                "\"spikemesh.chipspec/1\"");
  ExpectRefused(R"({"schema": 1})", kInvalid,
                "chip spec.schema: found \"number\", allowed: \"spikemesh.chipspec/1\"");
  ExpectRefused(R"({"schema": "spikemesh.chipspec/1", "color": 1})", kInvalid,
                "chip spec: unknown key \"color\", allowed: schema, cores_x, cores_y, chips_x, "
                "chips_y, volts, tick_us, dead_cores, dead_links, router");
  ExpectRefused(R"({"schema": "spikemesh.chipspec/1", "cores_x": 2000})", kOutOfRange,
                "chip spec.cores_x: found 2000, allowed: 1..1024");
  ExpectRefused(R"({"schema": "spikemesh.chipspec/1", "volts": 2})", kOutOfRange,
                "chip spec.volts: found 2, allowed: 0.5..1.5");
  ExpectRefused("[]", kInvalid, "chip spec: found array, allowed: an object");
}

TEST(ChipSpecTest, WrongTypesAreInvalid) {
  for (const char* member : {R"("cores_x": "64")", R"("cores_x": 64.0)", R"("volts": "1")",
                             R"("volts": null)", R"("tick_us": [1])", R"("chips_y": true)"}) {
    EXPECT_EQ(Parse(Concat(", ", member)).status().code(), absl::StatusCode::kInvalidArgument)
        << member;
  }
}

TEST(ChipSpecTest, MalformedTextIsInvalid) {
  EXPECT_EQ(ParseChipSpec("").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseChipSpec("{\"schema\"").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spikemesh
