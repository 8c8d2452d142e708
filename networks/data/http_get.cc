// SPDX-License-Identifier: Apache-2.0
#include "networks/data/http_get.h"

// Boost 1.74's coroutine header uses std::exchange without including it: this must come first.
// clang-format off
#include <utility>
// clang-format on

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <exception>

#include "core/base/strings.h"
#include "networks/data/url.h"

namespace spikemesh {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

using Parser = http::response_parser<http::string_body>;

// Bytes read ahead of the parser; a header larger than the parser's own limit (8 KiB) is an error.
constexpr std::size_t kReadBufferBytes = 1 << 16;

// The two kinds of time limit of one download: each wait, and all of them together.
struct Deadline {
  Clock::time_point end;
  std::chrono::milliseconds idle_max;

  Clock::time_point ForOneWait() const { return std::min(end, Clock::now() + idle_max); }
};

// Either a body, or the Location to go on with.
struct Answer {
  std::string body;
  std::string location;
};

absl::Status StatusOf(error_code error, std::string_view action) {
  const std::string message = Concat("cannot ", action, ": ", error.message());
  if (error == beast::error::timeout) {
    return absl::DeadlineExceededError(message);
  }
  if (error == http::error::body_limit) {
    return absl::ResourceExhaustedError(message);
  }
  const bool malformed = error.category() == make_error_code(http::error::bad_version).category();
  if (malformed || error == ssl::error::stream_truncated) {
    return absl::DataLossError(message);
  }
  return absl::UnavailableError(message);
}

// Runs one asynchronous operation to its end. Only asynchronous operations have time limits in
// Beast; what we do is one thing after the other. `start` gets the operation's handler.
template <typename Start>
error_code Await(asio::io_context& io, Start start) {
  error_code result = asio::error::would_block;
  start([&result](error_code error, auto&&...) { result = error; });
  io.restart();
  io.run();
  return result;
}

template <typename Stream>
void LimitNextWait(Stream& stream, const Deadline& deadline) {
  beast::get_lowest_layer(stream).expires_at(deadline.ForOneWait());
}

absl::Status Connect(asio::io_context& io, beast::tcp_stream& stream, const Url& url,
                     const Deadline& deadline) {
  asio::ip::tcp::resolver resolver(io);
  error_code error;
  // This name is the loopback whatever the resolver knows (RFC 6761, section 6.3): a minimal system
  // has no hosts file.
  const std::string host = url.host == "localhost" ? "127.0.0.1" : url.host;
  const auto endpoints = resolver.resolve(host, url.port, error);
  if (error) {
    return StatusOf(error, Concat("find host ", url.host));
  }
  LimitNextWait(stream, deadline);
  error = Await(io, [&](auto handler) { stream.async_connect(endpoints, handler); });
  return error ? StatusOf(error, Concat("connect to ", url.host, " port ", url.port))
               : absl::OkStatus();
}

bool IsRedirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

absl::StatusOr<Answer> AnswerWithoutBody(const Parser& parser) {
  const unsigned status = parser.get().result_int();
  const std::string location(parser.get()[http::field::location]);
  if (IsRedirect(status) && !location.empty()) {
    return Answer{{}, location};
  }
  const std::string message = Concat("the server answered ", status, " ", parser.get().reason());
  if (status == 404 || status == 410) {
    return absl::NotFoundError(message);
  }
  return absl::UnavailableError(message);
}

// Gives the parser what is read; more may be needed, which is no error.
error_code ParseBuffered(beast::flat_buffer& buffer, Parser& parser) {
  error_code error;
  buffer.consume(parser.put(buffer.data(), error));
  return error == http::error::need_more ? error_code() : error;
}

// Reads once and parses what came. Beast's own asynchronous reading and writing of messages are
// templates over stream, handler and message that took most of this file's compile time and memory.
template <typename Stream>
error_code ReadSome(asio::io_context& io, Stream& stream, beast::flat_buffer& buffer,
                    Parser& parser) {
  if (buffer.size() == kReadBufferBytes) {
    return http::error::buffer_overflow;  // what the parser waits for has no end
  }
  std::size_t bytes = 0;
  error_code error = Await(io, [&](auto handler) {
    stream.async_read_some(buffer.prepare(kReadBufferBytes - buffer.size()),
                           [&bytes, handler](error_code result, std::size_t count) {
                             bytes = count;
                             handler(result);
                           });
  });
  buffer.commit(bytes);
  if (error == asio::error::eof && !parser.got_some()) {
    return http::error::end_of_stream;
  }
  if (error == asio::error::eof) {
    error = {};
    parser.put_eof(error);
    return error;
  }
  return error ? error : ParseBuffered(buffer, parser);
}

// Reads on until `done`, beginning with what of the body came with the header.
template <typename Stream>
absl::Status ReadBody(asio::io_context& io, Stream& stream, beast::flat_buffer& buffer,
                      Parser& parser, const std::string& url, const HttpGetOptions& options,
                      const Deadline& deadline) {
  std::optional<std::uint64_t> bytes_total;
  if (const auto length = parser.content_length()) {
    bytes_total = *length;
  }
  parser.eager(true);
  error_code error;
  if (!parser.is_done() && buffer.size() > 0) {
    error = ParseBuffered(buffer, parser);
  }
  while (!error && !parser.is_done()) {
    LimitNextWait(stream, deadline);
    error = ReadSome(io, stream, buffer, parser);
    if (options.progress && !error) {
      options.progress(url, parser.get().body().size(), bytes_total);
    }
  }
  return error
             ? StatusOf(error, Concat("read the body after ", parser.get().body().size(), " bytes"))
             : absl::OkStatus();
}

std::string RequestText(const Url& url) {
  http::request<http::empty_body> request(http::verb::get, url.target, 11);
  const bool usual_port = url.port == (url.tls ? "443" : "80");
  request.set(http::field::host, usual_port ? url.host : url.host + ":" + url.port);
  request.set(http::field::user_agent, "spikemesh");
  request.set(http::field::accept_encoding, "identity");
  request.set(http::field::connection, "close");
  std::ostringstream text;
  text << request;
  return text.str();
}

// One request and its answer on a connected stream.
template <typename Stream>
absl::StatusOr<Answer> Exchange(asio::io_context& io, Stream& stream, const Url& url,
                                const HttpGetOptions& options, const Deadline& deadline) {
  const std::string request = RequestText(url);
  LimitNextWait(stream, deadline);
  error_code error =
      Await(io, [&](auto handler) { asio::async_write(stream, asio::buffer(request), handler); });
  if (error) {
    return StatusOf(error, "send the request");
  }
  beast::flat_buffer buffer(kReadBufferBytes);
  Parser parser;
  parser.body_limit(options.bytes_max);
  while (!error && !parser.is_header_done()) {
    LimitNextWait(stream, deadline);
    error = ReadSome(io, stream, buffer, parser);
  }
  if (error) {
    return StatusOf(error, "read the answer's header");
  }
  if (parser.get().result() != http::status::ok) {
    return AnswerWithoutBody(parser);
  }
  SPIKEMESH_RETURN_IF_ERROR(
      ReadBody(io, stream, buffer, parser, url.ToString(), options, deadline));
  return Answer{std::move(parser.get().body()), {}};
}

absl::Status Trust(ssl::context& context, const std::string& ca_file) {
  error_code error;
  context.set_default_verify_paths(error);
  if (error) {
    return absl::UnavailableError(
        Concat("cannot load the system's certificates: ", error.message()));
  }
  if (!ca_file.empty()) {
    context.load_verify_file(ca_file, error);
  }
  if (error) {
    return absl::InvalidArgumentError(
        Concat(ca_file, ": cannot load certificates: ", error.message()));
  }
  return absl::OkStatus();
}

// The certificate must be trusted and for `host`; the server learns which host is meant (SNI).
absl::Status ExpectHost(SSL* session, const std::string& host) {
  SSL_set_verify(session, SSL_VERIFY_PEER, nullptr);
  error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  // SSL_set_tlsext_host_name is this call in a macro, with a cast that our warnings refuse.
  // Addresses are not announced (RFC 6066, section 3).
  const bool named =
      not_an_address && SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                                 const_cast<char*>(host.c_str())) == 1;
  if (SSL_set1_host(session, host.c_str()) != 1 || (not_an_address && !named)) {
    return absl::InvalidArgumentError(Concat("TLS does not take the host name ", host));
  }
  return absl::OkStatus();
}

