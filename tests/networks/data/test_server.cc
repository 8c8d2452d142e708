// SPDX-License-Identifier: Apache-2.0
#include "tests/networks/data/test_server.h"

// Boost 1.74's coroutine header uses std::exchange without including it: this must come first.
// clang-format off
#include <utility>
// clang-format on

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <mutex>
#include <thread>

#include "core/base/status.h"

namespace spikemesh {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

template <typename Write>
std::string PemOf(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  SPIKEMESH_CHECK(write(bio.get()) == 1);
  std::string text(BIO_pending(bio.get()), '\0');
  SPIKEMESH_CHECK(BIO_read(bio.get(), text.data(), static_cast<int>(text.size())) > 0);
  return text;
}

tcp::endpoint AnyLoopbackPort() { return {asio::ip::address_v4::loopback(), 0}; }

}  // namespace

TestCertificate MakeTestCertificate(const std::string& dns_name) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  X509* x = certificate.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  X509_set_pubkey(x, key.get());
  const auto* common_name = reinterpret_cast<const unsigned char*>("spikemesh test");
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, common_name, -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  const std::string names = "DNS:" + dns_name;
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> alternative(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()),
      &X509_EXTENSION_free);
  X509_add_ext(x, alternative.get(), -1);
  SPIKEMESH_CHECK(X509_sign(x, key.get(), EVP_sha256()) > 0);
  return {PemOf([x](BIO* bio) { return PEM_write_bio_X509(bio, x); }), PemOf([&key](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

class TestServer::Impl {
 public:
  Impl(Handler handler, std::optional<TestCertificate> certificate)
      : handler_(std::move(handler)), acceptor_(io_, AnyLoopbackPort()) {
    if (certificate.has_value()) {
      context_.emplace(asio::ssl::context::tls_server);
      context_->use_certificate(asio::buffer(certificate->certificate), asio::ssl::context::pem);
      context_->use_private_key(asio::buffer(certificate->key), asio::ssl::context::pem);
    }
    thread_ = std::thread([this] { Serve(); });
  }

  ~Impl() {
    stopping_ = true;
    error_code ignored;  // the connection only wakes the blocking accept
    tcp::socket(io_).connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }

  std::string url() const {
    return (context_.has_value() ? "https://localhost:" : "http://localhost:") +
           std::to_string(acceptor_.local_endpoint().port());
  }

  std::vector<std::string> targets() const {
    const std::lock_guard lock(mutex_);
    return targets_;
  }

 private:
  void Serve() {
    while (true) {
      error_code error;
      tcp::socket socket = acceptor_.accept(error);
      if (stopping_) {
        return;
      }
      if (!error) {
        Converse(std::move(socket));
      }
    }
  }

  void Converse(tcp::socket socket) {
    if (!context_.has_value()) {
      Answer(socket);
      return;
    }
    asio::ssl::stream<tcp::socket> stream(std::move(socket), *context_);
    error_code error;
    stream.handshake(asio::ssl::stream_base::server, error);
    if (!error) {
      Answer(stream);
      stream.shutdown(error);
    }
  }

  template <typename Stream>
  void Answer(Stream& stream) {
    boost::beast::flat_buffer buffer;
    http::request<http::empty_body> request;
    error_code error;
    http::read(stream, buffer, request, error);
    if (error) {
      return;
    }
    const std::string target(request.target());
    {
      const std::lock_guard lock(mutex_);
      targets_.push_back(target);
    }
    asio::write(stream, asio::buffer(handler_(target)), error);
  }

  Handler handler_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::optional<asio::ssl::context> context_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> targets_;
  std::thread thread_;
};

TestServer::TestServer(Handler handler, std::optional<TestCertificate> certificate)
    : impl_(std::make_unique<Impl>(std::move(handler), std::move(certificate))) {}
TestServer::~TestServer() = default;
std::string TestServer::url() const { return impl_->url(); }
std::vector<std::string> TestServer::targets() const { return impl_->targets(); }

std::string OkAnswer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string HttpAnswer(const std::string& status, const std::string& field) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n" + field +
         (field.empty() ? "\r\n" : "\r\n\r\n");
}

int ClosedPort() {
  asio::io_context io;
  const tcp::acceptor acceptor(io, AnyLoopbackPort());
  return acceptor.local_endpoint().port();
}

}  // namespace spikemesh
