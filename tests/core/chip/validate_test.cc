// SPDX-License-Identifier: Apache-2.0
#include "core/chip/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "core/base/strings.h"
#include "tests/core/chip/random_chip.h"

namespace spikemesh {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

constexpr auto kOutOfRange = absl::StatusCode::kOutOfRange;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A core of `axons` axons and `neurons` neurons, unconnected.
CoreModel CoreAt(CoreCoordinates at, std::size_t axons, std::size_t neurons) {
  CoreModel core;
  core.at = at;
  core.axon_types.resize(axons);
  core.crossbar.resize(axons);
  core.neurons.resize(neurons);
  return core;
}

// Cores (3,1) of 4 axons and 20 neurons and (0,2) of 2 axons and 1 neuron; 2 pins, 12 input lines,
// a thresholded image of 1 x 3 x 4, pipelined; 2 layers.
ChipModel LegalChip() {
  ChipModel chip;
  chip.neuron_kinds.resize(2);
  chip.cores = {CoreAt({3, 1}, 4, 20), CoreAt({0, 2}, 2, 1)};
  chip.input_lines.resize(12);
  chip.input_lines[1] = {{CoreId(1), AxonIndex(1)}};
  chip.pin_count = 2;
  chip.pin_classes = {0, -1};
  chip.input = {.encoder = EncoderKind::kThreshold,
                .shape = {1, 3, 4},
                .mean = {0.0},
                .scale = {1.0},
                .levels = {0.5},
                .level_channels = {0}};
  chip.presentation = {PresentationMode::kPipelined, 1, 4};
  chip.provenance = {{"conv1", "fc"}, {0, 1}, {}};
  return chip;
}

using Mutation = std::function<void(ChipModel&)>;

absl::Status StatusAfter(const Mutation& mutate) {
  ChipModel chip = LegalChip();
  mutate(chip);
  return ValidateChip(chip);
}

// `mutate` makes exactly one violation, with this code and message.
void ExpectViolation(const Mutation& mutate, absl::StatusCode code, std::string_view message) {
  const absl::Status status = StatusAfter(mutate);
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_EQ(std::string(status.message()), message);
}

void ExpectLegal(const Mutation& mutate) {
  const absl::Status status = StatusAfter(mutate);
  EXPECT_TRUE(status.ok()) << status;
}

NeuronTarget ToAxon(std::uint32_t core, std::uint16_t axon, std::uint8_t delay) {
  return NeuronTarget::Axon(CoreId(core), AxonIndex(axon), DelayTicks(delay));
}

TEST(ValidateChipTest, LegalChipsPass) {
  EXPECT_TRUE(ValidateChip(ChipModel{}).ok()) << "the empty chip is one";
  ExpectLegal([](ChipModel&) {});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_TRUE(ValidateChip(RandomChip(seed)).ok()) << ValidateChip(RandomChip(seed));
  }
}

TEST(ValidateChipTest, MeshSidesHaveLimits) {
  ExpectViolation([](ChipModel& chip) { chip.spec.mesh.cores_x = 0; }, kOutOfRange,
                  "chip spec: cores_x 0, allowed 1..1024");
  ExpectViolation([](ChipModel& chip) { chip.spec.mesh.cores_y = 1025; }, kOutOfRange,
                  "chip spec: cores_y 1025, allowed 1..1024");
  ExpectViolation([](ChipModel& chip) { chip.spec.mesh.chips_x = -1; }, kOutOfRange,
                  "chip spec: chips_x -1, allowed 1..64");
  ExpectViolation([](ChipModel& chip) { chip.spec.mesh.chips_y = INT32_MAX; }, kOutOfRange,
                  "chip spec: chips_y 2147483647, allowed 1..64");
  ExpectLegal([](ChipModel& chip) { chip.spec.mesh = {1024, 1024, 64, 64}; });
}

