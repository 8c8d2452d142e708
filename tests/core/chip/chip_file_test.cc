// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/chip/chip_builder.h"
#include "tests/core/chip/chip_file_bytes.h"
#include "tests/core/chip/random_chip.h"
#include "tests/testing/address_sanitizer.h"

namespace spikemesh {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

// One core of one axon and one neuron that fires at pin 0: the smallest interesting chip.
ChipModel SmallChip() {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({1, 2});
  const AxonIndex axon = builder.AddAxon(core, AxonType(3));
  const NeuronIndex neuron = builder.AddNeuron(core, NeuronParameters{});
  builder.Connect(core, axon, neuron);
  builder.SetTarget(core, neuron, NeuronTarget::Pin(builder.AddPin()));
  builder.AddInputLine({{core, axon}});
  return std::move(builder).Build().value();
}

TEST(ChipFileTest, RandomChipsSurviveTheRoundTripWhole) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const ChipModel chip = RandomChip(seed);
    const absl::StatusOr<std::string> bytes = SerializeChip(chip);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    const absl::StatusOr<ChipModel> back = ParseChip(*bytes);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_TRUE(*back == chip) << "seed " << seed;
  }
}

TEST(ChipFileTest, ChipWithoutSourcesOfNeuronsSurvivesTheRoundTrip) {
  ChipModel chip = RandomChip(1);
  chip.provenance.neuron_sources.clear();
  EXPECT_EQ(*ParseChip(SerializeChip(chip).value()), chip);
}

TEST(ChipFileTest, EmptyChipSurvivesTheRoundTrip) {
  const absl::StatusOr<std::string> bytes = SerializeChip(ChipModel{});
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const absl::StatusOr<ChipModel> back = ParseChip(*bytes);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_TRUE(*back == ChipModel{});
}

TEST(ChipFileTest, SameModelGivesSameBytes) {
  // The copy has other capacities and other heap contents than the original.
  const ChipModel chip = RandomChip(7);
  ChipModel copy;
  copy = chip;
  EXPECT_EQ(SerializeChip(chip).value(), SerializeChip(copy).value());
  EXPECT_EQ(SerializeChip(ParseChip(*SerializeChip(chip)).value()).value(),
            SerializeChip(chip).value());
}

TEST(ChipFileTest, EnvelopeIsAsSpecified) {
  const std::string file = SerializeChip(SmallChip()).value();
  EXPECT_EQ(file.substr(0, 8), std::string("SMC\x1A\1\0\0\0", 8));
  std::uint64_t payload_bytes = 0;
  std::memcpy(&payload_bytes, file.data() + 8, sizeof(payload_bytes));
  EXPECT_EQ(payload_bytes, file.size() - kEnvelope);
  EXPECT_EQ(payload_bytes % 8, 0u);
  const Sha256Digest digest = Sha256(file.substr(0, 16) + file.substr(kEnvelope));
  EXPECT_EQ(std::memcmp(file.data() + 16, digest.data(), digest.size()), 0);
}

TEST(ChipFileTest, EveryPrefixIsDataLoss) {
  const std::string file = SerializeChip(SmallChip()).value();
  for (std::size_t length = 0; length < file.size(); ++length) {
    EXPECT_EQ(ParseChip(std::string_view(file).substr(0, length)).status().code(),
              absl::StatusCode::kDataLoss)
        << length;
  }
}

TEST(ChipFileTest, EveryFlippedBitIsDataLoss) {
  std::string file = SerializeChip(SmallChip()).value();
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    const auto mask = static_cast<char>(1 << (bit % 8));
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ mask);
    EXPECT_EQ(ParseChip(file).status().code(), absl::StatusCode::kDataLoss) << bit;
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ mask);
  }
  EXPECT_TRUE(ParseChip(file).ok());
}

TEST(ChipFileTest, TrailingByteIsDataLoss) {
  EXPECT_EQ(ParseChip(SerializeChip(SmallChip()).value() + '\0').status().code(),
            absl::StatusCode::kDataLoss);
}

