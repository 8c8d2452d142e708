// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/random.h"
#include "core/base/sha256.h"
#include "networks/ir/spiking_network.h"
#include "tests/testing/random_spiking.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kVersionAt = 8;  // behind the magic
constexpr std::size_t kNameCountAt = 12;

// One neuron and every kind of field filled with a value of its own.
SpikingNetwork SmallNetwork() {
  SpikingNetwork network;
  network.name = "small";
  network.input = {.encoder = EncoderKind::kThermometer,
                   .shape = {1, 1, 2},
                   .range_max = 255.0,
                   .mean = {0.25},
                   .scale = {0.5},
                   .levels = {-0.75, 1e300},
                   .level_channels = {0, 0},
                   .first_line = 7};
  network.encoded_shape = {2, 1, 2};
  SpikingLayer layer;
  layer.name = "conv";
  LayerInput input;
  input.delay_ticks = 0;
  input.shape = {2, 1, 2};
  input.window = {.kernel_y = 1,
                  .kernel_x = 2,
                  .stride_y = 1,
                  .stride_x = 1,
                  .pad_top = 1,
                  .pad_left = 1,
                  .pad_bottom = 0,
                  .pad_right = 1,
                  .dilation_y = 1,
                  .dilation_x = 1};
  input.weights = {1, -1, 254, -256};
  layer.inputs = {input};
  layer.output_shape = {1, 2, 3};
  layer.axon_weights = {{1, -1, 253, -255}};
  layer.thresholds = {1, 70000, kThresholdMax, 4, 5, 6};
  layer.leaks = {-70000, 7, 8, 9, 10, 11};
  layer.initial_potentials = {kPotentialMin, kPotentialMax, 12, 13, 14, 15};
  network.layers = {layer};
  network.output_classes = {0, 1, -1, 0, 1, 1};
  network.class_count = 2;
  network.presentation = {
      .mode = PresentationMode::kRate, .ticks_per_image = 5, .latency_ticks = 3};
  network.onnx_sha256 = std::string(64, 'a');
  return network;
}

// `content` with the checksum that a writer would have put behind it.
std::string Sealed(std::string content) {
  const Sha256Digest digest = Sha256(content);
  content.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  return content;
}

std::string Content(const SpikingNetwork& network) {
  const std::string bytes = SerializeSpiking(network);
  return bytes.substr(0, bytes.size() - kDigestBytes);
}

TEST(SpikingFileTest, ParseGivesBackWhatWasSerialized) {
  ASSERT_TRUE(ValidateSpiking(SmallNetwork()).ok()) << ValidateSpiking(SmallNetwork());
  const auto parsed = ParseSpiking(SerializeSpiking(SmallNetwork()));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, SmallNetwork());
}

TEST(SpikingFileTest, RandomNetworksSurviveTheRoundTrip) {
  RandomSequence random(2, 0);
  for (int i = 0; i < 100; ++i) {
    const SpikingNetwork network = DrawSpikingNetwork(random, {.rate = i % 2 == 0, .delay_max = 3});
    const auto parsed = ParseSpiking(SerializeSpiking(network));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, network);
  }
}

TEST(SpikingFileTest, FieldsAreLittleEndian) {
  const std::string bytes = SerializeSpiking(SmallNetwork());
  EXPECT_EQ(bytes.substr(0, 8), "SPKSNN2\n");
  EXPECT_EQ(bytes.substr(kVersionAt, 4), std::string_view("\x02\0\0\0", 4));
  EXPECT_EQ(bytes.substr(kNameCountAt, 13), std::string_view("\x05\0\0\0\0\0\0\0small", 13));
}

// Version 3 is written where images are padded, and there alone.
TEST(SpikingFileTest, PadsMakeVersion3AndSurviveTheRoundTrip) {
  SpikingNetwork network = SmallNetwork();  // images of 1 x 2 pixels
  network.input.pad.left = 1;
  const std::string bytes = SerializeSpiking(network);
  EXPECT_EQ(bytes.substr(0, 8), "SPKSNN3\n");
  EXPECT_EQ(bytes.substr(kVersionAt, 4), std::string_view("\x03\0\0\0", 4));
  const auto parsed = ParseSpiking(bytes);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, network);
  std::string content = Content(network);
  content[kVersionAt] = 2;  // not what its magic says
  EXPECT_EQ(ParseSpiking(Sealed(content)).status().code(), absl::StatusCode::kUnimplemented);
}

