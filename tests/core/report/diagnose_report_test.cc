// SPDX-License-Identifier: Apache-2.0
#include "core/report/diagnose_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/json.h"
#include "core/report/diagnose_json.h"
#include "core/report/diagnose_svg.h"
#include "tests/testing/xml_fault.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Float 90 %, spiking 80 %, chip 79 %; conv1 keeps 90 %, conv2 85 %, conv3 (without a counterpart)
// differs on the chip, fc 80 %.
DiagnoseReport SampleReport() {
  DiagnoseReport report;
  report.images = 100;
  report.accuracy_float = 0.90;
  report.accuracy_spiking = 0.80;
  report.accuracy_chip = 0.79;
  for (const char* name : {"conv1", "conv2", "conv3", "fc"}) {
    LayerAgreement layer;
    layer.name = name;
    layer.neurons = 8;
    layer.correlation = 0.5;
    layer.equal_bits = 0.75;
    layer.compared = 1600;
    layer.spike_rate = 0.125;
    layer.dead = 3;
    layer.saturated = 1;
    layer.neurons_by_rate = {3, 0, 4};
    layer.neurons_by_rate.back() = 1;
    report.layers.push_back(layer);
  }
  report.layers[0].accuracy = 0.90;
  report.layers[1].accuracy = 0.85;
  report.layers[2].correlation.reset();
  report.layers[2].equal_bits.reset();
  report.layers[2].differing = 2;
  report.layers[3].accuracy = 0.80;
  return report;
}

TEST(FirstLossTest, IsTheFirstLayerMoreThanAPointBelowTheFloatNetwork) {
  DiagnoseReport report = SampleReport();
  EXPECT_EQ(FirstLoss(report), &report.layers[1]);
  report.layers[1].accuracy = 0.895;  // half a point: not yet
  EXPECT_EQ(FirstLoss(report), &report.layers[3]);
  report.layers[0].accuracy = 0.885;
  EXPECT_EQ(FirstLoss(report), &report.layers[0]);
}

// In all 16 images of 1024 are lost, half of them are 8.
TEST(FirstLossTest, IsTheFirstLayerWithMoreThanHalfOfASmallLoss) {
  DiagnoseReport report = SampleReport();
  report.accuracy_float = 1.0;
  report.accuracy_spiking = 1.0 - 16.0 / 1024;
  report.layers[0].accuracy = 1.0 - 8.0 / 1024;
  report.layers[1].accuracy = 1.0 - 9.0 / 1024;
  EXPECT_EQ(FirstLoss(report), &report.layers[1]);
}

TEST(FirstLossTest, IsNoneWhereNothingIsLost) {
  DiagnoseReport report = SampleReport();
  report.accuracy_spiking = 0.91;
  for (LayerAgreement& layer : report.layers) {
    layer.accuracy = 0.90;
  }
  EXPECT_EQ(FirstLoss(report), nullptr);
  EXPECT_THAT(FormatDiagnosis(report), HasSubstr("first layer that loses accuracy: none\n"));
  EXPECT_TRUE(DiagnoseJson(report)["first_loss"].is_null());
  report.layers[2].accuracy.reset();
  report.layers[1].accuracy = 0.895;  // a layer that does worse than all together
  EXPECT_EQ(FirstLoss(report), nullptr);
}

TEST(FirstDifferenceTest, IsTheFirstLayerWithADifferingNeuron) {
  DiagnoseReport report = SampleReport();
  EXPECT_EQ(FirstDifference(report), &report.layers[2]);
  report.layers[2].differing = 0;
  EXPECT_EQ(FirstDifference(report), nullptr);
}

TEST(DiagnoseReportTest, OnlyWhatIsWholeIsTold100Percent) {
  EXPECT_EQ(FormatShare(1.0), "100.00 %");
  EXPECT_EQ(FormatShare(0.999999), "99.99 %");
  EXPECT_EQ(FormatShare(0.0), "0.00 %");
}

TEST(DiagnoseReportTest, EveryValueArrivesInJson) {
  const Json json = DiagnoseJson(SampleReport());
  EXPECT_EQ(json["images"], 100);
  EXPECT_EQ(json["accuracy_float"], 0.90);
  EXPECT_EQ(json["accuracy_spiking"], 0.80);
  EXPECT_EQ(json["accuracy_chip"], 0.79);
  EXPECT_EQ(json["first_loss"], "conv2");
  EXPECT_EQ(json["first_difference"], "conv3");
  ASSERT_EQ(json["layers"].size(), 4u);
  const Json& layer = json["layers"][0];
  EXPECT_EQ(layer["name"], "conv1");
  EXPECT_EQ(layer["neurons"], 8);
  EXPECT_EQ(layer["correlation"], 0.5);
  EXPECT_EQ(layer["equal_bits"], 0.75);
  EXPECT_EQ(layer["chip_equal"], 1.0);
  EXPECT_EQ(layer["chip_compared"], 1600);
  EXPECT_EQ(layer["spike_rate"], 0.125);
  EXPECT_EQ(layer["dead"], 3);
  EXPECT_EQ(layer["saturated"], 1);
  EXPECT_EQ(layer["accuracy"], 0.90);
  EXPECT_EQ(layer["neurons_by_rate"].size(), kRateBins);
  EXPECT_EQ(layer["neurons_by_rate"][2], 4);
  const Json& differing = json["layers"][2];
  EXPECT_EQ(differing["chip_differing"], 2);
  EXPECT_EQ(differing["chip_equal"], 1.0 - 2.0 / 1600);
  for (const char* absent : {"correlation", "equal_bits", "accuracy"}) {
    EXPECT_TRUE(differing[absent].is_null()) << absent;
  }
}

TEST(DiagnoseReportTest, ChipThatHasNoneOfALayerIsNotCalledEqual) {
  LayerAgreement layer;
  EXPECT_EQ(layer.chip_equal(), std::nullopt);
}

TEST(DiagnoseReportTest, TableTellsLayersAndFindings) {
  const std::string text = FormatDiagnosis(SampleReport());
  EXPECT_THAT(text, HasSubstr("diagnosis of 100 images: accuracy 90.00 % in floating point, "
                              "80.00 % as spiking network, 79.00 % on the chip\n"));
  EXPECT_THAT(text, HasSubstr("first layer that loses accuracy: conv2 (90.00 % -> 85.00 %)\n"));
  EXPECT_THAT(text, HasSubstr("first layer where the chip differs from the spiking network: conv3 "
                              "(2 of 1,600 spikes or silences)\n"));
  EXPECT_THAT(text, HasSubstr("99.87 %")) << "1 - 2/1600 is 0.99875, rounded down";
}

TEST(DiagnoseSvgTest, PictureIsWellFormedAndNamesEveryLayer) {
  DiagnoseReport report = SampleReport();
  report.layers[0].name = "<a & \"b\">";
  const std::string picture = FormatDiagnosisSvg(report, "Layers of <x>");
  EXPECT_EQ(XmlFault(picture), "");
  for (const char* name : {"&lt;a &amp; &quot;b&quot;&gt;", "conv2", "conv3", "fc"}) {
    EXPECT_THAT(picture, HasSubstr(name));
  }
  EXPECT_THAT(picture, HasSubstr("Layers of &lt;x&gt;"));
  EXPECT_THAT(picture, HasSubstr("3 dead, 1 saturated"));
  EXPECT_THAT(picture, HasSubstr(">chip differs<"));
  EXPECT_EQ(XmlFault(FormatDiagnosisSvg({}, "nothing")), "");
}

}  // namespace
}  // namespace spikemesh
