// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/file_kind.h"

#include <gtest/gtest.h>

#include <string>

namespace spikemesh {
namespace {

using std::string_literals::operator""s;

TEST(RecognizeBytesTest, FilesWithMarks) {
  EXPECT_EQ(RecognizeBytes("SMC\x1A\1\0\0\0"s), FileKind::kChip);
  EXPECT_EQ(RecognizeBytes("SPKSNN2\nxyz"), FileKind::kSpikingNetwork);
  EXPECT_EQ(RecognizeBytes("\x89HDF\r\n\x1A\n\0\0"s), FileKind::kHdf5);
  EXPECT_EQ(RecognizeBytes("PK\x03\x04zip"), FileKind::kPytorch);
  EXPECT_EQ(RecognizeBytes("\x80\x02}q\1"s), FileKind::kPickle);
  EXPECT_EQ(RecognizeBytes("\x93NUMPY\1\0"s), FileKind::kNumpy);
  EXPECT_EQ(RecognizeBytes("\x1F\x8B\x08\0"s), FileKind::kGzip);
  EXPECT_EQ(RecognizeBytes("\x1C\0\0\0TFL3\0"s), FileKind::kTensorflowLite);
  EXPECT_EQ(RecognizeBytes(""), FileKind::kEmpty);
}

// ir_version 8 and a graph; ir_version 7 and a producer; a graph first.
TEST(RecognizeBytesTest, OnnxByItsFirstField) {
  EXPECT_EQ(RecognizeBytes("\x08\x08:\xBA\x80\1"s), FileKind::kOnnx);
  EXPECT_EQ(RecognizeBytes("\x08\x07\x12\x07pytorch"s), FileKind::kOnnx);
  EXPECT_EQ(RecognizeBytes(":\x04\x12\x02xy"s), FileKind::kOnnx);
  EXPECT_EQ(RecognizeBytes("\xFF\xD8\xFF\xE0JFIF"s), FileKind::kUnknown);
}

TEST(RecognizeBytesTest, JsonByItsFirstKey) {
  EXPECT_EQ(RecognizeBytes("{\n\t\"packets\": [["), FileKind::kRancNetwork);
  EXPECT_EQ(RecognizeBytes("{ \"cores\": ["), FileKind::kRancNetwork);
  EXPECT_EQ(RecognizeBytes("{\"num_neurons\": 256, \"num_axons\""), FileKind::kRancConfig);
  EXPECT_EQ(RecognizeBytes("{\n /* General */ \"model\":{\n\"coreCount\":1,"),
            FileKind::kTrueNorthModel);
  EXPECT_EQ(RecognizeBytes("{\"class\":\"SpikeWriter\",\"encoding\":\"TEXT\"}\n{"),
            FileKind::kTrueNorthSpikes);
  EXPECT_EQ(RecognizeBytes("{\"schema\": \"spikemesh.run/1\","), FileKind::kSpikemeshJson);
  EXPECT_EQ(RecognizeBytes("\xEF\xBB\xBF // a comment\n[1, 2]"), FileKind::kJson);
  EXPECT_EQ(RecognizeBytes("{\"model\": 1}"), FileKind::kJson);
  EXPECT_EQ(RecognizeBytes("{}"), FileKind::kJson);
  EXPECT_EQ(RecognizeBytes("{ /* never closed"), FileKind::kJson);
}

TEST(RecognizeBytesTest, OtherText) {
  EXPECT_EQ(RecognizeBytes("%YAML 1.2\n---\n"), FileKind::kYaml);
  EXPECT_EQ(RecognizeBytes("network:\n  - layer: 1\n"), FileKind::kYaml);
  EXPECT_EQ(RecognizeBytes("tick,core_x,core_y,axon\n1,0,0,0\n"), FileKind::kCsv);
  EXPECT_EQ(RecognizeBytes("import torch\n"), FileKind::kText);
  EXPECT_EQ(RecognizeBytes("20 \xC2\xB5m \xE2\x82\xAC"), FileKind::kText);
  EXPECT_EQ(RecognizeBytes("20 \xC2\xB5m \xE2\x82"), FileKind::kText);  // cut in a character
  EXPECT_EQ(RecognizeBytes("A \xB5m"), FileKind::kUnknown);
  EXPECT_EQ(RecognizeBytes("A \xC2m"), FileKind::kUnknown);
}

}  // namespace
}  // namespace spikemesh