// The small network, whose lines a layer of the host makes.
SpikingNetwork HostNetwork() {
  SpikingNetwork network = SmallNetwork();
  network.input.encoder = EncoderKind::kHost;
  network.input.levels.clear();
  network.input.level_channels.clear();
  HostLayer& layer = network.input.host_layer.emplace();
  layer.name = "first";
  layer.channels = 2;
  layer.height = 1;
  layer.width = 2;
  layer.kernel_x = 2;
  layer.pad_left = 1;
  layer.byte_values.assign(256, 0.125);
  layer.weights = {1.5, -0.25, 3.0, 0.0};
  layer.scale = {1.0, 0.5};
  layer.bias = {0.25, -7.0};
  layer.thresholds = {0.5, 1e300};
  return network;
}

TEST(SpikingFileTest, LayersOfTheHostMakeVersion4AndSurviveTheRoundTrip) {
  const SpikingNetwork network = HostNetwork();
  const std::string bytes = SerializeSpiking(network);
  EXPECT_EQ(bytes.substr(0, 8), "SPKSNN4\n");
  EXPECT_EQ(bytes.substr(kVersionAt, 4), std::string_view("\x04\0\0\0", 4));
  const auto parsed = ParseSpiking(bytes);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, network);
  const std::string content = Content(network);
  for (std::size_t size = kNameCountAt; size < content.size(); size += 7) {
    ASSERT_EQ(ParseSpiking(Sealed(content.substr(0, size))).status().code(),
              absl::StatusCode::kInvalidArgument)
        << size;
  }
}

TEST(SpikingFileTest, LayersOfTheHostThatDoNotFitAreRefused) {
  const auto expect_refused = [](auto damage, const std::string& words) {
    SpikingNetwork network = HostNetwork();
    damage(*network.input.host_layer);
    const absl::Status status = ParseSpiking(SerializeSpiking(network)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(words));
  };
  expect_refused([](HostLayer& layer) { layer.weights.pop_back(); }, "3 weights, allowed 2 x 1");
  expect_refused([](HostLayer& layer) { layer.groups = 2; }, "2 groups");
  expect_refused([](HostLayer& layer) { layer.bias.pop_back(); }, "1 biases");
  expect_refused([](HostLayer& layer) { layer.kernel_y = 0; }, "extents 0..");
  expect_refused([](HostLayer& layer) { layer.stride_y = 70000; }, "..70000");
  expect_refused([](HostLayer& layer) { layer.width = 65535, layer.height = 65535; }, "lines");
  expect_refused([](HostLayer& layer) { layer.width = 3; }, "encoded shape");
  expect_refused([](HostLayer& layer) { layer.scale[0] = std::nan(""); }, "not finite");
}

TEST(SpikingFileTest, Version3WithoutPadsIsRefused) {
  SpikingNetwork network = SmallNetwork();
  network.input.pad.left = 1;
  std::string content = Content(network);
  const std::size_t at = content.find(std::string_view("\x01\0\0\0\0\0\0\0\x02\0\0\0", 12));
  ASSERT_NE(at, std::string::npos);  // left 1, right 0, then the encoded shape of 2 channels
  content[at] = 0;
  const absl::Status status = ParseSpiking(Sealed(content)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("version 3 without pads"));
}

