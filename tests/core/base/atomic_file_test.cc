// SPDX-License-Identifier: Apache-2.0
#include "core/base/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t kBytesMax = 1 << 20;

// A folder of its own for each test, so that what is left behind can be listed.
class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "atomic_file_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string PathOf(const std::string& name) const { return folder_ + "/" + name; }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  std::string folder_;
};

// Runs `body` in a child process and returns its exit status, or -1 if a signal ended it.
template <typename Body>
int InChild(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(AtomicFileTest, WrittenBytesAreReadBack) {
  const std::string bytes("a\0b\n", 4);
  ASSERT_TRUE(WriteFileAtomically(PathOf("f"), bytes).ok());
  EXPECT_EQ(ReadFile(PathOf("f"), kBytesMax).value(), bytes);
  EXPECT_THAT(Names(), ElementsAre("f"));
}

TEST_F(AtomicFileTest, PiecesAreJoinedInOrder) {
  const std::array<std::string_view, 3> pieces = {"one ", "", "two"};
  ASSERT_TRUE(WriteFileAtomically(PathOf("f"), pieces).ok());
  EXPECT_EQ(ReadFile(PathOf("f"), kBytesMax).value(), "one two");
}

TEST_F(AtomicFileTest, EmptyFileIsWrittenAndRead) {
  ASSERT_TRUE(WriteFileAtomically(PathOf("f"), "").ok());
  EXPECT_EQ(ReadFile(PathOf("f"), 0).value(), "");
}

TEST_F(AtomicFileTest, NewContentReplacesTheOld) {
  ASSERT_TRUE(WriteFileAtomically(PathOf("f"), "a longer old content").ok());
  ASSERT_TRUE(WriteFileAtomically(PathOf("f"), "new").ok());
  EXPECT_EQ(ReadFile(PathOf("f"), kBytesMax).value(), "new");
  EXPECT_THAT(Names(), ElementsAre("f"));
}

TEST_F(AtomicFileTest, PermissionsFollowTheUmask) {
  const mode_t before = ::umask(027);
  ASSERT_TRUE(WriteFileAtomically(PathOf("f"), "x").ok());
  ::umask(before);
  struct stat info = {};
  ASSERT_EQ(::stat(PathOf("f").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
}

TEST_F(AtomicFileTest, FullDeviceIsResourceExhaustedAndStaysADevice) {
  const absl::Status status = WriteFileAtomically("/dev/full", "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/dev/full"));
  struct stat info = {};
  ASSERT_EQ(::stat("/dev/full", &info), 0);
  EXPECT_TRUE(S_ISCHR(info.st_mode));
}

TEST_F(AtomicFileTest, DeviceIsWrittenStraight) {
  EXPECT_TRUE(WriteFileAtomically("/dev/null", "x").ok());
}

TEST_F(AtomicFileTest, MissingFolderIsNotFound) {
  const absl::Status status = WriteFileAtomically(PathOf("missing/f"), "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("missing/f: cannot create"));
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(AtomicFileTest, UnwritableFolderIsPermissionDeniedAndTheOldFileStands) {
  ASSERT_TRUE(WriteFileAtomically(PathOf("f"), "old").ok());
  ASSERT_EQ(::chmod(folder_.c_str(), 0555), 0);
  const int code = InChild([&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) {
      return 99;  // root may write anywhere
    }
    return static_cast<int>(WriteFileAtomically(PathOf("f"), "new").code());
  });
  EXPECT_EQ(code, static_cast<int>(absl::StatusCode::kPermissionDenied));
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
  EXPECT_EQ(ReadFile(PathOf("f"), kBytesMax).value(), "old");
  EXPECT_THAT(Names(), ElementsAre("f"));
}

TEST_F(AtomicFileTest, UnreadableFileIsPermissionDenied) {
  ASSERT_TRUE(WriteFileAtomically(PathOf("f"), "x").ok());
  ASSERT_EQ(::chmod(PathOf("f").c_str(), 0), 0);
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
  const int code = InChild([&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) {
      return 99;
    }
    return static_cast<int>(ReadFile(PathOf("f"), kBytesMax).status().code());
  });
  EXPECT_EQ(code, static_cast<int>(absl::StatusCode::kPermissionDenied));
}

TEST_F(AtomicFileTest, DirectoryAsTargetIsInvalid) {
  ASSERT_EQ(::mkdir(PathOf("d").c_str(), 0755), 0);
  const absl::Status status = WriteFileAtomically(PathOf("d"), "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is a directory"));
  EXPECT_THAT(Names(), ElementsAre("d"));
}

// The signal of a write beyond the limit must not end the program before it has cleaned up.
TEST_F(AtomicFileTest, FileSizeLimitIsResourceExhaustedAndTheOldFileStands) {
  ASSERT_TRUE(WriteFileAtomically(PathOf("f"), "old").ok());
  const int code = InChild([&] {
    const rlimit limit = {4096, 4096};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) {
      return 99;
    }
    return static_cast<int>(WriteFileAtomically(PathOf("f"), std::string(10000, 'x')).code());
  });
  EXPECT_EQ(code, static_cast<int>(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(ReadFile(PathOf("f"), kBytesMax).value(), "old");
  EXPECT_THAT(Names(), ElementsAre("f"));
}

TEST_F(AtomicFileTest, FileOfExactlyTheSizeLimitIsWritten) {
  const int code = InChild([&] {
    const rlimit limit = {4096, 4096};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) {
      return 99;
    }
    return static_cast<int>(WriteFileAtomically(PathOf("f"), std::string(4096, 'x')).code());
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(ReadFile(PathOf("f"), kBytesMax)->size(), 4096u);
}

// A child that writes two million pieces is interrupted while its temporary file grows; its signal
// handler removes the file.
TEST_F(AtomicFileTest, InterruptedWriteLeavesNothingWhereTheHandlerRemovesTemporaries) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGTERM, [](int) {
      RemoveTemporaryFiles();
      ::_exit(130);
    });
    const std::vector<std::string_view> pieces(2'000'000, "x");
    const absl::Status status = WriteFileAtomically(PathOf("f"), pieces);
    ::_exit(status.ok() ? 0 : 1);
  }
  const auto growing = [&] {
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      std::error_code gone;
      const auto size = std::filesystem::file_size(entry.path(), gone);
      return !gone && size > 0;
    }
    return false;
  };
  while (!growing() && ::waitpid(child, nullptr, WNOHANG) == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ::kill(child, SIGTERM);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_THAT(Names(), IsEmpty());
}

