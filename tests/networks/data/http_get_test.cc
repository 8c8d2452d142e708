// SPDX-License-Identifier: Apache-2.0
#include "networks/data/http_get.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "core/base/atomic_file.h"
#include "tests/networks/data/data_test_util.h"
#include "tests/networks/data/test_server.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusCode CodeOf(const std::string& answer, std::uint64_t bytes_max = 1000) {
  const TestServer server([&](const std::string&) { return answer; });
  HttpGetOptions options;
  options.bytes_max = bytes_max;
  return HttpGet(server.url() + "/file", options).status().code();
}

TEST(HttpGetTest, ReturnsTheBodyAndAsksForTheTarget) {
  const TestServer server([](const std::string&) { return OkAnswer("some bytes"); });
  EXPECT_EQ(HttpGet(server.url() + "/a/b.gz?x=1#part", {}).value(), "some bytes");
  EXPECT_THAT(server.targets(), ElementsAre("/a/b.gz?x=1"));
}

TEST(HttpGetTest, EmptyBodyIsABody) {
  const TestServer server([](const std::string&) { return OkAnswer(""); });
  EXPECT_EQ(HttpGet(server.url(), {}).value(), "");
}

TEST(HttpGetTest, BodyMayBeChunkedOrEndWithTheConnection) {
  const TestServer chunked([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n2\r\n!!\r\n0\r\n\r\n";
  });
  EXPECT_EQ(HttpGet(chunked.url(), {}).value(), "some!!");
  const TestServer until_end([](const std::string&) { return "HTTP/1.0 200 OK\r\n\r\nsome!!"; });
  EXPECT_EQ(HttpGet(until_end.url(), {}).value(), "some!!");
}

TEST(HttpGetTest, ProgressEndsAtTheWholeBody) {
  const std::string body(300'000, 'x');
  const TestServer server([&](const std::string&) { return OkAnswer(body); });
  std::vector<std::uint64_t> seen;
  HttpGetOptions options;
  options.progress = [&](std::string_view url, std::uint64_t bytes,
                         std::optional<std::uint64_t> bytes_total) {
    EXPECT_EQ(url, server.url() + "/file");
    EXPECT_EQ(bytes_total, 300'000u);
    seen.push_back(bytes);
  };
  ASSERT_TRUE(HttpGet(server.url() + "/file", options).ok());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), 300'000u);
}

TEST(HttpGetTest, MissingFileIsNotFoundAndOtherAnswersAreUnavailable) {
  EXPECT_EQ(CodeOf(HttpAnswer("404 Not Found", "")), absl::StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(HttpAnswer("410 Gone", "")), absl::StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(HttpAnswer("403 Forbidden", "")), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(HttpAnswer("500 Internal Server Error", "")), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(HttpAnswer("206 Partial Content", "")), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(HttpAnswer("302 Found", "")), absl::StatusCode::kUnavailable);  // no Location
}

TEST(HttpGetTest, BodyThatEndsEarlyOrAnAnswerThatIsNoHttpIsDataLoss) {
  const std::string whole = OkAnswer("ten bytes.");
  EXPECT_EQ(CodeOf(whole), absl::StatusCode::kOk);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(CodeOf(whole.substr(0, size)), absl::StatusCode::kDataLoss) << size;
  }
  EXPECT_EQ(CodeOf("220 mail server ready\r\n\r\n"), absl::StatusCode::kDataLoss);
}

TEST(HttpGetTest, BodyAtTheBoundIsTakenAndOneByteMoreIsResourceExhausted) {
  EXPECT_EQ(CodeOf(OkAnswer("ten bytes."), 10), absl::StatusCode::kOk);
  EXPECT_EQ(CodeOf(OkAnswer("ten bytes."), 9), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf("HTTP/1.0 200 OK\r\n\r\nten bytes.", 9), absl::StatusCode::kResourceExhausted);
}

