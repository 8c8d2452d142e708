// SPDX-License-Identifier: Apache-2.0
#include "networks/data/url.h"

#include <gtest/gtest.h>

#include <string>

namespace spikemesh {
namespace {

TEST(UrlTest, PartsAndUsualPorts) {
  EXPECT_EQ(ParseUrl("https://a.example/b/c.gz").value(),
            (Url{true, "a.example", "443", "/b/c.gz"}));
  EXPECT_EQ(ParseUrl("http://127.0.0.1:8080/x?y#z").value(),
            (Url{false, "127.0.0.1", "8080", "/x?y"}));
  EXPECT_EQ(ParseUrl("http://a").value(), (Url{false, "a", "80", "/"}));
  EXPECT_EQ(ParseUrl("http://a?q").value(), (Url{false, "a", "80", "/?q"}));
}

TEST(UrlTest, PrintsAsItWasRead) {
  for (const std::string text : {"https://a.example/b", "http://a:8080/b?c", "https://a:80/"}) {
    EXPECT_EQ(ParseUrl(text).value().ToString(), text);
  }
}

TEST(UrlTest, WhatIsNoPlainHttpUrlIsInvalid) {
  for (const std::string text :
       {"", "a.example", "ftp://a/", "file:///etc/passwd", "http://", "http:///x", "http://u:p@a/",
        "http://[::1]/", "http://a:0/", "http://a:65536/", "http://a:8x/", "http://a:/",
        "http://a/ b", "http://a/\r\nHost: b", "http://a/\x7f", "http://a_b/"}) {
    EXPECT_EQ(ParseUrl(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(UrlTest, RedirectsResolveAgainstTheRequest) {
  const Url from = ParseUrl("https://a.example:444/b/c?d=/e").value();
  const auto to = [&from](std::string_view location) {
    return ResolveRedirect(from, location).value().ToString();
  };
  EXPECT_EQ(to("http://z/y"), "http://z/y");
  EXPECT_EQ(to("//z/y"), "https://z/y");
  EXPECT_EQ(to("/y?u=http://v"), "https://a.example:444/y?u=http://v");
  EXPECT_EQ(to("y"), "https://a.example:444/b/y");
  EXPECT_EQ(ResolveRedirect(from, "ftp://z/").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ResolveRedirect(from, "javascript:x").status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spikemesh
