// SPDX-License-Identifier: Apache-2.0
#include "router/router_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/json.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

TEST(RouterConfigTest, MissingKeysKeepTheirDefaults) {
  EXPECT_EQ(ParseRouterConfig("{}", kBooksimCRouter).value(), kBooksimCRouter);
  EXPECT_EQ(ParseRouterConfig("{}", kTrueNorthRouter).value(), kTrueNorthRouter);
  const RouterParameters expected = {.fifo_depth = 4,
                                     .inject_cycles = 1,
                                     .hop_cycles = 5,
                                     .eject_cycles = 6,
                                     .credit_cycles = 7,
                                     .edge_cycles_per_packet = 2,
                                     .edge_hop_cycles = 9,
                                     .cycles_per_tick = 1234};
  EXPECT_EQ(ParseRouterConfig(R"({"fifo_depth": 4, "inject_cycles": 1, "hop_cycles": 5,
                                  "eject_cycles": 6, "credit_cycles": 7,
                                  "edge_cycles_per_packet": 2, "edge_hop_cycles": 9,
                                  "cycles_per_tick": 1234})",
                              kBooksimCRouter)
                .value(),
            expected);
}

TEST(RouterConfigTest, WhatIsWrittenIsReadAgain) {
  const RouterParameters odd = {.fifo_depth = 3, .edge_cycles_per_packet = 0, .cycles_per_tick = 7};
  EXPECT_EQ(ParseRouterConfig(RouterConfigJson(odd).dump(), kTrueNorthRouter).value(), odd);
}

TEST(RouterConfigTest, WhatIsNotAllowedIsNamed) {
  const auto expect = [](const char* text, absl::StatusCode code, const char* part) {
    const absl::Status status = ParseRouterConfig(text, kBooksimCRouter).status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  };
  expect("[", absl::StatusCode::kInvalidArgument, "router");
  expect(R"({"depth": 4})", absl::StatusCode::kInvalidArgument, "depth");
  expect(R"({"fifo_depth": "4"})", absl::StatusCode::kInvalidArgument, "fifo_depth");
  expect(R"({"fifo_depth": 0})", absl::StatusCode::kOutOfRange, "fifo_depth");
  expect(R"({"hop_cycles": 257})", absl::StatusCode::kOutOfRange, "found 257, allowed: 1..256");
  expect(R"({"edge_cycles_per_packet": -1})", absl::StatusCode::kOutOfRange, "allowed: 0..256");
  expect(R"({"cycles_per_tick": 0})", absl::StatusCode::kOutOfRange, "cycles_per_tick");
}

}  // namespace
}  // namespace spikemesh
