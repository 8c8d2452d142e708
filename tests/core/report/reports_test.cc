// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/report/bench_json.h"
#include "core/report/convert_json.h"
#include "core/report/run_json.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> KeysOf(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) {
    keys.push_back(key);
  }
  return keys;
}

Classification TwoClasses() {
  Classification classification(2, {"cat"});
  classification.Add({.label = 0, .predicted = 0});
  classification.Add({.label = 0, .predicted = 1});
  classification.Add({.label = 1, .predicted = 1});
  classification.Add({.label = 0, .predicted = 0});
  return classification;
}

RunReport SampleRun() {
  RunReport report;
  report.model = {.name = "net",
                  .cores = 3,
                  .neurons = 700,
                  .axons = 500,
                  .synapses = 9000,
                  .chips = 1,
                  .sha256 = "ab"};
  report.dataset = {.name = "digits", .split = "test", .images = 4};
  report.classification = TwoClasses();
  report.mode = RunMode::kPipelined;
  report.ticks = 6;
  report.ticks_per_image = 1;
  report.latency_ticks = 2;
  report.counts = Counters{.spikes = 11, .axon_events = 12, .synaptic_ops = 13000, .hops = 14};
  const EnergyConditions used = {.ticks = 6, .cores = 3, .images = 4};
  const EnergyConditions whole = {.ticks = 6, .cores = 4096, .images = 4};
  report.energy = ComputeEnergy(*report.counts, used, report.constants);
  report.energy_whole_chip = ComputeEnergy(*report.counts, whole, report.constants);
  report.verify = VerifySummary{.images = 4, .mismatched_images = 1, .mismatched_spikes = 5};
  report.simulator = {.version = "1.2.3",
                      .wall_seconds = 2.0,
                      .cpu_seconds = 3.0,
                      .threads = 2,
                      .simd = "AVX2",
                      .seed = 9,
                      .peak_memory_bytes = 4000};
  return report;
}

TEST(ClassificationTest, TalliesAccuracyAndConfusion) {
  const Classification classification = TwoClasses();
  EXPECT_EQ(classification.images(), 4);
  EXPECT_EQ(classification.correct(), 3);
  EXPECT_EQ(classification.accuracy(), 0.75);
  EXPECT_THAT(classification.confusion(), ElementsAre(ElementsAre(2, 1), ElementsAre(0, 1)));
  EXPECT_EQ(classification.images_of(0), 3);
  EXPECT_EQ(classification.class_name(0), "cat");
  EXPECT_EQ(classification.class_name(1), "1");
}

TEST(ClassificationTest, NoImagesAreAccuracyZeroNotNan) {
  EXPECT_EQ(Classification(10).accuracy(), 0.0);
}

TEST(RunReportJsonTest, HasTheKeysOfTheContract) {
  const Json json = RunReportJson(SampleRun());
  EXPECT_THAT(
      KeysOf(json),
      ElementsAre("schema", "model", "dataset", "accuracy", "per_class", "confusion", "mode",
                  "ticks", "ticks_per_image", "latency_ticks", "counts", "host_macs", "energy",
                  "energy_whole_chip", "constants", "verify", "answers", "warnings", "router",
                  "late", "slack_cycles", "accuracy_over_ticks", "diagnosis", "simulator"));
  EXPECT_THAT(KeysOf(json["model"]),
              ElementsAre("name", "cores", "neurons", "axons", "synapses", "chips", "sha256"));
  EXPECT_THAT(KeysOf(json["dataset"]), ElementsAre("name", "split", "images"));
  EXPECT_THAT(KeysOf(json["counts"]),
              ElementsAre("spikes", "axon_events", "synaptic_ops", "hops", "host_packets",
                          "pin_packets", "chip_crossings", "merged_spikes", "neuron_updates"));
  EXPECT_THAT(KeysOf(json["verify"]),
              ElementsAre("images", "mismatched_images", "mismatched_spikes"));
  EXPECT_THAT(
      KeysOf(json["simulator"]),
      ElementsAre("version", "wall_seconds", "cpu_seconds", "ticks_per_second", "realtime_factor",
                  "images_per_second", "threads", "simd", "seed", "peak_memory_bytes"));
  EXPECT_EQ(json["schema"], "spikemesh.run/1");
  EXPECT_EQ(json["constants"].size(), kEnergyConstantMembers.size());
  EXPECT_THAT(KeysOf(json["constants"][0]),
              ElementsAre("name", "value", "unit", "class", "source"));
}

