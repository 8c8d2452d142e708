// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/file_arguments.h"
#include "apps/flags.h"
#include "apps/image_progress.h"
#include "apps/interrupt.h"
#include "apps/remedies.h"
#include "apps/terminal.h"

namespace spikemesh {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ParseNumbersTest, ListsSplitAtCommas) {
  EXPECT_THAT(ParseNumbers("0.5").value(), ElementsAre(0.5));
  EXPECT_THAT(ParseNumbers("-1,2e-3,4").value(), ElementsAre(-1.0, 2e-3, 4.0));
}

TEST(ParseNumbersTest, AnythingElseIsInvalid) {
  for (const char* text : {"", ",", "1,", ",1", "1,,2", "one", "1 ", "nan", "inf", "1e999"}) {
    EXPECT_EQ(ParseNumbers(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(ParseIntegerPairTest, BothNumbersMustBeInRange) {
  constexpr IntegerPairForm kForm = {'x', 1, 64};
  const IntegerPair pair = ParseIntegerPair("3x64", kForm).value();
  EXPECT_EQ(pair.first, 3);
  EXPECT_EQ(pair.second, 64);
  for (const char* text : {"", "3", "3,4", "0x4", "4x65", "x", "3x", "x3", "3x4x5", "3x-4"}) {
    EXPECT_EQ(ParseIntegerPair(text, kForm).status().code(), absl::StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(ToPreprocessingTest, StandardDeviationOfZeroIsOutOfRange) {
  PreprocessingFlags flags;
  flags.scale = "1,0";
  EXPECT_EQ(ToPreprocessing(flags).status().code(), absl::StatusCode::kOutOfRange);
}

TEST(ToPreprocessingTest, RangeOfBytesIs255) {
  PreprocessingFlags flags;
  flags.input_range = "0..255";
  flags.mean = "1,2,3";
  const Preprocessing preprocessing = ToPreprocessing(flags).value();
  EXPECT_EQ(preprocessing.range_max, 255.0);
  EXPECT_THAT(preprocessing.mean, ElementsAre(1.0, 2.0, 3.0));
  EXPECT_TRUE(flags.given());
  EXPECT_FALSE(PreprocessingFlags().given());
}

TEST(FormatProgressTest, EstimatesTheTimeLeftFromTheShareDone) {
  // A quarter took 10 s, so three quarters take 30.
  EXPECT_EQ(FormatProgress("images", 250, 1000, 10.0), "  250 of 1,000 images, 25.00 %, 30 s left");
  EXPECT_EQ(FormatProgress("images", 0, 1000, 10.0), "  0 of 1,000 images");
}

TEST(FormatLongRunTest, MoreThanAMinuteIsToldAfterTwoSeconds) {
  // Ten images a second: 600 take a minute.
  EXPECT_EQ(FormatLongRun(20, 600, 2.0), std::nullopt);
  EXPECT_THAT(FormatLongRun(20, 601, 2.0).value(),
              HasSubstr("601 images take about 2 minutes; run fewer with --images N"));
  EXPECT_EQ(FormatLongRun(19, 10'000, 1.9), std::nullopt);
  EXPECT_EQ(FormatLongRun(0, 10'000, 100.0), std::nullopt);
  EXPECT_THAT(FormatLongRun(20, 10'000, 2.0).value(), HasSubstr("10,000 images take about 17 "));
  EXPECT_THAT(FormatLongRun(1, 10'000, 3.0).value(), HasSubstr("about 8.3 hours"));
}

TEST(InterruptTest, TheFirstIsCaughtWhileACatcherLives) {
  EXPECT_FALSE(CatchInterrupt());
  {
    const InterruptCatcher catcher;
    EXPECT_FALSE(IsStopped(catcher.stop()));
    EXPECT_TRUE(CatchInterrupt());
    EXPECT_TRUE(IsStopped(catcher.stop()));
    EXPECT_FALSE(CatchInterrupt());
  }
  EXPECT_FALSE(CatchInterrupt());
  EXPECT_FALSE(IsStopped(InterruptCatcher().stop()));
}

TEST(PrintableMessageTest, ControlBytesOtherThanLineEndsAreReplaced) {
  EXPECT_EQ(PrintableMessage("a\x1b[2J\tb\x7f\nc"), "a?[2J?b?\nc");
  EXPECT_EQ(PrintableMessage(""), "");
  EXPECT_EQ(PrintableMessage("caf\xc3\xa9"), "caf\xc3\xa9");
}

TEST(PrintableMessageTest, LinesAreCutAndCounted) {
  EXPECT_EQ(PrintableMessage(std::string(1000, 'x')), std::string(1000, 'x'));
  EXPECT_EQ(PrintableMessage(std::string(1001, 'x')), std::string(1000, 'x') + "...");
  // 99 line ends make 100 lines, 102 make 103.
  EXPECT_EQ(PrintableMessage(std::string(99, '\n')), std::string(99, '\n'));
  EXPECT_EQ(PrintableMessage(std::string(102, '\n')),
            std::string(99, '\n') + "\n... and 3 more lines");
}

TEST(FileStemTest, DropsFoldersAndTheLastEnding) { EXPECT_EQ(FileStem("a/net.v2.onnx"), "net.v2"); }

TEST(RemedyTest, EveryKindIsWordedAsAFlagOrACommand) {
  for (int kind = 0; kind < kRemedyKinds; ++kind) {
    EXPECT_THAT(WordRemedy({static_cast<RemedyKind>(kind)}),
                AnyOf(HasSubstr("--"), HasSubstr("`spikemesh ")))
        << kind;
  }
  EXPECT_EQ(WordRemedy({RemedyKind::kFetchData, "mnist"}),
            "fetch it with `spikemesh data fetch mnist`");
}

TEST(ParsePadTest, FourSidesAndNothingElse) {
  const auto pad = ParsePad("1,2,0,4096");
  ASSERT_TRUE(pad.ok()) << pad.status();
  EXPECT_EQ(*pad, (ImagePad{1, 2, 0, 4096}));
  for (const char* text : {"", "2", "1,2,3", "1,2,3,4,5", "1,2,3,-1", "1,2,3,4097", "1,2,,4",
                           "1,2,3,x", "1,2,3,4,", ",1,2,3"}) {
    EXPECT_EQ(ParsePad(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(RemedyTest, MessageEndsWithWhatHelps) {
  const absl::Status one =
      WithRemedy(absl::OutOfRangeError("too wide"), {RemedyKind::kLossySplit, "which costs"});
  EXPECT_EQ(MessageWithRemedies(one), "too wide; split it with --lossy-split, which costs");
  const absl::Status two = WithRemedy(Annotate(one, "net.onnx"), {RemedyKind::kTernaryWeights});
  EXPECT_EQ(MessageWithRemedies(two),
            "net.onnx: too wide; split it with --lossy-split, which costs; or try --weights "
            "ternary");
  EXPECT_EQ(MessageWithRemedies(absl::OutOfRangeError("too wide")), "too wide");
}

}  // namespace
}  // namespace spikemesh