absl::StatusOr<Answer> GetOverTls(asio::io_context& io, const Url& url,
                                  const HttpGetOptions& options, const Deadline& deadline) {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  SPIKEMESH_RETURN_IF_ERROR(Trust(context, options.ca_file));
  beast::ssl_stream<beast::tcp_stream> stream(io, context);
  SPIKEMESH_RETURN_IF_ERROR(ExpectHost(stream.native_handle(), url.host));
  SPIKEMESH_RETURN_IF_ERROR(Connect(io, beast::get_lowest_layer(stream), url, deadline));
  LimitNextWait(stream, deadline);
  const error_code error =
      Await(io, [&](auto handler) { stream.async_handshake(ssl::stream_base::client, handler); });
  if (error && SSL_get_verify_result(stream.native_handle()) != X509_V_OK) {
    return absl::UnauthenticatedError(
        Concat("the certificate of ", url.host, " is refused: ",
               X509_verify_cert_error_string(SSL_get_verify_result(stream.native_handle()))));
  }
  if (error == ssl::error::stream_truncated) {
    return absl::UnavailableError(Concat(url.host, " hung up before TLS was agreed on"));
  }
  if (error) {
    return StatusOf(error, Concat("agree on TLS with ", url.host));
  }
  return Exchange(io, stream, url, options, deadline);
}

