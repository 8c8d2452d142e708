// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

void ExpectStatus(const absl::Status& status, absl::StatusCode code, std::string_view message) {
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_EQ(std::string(status.message()), message);
}

Json Parsed(std::string_view text) { return ParseJson(text).value(); }

TEST(JsonTest, KeysKeepTheirOrder) {
  EXPECT_EQ(Parsed(R"({"b": 1, "a": 2})").dump(), R"({"b":1,"a":2})");
}

TEST(JsonTest, ByteOrderMarkIsSkipped) { EXPECT_EQ(Parsed("\xEF\xBB\xBF[1]"), Json::parse("[1]")); }

TEST(JsonTest, MalformedTextsAreInvalid) {
  for (const char* text :
       {"", "{", "[1,]", "{\"a\" 1}", "nul", "[1] 2", "\"\xFF\"", "1e999", "'a'"}) {
    const absl::Status status = ParseJson(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("malformed JSON"));
  }
}

TEST(JsonTest, MessageAboutAHugeTokenIsShort) {
  const absl::Status status = ParseJson("[\"" + std::string(1 << 20, 'x')).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_LT(status.message().size(), 400u);
}

TEST(JsonTest, DepthOf64IsParsedAndOf65IsNot) {
  EXPECT_TRUE(ParseJson(std::string(64, '[') + std::string(64, ']')).ok());
  ExpectStatus(ParseJson(std::string(65, '[') + std::string(65, ']')).status(),
               absl::StatusCode::kInvalidArgument, "JSON nested 65 deep, allowed: 64");
}

TEST(JsonTest, AMillionBracketsAreRefusedWhole) {
  constexpr int kDepth = 1'000'000;
  ExpectStatus(ParseJson(std::string(kDepth, '[')).status(), absl::StatusCode::kInvalidArgument,
               "JSON nested 1000000 deep, allowed: 64");
  std::string objects;
  for (int i = 0; i < kDepth; ++i) {
    objects += "{\"a\":";
  }
  EXPECT_EQ(ParseJson(objects).status().code(), absl::StatusCode::kInvalidArgument);
}

std::string Repeated(const std::string& item, int count) {
  std::string text = item;
  for (int i = 1; i < count; ++i) {
    text += "," + item;
  }
  return text;
}

TEST(JsonTest, ValuesBeyondTheMemoryBoundAreRefusedBeforeTheyAreParsed) {
  // The text, 64 bytes an array, 16 the one element that each may hold, 16 an element of the outer
  // array, which has grown to 2^22 with its old half still there.
  constexpr std::int64_t kArrays = 3'000'000;
  constexpr std::int64_t kOuter = (std::int64_t{1} << 22) * 16;
  const std::string text = "[" + Repeated("[]", kArrays) + "]";
  const std::int64_t bytes =
      static_cast<std::int64_t>(text.size()) + kArrays * (64 + 16) + 64 + kOuter + kOuter / 2;
  ExpectStatus(ParseJson(text).status(), absl::StatusCode::kResourceExhausted,
               "JSON would take " + std::to_string(bytes) +
                   " bytes of memory, allowed: " + std::to_string(kJsonMemoryBytesMax));
  EXPECT_TRUE(ParseJson("[" + Repeated("0", kArrays) + "]").ok());
}

