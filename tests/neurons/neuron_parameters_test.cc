// SPDX-License-Identifier: Apache-2.0
#include "neurons/neuron_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "neurons/reference_update.h"

namespace spikemesh {
namespace {

// The one violation of a neuron that `spoil` changed.
ParameterViolation OnlyViolation(const std::function<void(NeuronParameters&)>& spoil) {
  NeuronParameters p;
  spoil(p);
  const std::vector<ParameterViolation> violations = CheckNeuronParameters(p);
  EXPECT_EQ(violations.size(), 1u);
  return violations.empty() ? ParameterViolation{} : violations.front();
}

void ExpectViolation(const std::function<void(NeuronParameters&)>& spoil, const std::string& field,
                     std::int64_t found, std::int64_t min, std::int64_t max) {
  const ParameterViolation violation = OnlyViolation(spoil);
  EXPECT_EQ(violation.field, field);
  EXPECT_EQ(violation.found, found) << field;
  EXPECT_EQ(violation.min, min) << field;
  EXPECT_EQ(violation.max, max) << field;
}

TEST(NeuronParametersTest, PaddingNeuronIsLegal) {
  EXPECT_THAT(CheckNeuronParameters(NeuronParameters()), testing::IsEmpty());
}

TEST(NeuronParametersTest, EveryEdgeIsLegal) {
  NeuronParameters p;
  p.weights = {255, -255, 255, -255};
  p.stochastic_weights = 15;
  p.threshold_mask_bits = 17;
  p.reset_mode = ResetMode::kNone;
  for (const int sign : {-1, 1}) {
    p.leak = static_cast<std::int16_t>(sign * 255);
    p.threshold = sign < 0 ? 0 : 262143;
    p.negative_threshold = sign < 0 ? 0 : 262143;
    p.reset_potential = sign < 0 ? -262144 : 262143;
    EXPECT_THAT(CheckNeuronParameters(p), testing::IsEmpty());
  }
}

TEST(NeuronParametersTest, EachFieldJustBeyondItsRangeIsNamed) {
  ExpectViolation([](auto& p) { p.weights[2] = 256; }, "weights[2]", 256, -255, 255);
  ExpectViolation([](auto& p) { p.weights[0] = -256; }, "weights[0]", -256, -255, 255);
  ExpectViolation([](auto& p) { p.stochastic_weights = 16; }, "stochastic_weights", 16, 0, 15);
  ExpectViolation([](auto& p) { p.leak = 256; }, "leak", 256, -255, 255);
  ExpectViolation([](auto& p) { p.leak = -256; }, "leak", -256, -255, 255);
  ExpectViolation([](auto& p) { p.threshold = 262144; }, "threshold", 262144, 0, 262143);
  ExpectViolation([](auto& p) { p.threshold = -1; }, "threshold", -1, 0, 262143);
  ExpectViolation([](auto& p) { p.negative_threshold = 262144; }, "negative_threshold", 262144, 0,
                  262143);
  ExpectViolation([](auto& p) { p.negative_threshold = -1; }, "negative_threshold", -1, 0, 262143);
  ExpectViolation([](auto& p) { p.threshold_mask_bits = 18; }, "threshold_mask_bits", 18, 0, 17);
  ExpectViolation([](auto& p) { p.reset_potential = 262144; }, "reset_potential", 262144, -262144,
                  262143);
  ExpectViolation([](auto& p) { p.reset_potential = -262145; }, "reset_potential", -262145, -262144,
                  262143);
  ExpectViolation([](auto& p) { p.reset_mode = static_cast<ResetMode>(3); }, "reset_mode", 3, 0, 2);
}

TEST(NeuronParametersTest, AllViolationsAreListedAtOnce) {
  NeuronParameters p;
  p.weights = {300, 300, 300, 300};
  p.leak = 300;
  p.threshold = -5;
  EXPECT_EQ(CheckNeuronParameters(p).size(), 6u);
}

TEST(NeuronParametersTest, ThresholdMaskIsTwoToTheBitsLessOne) {
  NeuronParameters p;
  EXPECT_EQ(ThresholdMask(p), 0);
  p.threshold_mask_bits = 5;
  EXPECT_EQ(ThresholdMask(p), 31);
  p.threshold_mask_bits = 17;
  EXPECT_EQ(ThresholdMask(p), 131071);
}

// Fires exactly when the sum of weights reaches the threshold, and forgets everything.
TEST(NeuronParametersTest, MemorylessNeuronComparesOneTicksSumWithItsThreshold) {
  for (const int threshold : {-255, -1, 0, 1, 2, 255}) {
    const NeuronParameters p = MemorylessNeuron({1, 0, 0, 0}, static_cast<std::int16_t>(threshold));
    EXPECT_THAT(CheckNeuronParameters(p), testing::IsEmpty());
    for (const int sum : {0, 1, 2, 3, 254, 255, 256}) {
      const std::vector<SynapticEvent> events(static_cast<std::size_t>(sum),
                                              {AxonIndex(0), AxonType(0)});
      const NeuronStep step = UpdateNeuron(p, 0, events, {}, NeuronIndex(0));
      EXPECT_EQ(step.spike, sum >= threshold) << sum << " against " << threshold;
      EXPECT_EQ(step.potential, 0) << sum << " against " << threshold;
    }
  }
}

}  // namespace
}  // namespace spikemesh