TEST(ValidateChipTest, VoltsAndTickHaveLimits) {
  ExpectViolation([](ChipModel& chip) { chip.spec.volts = 0.4; }, kOutOfRange,
                  "chip spec: volts 0.4, allowed 0.5..1.5");
  ExpectViolation([](ChipModel& chip) { chip.spec.volts = kNaN; }, kOutOfRange,
                  "chip spec: volts nan, allowed 0.5..1.5");
  ExpectViolation([](ChipModel& chip) { chip.spec.tick_us = 0; }, kOutOfRange,
                  "chip spec: tick_us 0, allowed 1..1e+06");
}

TEST(ValidateChipTest, CoresLieInsideTheMesh) {
  ExpectLegal([](ChipModel& chip) { chip.cores[1].at = {63, 63}; });
  ExpectViolation(
      [](ChipModel& chip) {
        chip.cores[1].at = {64, 63};
      },
      kOutOfRange, "core (64,63): outside the mesh of 64 x 64 cores");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.cores[0].at = {-1, 0};
      },
      kOutOfRange, "core (-1,0): outside the mesh of 64 x 64 cores");
}

TEST(ValidateChipTest, DefectsLieInTheMeshInOrderAndCarryNoNetwork) {
  ExpectLegal([](ChipModel& chip) { chip.spec.dead_cores = {{1, 1}, {2, 1}}; });
  ExpectViolation(
      [](ChipModel& chip) {
        chip.spec.dead_cores = {{3, 1}};
      },
      kOutOfRange, "core (3,1): used, but dead");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.spec.dead_cores = {{64, 1}};
      },
      kOutOfRange, "dead core (64,1): outside the mesh of 64 x 64 cores");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.spec.dead_cores = {{2, 1}, {1, 1}};
      },
      kInvalid, "dead core (1,1): after dead core (2,1), they are sorted by y, then x, each once");
  ExpectLegal([](ChipModel& chip) { chip.spec.dead_links = {{{0, 2}, Port::kEast}}; });
  ExpectViolation(
      [](ChipModel& chip) {
        chip.spec.dead_links = {{{63, 2}, Port::kEast}};
      },
      kOutOfRange, "dead link east of core (63,2): not between two cores of the mesh of 64 x 64");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.spec.dead_links = {{{1, 2}, Port::kWest}};
      },
      kInvalid,
      "dead link west of core (1,2): they are sorted by y, x and side, each once, "
      "east or south");
  ExpectViolation([](ChipModel& chip) { chip.spec.router.hop_cycles = 0; }, kOutOfRange,
                  "chip spec: router: hop_cycles: found 0, allowed: 1..256");
}

TEST(ValidateChipTest, LivingLinksJoinWhatTalks) {
  const std::vector<DeadLink> corner = {{{0, 0}, Port::kEast}, {{0, 0}, Port::kSouth}};
  const auto move_to_corner = [&corner](ChipModel& chip) {
    chip.spec.dead_links = corner;
    std::swap(chip.cores[0], chip.cores[1]);
    chip.cores[0].at = {0, 0};
    chip.cores[1].at = {3, 1};
    chip.input_lines[1] = {};
    chip.provenance.core_layer = {1, 0};
  };
  ExpectLegal(move_to_corner);
  ExpectViolation(
      [&](ChipModel& chip) {
        move_to_corner(chip);
        chip.cores[1].neurons[7].target =
            NeuronTarget::Axon(CoreId(0), AxonIndex(0), DelayTicks(1));
      },
      kOutOfRange, "core (3,1): no living link leads to core (0,0)");
  ExpectViolation(
      [&](ChipModel& chip) {
        chip.spec.dead_links = {
            {{0, 1}, Port::kSouth}, {{0, 2}, Port::kEast}, {{0, 2}, Port::kSouth}};
        chip.cores[1].at = {1, 2};
      },
      kOutOfRange, "host at (0,2): no living link leads to core (1,2)");
}