// With the digest made good again the flipped bit reaches the decoder, which must end in a legal
// chip or in one of the documented errors.
TEST(ChipFileTest, EveryFlippedBitUnderAGoodDigestEndsInAStatus) {
  const std::string file = SerializeChip(RandomChip(3)).value();
  // A third of them, at all places within bytes, under the sanitizer, where each takes a
  // millisecond.
  constexpr std::size_t kStep = kAddressSanitizer ? 3 : 1;
  for (std::size_t bit = kEnvelope * 8; bit < file.size() * 8; bit += kStep) {
    std::string damaged = file;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ static_cast<char>(1 << (bit % 8)));
    const absl::StatusOr<ChipModel> chip = ParseChip(Resealed(damaged));
    if (chip.ok()) {
      EXPECT_TRUE(SerializeChip(*chip).ok()) << bit;
    } else {
      EXPECT_THAT(chip.status().code(),
                  AnyOf(absl::StatusCode::kDataLoss, absl::StatusCode::kOutOfRange,
                        absl::StatusCode::kInvalidArgument))
          << bit << ": " << chip.status();
    }
  }
}

TEST(ChipFileTest, EveryTruncationUnderAGoodDigestIsAnError) {
  const std::string file = SerializeChip(SmallChip()).value();
  for (std::size_t length = kEnvelope; length < file.size(); ++length) {
    std::string cut = file.substr(0, length);
    const std::uint64_t payload_bytes = length - kEnvelope;
    std::memcpy(cut.data() + 8, &payload_bytes, sizeof(payload_bytes));
    EXPECT_EQ(ParseChip(Resealed(cut)).status().code(), absl::StatusCode::kDataLoss) << length;
  }
}

TEST(ChipFileTest, ParsesBytesAtAnyAlignment) {
  const std::string file = SerializeChip(SmallChip()).value();
  for (std::size_t offset = 0; offset < 8; ++offset) {
    const std::string shifted = std::string(offset, ' ') + file;
    const absl::StatusOr<ChipModel> chip = ParseChip(std::string_view(shifted).substr(offset));
    ASSERT_TRUE(chip.ok()) << chip.status();
    EXPECT_TRUE(*chip == SmallChip());
  }
}

TEST(ChipFileTest, OtherFilesAreNotChips) {
  const absl::Status status = ParseChip(std::string(100, 'x')).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(MessageOf(status), HasSubstr("not a .chip file"));
}

TEST(ChipFileTest, LaterVersionIsUnimplemented) {
  std::string file = SerializeChip(SmallChip()).value();
  file[4] = 2;
  const absl::Status status = ParseChip(Resealed(file)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(MessageOf(status), ".chip format version 2, this program reads version 1");
}

TEST(ChipFileTest, IllegalChipIsNotWritten) {
  ChipModel chip = SmallChip();
  chip.cores[0].neurons[0].target = NeuronTarget::Axon(CoreId(0), AxonIndex(0), DelayTicks(16));
  EXPECT_EQ(SerializeChip(chip).status().code(), absl::StatusCode::kOutOfRange);
  const std::string path = testing::TempDir() + "illegal.chip";
  EXPECT_EQ(WriteChipFile(chip, path).code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReadFile(path, 1000).status().code(), absl::StatusCode::kNotFound);
}

TEST(ChipFileTest, IllegalChipInAnIntactFileIsRefusedByValidation) {
  // The delay of the only neuron lies one byte after its target kind; pin targets have delay 0.
  const ChipModel chip = SmallChip();
  std::string file = SerializeChip(chip).value();
  const std::string record(reinterpret_cast<const char*>(chip.cores[0].neurons.data()), 16);
  const std::size_t at = file.find(record, kEnvelope);
  ASSERT_NE(at, std::string::npos);
  file[at + 9] = 5;
  const absl::Status status = ParseChip(Resealed(file)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(MessageOf(status), HasSubstr("core (1,2) neuron 0: target pin with a delay"));
}

TEST(ChipFileTest, FileOnDiskEqualsBytesInMemory) {
  const std::string path = testing::TempDir() + "random.chip";
  const ChipModel chip = RandomChip(11);
  ASSERT_TRUE(WriteChipFile(chip, path).ok());
  EXPECT_EQ(ReadFile(path, 1 << 20).value(), SerializeChip(chip).value());
  const absl::StatusOr<ChipModel> back = ReadChipFile(path);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_TRUE(*back == chip);
  ::unlink(path.c_str());
}

TEST(ChipFileTest, MissingFileIsNotFoundAndNamed) {
  const absl::Status status = ReadChipFile("/nowhere/at/all.chip").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(MessageOf(status), HasSubstr("/nowhere/at/all.chip"));
}

}  // namespace
}  // namespace spikemesh
