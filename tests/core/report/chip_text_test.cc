// SPDX-License-Identifier: Apache-2.0
#include "core/report/chip_text.h"

#include <gtest/gtest.h>

namespace spikemesh {
namespace {

TEST(FormatCrossbarTest, OneCharacterIsFourAxonsByTwoNeurons) {
  CoreModel core;
  core.axon_types.resize(4);
  core.neurons.resize(2);
  core.crossbar.resize(4);
  core.crossbar[0].Set(0);
  core.crossbar[3].Set(1);
  // Dots 1 (top left) and 8 (bottom right) of Braille: U+2881.
  EXPECT_EQ(FormatCrossbar(core), "  \xE2\xA2\x81\n");
}

TEST(FormatCrossbarTest, FullCoreIs64LinesOf128Characters) {
  CoreModel core;
  core.neurons.resize(256);
  core.crossbar.resize(256);
  EXPECT_EQ(FormatCrossbar(core).size(), 64u * (2 + 128 * 3 + 1));
}

}  // namespace
}  // namespace spikemesh