// A comb of dead links makes a way of four rows there and back.
TEST(ValidateChipTest, WaysAroundDeadLinksHaveALimit) {
  const auto comb = [](std::int32_t width) {
    return [width](ChipModel& chip) {
      chip = {};
      chip.neuron_kinds.resize(1);
      chip.spec.mesh = {.cores_x = width, .cores_y = 4};
      for (std::int32_t y = 0; y < 3; ++y) {
        for (std::int32_t x = 0; x < width; ++x) {
          if (x != (y % 2 == 0 ? width - 1 : 0)) {
            chip.spec.dead_links.push_back({{x, y}, Port::kSouth});
          }
        }
      }
      chip.cores = {CoreAt({0, 0}, 1, 1), CoreAt({0, 3}, 1, 1)};
      chip.cores[0].neurons[0].target = NeuronTarget::Axon(CoreId(1), AxonIndex(0), DelayTicks(1));
    };
  };
  ExpectLegal(comb(128));  // 4 x 127 and 3
  ExpectViolation(comb(129), kOutOfRange,
                  "core (0,0): 515 links around dead ones to core (0,3), allowed 511");
}

TEST(ValidateChipTest, CoresAreSortedAndNoTwoStandAtOnePlace) {
  ExpectViolation(
      [](ChipModel& chip) {
        chip.cores[1].at = {3, 1};
      },
      kInvalid, "core (3,1): two cores at one place");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.cores[1].at = {2, 1};
      },
      kInvalid, "core (2,1): after core (3,1), cores are sorted by y, then x");
}

TEST(ValidateChipTest, NeuronsAreOneTo256) {
  ExpectViolation([](ChipModel& chip) { chip.cores[1].neurons.clear(); }, kOutOfRange,
                  "core (0,2): 0 neurons, allowed 1..256");
  ExpectLegal([](ChipModel& chip) { chip.cores[1].neurons.resize(256); });
  ExpectViolation([](ChipModel& chip) { chip.cores[1].neurons.resize(257); }, kOutOfRange,
                  "core (0,2): 257 neurons, allowed 1..256");
}

TEST(ValidateChipTest, AxonsAreAtMost256) {
  ExpectLegal([](ChipModel& chip) { chip.cores[0] = CoreAt({3, 1}, 0, 20); });
  ExpectLegal([](ChipModel& chip) { chip.cores[0] = CoreAt({3, 1}, 256, 20); });
  ExpectViolation(
      [](ChipModel& chip) {
        chip.cores[0] = CoreAt({3, 1}, 257, 20);
      },
      kOutOfRange, "core (3,1): 257 axons, allowed 0..256");
}

TEST(ValidateChipTest, CrossbarHasOneRowAnAxon) {
  ExpectViolation([](ChipModel& chip) { chip.cores[0].crossbar.resize(3); }, kInvalid,
                  "core (3,1): 3 crossbar rows for 4 axons");
}

TEST(ValidateChipTest, AxonTypesAreZeroToThree) {
  ExpectLegal([](ChipModel& chip) { chip.cores[0].axon_types[2] = 3; });
  ExpectViolation([](ChipModel& chip) { chip.cores[0].axon_types[2] = 4; }, kOutOfRange,
                  "core (3,1) axon 2: type 4, allowed 0..3");
}

TEST(ValidateChipTest, CrossbarBitsEndAtTheUsedNeurons) {
  ExpectLegal([](ChipModel& chip) { chip.cores[0].crossbar[3].Set(19); });
  ExpectViolation([](ChipModel& chip) { chip.cores[0].crossbar[3].Set(20); }, kInvalid,
                  "core (3,1) axon 3: crossbar bit 20 beyond the core's 20 neurons");
  ExpectViolation([](ChipModel& chip) { chip.cores[0].crossbar[3].Set(255); }, kInvalid,
                  "core (3,1) axon 3: crossbar bit 255 beyond the core's 20 neurons");
}

