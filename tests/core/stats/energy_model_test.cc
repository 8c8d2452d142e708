// SPDX-License-Identifier: Apache-2.0
// Every published figure of the chip against the model, and the arithmetic of the model itself.
#include "core/stats/energy_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace spikemesh {
namespace {

constexpr std::int64_t kChipCores = 4096;
constexpr double kChipNeurons = 4096.0 * 256.0;
// Mean |dx| + |dy| between uniform random cores of a 64 x 64 grid: 21.3 in x and in y.
constexpr double kMeanHops = 42.6;
constexpr double kNominalTickUs = 1000.0;
// Published totals contradict one another by up to this much.
constexpr double kPublishedTolerance = 0.10;

// A whole chip of neurons that fire at `rate_hz`, counted in ticks of 1 ms (so a chip at five
// times real time fires five times as often in a second), each spike reaching `synapses` synapses
// of one axon.
struct Workload {
  double volts = 0.75;
  double rate_hz = 0.0;
  double synapses = 0.0;
  double tick_us = kNominalTickUs;
};

EnergyReport ChipEnergy(const Workload& workload) {
  constexpr std::int64_t kTicks = 1'000'000;
  const double spikes = kChipNeurons * workload.rate_hz * 1e-3 * static_cast<double>(kTicks);
  Counters counters;
  counters.spikes = std::llround(spikes);
  counters.synaptic_ops = std::llround(spikes * workload.synapses);
  counters.hops = std::llround(spikes * kMeanHops);
  counters.neuron_updates = kChipCores * 256 * kTicks;
  return ComputeEnergy(
      counters,
      {.ticks = kTicks, .cores = kChipCores, .volts = workload.volts, .tick_us = workload.tick_us},
      EnergyConstants());
}

void ExpectWithin(double found, double published, double tolerance) {
  EXPECT_NEAR(found, published, published * tolerance);
}

TEST(PublishedPowerTest, IdleAt070VoltsDraws42Milliwatts) {
  ExpectWithin(ChipEnergy({.volts = 0.70}).watts, 42e-3, kPublishedTolerance);
}

TEST(PublishedPowerTest, TwentyHertzAt075VoltsDraws65Milliwatts) {
  ExpectWithin(ChipEnergy({.volts = 0.75, .rate_hz = 20, .synapses = 128}).watts, 65e-3,
               kPublishedTolerance);
}

TEST(PublishedPowerTest, TwentyHertzAt0775VoltsDraws72Milliwatts) {
  ExpectWithin(ChipEnergy({.volts = 0.775, .rate_hz = 20, .synapses = 128}).watts, 72e-3,
               kPublishedTolerance);
}

TEST(PublishedPowerTest, RateSweepAt080VoltsDraws68And71And94Milliwatts) {
  const auto watts = [](double rate_hz) {
    return ChipEnergy({.volts = 0.80, .rate_hz = rate_hz, .synapses = 128}).watts;
  };
  ExpectWithin(watts(11.58), 68e-3, kPublishedTolerance);
  ExpectWithin(watts(20.07), 71e-3, kPublishedTolerance);
  ExpectWithin(watts(95.93), 94e-3, kPublishedTolerance);
}

TEST(PublishedPowerTest, TwoHundredHertzWith256SynapsesDraws145Milliwatts) {
  ExpectWithin(ChipEnergy({.rate_hz = 200, .synapses = 256}).watts, 145e-3, kPublishedTolerance);
}

TEST(PublishedPowerTest, TwoHundredHertzAt105VoltsDraws323Milliwatts) {
  ExpectWithin(ChipEnergy({.volts = 1.05, .rate_hz = 200, .synapses = 256}).watts, 323e-3,
               kPublishedTolerance);
}

TEST(PublishedEfficiencyTest, SynapticEventAt0775VoltsCosts26PicojoulesInAll) {
  const EnergyReport energy = ChipEnergy({.volts = 0.775, .rate_hz = 20, .synapses = 128});
  ExpectWithin(1e-9 / energy.gsops_per_watt, 26e-12, kPublishedTolerance);
}

TEST(PublishedEfficiencyTest, TwentyHertzGives46GsopsPerWatt) {
  ExpectWithin(ChipEnergy({.rate_hz = 20, .synapses = 128}).gsops_per_watt, 46.0,
               kPublishedTolerance);
}

TEST(PublishedEfficiencyTest, TwoHundredHertzWith256SynapsesGives400GsopsPerWatt) {
  ExpectWithin(ChipEnergy({.rate_hz = 200, .synapses = 256}).gsops_per_watt, 400.0,
               kPublishedTolerance);
}

TEST(PublishedEfficiencyTest, FiveTimesRealTimeGives70GsopsPerWatt) {
  ExpectWithin(ChipEnergy({.rate_hz = 20, .synapses = 128, .tick_us = 200.0}).gsops_per_watt, 70.0,
               kPublishedTolerance);
}

// Half a unit of the last printed digit: "23.7" stands for 23.65..23.75.
double RoundingOf(const std::string& printed) {
  const std::size_t point = printed.find('.');
  const auto decimals =
      point == std::string::npos ? 0 : static_cast<int>(printed.size() - point - 1);
  return 0.5 * std::pow(10.0, -decimals);
}

TEST(ModelSurfaceTest, GsopsPerWattOverRateAndSynapsesAsDocumented) {
  struct Row {
    double rate_hz;
    std::vector<std::string> gsops_per_watt;  // for 16, 32, 64, 128, 256 synapses
  };
  const std::vector<Row> surface = {{10, {"3.04", "6.06", "12", "23.7", "45.9"}},
                                    {20, {"5.95", "11.8", "23.3", "45.2", "85.3"}},
                                    {50, {"14", "27.5", "53.1", "99.4", "176"}},
                                    {100, {"25.5", "49.4", "92.8", "166", "272"}},
                                    {200, {"43.2", "81.9", "148", "248", "375"}}};
  for (const Row& row : surface) {
    double synapses = 16;
    for (const std::string& printed : row.gsops_per_watt) {
      const EnergyReport energy = ChipEnergy({.rate_hz = row.rate_hz, .synapses = synapses});
      EXPECT_NEAR(energy.gsops_per_watt, std::stod(printed), RoundingOf(printed))
          << row.rate_hz << " Hz, " << synapses << " synapses";
      synapses *= 2;
    }
  }
}

constexpr EnergyConditions kOneTick = {.ticks = 1, .cores = kChipCores};

TEST(ComputeEnergyTest, EachCountAddsItsOwnTermOnly) {
  const EnergyConstants constants;
  const EnergyReport idle = ComputeEnergy({}, kOneTick, constants);
  // 26.3 mW x 1 ms and 27.7 uJ.
  EXPECT_DOUBLE_EQ(idle.static_joules, 26.3e-6);
  EXPECT_DOUBLE_EQ(idle.tick_joules, 27.7e-6);
  EXPECT_EQ(idle.synaptic_joules, 0.0);
  EXPECT_EQ(idle.hop_joules, 0.0);
  EXPECT_EQ(idle.crossing_joules, 0.0);

  const EnergyReport busy = ComputeEnergy(
      {.synaptic_ops = 1000, .hops = 1000, .chip_crossings = 1000}, kOneTick, constants);
  EXPECT_EQ(busy.static_joules, idle.static_joules);
  EXPECT_EQ(busy.tick_joules, idle.tick_joules);
  EXPECT_DOUBLE_EQ(busy.synaptic_joules, 1.30e-9);
  EXPECT_DOUBLE_EQ(busy.hop_joules, 2.154e-9);
  EXPECT_DOUBLE_EQ(busy.crossing_joules, 0.83e-6);
  EXPECT_DOUBLE_EQ(busy.total_joules, 26.3e-6 + 27.7e-6 + 1.30e-9 + 2.154e-9 + 0.83e-6);
}

TEST(ComputeEnergyTest, HostAndPinPacketsCarryNoEnergy) {
  const EnergyConstants constants;
  EXPECT_EQ(ComputeEnergy({.host_packets = 1000, .pin_packets = 1000}, kOneTick, constants),
            ComputeEnergy({}, kOneTick, constants));
}

TEST(ComputeEnergyTest, StaticAndTickScaleWithCores) {
  EnergyConditions conditions = kOneTick;
  conditions.cores = 1;
  const EnergyReport one_core = ComputeEnergy({}, conditions, EnergyConstants());
  EXPECT_DOUBLE_EQ(one_core.static_joules, 26.3e-6 / 4096);
  EXPECT_DOUBLE_EQ(one_core.tick_joules, 27.7e-6 / 4096);
}

TEST(ComputeEnergyTest, DoubledVoltageScalesStaticTo13_9TimesDynamicTo4TimesCrossingNot) {
  const Counters counters = {.synaptic_ops = 1000, .hops = 1000, .chip_crossings = 1000};
  EnergyConditions conditions = kOneTick;
  const EnergyReport nominal = ComputeEnergy(counters, conditions, EnergyConstants());
  conditions.volts = 1.5;
  const EnergyReport doubled = ComputeEnergy(counters, conditions, EnergyConstants());
  EXPECT_DOUBLE_EQ(doubled.static_joules, nominal.static_joules * std::pow(2.0, 3.8));
  EXPECT_DOUBLE_EQ(doubled.tick_joules, nominal.tick_joules * 4);
  EXPECT_DOUBLE_EQ(doubled.synaptic_joules, nominal.synaptic_joules * 4);
  EXPECT_DOUBLE_EQ(doubled.hop_joules, nominal.hop_joules * 4);
  EXPECT_EQ(doubled.crossing_joules, nominal.crossing_joules);
}

TEST(ComputeEnergyTest, ShorterTickLowersOnlyStaticEnergy) {
  EnergyConditions conditions = kOneTick;
  conditions.tick_us = 500.0;
  const EnergyReport fast = ComputeEnergy({}, conditions, EnergyConstants());
  EXPECT_DOUBLE_EQ(fast.static_joules, 26.3e-6 / 2);
  EXPECT_DOUBLE_EQ(fast.tick_joules, 27.7e-6);
  EXPECT_DOUBLE_EQ(fast.watts, (26.3e-6 / 2 + 27.7e-6) / 500e-6);
}

TEST(ComputeEnergyTest, RatiosToImagesAreReciprocal) {
  EnergyConditions conditions = kOneTick;
  conditions.images = 10;
  const EnergyReport energy = ComputeEnergy({}, conditions, EnergyConstants());
  EXPECT_DOUBLE_EQ(energy.joules_per_image.value(), 54e-6 / 10);
  EXPECT_DOUBLE_EQ(energy.images_per_joule.value(), 10 / 54e-6);
}

TEST(ComputeEnergyTest, RatiosWithoutDenominatorAreAbsentOrZero) {
  const EnergyReport nothing = ComputeEnergy({.synaptic_ops = 0}, {}, EnergyConstants());
  EXPECT_EQ(nothing.total_joules, 0.0);
  EXPECT_EQ(nothing.watts, 0.0);
  EXPECT_EQ(nothing.gsops_per_watt, 0.0);
  EXPECT_FALSE(nothing.joules_per_image.has_value());
  EXPECT_FALSE(nothing.images_per_joule.has_value());
}

}  // namespace
}  // namespace spikemesh
