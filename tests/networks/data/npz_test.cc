// SPDX-License-Identifier: Apache-2.0
#include "networks/data/npz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "networks/data/npy.h"
#include "networks/data/zip.h"
#include "tests/networks/data/npz_test_util.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Two images of 2 x 3.
constexpr std::string_view kBytes = "\x01\x02\x03\x04\x05\x06\xFA\xFB\xFC\xFD\xFE\xFF";
const std::string kTwoImages = Npy("|u1", "(2, 2, 3)", kBytes);
const std::string kTwoLabels = Npy("<i8", "(2,)", Little(7, 8) + Little(0, 8));

absl::Status StatusOf(const std::string& file) { return ParseNpz(file, std::nullopt).status(); }
std::string MessageOf(const std::string& file) { return std::string(StatusOf(file).message()); }

std::string OnlyImages(const std::string& x) { return Zip({{.name = "x.npy", .content = x}}); }

TEST(NpzTest, BytesAndLabelsAreThoseOfTheArrays) {
  const Dataset set = ParseNpz(Npz(kTwoImages, kTwoLabels), std::nullopt).value();
  EXPECT_EQ(set.channels, 1);
  EXPECT_EQ(set.height, 2);
  EXPECT_EQ(set.width, 3);
  EXPECT_THAT(set.pixels, ElementsAre(1, 2, 3, 4, 5, 6, 250, 251, 252, 253, 254, 255));
  EXPECT_THAT(set.labels, ElementsAre(7, 0));
}

TEST(NpzTest, FourDimensionsHaveChannels) {
  const Dataset set =
      ParseNpz(Npz(Npy("|u1", "(2, 3, 1, 2)", kBytes), kTwoLabels), std::nullopt).value();
  EXPECT_EQ(set.channels, 3);
  EXPECT_EQ(set.height, 1);
  EXPECT_EQ(set.width, 2);
  EXPECT_EQ(set.size(), 2);
}

TEST(NpzTest, PackingAndWideSizesChangeNothing) {
  const Dataset plain = ParseNpz(Npz(kTwoImages, kTwoLabels), std::nullopt).value();
  for (const bool deflated : {false, true}) {
    for (const bool wide : {false, true}) {
      const std::string file =
          Zip({{.name = "x.npy", .content = kTwoImages, .deflated = deflated, .wide = wide},
               {.name = "y.npy", .content = kTwoLabels, .deflated = deflated, .wide = wide}},
              {.wide = wide, .comment = "a comment"});
      EXPECT_EQ(ParseNpz(file, std::nullopt).value(), plain) << deflated << wide;
    }
  }
}

TEST(NpzTest, LabelsMayHaveAnyWidth) {
  for (const char kind : {'u', 'i'}) {
    for (const int bytes : {1, 2, 4, 8}) {
      const std::string type = Concat(bytes == 1 ? '|' : '<', kind, bytes);
      const std::string y = Npy(type, "(2,)", Little(9, bytes) + Little(100, bytes));
      EXPECT_THAT(ParseNpz(Npz(kTwoImages, y), std::nullopt).value().labels, ElementsAre(9, 100))
          << type;
    }
  }
}

TEST(NpzTest, LabelsBeyondTheirRangeAreOutOfRange) {
  const std::vector<std::string> wrong = {
      Npy("|i1", "(2,)", "\x01\xFF"), Npy("<u2", "(2,)", Little(1, 2) + Little(256, 2)),
      Npy("<i8", "(2,)", Little(1, 8) + Little(std::uint64_t{1} << 32, 8))};
  for (const std::string& y : wrong) {
    EXPECT_EQ(StatusOf(Npz(kTwoImages, y)).code(), absl::StatusCode::kOutOfRange);
    EXPECT_EQ(MessageOf(Npz(kTwoImages, y)),
              "y: the label of image 1 is out of range, allowed: 0..255");
  }
}

TEST(NpzTest, ImagesMayHaveNoLabels) {
  const Dataset set = ParseNpz(OnlyImages(kTwoImages), std::nullopt).value();
  EXPECT_FALSE(set.labelled());
  EXPECT_THAT(set.labels, IsEmpty());
  EXPECT_EQ(set.size(), 2);
}