TEST(ValidateChipTest, NeuronKindsExistAndAreLegal) {
  ExpectViolation([](ChipModel& chip) { chip.cores[0].neurons[17].kind = 2; }, kOutOfRange,
                  "core (3,1) neuron 17: kind 2, the chip has 2 kinds");
  const absl::Status status = StatusAfter([](ChipModel& chip) { chip.neuron_kinds[1].leak = 256; });
  EXPECT_EQ(status.code(), kOutOfRange);
  EXPECT_THAT(std::string(status.message()), StartsWith("neuron kind 1: "));
  EXPECT_THAT(std::string(status.message()), EndsWith(" 256, allowed -255..255"));
}

TEST(ValidateChipTest, InitialPotentialsHave20Bits) {
  for (const std::int32_t potential : {-524288, 524287}) {
    ExpectLegal([&](ChipModel& chip) { chip.cores[0].neurons[3].initial_potential = potential; });
  }
  for (const std::int32_t potential : {-524289, 524288}) {
    ExpectViolation(
        [&](ChipModel& chip) { chip.cores[0].neurons[3].initial_potential = potential; },
        kOutOfRange,
        Concat("core (3,1) neuron 3: initial potential ", potential, ", allowed -524288..524287"));
  }
}

TEST(ValidateChipTest, DelaysAreOneTo15) {
  for (const std::uint8_t delay : {std::uint8_t{1}, std::uint8_t{15}}) {
    ExpectLegal([&](ChipModel& chip) { chip.cores[0].neurons[17].target = ToAxon(1, 0, delay); });
  }
  for (const std::uint8_t delay : {std::uint8_t{0}, std::uint8_t{16}}) {
    ExpectViolation(
        [&](ChipModel& chip) { chip.cores[0].neurons[17].target = ToAxon(1, 0, delay); },
        kOutOfRange, Concat("core (3,1) neuron 17: delay ", int{delay}, ", allowed 1..15"));
  }
}

TEST(ValidateChipTest, TargetsExist) {
  ExpectViolation([](ChipModel& chip) { chip.cores[0].neurons[17].target = ToAxon(2, 0, 1); },
                  kOutOfRange, "core (3,1) neuron 17: target core number 2, the chip has 2 cores");
  ExpectLegal([](ChipModel& chip) { chip.cores[0].neurons[17].target = ToAxon(1, 1, 1); });
  ExpectViolation([](ChipModel& chip) { chip.cores[0].neurons[17].target = ToAxon(1, 2, 1); },
                  kOutOfRange,
                  "core (3,1) neuron 17: target axon 2 of core (0,2), which has 2 axons");
  ExpectLegal(
      [](ChipModel& chip) { chip.cores[0].neurons[17].target = NeuronTarget::Pin(PinIndex(1)); });
  ExpectViolation(
      [](ChipModel& chip) { chip.cores[0].neurons[17].target = NeuronTarget::Pin(PinIndex(2)); },
      kOutOfRange, "core (3,1) neuron 17: pin 2, the chip has 2 pins");
}

TEST(ValidateChipTest, TargetsLieWithin255Cores) {
  const auto apart = [](std::int32_t dx, std::int32_t dy) {
    return [=](ChipModel& chip) {
      chip.spec.mesh = {512, 512, 1, 1};
      chip.cores[0].at = {0, 0};
      chip.cores[1].at = {dx, dy};
      chip.cores[0].neurons[0].target = ToAxon(1, 0, 1);
      chip.cores[1].neurons[0].target = ToAxon(0, 0, 1);
    };
  };
  ExpectLegal(apart(255, 255));
  ExpectViolation(apart(256, 0), kOutOfRange,
                  "core (0,0) neuron 0: target core (256,0) out of reach, allowed 255 cores in x "
                  "and in y\n"
                  "core (256,0) neuron 0: target core (0,0) out of reach, allowed 255 cores in x "
                  "and in y");
  EXPECT_EQ(StatusAfter(apart(0, 256)).code(), kOutOfRange);
}

