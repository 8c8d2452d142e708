// SPDX-License-Identifier: Apache-2.0
#include "networks/data/fetch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "core/base/atomic_file.h"
#include "tests/networks/data/data_test_util.h"
#include "tests/networks/data/tar_test_util.h"
#include "tests/networks/data/test_server.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kContent = "the content of the file";

std::string Serve404(const std::string&) { return HttpAnswer("404 Not Found", ""); }
std::string ServeContent(const std::string&) { return OkAnswer(kContent); }
std::string ServeOther(const std::string&) { return OkAnswer("other content"); }

Digest Sha256Of(const std::string& bytes) {
  return {DigestKind::kSha256, DigestHex(DigestKind::kSha256, bytes)};
}

class FetchDatasetTest : public ::testing::Test {
 protected:
  // A set of one file at the given servers.
  static DatasetSource SourceAt(const std::vector<const TestServer*>& servers) {
    DatasetSource source = {.name = "made", .title = "", .licence = "", .mirrors = {}, .files = {}};
    for (const TestServer* server : servers) {
      source.mirrors.push_back(server->url() + "/data/");
    }
    source.files = {{"file.gz", Sha256Of(kContent), 1000, {}}};
    return source;
  }

  // The names of the files in the folder, hidden ones included.
  std::set<std::string> Stored() const {
    std::set<std::string> names;
    if (std::filesystem::exists(target())) {
      for (const auto& entry : std::filesystem::directory_iterator(target())) {
        names.insert(entry.path().filename());
      }
    }
    return names;
  }
  std::string Content(const std::string& name) const {
    return ReadFile(target() + "/" + name, 1 << 20).value();
  }
  std::string target() const { return folder_.path() + "/new/made"; }

  TemporaryFolder folder_;
};

TEST_F(FetchDatasetTest, StoresTheFileInANewFolder) {
  const TestServer server(ServeContent);
  EXPECT_EQ(FetchDataset(SourceAt({&server}), target(), {}).value(), (FetchResult{0, 1}));
  EXPECT_THAT(server.targets(), ElementsAre("/data/file.gz"));
  EXPECT_THAT(Stored(), ElementsAre("file.gz"));
  EXPECT_EQ(Content("file.gz"), kContent);
}

TEST_F(FetchDatasetTest, FileWithTheRightChecksumIsKeptWithoutAsking) {
  const TestServer server(ServeContent);
  const DatasetSource source = SourceAt({&server});
  ASSERT_TRUE(FetchDataset(source, target(), {}).ok());
  EXPECT_EQ(FetchDataset(source, target(), {}).value(), (FetchResult{1, 0}));
  EXPECT_EQ(server.targets().size(), 1u);
}

TEST_F(FetchDatasetTest, FileWithAnotherChecksumIsReplaced) {
  const TestServer server(ServeContent);
  std::filesystem::create_directories(target());
  ASSERT_TRUE(WriteFileAtomically(target() + "/file.gz", "damaged").ok());
  EXPECT_EQ(FetchDataset(SourceAt({&server}), target(), {}).value(), (FetchResult{0, 1}));
  EXPECT_EQ(Content("file.gz"), kContent);
}