TEST(NpzTest, TheFirstImagesAreReadWithoutTheRest) {
  // A wrong checksum is not noticed where not all is read.
  const std::string x =
      Npy("|u1", "(2, 100, 100)", std::string(10'000, 'a') + std::string(10'000, 'b'));
  const std::string file =
      Zip({{.name = "x.npy", .content = x, .deflated = true, .checksum_said = 1}});
  EXPECT_EQ(ParseNpz(file, 1).value().pixels, std::vector<std::uint8_t>(10'000, 'a'));
  EXPECT_EQ(ParseNpz(file, 2).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ParseNpz(Npz(kTwoImages, kTwoLabels), 3).value().size(), 2);
}

TEST(NpzTest, FloatsAreBytesDividedBy255) {
  std::vector<float> values;
  std::vector<std::uint8_t> bytes;
  for (int byte = 0; byte < 256; ++byte) {
    values.push_back(static_cast<float>(byte) / 255.0F);
    bytes.push_back(static_cast<std::uint8_t>(byte));
  }
  const std::string x = Npy("<f4", "(1, 16, 16)", FloatBytes(values));
  EXPECT_EQ(ParseNpz(OnlyImages(x), std::nullopt).value().pixels, bytes);
}

TEST(NpzTest, FloatsThatAreNoBytesAreInvalidAndTold) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const float wrong : {0.5F, -0.1F, 1.01F, 37.0F, kNan, kInfinity, 0.0021F / 255.0F}) {
    const std::string x = Npy("<f4", "(2, 1, 2)", FloatBytes({0.0F, 1.0F, 0.0F, wrong}));
    EXPECT_EQ(StatusOf(OnlyImages(x)).code(), absl::StatusCode::kInvalidArgument) << wrong;
    EXPECT_THAT(MessageOf(OnlyImages(x)), HasSubstr("x: image 1, element 1 is ")) << wrong;
  }
}

TEST(NpzTest, OtherTypesOrdersAndShapesAreRefusedByName) {
  const auto of_type = [](std::string_view type, int bytes) {
    return OnlyImages(Npy(type, "(1, 1, 1)", std::string(bytes, '\0')));
  };
  EXPECT_THAT(MessageOf(of_type("<f8", 8)),
              HasSubstr("x: the array's type is <f8, allowed: uint8"));
  EXPECT_THAT(MessageOf(of_type("|i1", 1)), HasSubstr("the array's type is |i1"));
  EXPECT_THAT(MessageOf(of_type(">f4", 4)), HasSubstr("big-endian ('>f4')"));
  EXPECT_THAT(MessageOf(of_type("|O", 8)), HasSubstr("Python objects"));
  EXPECT_THAT(MessageOf(of_type("<U3", 12)), HasSubstr("another one ('<U3')"));
  EXPECT_THAT(MessageOf(of_type("<c8", 8)), HasSubstr("another one ('<c8')"));
  EXPECT_THAT(MessageOf(OnlyImages(NpyOf("{'descr': [('a', '<f4')], 'fortran_order': False, "
                                         "'shape': (1, 1, 1), }",
                                         "0000"))),
              HasSubstr("records"));
  EXPECT_THAT(MessageOf(OnlyImages(
                  NpyOf("{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2, 2), }", "0000"))),
              HasSubstr("Fortran order"));
  EXPECT_THAT(MessageOf(OnlyImages(Npy("|u1", "(2, 6)", kBytes))),
              HasSubstr("the array's shape is (2, 6), allowed: [images, channels, height, width]"));
  EXPECT_THAT(MessageOf(OnlyImages(Npy("|u1", "(0, 2, 3)", ""))),
              HasSubstr("0 images, allowed: 1.."));
  EXPECT_THAT(MessageOf(OnlyImages(Npy("|u1", "(1, 1, 4097)", std::string(4097, 'a')))),
              HasSubstr("4097 columns, allowed: 1..4096"));
  EXPECT_THAT(MessageOf(Npz(kTwoImages, Npy("|u1", "(3,)", "123"))),
              HasSubstr("y: the array's shape is (3,), allowed: (2,)"));
  EXPECT_THAT(MessageOf(Npz(kTwoImages, Npy("<f4", "(2,)", "12345678"))),
              HasSubstr("y: the array's type is <f4, allowed: whole numbers"));
}

TEST(NpzTest, WithoutXTheMembersAreNamed) {
  EXPECT_THAT(MessageOf(Zip({{.name = "images.npy", .content = kTwoImages}})),
              HasSubstr("no array x in it, found: images.npy; allowed: x (images) and y (labels)"));
}

TEST(NpzTest, HeadersMayBeWrittenInOtherWays) {
  const std::string other =
      NpyOf("{\"shape\":(2,2,3),'fortran_order' :False , 'descr':\"|u1\"}", kBytes);
  EXPECT_EQ(ParseNpz(OnlyImages(other), std::nullopt).value().size(), 2);
}

TEST(NpzTest, MalformedHeadersAreInvalid) {
  for (const std::string_view literal :
       {"", "{", "{}", "[1]", "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1)",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1), 'x': 1}",
        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1)}",
        "{'descr': '|u1', 'fortran_order': 0, 'shape': (1, 1, 1)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1, -1, 1)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1,}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': [1, 1, 1]}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '\\x7cu1', 'fortran_order': False, 'shape': (1, 1, 1)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1)} + exit()",
        "__import__('os')"}) {
    EXPECT_EQ(StatusOf(OnlyImages(NpyOf(literal, "a"))).code(), absl::StatusCode::kInvalidArgument)
        << literal;
  }
}