TEST(ValidateChipTest, FieldsOfOtherKindsOfTargetAreZero) {
  NeuronTarget pin = NeuronTarget::Pin(PinIndex(0));
  pin.delay = DelayTicks(1);
  ExpectViolation([&](ChipModel& chip) { chip.cores[0].neurons[5].target = pin; }, kInvalid,
                  "core (3,1) neuron 5: target pin with a delay or an axon, allowed none");
  NeuronTarget none;
  none.index = 1;
  ExpectViolation([&](ChipModel& chip) { chip.cores[0].neurons[5].target = none; }, kInvalid,
                  "core (3,1) neuron 5: target none with a delay, axon or index, allowed none");
  ExpectViolation(
      [](ChipModel& chip) { chip.cores[0].neurons[5].target.kind = static_cast<TargetKind>(3); },
      kInvalid, "core (3,1) neuron 5: target kind 3, allowed 0..2");
}

TEST(ValidateChipTest, InputLinesReachAxonsThatExist) {
  ExpectViolation(
      [](ChipModel& chip) {
        chip.input_lines[7] = {{CoreId(2), AxonIndex(0)}};
      },
      kOutOfRange, "input line 7: core number 2, the chip has 2 cores");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.input_lines[7] = {{CoreId(0), AxonIndex(4)}};
      },
      kOutOfRange, "input line 7: axon 4 of core (3,1), which has 4 axons");
}

TEST(ValidateChipTest, EncodersLinesExist) {
  ExpectViolation([](ChipModel& chip) { chip.input.first_line = 1; }, kOutOfRange,
                  "input: lines 1..12 are needed, the chip has 12 input lines");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.input.levels.push_back(0.7);
        chip.input.level_channels.push_back(0);
      },
      kOutOfRange, "input: lines 0..23 are needed, the chip has 12 input lines");
  ExpectLegal([](ChipModel& chip) {
    chip.input.encoder = EncoderKind::kRate;
    chip.input.levels.clear();
    chip.input.level_channels.clear();
  });
}

TEST(ValidateChipTest, RateEncoderNeedsSecondLinesWhereSomeInputIsNegative) {
  const auto rate = [](double mean, double scale) {
    return [mean, scale](ChipModel& chip) {
      chip.input.encoder = EncoderKind::kRate;
      chip.input.levels.clear();
      chip.input.level_channels.clear();
      chip.input.mean[0] = mean;
      chip.input.scale[0] = scale;
    };
  };
  // x = (0..1 - mean) / scale.
  const std::string message = "input: lines 0..23 are needed, the chip has 12 input lines";
  ExpectLegal(rate(0.0, 1.0));
  ExpectLegal(rate(-1.0, 1.0));
  ExpectLegal(rate(1.0, -1.0));
  ExpectViolation(rate(0.001, 1.0), kOutOfRange, message);
  ExpectViolation(rate(0.0, -1.0), kOutOfRange, message);
  ExpectLegal([&](ChipModel& chip) {
    rate(0.5, 1.0)(chip);
    chip.input_lines.resize(24);
  });
}

