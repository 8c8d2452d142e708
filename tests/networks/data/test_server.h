// SPDX-License-Identifier: Apache-2.0
// A web server on the loopback for the tests of downloads: HTTP or HTTPS, one connection at a time,
// answering with the very bytes that a function of the test returns.
#ifndef SPIKEMESH_TESTS_NETWORKS_DATA_TEST_SERVER_H_
#define SPIKEMESH_TESTS_NETWORKS_DATA_TEST_SERVER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spikemesh {

// A self-signed certificate and its key, PEM.
struct TestCertificate {
  std::string certificate;
  std::string key;
};

// For one DNS name.
TestCertificate MakeTestCertificate(const std::string& dns_name);

class TestServer {
 public:
  // From the request's target ("/a/b") to the whole answer, header included.
  using Handler = std::function<std::string(const std::string& target)>;

  explicit TestServer(Handler handler, std::optional<TestCertificate> certificate = std::nullopt);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  // "http://localhost:PORT" or "https://localhost:PORT".
  std::string url() const;
  // The targets asked for so far.
  std::vector<std::string> targets() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// "HTTP/1.1 200 OK" with this body.
std::string OkAnswer(const std::string& body);
// An answer without a body: HttpAnswer("404 Not Found", ""), HttpAnswer("302 Found", "Location:
// /x").
std::string HttpAnswer(const std::string& status, const std::string& field);

// A port of the loopback that nobody listens on.
int ClosedPort();

}  // namespace spikemesh

#endif  // SPIKEMESH_TESTS_NETWORKS_DATA_TEST_SERVER_H_
