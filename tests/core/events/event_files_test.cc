// SPDX-License-Identifier: Apache-2.0
#include "core/events/event_files.h"

#include <gtest/gtest.h>

#include <limits>

namespace spikemesh {
namespace {

absl::Status InputStatus(const std::string& rows) {
  return ParseInputEvents("tick,core_x,core_y,axon\n" + rows).status();
}

TEST(EventFilesTest, InputEventsAreReadInOrder) {
  const auto events =
      ParseInputEvents("tick,core_x,core_y,axon\n1,2,3,4\n1,0,4,255\n9,65535,0,0\n");
  ASSERT_TRUE(events.ok()) << events.status();
  const std::vector<AxonEvent> expected = {{Tick(1), {2, 3}, AxonIndex(4)},
                                           {Tick(1), {0, 4}, AxonIndex(255)},
                                           {Tick(9), {65535, 0}, AxonIndex(0)}};
  EXPECT_EQ(*events, expected);
}

TEST(EventFilesTest, AFileOfTheHeaderAloneHasNoEvents) {
  EXPECT_TRUE(ParseInputEvents("tick,core_x,core_y,axon\n")->empty());
  EXPECT_TRUE(ParseSpikeEvents("tick,core_x,core_y,neuron")->empty());
}

TEST(EventFilesTest, RepeatedEventsAreLegal) {
  EXPECT_EQ(ParseInputEvents("tick,core_x,core_y,axon\n1,0,0,5\n1,0,0,5\n")->size(), 2u);
}

TEST(EventFilesTest, EachKindNeedsItsOwnHeader) {
  EXPECT_EQ(ParseSpikeEvents("tick,core_x,core_y,axon\n").status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseInputEvents("").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(EventFilesTest, EachColumnHasItsRangeAndItsMessage) {
  const auto expect = [](const std::string& row, std::string_view message) {
    const absl::Status status = InputStatus("1,0,0,0\n" + row);
    EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange) << row;
    EXPECT_EQ(std::string(status.message()), message) << row;
  };
  const std::string tick_max = std::to_string(std::numeric_limits<std::int64_t>::max() / 2);
  expect("0,0,0,0\n", "line 3: tick 0, allowed 1.." + tick_max);
  expect("1,-1,0,0\n", "line 3: core_x -1, allowed 0..65535");
  expect("1,0,65536,0\n", "line 3: core_y 65536, allowed 0..65535");
  expect("1,0,0,256\n", "line 3: axon 256, allowed 0..255");
}

TEST(EventFilesTest, SpikeFilesNameTheirNeuronColumn) {
  EXPECT_EQ(ParseSpikeEvents("tick,core_x,core_y,neuron\n1,0,0,-1\n").status().message(),
            "line 2: neuron -1, allowed 0..255");
}

TEST(EventFilesTest, OrderIsTickThenRowThenColumnThenIndex) {
  EXPECT_TRUE(InputStatus("1,9,0,0\n1,0,1,0\n").ok()) << "y counts before x";
  for (const char* rows :
       {"2,0,0,0\n1,0,0,0\n", "1,0,1,0\n1,9,0,0\n", "1,1,0,0\n1,0,0,0\n", "1,0,0,1\n1,0,0,0\n"}) {
    const absl::Status status = InputStatus(rows);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << rows;
    EXPECT_EQ(std::string(status.message()),
              "line 3: out of order, rows are sorted by tick, core_y, core_x, axon");
  }
}

TEST(EventFilesTest, MalformedRowsAreNamedByLine) {
  const absl::Status status = InputStatus("1,0,0,0\n1,0,0\n");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()),
            "line 3: found \"1,0,0\", allowed: 4 integers separated by commas");
}

TEST(EventFilesTest, FormattedEventsParseBack) {
  const std::vector<AxonEvent> inputs = {{Tick(1), {0, 0}, AxonIndex(0)},
                                         {Tick(3), {7, 1}, AxonIndex(255)}};
  EXPECT_EQ(FormatInputEvents(inputs), "tick,core_x,core_y,axon\n1,0,0,0\n3,7,1,255\n");
  EXPECT_EQ(ParseInputEvents(FormatInputEvents(inputs)).value(), inputs);
  const std::vector<SpikeEvent> spikes = {{Tick(2), {5, 6}, NeuronIndex(9)}};
  EXPECT_EQ(FormatSpikeEvents(spikes), "tick,core_x,core_y,neuron\n2,5,6,9\n");
  EXPECT_EQ(ParseSpikeEvents(FormatSpikeEvents(spikes)).value(), spikes);
}

TEST(EventFilesTest, PinsPotentialsAndPredictionsAreWrittenAsSpecified) {
  const std::vector<PinEvent> pins = {{Tick(2), PinIndex(4000000000u)}};
  EXPECT_EQ(FormatPins(pins), "tick,pin\n2,4000000000\n");
  const std::vector<PotentialEvent> potentials = {{Tick(2), {5, 6}, NeuronIndex(9), -524288}};
  EXPECT_EQ(FormatPotentials(potentials), "tick,core_x,core_y,neuron,potential\n2,5,6,9,-524288\n");
  const std::vector<Prediction> predictions = {{0, 7, 7}, {1, 2, 3}, {2, std::nullopt, 4}};
  EXPECT_EQ(FormatPredictions(predictions), "image,label,predicted\n0,7,7\n1,2,3\n2,,4\n");
}

}  // namespace
}  // namespace spikemesh
