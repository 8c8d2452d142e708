// SPDX-License-Identifier: Apache-2.0
#include "core/chip/chip_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/chip/validate.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The message with which Build() refuses, under InvalidArgument.
std::string Refusal(ChipBuilder builder) {
  const absl::Status status = std::move(builder).Build().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  return std::string(status.message());
}

// The example of the header, word for word.
TEST(ChipBuilderTest, ExampleOfTheHeaderBuildsAPacemaker) {
  ChipBuilder builder;
  NeuronParameters pacemaker;
  pacemaker.leak = 1;
  pacemaker.threshold = 10;
  const CoreId core = builder.AddCore({0, 0});
  const AxonIndex axon = builder.AddAxon(core, AxonType(0));
  const NeuronIndex neuron = builder.AddNeuron(core, pacemaker);
  builder.Connect(core, axon, neuron);
  builder.SetTarget(core, neuron, NeuronTarget::Pin(builder.AddPin()));
  builder.AddInputLine({{core, axon}});
  absl::StatusOr<ChipModel> chip = std::move(builder).Build();

  ASSERT_TRUE(chip.ok()) << chip.status();
  ChipModel expected;
  expected.neuron_kinds = {pacemaker};
  expected.cores.resize(1);
  expected.cores[0].axon_types = {0};
  expected.cores[0].neurons = {{0, 0, NeuronTarget::Pin(PinIndex(0))}};
  expected.cores[0].crossbar.resize(1);
  expected.cores[0].crossbar[0].Set(0);
  expected.input_lines = {{{CoreId(0), AxonIndex(0)}}};
  expected.pin_count = 1;
  EXPECT_TRUE(*chip == expected);
}

TEST(ChipBuilderTest, IdsCountFromZeroInTheOrderOfTheCalls) {
  ChipBuilder builder;
  EXPECT_EQ(builder.AddCore({3, 3}), CoreId(0));
  EXPECT_EQ(builder.AddCore({0, 0}), CoreId(1));
  EXPECT_EQ(builder.AddAxon(CoreId(1), AxonType(2)), AxonIndex(0));
  EXPECT_EQ(builder.AddAxon(CoreId(1), AxonType(1)), AxonIndex(1));
  EXPECT_EQ(builder.AddAxon(CoreId(0), AxonType(0)), AxonIndex(0));
  EXPECT_EQ(builder.AddNeuron(CoreId(0), {}), NeuronIndex(0));
  EXPECT_EQ(builder.AddNeuron(CoreId(0), {}, 5), NeuronIndex(1));
  EXPECT_EQ(builder.AddPin(), PinIndex(0));
  EXPECT_EQ(builder.AddPin(), PinIndex(1));
  EXPECT_EQ(builder.AddInputLine({}), LineIndex(0));
  EXPECT_EQ(builder.AddInputLine({}), LineIndex(1));
}

TEST(ChipBuilderTest, EqualParametersShareOneKind) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  NeuronParameters other;
  other.leak = 1;
  for (const NeuronParameters& parameters : {NeuronParameters{}, other, NeuronParameters{}}) {
    builder.AddNeuron(core, parameters);
  }
  const ChipModel chip = std::move(builder).Build().value();
  EXPECT_THAT(chip.neuron_kinds, ElementsAre(NeuronParameters{}, other));
  EXPECT_EQ(chip.cores[0].neurons[0].kind, 0u);
  EXPECT_EQ(chip.cores[0].neurons[1].kind, 1u);
  EXPECT_EQ(chip.cores[0].neurons[2].kind, 0u);
}