TEST(SpikingFileTest, PadsWithoutAnEncoderAreRefused) {
  SpikingNetwork network = SmallNetwork();
  network.input.encoder = EncoderKind::kNone;
  network.input.pad.left = 1;
  const absl::Status status = ParseSpiking(SerializeSpiking(network)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no encoder"));
}

TEST(SpikingFileTest, PadsThatLeaveNoPixelAreRefused) {
  for (const ImagePad& pad : {ImagePad{0, 0, 1, 1}, ImagePad{0, 0, -1, 0}, ImagePad{1, 0, 0, 0},
                              ImagePad{0, INT32_MAX, 0, 0}}) {
    SpikingNetwork network = SmallNetwork();
    network.input.pad = pad;
    const absl::Status status = ParseSpiking(SerializeSpiking(network)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("pads"));
  }
}

TEST(SpikingFileTest, EveryPrefixIsDataLoss) {
  const std::string bytes = SerializeSpiking(SmallNetwork());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto parsed = ParseSpiking(std::string_view(bytes).substr(0, size));
    ASSERT_EQ(parsed.status().code(), absl::StatusCode::kDataLoss) << "prefix of " << size;
  }
}

TEST(SpikingFileTest, EveryFlippedBitIsDataLoss) {
  std::string bytes = SerializeSpiking(SmallNetwork());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const auto mask = static_cast<char>(1 << bit % 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
    ASSERT_EQ(ParseSpiking(bytes).status().code(), absl::StatusCode::kDataLoss) << "bit " << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
  }
  EXPECT_TRUE(ParseSpiking(bytes).ok());
}

TEST(SpikingFileTest, LaterVersionIsUnimplementedAndNamed) {
  std::string content = Content(SmallNetwork());
  content[kVersionAt] = 5;
  const absl::Status status = ParseSpiking(Sealed(content)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("version 5, this program reads versions 2 to 4"));
}

TEST(SpikingFileTest, Version1IsUnimplementedAndSaysWhatToDo) {
  std::string content = Content(SmallNetwork());
  content.replace(0, 8, "SPKSNN1\n");
  content[kVersionAt] = 1;
  const absl::Status status = ParseSpiking(Sealed(content)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(
      std::string(status.message()),
      HasSubstr("version 1, this program reads versions 2 to 4; convert the network again"));
}

// With a valid checksum, so that only the bounds can refuse.
TEST(SpikingFileTest, CountBeyondTheBytesIsInvalidAndAllocatesNothing) {
  const std::string content = Content(SmallNetwork());
  int refused = 0;
  for (std::size_t at = kNameCountAt; at + 8 <= content.size(); ++at) {
    std::string hostile = content;
    hostile.replace(at, 8, std::string_view("\xff\xff\xff\xff\xff\xff\xff\x7f", 8));
    const auto parsed = ParseSpiking(Sealed(hostile));
    if (!parsed.ok()) {
      ASSERT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << parsed.status();
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
}

TEST(SpikingFileTest, BytesBehindTheNetworkAreInvalid) {
  const absl::Status status = ParseSpiking(Sealed(Content(SmallNetwork()) + "x")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("1 bytes too many"));
}

TEST(SpikingFileTest, ShorterContentThanItsFieldsIsInvalid) {
  const std::string content = Content(SmallNetwork());
  for (std::size_t size = kNameCountAt; size < content.size(); ++size) {
    ASSERT_EQ(ParseSpiking(Sealed(content.substr(0, size))).status().code(),
              absl::StatusCode::kInvalidArgument)
        << size;
  }
}

TEST(SpikingFileTest, NetworkThatDoesNotValidateIsRefused) {
  SpikingNetwork network = SmallNetwork();
  network.class_count = 1;
  const absl::Status status = ParseSpiking(SerializeSpiking(network)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("read-out"));
}

TEST(SpikingFileTest, FileHelpersRoundTripAndNameThePath) {
  const std::string path = ::testing::TempDir() + "spiking_file_test.snn";
  ASSERT_TRUE(WriteSpikingFile(SmallNetwork(), path).ok());
  const auto read = ReadSpikingFile(path);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, SmallNetwork());

  std::filesystem::resize_file(path, 100);
  const absl::Status cut = ReadSpikingFile(path).status();
  EXPECT_EQ(cut.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(cut.message()), HasSubstr(path));
  std::filesystem::remove(path);

  EXPECT_EQ(ReadSpikingFile(path).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(WriteSpikingFile(SmallNetwork(), path + "/none/x").code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace spikemesh