TEST(ValidateChipTest, EncodersNumbersAreChecked) {
  ExpectViolation([](ChipModel& chip) { chip.input.encoder = static_cast<EncoderKind>(5); },
                  kInvalid, "input: encoder 5, allowed 0..4");
  ExpectViolation([](ChipModel& chip) { chip.input.encoder = EncoderKind::kHost; }, kInvalid,
                  "input: encoder 4 without a layer of the host");
  ExpectViolation([](ChipModel& chip) { chip.input.host_layer.emplace(); }, kInvalid,
                  "input: encoder 1 with a layer of the host");
  ExpectViolation([](ChipModel& chip) { chip.input.shape[1] = 0; }, kOutOfRange,
                  "input: shape 1 x 0 x 4, allowed 1..65535 each");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.input.shape = {1, 3, 65536};
      },
      kOutOfRange, "input: shape 1 x 3 x 65536, allowed 1..65535 each");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.input.pad = {1, 2, 0, 0};  // all three rows
      },
      kOutOfRange,
      "input: pads 1, 2, 0, 0 of 3 x 4 pixels, allowed at least 0, and less than all in both "
      "directions");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.input.encoder = EncoderKind::kNone;
        chip.input.pad.left = -5;
      },
      kInvalid, "input: pads of images, but no encoder of any");
  ExpectViolation(
      [](ChipModel& chip) { chip.input.pad.right = -1; }, kOutOfRange,
      "input: pads 0, 0, 0, -1 of 3 x 4 pixels, allowed at least 0, and less than all in both "
      "directions");
  ExpectViolation([](ChipModel& chip) { chip.input.range_max = kInfinity; }, kOutOfRange,
                  "input: range_max inf, allowed a finite number above 0");
  ExpectViolation([](ChipModel& chip) { chip.input.mean.push_back(0); }, kInvalid,
                  "input: 2 means and 1 scales for 1 channels");
  ExpectViolation([](ChipModel& chip) { chip.input.mean[0] = kInfinity; }, kOutOfRange,
                  "input: mean[0] inf, allowed a finite number");
  ExpectViolation([](ChipModel& chip) { chip.input.scale[0] = 0; }, kOutOfRange,
                  "input: scale[0] 0, allowed any other number");
  ExpectViolation([](ChipModel& chip) { chip.input.levels[0] = -kInfinity; }, kOutOfRange,
                  "input: levels[0] -inf, allowed a finite number");
  ExpectViolation([](ChipModel& chip) { chip.input.level_channels[0] = 1; }, kOutOfRange,
                  "input: level_channels[0] 1, allowed 0..0");
  ExpectViolation([](ChipModel& chip) { chip.input.level_channels.clear(); }, kInvalid,
                  "input: 1 levels and 0 level channels, allowed equally many");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.input.levels.clear();
        chip.input.level_channels.clear();
      },
      kInvalid, "input: no levels, the encoder needs one at least");
}

TEST(ValidateChipTest, WithoutAnEncoderTheOtherFieldsDoNotMatter) {
  ExpectLegal([](ChipModel& chip) {
    chip.input.encoder = EncoderKind::kNone;
    chip.input.shape = {-1, 0, 0};
  });
}

TEST(ValidateChipTest, PresentationIsChecked) {
  ExpectViolation([](ChipModel& chip) { chip.presentation.ticks_per_image = 2; }, kOutOfRange,
                  "presentation: ticks_per_image 2, allowed 1..1");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.presentation = {PresentationMode::kRate, 0, 0};
      },
      kOutOfRange, "presentation: ticks_per_image 0, allowed 1..1048576");
  ExpectViolation([](ChipModel& chip) { chip.presentation.latency_ticks = -1; }, kOutOfRange,
                  "presentation: latency_ticks -1, allowed 0..1048576");
  ExpectViolation(
      [](ChipModel& chip) { chip.presentation.mode = static_cast<PresentationMode>(3); }, kInvalid,
      "presentation: mode 3, allowed 0..2");
}

TEST(ValidateChipTest, PinsHaveClassesOrNone) {
  ExpectLegal([](ChipModel& chip) { chip.pin_classes.clear(); });
  ExpectViolation([](ChipModel& chip) { chip.pin_classes.pop_back(); }, kInvalid,
                  "pins: 1 classes for 2 pins");
  ExpectViolation([](ChipModel& chip) { chip.pin_classes[1] = -2; }, kOutOfRange,
                  "pin 1: class -2, allowed -1..4095");
  ExpectViolation([](ChipModel& chip) { chip.pin_classes[1] = 4096; }, kOutOfRange,
                  "pin 1: class 4096, allowed -1..4095");
  ExpectViolation(
      [](ChipModel& chip) {
        chip.pin_classes.clear();
        chip.pin_count = kPinsMax + 1;
      },
      kOutOfRange, "pins: 16777217, allowed 0..16777216");
}