TEST(NpzTest, EveryPrefixIsAnError) {
  const std::string file = Npz(kTwoImages, kTwoLabels);
  for (std::size_t length = 0; length < file.size(); ++length) {
    EXPECT_FALSE(ParseNpz(file.substr(0, length), std::nullopt).ok()) << length;
  }
}

TEST(NpzTest, SizesThatLieAreDataLoss) {
  const auto loss = [](ZipTestMember member, std::string_view message) {
    member.name = "x.npy";
    member.content = member.content.empty() ? kTwoImages : member.content;
    EXPECT_THAT(MessageOf(Zip({member})), HasSubstr(std::string(message)));
    EXPECT_EQ(StatusOf(Zip({member})).code(), absl::StatusCode::kDataLoss) << message;
  };
  const std::uint64_t bytes = kTwoImages.size();
  loss({.name = "", .content = "", .bytes_said = bytes + 1}, "two sizes");
  loss({.name = "", .content = "", .deflated = true, .bytes_said = bytes + 1},
       "the content ends after");
  loss({.name = "",
        .content = "",
        .deflated = true,
        .wide = true,
        .bytes_said = std::uint64_t{1} << 40,
        .packed_said = std::nullopt},
       "the content ends after");
  loss({.name = "", .content = "", .packed_said = 1 << 30}, "the archive has fewer");
  loss({.name = "", .content = "", .wide = true, .packed_said = ~std::uint64_t{0}},
       "the archive has fewer");
  loss({.name = "", .content = "", .checksum_said = 5}, "checksum");
  // A shape that promises what the member has, and a packed content that goes on.
  loss({.name = "", .content = kTwoImages + "more", .deflated = true, .bytes_said = bytes},
       "goes on");
  loss({.name = "", .content = Npy("|u1", "(2, 2, 4)", kBytes)}, "has ");
  loss({.name = "", .content = Npy("|u1", "(1000000, 4096, 4096)", kBytes)}, "has ");
}

TEST(NpzTest, ShapesBeyondAnyMemoryAreOutOfRange) {
  EXPECT_EQ(StatusOf(OnlyImages(Npy("|u1", "(4294967296, 4294967296, 4294967296)", kBytes))).code(),
            absl::StatusCode::kOutOfRange);
  std::string many = "(";
  for (int i = 0; i < 40; ++i) {
    many += "1, ";
  }
  EXPECT_EQ(StatusOf(OnlyImages(Npy("|u1", many + ")", "a"))).code(),
            absl::StatusCode::kOutOfRange);
}

TEST(NpzTest, ABombIsResourceExhaustedBeforeItIsUnpacked) {
  // 64 MB of zeros in 64 kB.
  const std::string x = Npy("|u1", "(64, 1024, 1024)", std::string(64 << 20, '\0'));
  const std::string file = Zip({{.name = "x.npy", .content = x, .deflated = true}});
  EXPECT_LT(file.size(), 100'000u);
  EXPECT_EQ(StatusOf(file).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(MessageOf(file), HasSubstr("allowed: 100 to 1"));
}

TEST(ZipTest, WhatIsNotReadIsNamed) {
  const auto code = [](ZipTestMember member) {
    member.name = "x.npy";
    member.content = kTwoImages;
    return StatusOf(Zip({member})).code();
  };
  EXPECT_EQ(code({.name = "", .content = "", .flags = 1}), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(code({.name = "", .content = "", .method_said = 12}), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(StatusOf("not a zip archive, but long enough to be one").code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(StatusOf(Zip({{.name = "x.npy", .content = kTwoImages},
                          {.name = "x.npy", .content = kTwoImages}}))
                .code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ZipTest, DirectoriesThatLieAreErrors) {
  const std::vector<ZipTestMember> one = {{.name = "x.npy", .content = kTwoImages}};
  EXPECT_EQ(StatusOf(Zip(one, {.members = 2})).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(StatusOf(Zip(one, {.members = 60'000})).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(StatusOf(Zip(one, {.wide = true, .members = ~std::uint64_t{0}})).code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(ZipTest, AnyChangedByteIsNoCrash) {
  const std::string file = Zip({{.name = "x.npy", .content = kTwoImages, .deflated = true},
                                {.name = "y.npy", .content = kTwoLabels, .wide = true}},
                               {.wide = true});
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const int change : {1, 0x80, 0xFF}) {
      std::string changed = file;
      changed[at] = static_cast<char>(changed[at] ^ change);
      const absl::StatusOr<Dataset> set = ParseNpz(changed, std::nullopt);
      EXPECT_TRUE(!set.ok() || set->size() == 2) << at;
    }
  }
}

}  // namespace
}  // namespace spikemesh