TEST(HttpGetTest, HeaderOrChunkLineWithoutAnEndIsDataLoss) {
  const std::string endless(200'000, 'x');
  EXPECT_EQ(CodeOf("HTTP/1.1 200 OK\r\nA: " + endless), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;" + endless),
            absl::StatusCode::kDataLoss);
}

TEST(HttpGetTest, FollowsFiveRedirectsAndNotSix) {
  const TestServer server([](const std::string& target) {
    const int left = target.back() - '0';
    return left == 0 ? OkAnswer("found")
                     : HttpAnswer("302 Found", "Location: /go/" + std::to_string(left - 1));
  });
  EXPECT_EQ(HttpGet(server.url() + "/go/5", {}).value(), "found");
  const absl::Status status = HttpGet(server.url() + "/go/6", {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), "more than 5 redirects");
}

TEST(HttpGetTest, RedirectToItselfEnds) {
  const TestServer server(
      [](const std::string&) { return HttpAnswer("301 Moved Permanently", "Location: /loop"); });
  EXPECT_EQ(HttpGet(server.url() + "/loop", {}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(server.targets().size(), 1u + kHttpRedirectsMax);
}

TEST(HttpGetTest, RedirectLeadsToAnotherServer) {
  const TestServer goal([](const std::string&) { return OkAnswer("there"); });
  const TestServer start([&](const std::string&) {
    return HttpAnswer("307 Temporary Redirect", "Location: " + goal.url() + "/x");
  });
  EXPECT_EQ(HttpGet(start.url(), {}).value(), "there");
  EXPECT_THAT(goal.targets(), ElementsAre("/x"));
}

TEST(HttpGetTest, RefusedConnectionIsUnavailable) {
  const std::string url = "http://localhost:" + std::to_string(ClosedPort()) + "/";
  const absl::Status status = HttpGet(url, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot connect to localhost"));
}

TEST(HttpGetTest, ServerThatSaysNothingIsLeftAtEitherTimeLimit) {
  // The handler keeps the connection open without a byte until the client has gone.
  constexpr std::chrono::milliseconds kShort(50);
  for (const bool idle : {true, false}) {
    std::atomic<bool> gone = false;
    const TestServer server([&](const std::string&) {
      while (!gone) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      return std::string();
    });
    HttpGetOptions options;
    (idle ? options.idle_max : options.total_max) = kShort;
    EXPECT_EQ(HttpGet(server.url(), options).status().code(), absl::StatusCode::kDeadlineExceeded);
    gone = true;
  }
}

TEST(HttpGetTest, UrlThatIsNoneIsInvalid) {
  for (const std::string url : {"", "localhost/file", "ftp://localhost/file", "http://"}) {
    EXPECT_EQ(HttpGet(url, {}).status().code(), absl::StatusCode::kInvalidArgument) << url;
  }
}

class HttpsGetTest : public ::testing::Test {
 protected:
  // Options that trust `certificate`.
  HttpGetOptions Trusting(const TestCertificate& certificate) {
    HttpGetOptions options;
    options.ca_file = folder_.path() + "/ca.pem";
    SPIKEMESH_CHECK(WriteFileAtomically(options.ca_file, certificate.certificate).ok());
    return options;
  }
  TemporaryFolder folder_;
  TestCertificate certificate_ = MakeTestCertificate("localhost");
};

TEST_F(HttpsGetTest, ReturnsTheBodyFromAServerWithATrustedCertificate) {
  const std::string body(300'000, 'x');
  const TestServer server([&](const std::string&) { return OkAnswer(body); }, certificate_);
  EXPECT_EQ(HttpGet(server.url() + "/file", Trusting(certificate_)).value(), body);
}

TEST_F(HttpsGetTest, UntrustedCertificateIsRefusedBeforeAnythingIsAskedFor) {
  const TestServer server([](const std::string&) { return OkAnswer("secret"); }, certificate_);
  EXPECT_EQ(HttpGet(server.url(), {}).status().code(), absl::StatusCode::kUnauthenticated);
  const TestCertificate other = MakeTestCertificate("localhost");
  EXPECT_EQ(HttpGet(server.url(), Trusting(other)).status().code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_TRUE(server.targets().empty());
}

TEST_F(HttpsGetTest, CertificateOfAnotherHostIsRefused) {
  const TestCertificate other = MakeTestCertificate("example.org");
  const TestServer server([](const std::string&) { return OkAnswer("secret"); }, other);
  const absl::Status status = HttpGet(server.url(), Trusting(other)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_TRUE(server.targets().empty());
}

TEST_F(HttpsGetTest, RedirectFromHttpsToHttpIsRefused) {
  const TestServer plain([](const std::string&) { return OkAnswer("unsafe"); });
  const TestServer server(
      [&](const std::string&) { return HttpAnswer("302 Found", "Location: " + plain.url()); },
      certificate_);
  EXPECT_EQ(HttpGet(server.url(), Trusting(certificate_)).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_TRUE(plain.targets().empty());
}

TEST_F(HttpsGetTest, ServerThatSpeaksNoTlsIsUnavailable) {
  const TestServer server([](const std::string&) { return OkAnswer("plain"); });
  const std::string url = "https" + server.url().substr(std::string("http").size());
  // The greeting of TLS is no HTTP request, so this server hangs up.
  EXPECT_EQ(HttpGet(url, {}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(server.targets().empty());
}

TEST_F(HttpsGetTest, CertificateFileThatIsNoneIsInvalid) {
  HttpGetOptions options;
  options.ca_file = folder_.path() + "/missing.pem";
  EXPECT_EQ(HttpGet("https://localhost:1/", options).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spikemesh
