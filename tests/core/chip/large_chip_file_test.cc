// SPDX-License-Identifier: Apache-2.0
// Chip files of a megabyte and more: a thread checks the digest while another decodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "core/chip/chip_file.h"
#include "tests/core/chip/chip_file_bytes.h"

namespace spikemesh {
namespace {

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

// 256 full cores, a file of 3 MB: as large files are, it is checked and decoded at the same time.
ChipModel LargeChip() {
  ChipModel chip;
  chip.neuron_kinds.emplace_back();
  for (std::int32_t place = 0; place < 256; ++place) {
    CoreModel& core = chip.cores.emplace_back();
    core.at = {place % 64, place / 64};
    core.axon_types.resize(256, 1);
    core.crossbar.resize(256);
    core.crossbar[255].Set(255);
    core.neurons.resize(256);
  }
  return chip;
}

// Sections of every size survive, and the message stays in one segment.
TEST(LargeChipFileTest, FullCoresTakeTwelveKilobytesEachAndNoMore) {
  const ChipModel chip = LargeChip();
  const std::string file = SerializeChip(chip).value();
  // 256 types, 256 x 32 bytes of crossbar, 256 x 16 of neurons, 5 words of struct a core.
  const std::size_t cores_bytes = 256 * (256 + 256 * 32 + 256 * 16 + 5 * 8);
  EXPECT_GE(file.size(), cores_bytes);
  EXPECT_LE(file.size(), cores_bytes + 1024);
  EXPECT_EQ(file.substr(kEnvelope, 4), std::string(4, '\0')) << "one segment: count - 1 is 0";
  EXPECT_TRUE(ParseChip(file).value() == chip);
}

// Where the first core's 256 axon types lie; its neurons follow, then its crossbar.
std::size_t TypesOf(const std::string& large_file) {
  return large_file.find(std::string(256, '\1'), kEnvelope);
}

TEST(LargeChipFileTest, FlippedBitOfALargeFileIsDamageWhateverDecodingMakesOfIt) {
  const std::string file = SerializeChip(LargeChip()).value();
  const std::size_t neurons = TypesOf(file) + 256;
  const std::size_t crossbar = neurons + 256 * sizeof(NeuronModel);
  struct Flip {
    std::size_t at;
    absl::StatusCode under_a_good_digest;
  };
  const std::vector<Flip> flips = {
      {crossbar, absl::StatusCode::kOk},             // one synapse more
      {neurons, absl::StatusCode::kOutOfRange},      // a neuron kind that is not there
      {kEnvelope + 1, absl::StatusCode::kDataLoss},  // more segments than there are
      {4, absl::StatusCode::kUnimplemented},         // version
  };
  for (const auto& [at, under_a_good_digest] : flips) {
    std::string damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_EQ(ParseChip(Resealed(damaged)).status().code(), under_a_good_digest) << at;
    const absl::Status status = ParseChip(damaged).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << at;
    EXPECT_EQ(MessageOf(status), "damaged .chip file: its SHA-256 does not match its content")
        << at;
  }
}

TEST(LargeChipFileTest, IllegalLargeChipInAnIntactFileIsRefusedByValidation) {
  std::string file = SerializeChip(LargeChip()).value();
  file[TypesOf(file) + 7] = 4;
  const absl::Status status = ParseChip(Resealed(file)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(MessageOf(status), "core (0,0) axon 7: type 4, allowed 0..3");
}

// Parses in a child process that may start no thread: its exit status is 0 if all went well.
TEST(LargeChipFileTest, LargeFileIsParsedWhereNoFurtherThreadIsToBeHad) {
  const std::string file = SerializeChip(LargeChip()).value();
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit no_threads = {0, 0};
    const bool limited = (::getuid() != 0 || ::setuid(65534) == 0) &&  // root has no such limit
                         ::setrlimit(RLIMIT_NPROC, &no_threads) == 0;
    const bool parsed = ParseChip(file).ok();
    std::string damaged = file;
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    const bool refused = ParseChip(damaged).status().code() == absl::StatusCode::kDataLoss;
    ::_exit(limited && parsed && refused ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(LargeChipFileTest, LargeFileOnDiskEqualsBytesInMemory) {
  const std::string path = testing::TempDir() + "large.chip";
  ASSERT_TRUE(WriteChipFile(LargeChip(), path).ok());
  const absl::StatusOr<ChipModel> back = ReadChipFile(path);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_TRUE(*back == LargeChip());
  ::unlink(path.c_str());
}

}  // namespace
}  // namespace spikemesh