// Reads by either function: what it read as a string, or its status.
using Reader = absl::StatusOr<std::string> (*)(const std::string& path, std::uint64_t bytes_max);

absl::StatusOr<std::string> ReadLarge(const std::string& path, std::uint64_t bytes_max) {
  SPIKEMESH_ASSIGN_OR_RETURN(const LargeBytes bytes, ReadLargeFile(path, bytes_max));
  return std::string(bytes.view());
}

constexpr std::array<Reader, 2> kReaders = {&ReadFile, &ReadLarge};

TEST_F(AtomicFileTest, ReadingGivesTheContentWhetherEmptyShortOrBeyondAHugePage) {
  for (const std::size_t size : {0, 1, 4096, (2 << 20) - 1, 2 << 20, (5 << 20) + 3}) {
    std::string content(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
      content[i] = static_cast<char>(i * 31 + i / 4096);
    }
    ASSERT_TRUE(WriteFileAtomically(PathOf("f"), content).ok());
    for (const Reader reader : kReaders) {
      const absl::StatusOr<std::string> found = reader(PathOf("f"), size);
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_TRUE(*found == content) << size;
    }
  }
}

TEST_F(AtomicFileTest, ReadingAMissingFileIsNotFoundAndNamed) {
  for (const Reader reader : kReaders) {
    const absl::Status status = reader(PathOf("missing"), kBytesMax).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
    EXPECT_THAT(std::string(status.message()), HasSubstr(PathOf("missing")));
  }
}

TEST_F(AtomicFileTest, ReadingADirectoryPipeOrDeviceIsInvalidAndDoesNotBlock) {
  ASSERT_EQ(::mkfifo(PathOf("pipe").c_str(), 0600), 0);
  for (const Reader reader : kReaders) {
    const absl::Status pipe = reader(PathOf("pipe"), kBytesMax).status();
    EXPECT_EQ(pipe.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(pipe.message()), HasSubstr("is a pipe or device"));
    EXPECT_EQ(reader("/dev/zero", kBytesMax).status().code(), absl::StatusCode::kInvalidArgument);
    const absl::Status directory = reader(folder_, kBytesMax).status();
    EXPECT_EQ(directory.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(directory.message()), HasSubstr("is a directory"));
  }
}

TEST_F(AtomicFileTest, ReadingWithoutTheRightToIsPermissionDenied) {
  ASSERT_TRUE(WriteFileAtomically(PathOf("f"), "secret").ok());
  ASSERT_EQ(::chmod(PathOf("f").c_str(), 0), 0);
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
  for (const Reader reader : kReaders) {
    const int code = InChild([&] {
      if (::geteuid() == 0 && ::seteuid(65534) != 0) {  // root may read everything
        return -1;
      }
      return static_cast<int>(reader(PathOf("f"), kBytesMax).status().code());
    });
    EXPECT_EQ(code, static_cast<int>(absl::StatusCode::kPermissionDenied));
  }
}

// Files of sysfs say a page and give a line: the ending that another program's truncation has.
TEST_F(AtomicFileTest, FileThatIsShorterThanItSaysIsDataLoss) {
  const std::string path = "/sys/kernel/mm/transparent_hugepage/enabled";  // 4096 bytes, it says
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << path << " is not there";
  }
  for (const Reader reader : kReaders) {
    const absl::Status status = reader(path, kBytesMax).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), HasSubstr("became shorter while it was read"));
  }
}

TEST_F(AtomicFileTest, FileOfTheLargestSizeIsReadAndOneByteMoreIsNot) {
  ASSERT_TRUE(WriteFileAtomically(PathOf("f"), "12345").ok());
  for (const Reader reader : kReaders) {
    EXPECT_EQ(reader(PathOf("f"), 5).value(), "12345");
    const absl::Status status = reader(PathOf("f"), 4).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(std::string(status.message()), HasSubstr("5 bytes, at most 4 are read"));
  }
}

}  // namespace
}  // namespace spikemesh