TEST(RunReportJsonTest, EveryValueArrives) {
  const Json json = RunReportJson(SampleRun());
  EXPECT_EQ(json["accuracy"], 0.75);
  EXPECT_EQ(json["per_class"][0]["correct"], 2);
  EXPECT_EQ(json["per_class"][0]["name"], "cat");
  EXPECT_EQ(json["confusion"][0][1], 1);
  EXPECT_EQ(json["counts"]["synaptic_ops"], 13000);
  EXPECT_EQ(json["verify"]["mismatched_spikes"], 5);
  EXPECT_EQ(json["simulator"]["ticks_per_second"], 3.0);
  EXPECT_EQ(json["simulator"]["images_per_second"], 2.0);
  // 6 ticks of 1 ms in 2 s.
  EXPECT_DOUBLE_EQ(json["simulator"]["realtime_factor"].get<double>(), 0.003);
  // 4096 cores leak more than 3.
  EXPECT_DOUBLE_EQ(json["energy_whole_chip"]["static_joules"].get<double>(),
                   json["energy"]["static_joules"].get<double>() * 4096 / 3);
}

TEST(RunReportTest, AccuracyOverTicksIsOfRateModeOnly) {
  RunReport report = SampleRun();
  EXPECT_EQ(RunReportJson(report)["accuracy_over_ticks"], Json::array());
  EXPECT_THAT(FormatRunReport(report, false), Not(HasSubstr("read out after")));
  report.ticks_per_image = 3;
  report.accuracy_over_ticks = {{1, 0.25}, {2, 0.5}, {3, 0.75}};
  EXPECT_EQ(RunReportJson(report)["accuracy_over_ticks"],
            Json::parse(R"([{"ticks": 1, "accuracy": 0.25}, {"ticks": 2, "accuracy": 0.5},
                            {"ticks": 3, "accuracy": 0.75}])"));
  const std::string text = FormatRunReport(report, false);
  EXPECT_THAT(text, HasSubstr(", 3 an image, latency 2 ticks"));
  EXPECT_THAT(text, HasSubstr("read out after 1 tick 25.00 %, 2 ticks 50.00 %, 3 ticks 75.00 %"));
}

TEST(RunReportJsonTest, WhatWasNotMeasuredIsNull) {
  const Json json = RunReportJson(RunReport());
  for (const char* key : {"dataset", "accuracy", "ticks_per_image", "latency_ticks", "counts",
                          "energy", "energy_whole_chip", "verify", "late"}) {
    EXPECT_TRUE(json[key].is_null()) << key;
  }
  EXPECT_TRUE(json["model"]["cores"].is_null());
}

TEST(RunReportTextTest, SaysWhatTheJsonSays) {
  const std::string text = FormatRunReport(SampleRun(), false);
  EXPECT_THAT(text, HasSubstr("net: 3 cores, 700 neurons"));
  EXPECT_THAT(text, HasSubstr("digits, test split, 4 images"));
  EXPECT_THAT(text, HasSubstr("75.00 % (3 of 4)"));
  EXPECT_THAT(text, HasSubstr("13,000"));
  EXPECT_THAT(text, HasSubstr("1 differ, in 5 output spikes"));
  EXPECT_THAT(text, HasSubstr("latency 2 ticks"));
  EXPECT_THAT(text, HasSubstr("GSOPS/W"));
  EXPECT_THAT(text, Not(HasSubstr("hop_energy")));
}

TEST(RunReportTextTest, ConstantsComeOnRequestWithClassAndSource) {
  const std::string text = FormatRunReport(SampleRun(), true);
  EXPECT_THAT(text, HasSubstr("hop_energy = 2.154 pJ per packet and hop (derived: "));
}

TEST(FormatJsonFileTest, NamesThatAreNotUtf8DoNotStopTheReport) {
  RunReport report = SampleRun();
  report.model.name = "\xff\xfe";
  EXPECT_THAT(FormatJsonFile(RunReportJson(report)), HasSubstr("\"accuracy\": 0.75"));
}

BenchReport SampleBench() {
  BenchReport report;
  report.cores = 2;
  report.neurons = 512;
  report.ticks = 100;
  report.warm_up_ticks = 50;
  report.synapses_per_axon = 128;
  report.cpu_seconds = 0.2;
  report.wall_seconds = 0.1;
  report.counts = {.spikes = 1024, .synaptic_ops = 131072};
  report.energy = ComputeEnergy(report.counts, {.ticks = 100, .cores = 2}, EnergyConstants());
  report.energy_whole_chip = report.energy;
  return report;
}

TEST(BenchReportTest, RatiosFollowFromTheMeasurements) {
  const BenchReport report = SampleBench();
  // 1024 spikes of 512 neurons in 0.1 s of simulated time.
  EXPECT_DOUBLE_EQ(report.rate_hz(), 20.0);
  EXPECT_DOUBLE_EQ(report.ms_per_tick(), 2.0);
  EXPECT_DOUBLE_EQ(report.wall_ms_per_tick(), 1.0);
  EXPECT_DOUBLE_EQ(report.ns_per_core_tick(), 1e6);
  EXPECT_DOUBLE_EQ(report.realtime_factor(), 1.0);
  EXPECT_DOUBLE_EQ(report.synaptic_ops_per_second(), 1310720.0);
}

