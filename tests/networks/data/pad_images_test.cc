// SPDX-License-Identifier: Apache-2.0
#include "networks/data/pad_images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "core/base/remedy.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

// Two images of two channels of 1 x 2 pixels, all different.
Dataset SmallImages() {
  Dataset images;
  images.name = "small";
  images.channels = 2;
  images.height = 1;
  images.width = 2;
  images.pixels = {1, 2, 3, 4, 5, 6, 7, 8};
  images.labels = {0, 1};
  return images;
}

TEST(PadImagesTest, EachSideGetsItsRowsAndColumnsOfByte0) {
  const auto padded = PadImages({.top = 1, .bottom = 0, .left = 2, .right = 1}, SmallImages());
  ASSERT_TRUE(padded.ok()) << padded.status();
  EXPECT_EQ(padded->height, 2);
  EXPECT_EQ(padded->width, 5);
  const std::vector<int> second = {0, 0, 0, 0, 0, 0, 0, 5, 6, 0,   // channel 0
                                   0, 0, 0, 0, 0, 0, 0, 7, 8, 0};  // channel 1
  EXPECT_THAT(padded->image(1), ElementsAreArray(second));
  EXPECT_EQ(padded->labels, SmallImages().labels);
}

TEST(PadImagesTest, RowsBelowComeLast) {
  const auto padded = PadImages({.bottom = 1}, SmallImages());
  ASSERT_TRUE(padded.ok()) << padded.status();
  EXPECT_THAT(padded->image(0), ElementsAre(1, 2, 0, 0, 3, 4, 0, 0));
}

TEST(PadImagesTest, WithoutPadsImagesAreAsTheyWere) {
  const auto same = PadImages({}, SmallImages());
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(*same, SmallImages());
}

TEST(PadImagesTest, MoreBytesThanAllowedAreRefusedBeforeTheyAreTaken) {
  const absl::Status status =
      PadImages({.bottom = 65534, .right = 65533}, SmallImages()).status();  // 4 x 2^32 bytes
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(RemediesOf(status), ElementsAre(Remedy{RemedyKind::kFewerImages}));
}

}  // namespace
}  // namespace spikemesh