// Cores are added in the order c, a, b of their places; every reference must follow.
TEST(ChipBuilderTest, SortingByPlaceRenamesEveryReference) {
  ChipBuilder builder;
  const CoreId c = builder.AddCore({0, 1});
  const CoreId a = builder.AddCore({4, 0});
  const CoreId b = builder.AddCore({5, 0});
  const AxonIndex axon(0);
  for (const CoreId core : {c, a, b}) {
    builder.AddAxon(core, AxonType(0));
    builder.AddNeuron(core, {});
  }
  const auto point = [&](CoreId from, CoreId to) {
    builder.SetTarget(from, NeuronIndex(0), NeuronTarget::Axon(to, axon, DelayTicks(1)));
  };
  point(a, b);
  point(b, c);
  point(c, a);
  builder.AddInputLine({{c, axon}, {a, axon}});
  builder.model().provenance = {{"of c", "of a", "of b"}, {0, 1, 2}, {{7}, {8}, {-1}}};
  const ChipModel chip = std::move(builder).Build().value();

  ASSERT_THAT(chip.cores, SizeIs(3));
  EXPECT_EQ(chip.cores[0].at, (CoreCoordinates{4, 0}));
  EXPECT_EQ(chip.cores[1].at, (CoreCoordinates{5, 0}));
  EXPECT_EQ(chip.cores[2].at, (CoreCoordinates{0, 1}));
  EXPECT_EQ(chip.cores[0].neurons[0].target.core(), CoreId(1));
  EXPECT_EQ(chip.cores[1].neurons[0].target.core(), CoreId(2));
  EXPECT_EQ(chip.cores[2].neurons[0].target.core(), CoreId(0));
  EXPECT_THAT(chip.input_lines[0],
              ElementsAre(AxonAddress{CoreId(2), axon}, AxonAddress{CoreId(0), axon}));
  EXPECT_THAT(chip.provenance.core_layer, ElementsAre(1, 2, 0));
  EXPECT_THAT(chip.provenance.neuron_sources,
              ElementsAre(ElementsAre(8), ElementsAre(-1), ElementsAre(7)));
  EXPECT_EQ(chip.cores[0].rng_stream, a.value()) << "the stream is the id of the calls";
  EXPECT_EQ(chip.cores[1].rng_stream, b.value());
  EXPECT_EQ(chip.cores[2].rng_stream, c.value());
}

TEST(ChipBuilderTest, PinNumbersAreNoCoreNumbers) {
  ChipBuilder builder;
  const CoreId second = builder.AddCore({1, 0});
  const CoreId first = builder.AddCore({0, 0});
  builder.AddPin();
  const PinIndex pin = builder.AddPin();
  builder.AddNeuron(first, {});
  builder.AddNeuron(second, {});
  builder.SetTarget(second, NeuronIndex(0), NeuronTarget::Pin(pin));
  EXPECT_EQ(std::move(builder).Build()->cores[1].neurons[0].target, NeuronTarget::Pin(pin));
}

TEST(ChipBuilderTest, TwoCoresAtOnePlaceAreRefused) {
  ChipBuilder builder;
  for (int i = 0; i < 2; ++i) {
    builder.AddNeuron(builder.AddCore({2, 3}), {});
  }
  EXPECT_EQ(Refusal(std::move(builder)), "core (2,3): two cores at one place");
}

TEST(ChipBuilderTest, CallsThatNameWhatWasNotAddedAreListedTogether) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({2, 3});
  builder.AddAxon(core, AxonType(0));
  builder.AddNeuron(core, {});
  builder.AddAxon(CoreId(1), AxonType(0));
  builder.AddNeuron(CoreId(7), {});
  builder.Connect(core, AxonIndex(1), NeuronIndex(0));
  builder.Connect(core, AxonIndex(0), NeuronIndex(256));
  builder.SetTarget(core, NeuronIndex(1), NeuronTarget::None());
  EXPECT_EQ(Refusal(std::move(builder)),
            "5 calls of ChipBuilder name what was not added:\n"
            "AddAxon: core 1, but only 1 cores were added\n"
            "AddNeuron: core 7, but only 1 cores were added\n"
            "Connect: axon 1 to neuron 0 of core 0 (2,3), which has 1 axons and 1 neurons\n"
            "Connect: axon 0 to neuron 256 of core 0 (2,3), which has 1 axons and 1 neurons\n"
            "SetTarget: neuron 1 of core 0 (2,3), which has 1 neurons");
}

TEST(ChipBuilderTest, WrongCallsAndViolationsAreReportedTogether) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({2, 3});  // and no neuron
  builder.SetTarget(core, NeuronIndex(0), NeuronTarget::None());
  const std::string message = Refusal(std::move(builder));
  EXPECT_THAT(message, HasSubstr("SetTarget: neuron 0"));
  EXPECT_THAT(message, HasSubstr("\ncore (2,3): 0 neurons, allowed 1..256"));
}

TEST(ChipBuilderTest, A257thNeuronIsListedByBuildAndDoesNoHarm) {
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  const AxonIndex axon = builder.AddAxon(core, AxonType(0));
  for (int i = 0; i < 257; ++i) {
    builder.Connect(core, axon, builder.AddNeuron(core, {}));
  }
  const absl::Status status = std::move(builder).Build().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(std::string(status.message()), "core (0,0): 257 neurons, allowed 1..256");
}

TEST(ChipBuilderTest, SpecOfTheConstructorIsTheChips) {
  const ChipSpec spec = {.mesh = {2, 2, 1, 1}, .volts = 0.8, .tick_us = 500};
  EXPECT_EQ(ChipBuilder(spec).Build()->spec, spec);
}

}  // namespace
}  // namespace spikemesh
