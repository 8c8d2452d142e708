// SPDX-License-Identifier: Apache-2.0
// The small part of URLs (RFC 3986) that downloads need: http and https, a host name or IPv4
// address, an optional port, a path with its query; and where a redirect leads.
#ifndef SPIKEMESH_NETWORKS_DATA_URL_H_
#define SPIKEMESH_NETWORKS_DATA_URL_H_

#include <string>
#include <string_view>

#include "core/base/status.h"

namespace spikemesh {

struct Url {
  bool tls = false;
  std::string host;
  std::string port;    // decimal
  std::string target;  // path and query, begins with "/"
  bool operator==(const Url&) const = default;

  std::string ToString() const;
};

// Errors: InvalidArgument (other schemes, user names, IPv6 addresses, a port outside 1..65535,
// characters outside '!'..'~').
absl::StatusOr<Url> ParseUrl(std::string_view text);

// Where the Location header `location` leads from `from`: an absolute URL, or a path on the same
// host, absolute or beside the present one ("..", "." are left to the server). Errors:
// InvalidArgument.
absl::StatusOr<Url> ResolveRedirect(const Url& from, std::string_view location);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_URL_H_