TEST(JsonTest, AnObjectHasAtMost1000Members) {
  const auto object = [](int members) {
    std::string text = "{\"k\":0";
    for (int i = 1; i < members; ++i) {
      text += ",\"k" + std::to_string(i) + "\":0";
    }
    return text + "}";
  };
  EXPECT_TRUE(ParseJson(object(1000)).ok());
  ExpectStatus(ParseJson(object(1001)).status(), absl::StatusCode::kInvalidArgument,
               "JSON object of 1001 members, allowed: 1000");
  ExpectStatus(ParseJson(object(300'000)).status(), absl::StatusCode::kInvalidArgument,
               "JSON object of 300000 members, allowed: 1000");
}

TEST(JsonTest, BracketsInsideStringsAreNoDepth) {
  const std::string text = "[\"" + std::string(100, '[') + "\\\"" + std::string(100, '{') + "\"]";
  EXPECT_TRUE(ParseJson(text).ok());
}

TEST(JsonTest, UnknownKeysAreNamedBesideTheAllowedOnes) {
  const Json object = Parsed(R"({"a": 1, "z": 2})");
  EXPECT_TRUE(CheckKeys(object, "file", {"a", "z"}).ok());
  ExpectStatus(CheckKeys(object, "file", {"a", "b"}), absl::StatusCode::kInvalidArgument,
               "file: unknown key \"z\", allowed: a, b");
  ExpectStatus(CheckKeys(Parsed("[]"), "file", {"a"}), absl::StatusCode::kInvalidArgument,
               "file: found array, allowed: an object");
}

TEST(JsonTest, IntegersAreReadUpToTheirBounds) {
  const Json object = Parsed(R"({"n": 5, "m": -5})");
  EXPECT_EQ(GetInteger(object, "file", "n", 5, 5).value(), 5);
  EXPECT_EQ(GetInteger(object, "file", "m", -5, -5).value(), -5);
  ExpectStatus(GetInteger(object, "file", "n", 6, 9).status(), absl::StatusCode::kOutOfRange,
               "file.n: found 5, allowed: 6..9");
  ExpectStatus(GetInteger(object, "file", "n", -9, 4).status(), absl::StatusCode::kOutOfRange,
               "file.n: found 5, allowed: -9..4");
}

TEST(JsonTest, IntegersAtTheEndsOf64BitsAreExact) {
  EXPECT_EQ(AsInteger(Parsed("9223372036854775807"), "n", kMin, kMax).value(), kMax);
  EXPECT_EQ(AsInteger(Parsed("-9223372036854775808"), "n", kMin, kMax).value(), kMin);
  EXPECT_EQ(AsInteger(Parsed("9223372036854775808"), "n", kMin, kMax).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(AsInteger(Parsed("18446744073709551615"), "n", kMin, kMax).status().code(),
            absl::StatusCode::kOutOfRange);
}

TEST(JsonTest, WhatIsNoIntegerIsInvalid) {
  // Beyond 64 bits the parser makes a float of it.
  for (const char* value :
       {"1.0", "1e3", "\"1\"", "true", "null", "[1]", "{}", "18446744073709551616"}) {
    EXPECT_EQ(AsInteger(Parsed(value), "n", kMin, kMax).status().code(),
              absl::StatusCode::kInvalidArgument)
        << value;
  }
  ExpectStatus(AsInteger(Parsed("1.5"), "n", 0, 3).status(), absl::StatusCode::kInvalidArgument,
               "n: found number, allowed: an integer 0..3");
}

TEST(JsonTest, MissingKeysAreNamed) {
  const Json object = Parsed("{}");
  const char* const message = "file: key \"n\" is missing";
  ExpectStatus(GetInteger(object, "file", "n", 0, 1).status(), absl::StatusCode::kInvalidArgument,
               message);
  ExpectStatus(GetNumber(object, "file", "n").status(), absl::StatusCode::kInvalidArgument,
               message);
  ExpectStatus(GetArray(object, "file", "n").status(), absl::StatusCode::kInvalidArgument, message);
}

TEST(JsonTest, MembersOfWhatIsNoObjectAreInvalid) {
  ExpectStatus(GetInteger(Parsed("3"), "file", "n", 0, 1).status(),
               absl::StatusCode::kInvalidArgument, "file: found number, allowed: an object");
}

TEST(JsonTest, NumbersMayBeWhole) {
  const Json object = Parsed(R"({"a": 2, "b": -0.5, "c": "2"})");
  EXPECT_EQ(GetNumber(object, "file", "a").value(), 2.0);
  EXPECT_EQ(GetNumber(object, "file", "b").value(), -0.5);
  ExpectStatus(GetNumber(object, "file", "c").status(), absl::StatusCode::kInvalidArgument,
               "file.c: found string, allowed: a finite number");
}

TEST(JsonTest, ArraysAreReturnedInPlace) {
  const Json object = Parsed(R"({"a": [1, 2], "b": 3})");
  const absl::StatusOr<const Json*> array = GetArray(object, "file", "a");
  ASSERT_TRUE(array.ok()) << array.status();
  EXPECT_EQ(*array, &object["a"]);
  ExpectStatus(GetArray(object, "file", "b").status(), absl::StatusCode::kInvalidArgument,
               "file.b: found number, allowed: an array");
}

}  // namespace
}  // namespace spikemesh
