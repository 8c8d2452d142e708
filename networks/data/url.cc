// SPDX-License-Identifier: Apache-2.0
#include "networks/data/url.h"

#include <algorithm>
#include <charconv>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

bool IsHostCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-';
}

bool IsPort(std::string_view text) {
  int port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stop == end && port >= 1 && port <= 65535;
}

absl::Status BadUrl(std::string_view text, std::string_view reason) {
  return absl::InvalidArgumentError(Concat("URL \"", text, "\": ", reason));
}

}  // namespace

std::string Url::ToString() const {
  const bool usual_port = port == (tls ? "443" : "80");
  return Concat(tls ? kHttps : kHttp, host, usual_port ? "" : ":", usual_port ? "" : port, target);
}

absl::StatusOr<Url> ParseUrl(std::string_view text) {
  // Blanks and control characters would end or split the request's first line.
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    return BadUrl(Concat("(", text.size(), " characters)"), "a character outside '!'..'~'");
  }
  Url url;
  url.tls = text.starts_with(kHttps);
  if (!url.tls && !text.starts_with(kHttp)) {
    return BadUrl(text, "must begin with http:// or https://");
  }
  std::string_view rest = text.substr(url.tls ? kHttps.size() : kHttp.size());
  rest = rest.substr(0, rest.find('#'));
  const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  const std::string_view target = rest.substr(authority_end);
  const std::size_t colon = authority.find(':');
  url.host = authority.substr(0, colon);
  if (url.host.empty() || !std::all_of(url.host.begin(), url.host.end(), IsHostCharacter)) {
    return BadUrl(text, "the host must be a name or an IPv4 address");
  }
  url.port = url.tls ? "443" : "80";
  if (colon != std::string_view::npos) {
    url.port = authority.substr(colon + 1);
    if (!IsPort(url.port)) {
      return BadUrl(text, "the port must be 1..65535");
    }
  }
  url.target = target.starts_with('/') ? std::string(target) : Concat("/", target);
  return url;
}

absl::StatusOr<Url> ResolveRedirect(const Url& from, std::string_view location) {
  if (location.starts_with("//")) {
    return ParseUrl(Concat(from.tls ? "https:" : "http:", location));
  }
  const std::size_t colon = location.find(':');
  if (colon != std::string_view::npos && colon < location.find_first_of("/?#")) {
    return ParseUrl(location);
  }
  Url base = from;
  base.target.clear();
  if (location.starts_with('/')) {
    return ParseUrl(Concat(base.ToString(), location));
  }
  const std::string_view path = std::string_view(from.target).substr(0, from.target.find('?'));
  const std::string_view folder = path.substr(0, path.rfind('/') + 1);
  return ParseUrl(Concat(base.ToString(), folder, location));
}

}  // namespace spikemesh