TEST(ValidateChipTest, ProvenanceFitsTheCores) {
  ExpectLegal([](ChipModel& chip) { chip.provenance = {}; });
  ExpectLegal([](ChipModel& chip) { chip.provenance.core_layer = {-1, 1}; });
  ExpectViolation([](ChipModel& chip) { chip.provenance.core_layer.pop_back(); }, kInvalid,
                  "provenance: layers of 1 cores, the chip has 2");
  ExpectViolation([](ChipModel& chip) { chip.provenance.core_layer[1] = 2; }, kOutOfRange,
                  "provenance: core number 1 in layer 2, allowed -1..1");
  ExpectLegal([](ChipModel& chip) { chip.onnx_sha256 = std::string(64, 'a'); });
  for (const std::string& digest : {std::string(63, 'a'), std::string(64, 'A'), std::string("x")}) {
    EXPECT_EQ(StatusAfter([&](ChipModel& chip) { chip.onnx_sha256 = digest; }).code(), kInvalid);
  }
}

TEST(ValidateChipTest, SourcesOfNeuronsAreNoneOrOneANeuron) {
  const auto with_sources = [](const Mutation& mutate) {
    return [mutate](ChipModel& chip) {
      chip.provenance.neuron_sources = {std::vector<std::int32_t>(20, 5), {-1}};
      mutate(chip);
    };
  };
  ExpectLegal(with_sources([](ChipModel&) {}));
  ExpectViolation(with_sources([](ChipModel& chip) { chip.provenance.neuron_sources.pop_back(); }),
                  kInvalid, "provenance: sources of the neurons of 1 cores, the chip has 2");
  ExpectViolation(
      with_sources([](ChipModel& chip) { chip.provenance.neuron_sources[0].pop_back(); }), kInvalid,
      "provenance: sources of 19 neurons of core number 0, which has 20");
  ExpectViolation(
      with_sources([](ChipModel& chip) { chip.provenance.neuron_sources[0][3] = -2; }), kOutOfRange,
      "provenance: neuron 3 of core number 0 is neuron -2 of its layer, allowed -1 and up");
}

TEST(ValidateChipTest, AllViolationsAreListedAtOnceUnderTheCodeOfTheFirst) {
  ExpectViolation(
      [](ChipModel& chip) {
        chip.spec.volts = 9;
        chip.cores[0].crossbar[0].Set(200);
        chip.cores[0].neurons[17].target = ToAxon(5, 0, 16);
        chip.pin_classes.clear();
        chip.pin_classes.push_back(3);
      },
      kOutOfRange,
      "chip spec: volts 9, allowed 0.5..1.5\n"
      "core (3,1) axon 0: crossbar bit 200 beyond the core's 20 neurons\n"
      "core (3,1) neuron 17: delay 16, allowed 1..15\n"
      "core (3,1) neuron 17: target core number 5, the chip has 2 cores\n"
      "pins: 1 classes for 2 pins");
}

TEST(ValidateChipTest, ViolationsBeyondTwentyAreCounted) {
  const auto with_bad_neurons = [](std::size_t count) {
    return StatusAfter([count](ChipModel& chip) {
      chip.cores[0].neurons.resize(count);
      for (NeuronModel& neuron : chip.cores[0].neurons) {
        neuron.kind = 9;
      }
    });
  };
  const auto lines_of = [](const absl::Status& status) {
    return std::ranges::count(std::string(status.message()), '\n') + 1;
  };
  EXPECT_EQ(lines_of(with_bad_neurons(20)), 20);
  const absl::Status more = with_bad_neurons(21);
  EXPECT_EQ(lines_of(more), 21);
  EXPECT_THAT(std::string(more.message()), EndsWith("\nand 1 more"));
  EXPECT_THAT(std::string(with_bad_neurons(256).message()), EndsWith("\nand 236 more"));
}

}  // namespace
}  // namespace spikemesh