TEST_F(FetchDatasetTest, WrongChecksumIsDataLossAndStoresNothing) {
  const TestServer server(ServeOther);
  const absl::Status status = FetchDataset(SourceAt({&server}), target(), {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr(Sha256Of(kContent).hex));
  EXPECT_THAT(std::string(status.message()), HasSubstr(Sha256Of("other content").hex));
  EXPECT_THAT(Stored(), IsEmpty());
}

TEST_F(FetchDatasetTest, SecondMirrorServesWhatTheFirstLacksOrHasWrong) {
  for (const TestServer::Handler first : {Serve404, ServeOther}) {
    std::filesystem::remove_all(target());
    const TestServer bad(first);
    const TestServer good(ServeContent);
    EXPECT_EQ(FetchDataset(SourceAt({&bad, &good}), target(), {}).value(), (FetchResult{0, 1}));
    EXPECT_EQ(bad.targets().size(), 1u);
    EXPECT_EQ(Content("file.gz"), kContent);
  }
}

TEST_F(FetchDatasetTest, FailureOfAllMirrorsGivesEachReason) {
  const TestServer missing(Serve404);
  const TestServer wrong(ServeOther);
  DatasetSource source = SourceAt({&missing, &wrong});
  source.mirrors.push_back("http://localhost:" + std::to_string(ClosedPort()) + "/");
  const absl::Status status = FetchDataset(source, target(), {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr("dataset \"made\": cannot download file.gz: "));
  EXPECT_THAT(message, HasSubstr(missing.url() + "/data/file.gz: the server answered 404"));
  EXPECT_THAT(message, HasSubstr(wrong.url() + "/data/file.gz: SHA-256 of its 13 bytes is"));
  EXPECT_THAT(message, HasSubstr("cannot connect to localhost"));
  EXPECT_THAT(Stored(), IsEmpty());
}

TEST_F(FetchDatasetTest, FailureOfOneKindKeepsItsCode) {
  const TestServer missing(Serve404);
  EXPECT_EQ(FetchDataset(SourceAt({&missing, &missing}), target(), {}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(FetchDatasetTest, TruncatedBodyStoresNothing) {
  const TestServer server([](const std::string&) {
    const std::string whole = OkAnswer(kContent);
    return whole.substr(0, whole.size() - 1);
  });
  EXPECT_EQ(FetchDataset(SourceAt({&server}), target(), {}).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_THAT(Stored(), IsEmpty());
}

TEST_F(FetchDatasetTest, FileLargerThanTheCatalogueSaysIsResourceExhausted) {
  const TestServer server(ServeContent);
  DatasetSource source = SourceAt({&server});
  source.files[0].bytes_max = kContent.size() - 1;
  EXPECT_EQ(FetchDataset(source, target(), {}).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Stored(), IsEmpty());
}

TEST_F(FetchDatasetTest, FilesStoredBeforeAFailureStay) {
  const TestServer server([](const std::string& target) {
    return target == "/data/file.gz" ? OkAnswer(kContent) : HttpAnswer("404 Not Found", "");
  });
  DatasetSource source = SourceAt({&server});
  source.files.push_back({"second.gz", Sha256Of("second"), 1000, {}});
  EXPECT_EQ(FetchDataset(source, target(), {}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Stored(), ElementsAre("file.gz"));
}

TEST_F(FetchDatasetTest, WorksOverHttpsWithATrustedCertificateOnly) {
  const TestCertificate certificate = MakeTestCertificate("localhost");
  const TestServer server(ServeContent, certificate);
  EXPECT_EQ(FetchDataset(SourceAt({&server}), target(), {}).status().code(),
            absl::StatusCode::kUnauthenticated);
  HttpGetOptions options;
  options.ca_file = folder_.path() + "/ca.pem";
  ASSERT_TRUE(WriteFileAtomically(options.ca_file, certificate.certificate).ok());
  EXPECT_TRUE(FetchDataset(SourceAt({&server}), target(), options).ok());
}

TEST_F(FetchDatasetTest, FolderThatCannotBeCreatedIsInvalid) {
  EXPECT_EQ(FetchDataset(SourceAt({}), "/dev/null/made", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

class FetchArchiveTest : public FetchDatasetTest {
 protected:
  DatasetSource ArchiveAt(const TestServer& server) const {
    DatasetSource source = SourceAt({&server});
    source.files = {{"set.tar.gz",
                     {DigestKind::kMd5, DigestHex(DigestKind::kMd5, archive_)},
                     10'000,
                     {{"a.bin", Sha256Of("first")}, {"b.bin", Sha256Of("second")}}}};
    return source;
  }
  std::string archive_ = Gzip(TarMember("set/a.bin", "first") + TarMember("set/readme", "text") +
                              TarMember("set/b.bin", "second") + TarEnd());
};

TEST_F(FetchArchiveTest, MembersAreStoredAndTheArchiveIsNot) {
  const TestServer server([this](const std::string&) { return OkAnswer(archive_); });
  EXPECT_EQ(FetchDataset(ArchiveAt(server), target(), {}).value(), (FetchResult{0, 2}));
  EXPECT_THAT(Stored(), ElementsAre("a.bin", "b.bin"));
  EXPECT_EQ(Content("a.bin"), "first");
  EXPECT_EQ(Content("b.bin"), "second");
  EXPECT_EQ(FetchDataset(ArchiveAt(server), target(), {}).value(), (FetchResult{2, 0}));
  EXPECT_EQ(server.targets().size(), 1u);
}

TEST_F(FetchArchiveTest, ArchiveIsFetchedAgainWhereAMemberIsMissing) {
  const TestServer server([this](const std::string&) { return OkAnswer(archive_); });
  ASSERT_TRUE(FetchDataset(ArchiveAt(server), target(), {}).ok());
  std::filesystem::remove(target() + "/b.bin");
  EXPECT_EQ(FetchDataset(ArchiveAt(server), target(), {}).value(), (FetchResult{0, 2}));
  EXPECT_EQ(Content("b.bin"), "second");
}

TEST_F(FetchArchiveTest, ArchiveWithoutAMemberIsDataLossAndNamed) {
  archive_ = Gzip(TarMember("set/a.bin", "first") + TarEnd());
  const TestServer server([this](const std::string&) { return OkAnswer(archive_); });
  const absl::Status status = FetchDataset(ArchiveAt(server), target(), {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(status.message(), "set.tar.gz: the tar archive has no b.bin");
}

TEST(DatasetCatalogueTest, EntriesAreComplete) {
  std::vector<std::string> names;
  for (const DatasetSource& source : DatasetCatalogue()) {
    names.push_back(source.name);
    EXPECT_EQ(FindDatasetSource(source.name).value().title, source.title);
    EXPECT_FALSE(source.licence.empty());
    EXPECT_FALSE(source.mirrors.empty());
    for (const std::string& mirror : source.mirrors) {
      EXPECT_EQ(mirror.back(), '/');
    }
    for (const RemoteFile& file : source.files) {
      EXPECT_EQ(file.digest.hex.size(), DigestHex(file.digest.kind, "").size()) << file.name;
      EXPECT_GT(file.bytes_max, 0u);
      for (const StoredFile& member : file.members) {
        EXPECT_EQ(member.digest.hex.size(), DigestHex(member.digest.kind, "").size());
      }
    }
  }
  EXPECT_THAT(names, ElementsAre("mnist", "fashion-mnist", "cifar10"));
}

TEST(DatasetCatalogueTest, UnknownAndBuiltInNamesAreInvalid) {
  for (const std::string name : {"digits", "imagenet", ""}) {
    const absl::Status status = FindDatasetSource(name).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("mnist, fashion-mnist, cifar10"));
    EXPECT_EQ(FetchDataset(name, "/nowhere", {}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace spikemesh