TEST(BenchReportTest, JsonHasTheKeysOfTheContract) {
  const Json json = BenchReportJson(SampleBench());
  for (const char* key :
       {"cores", "ticks", "rate_hz", "synapses_per_axon", "stochastic", "mixed", "ns_per_core_tick",
        "ms_per_tick", "wall_ms_per_tick", "realtime_factor", "synaptic_ops_per_second",
        "build_seconds", "load_seconds", "peak_memory_bytes", "counts", "energy"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["schema"], "spikemesh.bench/1");
  EXPECT_EQ(json["ms_per_tick"], 2.0);
}

TEST(BenchReportTest, EmptyBenchDividesByNothing) {
  EXPECT_EQ(BenchReport().rate_hz(), 0.0);
  EXPECT_EQ(BenchReport().ms_per_tick(), 0.0);
}

ConvertReport SampleConversion() {
  ConvertReport report;
  report.source = "a.onnx";
  report.output = "a.chip";
  report.layers = {{.name = "conv1",
                    .kind = "convolution",
                    .shape = {8, 13, 14},
                    .fan_in = 9,
                    .neurons = 1456,
                    .cores = 6,
                    .weights = "ternary",
                    .latency_ticks = 1}};
  report.cores = 6;
  report.chips = 1;
  report.neurons = 1456;
  report.range_max = 1.0;
  report.warnings = {"sign(0) is +1"};
  return report;
}

TEST(ConvertReportTest, JsonHasLayersTotalsAndPreprocessing) {
  const Json json = ConvertReportJson(SampleConversion());
  EXPECT_EQ(json["schema"], "spikemesh.convert/1");
  ASSERT_EQ(json["layers"].size(), 1u);
  for (const char* key : {"name", "kind", "shape", "fan_in", "neurons", "cores", "axons", "copies",
                          "splitters", "weights", "exact", "latency_ticks"}) {
    EXPECT_TRUE(json["layers"][0].contains(key)) << key;
  }
  EXPECT_EQ(json["layers"][0]["shape"], Json({8, 13, 14}));
  EXPECT_EQ(json["totals"]["cores"], 6);
  EXPECT_EQ(json["preprocessing"]["input_range_max"], 1.0);
  EXPECT_EQ(json["warnings"][0], "sign(0) is +1");
}

TEST(ConvertReportTest, TextNamesLayersTotalsAndWarnings) {
  const std::string text = FormatConvertReport(SampleConversion());
  EXPECT_THAT(text, HasSubstr("conv1  convolution  8x13x14"));
  EXPECT_THAT(text, HasSubstr("6 cores on 1 chip"));
  EXPECT_THAT(text, HasSubstr("bytes 0..255 become 0..1, mean 0, std 1"));
  EXPECT_THAT(text, HasSubstr("sign(0) is +1"));
}

TEST(ConvertReportTest, SplitsSayWhatTheyChange) {
  ConvertReport report = SampleConversion();
  report.splits = {
      {.layer = "fc1", .chunks = 7, .partial_neurons = 1400, .axons = 784, .flipped_share = 0.0012},
      {.layer = "fc2",
       .chunks = 2,
       .partial_neurons = 5120,
       .axons = 512,
       .readout = true,
       .flipped_share = 0.25}};
  const std::string text = FormatConvertReport(report);
  EXPECT_THAT(text, HasSubstr("fc1: 784 axons a neuron, in 7 parts, 1,400 partial neurons; 0.12 % "
                              "of its output spikes differ"));
  EXPECT_THAT(text, HasSubstr("fc2: 512 axons a neuron, in 2 parts, 5,120 partial neurons whose "
                              "votes the host adds; 25.00 % of the images change their class"));
  const Json json = ConvertReportJson(report)["splits"];
  EXPECT_EQ(json[0]["readout"], false);
  EXPECT_EQ(json[1]["readout"], true);
  EXPECT_EQ(json[1]["flipped_share"], 0.25);
}

TEST(ConvertReportTest, WithoutLayersThereIsNeitherTableNorPreprocessing) {
  ConvertReport report = SampleConversion();
  report.layers.clear();
  const std::string text = FormatConvertReport(report);
  EXPECT_THAT(text, Not(HasSubstr("fan-in")));
  EXPECT_THAT(text, Not(HasSubstr("bytes 0..255")));
  EXPECT_THAT(text, HasSubstr("6 cores on 1 chip"));
}

}  // namespace
}  // namespace spikemesh
