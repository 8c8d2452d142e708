// SPDX-License-Identifier: Apache-2.0
// One file from the web into memory: HTTP GET over TLS or plain TCP, with every wait and every size
// bounded. Certificates and host names are verified against the system's store.
// Built on Boost.Asio, Boost.Beast and OpenSSL, which stay in http_get.cc. Proxies are not used.
#ifndef SPIKEMESH_NETWORKS_DATA_HTTP_GET_H_
#define SPIKEMESH_NETWORKS_DATA_HTTP_GET_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace spikemesh {

inline constexpr int kHttpRedirectsMax = 5;

// How much of `url` has arrived, and of how much where the server says so; called now and then.
using HttpProgress = std::function<void(std::string_view url, std::uint64_t bytes,
                                        std::optional<std::uint64_t> bytes_total)>;

struct HttpGetOptions {
  std::uint64_t bytes_max = std::uint64_t{1} << 30;               // of the body
  std::chrono::milliseconds idle_max = std::chrono::seconds(30);  // without a byte
  std::chrono::milliseconds total_max = std::chrono::hours(1);    // redirects included
  std::string ca_file;    // PEM certificates trusted beside the system's; empty: none
  HttpProgress progress;  // may be empty
};

// The body found at `url`, http:// or https://. Follows up to kHttpRedirectsMax redirects, but none
// from https to http. Blocks; looking up the host's name may take as long as the system's resolver
// does. Errors: InvalidArgument (not such a URL, bad ca_file), NotFound (404 and 410), Unavailable
// (no connection, any other answer, too many redirects), DataLoss (the body ends early or is no
// HTTP), ResourceExhausted (larger than bytes_max), DeadlineExceeded (a time limit),
// Unauthenticated (the certificate is not trusted or not the host's).
absl::StatusOr<std::string> HttpGet(const std::string& url, const HttpGetOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_HTTP_GET_H_
