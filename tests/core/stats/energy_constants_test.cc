// SPDX-License-Identifier: Apache-2.0
#include "core/stats/energy_constants.h"

#include <gtest/gtest.h>

namespace spikemesh {
namespace {

TEST(EnergyConstantsTest, EveryRowHasNameUnitAndSource) {
  const EnergyConstants constants;
  for (EnergyConstant EnergyConstants::*member : kEnergyConstantMembers) {
    EXPECT_FALSE((constants.*member).name.empty());
    EXPECT_FALSE((constants.*member).unit.empty());
    EXPECT_FALSE((constants.*member).source.empty());
    EXPECT_GT((constants.*member).value, 0.0);
  }
}

}  // namespace
}  // namespace spikemesh