absl::StatusOr<Answer> GetOnce(const Url& url, const HttpGetOptions& options,
                               const Deadline& deadline) {
  asio::io_context io;
  if (url.tls) {
    return GetOverTls(io, url, options, deadline);
  }
  beast::tcp_stream stream(io);
  SPIKEMESH_RETURN_IF_ERROR(Connect(io, stream, url, deadline));
  return Exchange(io, stream, url, options, deadline);
}

absl::StatusOr<std::string> GetFollowingRedirects(const std::string& text,
                                                  const HttpGetOptions& options) {
  const Deadline deadline = {Clock::now() + options.total_max, options.idle_max};
  SPIKEMESH_ASSIGN_OR_RETURN(Url url, ParseUrl(text));
  for (int redirects = 0; redirects <= kHttpRedirectsMax; ++redirects) {
    SPIKEMESH_ASSIGN_OR_RETURN(Answer answer, GetOnce(url, options, deadline));
    if (answer.location.empty()) {
      return std::move(answer.body);
    }
    SPIKEMESH_ASSIGN_OR_RETURN(const Url next, ResolveRedirect(url, answer.location));
    if (url.tls && !next.tls) {
      return absl::UnavailableError(Concat("the server redirects from https to ", next.ToString()));
    }
    url = next;
  }
  return absl::UnavailableError(Concat("more than ", kHttpRedirectsMax, " redirects"));
}

}  // namespace

absl::StatusOr<std::string> HttpGet(const std::string& url, const HttpGetOptions& options) {
  // Asio throws where the system denies it a descriptor, a thread or memory.
  try {
    return GetFollowingRedirects(url, options);
  } catch (const std::exception&) {
    return absl::UnavailableError(
        "the network cannot be used: the system denies a socket, a thread or memory");
  }
}

}  // namespace spikemesh
