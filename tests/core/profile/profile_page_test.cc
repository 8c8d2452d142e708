// SPDX-License-Identifier: Apache-2.0
#include "core/profile/profile_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/profile/page/page_bundle.h"
#include "core/profile/page_packing.h"
#include "core/profile/profile_json.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kBefore = R"(<script type="application/json" id="data">)";
constexpr std::string_view kAfter = "</script>";

std::string_view DataIn(std::string_view page) {
  const std::size_t begin = page.find(kBefore) + kBefore.size();
  return page.substr(begin, page.find(kAfter, begin) - begin);
}

constexpr MeshShape kMesh = {.cores_x = 2, .cores_y = 2, .chips_x = 2};
constexpr CoreCoordinates kFirst = {0, 0};
constexpr CoreCoordinates kCorner = {3, 0};
constexpr CoreCoordinates kLast = {3, 1};

// On two chips side by side: two cores of a layer, the last of none.
ChipModel ThreeCores() {
  ChipModel chip;
  chip.spec.mesh = kMesh;
  for (const CoreCoordinates at : {kFirst, kCorner, kLast}) {
    chip.cores.emplace_back().at = at;
  }
  chip.provenance.layers = {"conv"};
  chip.provenance.core_layer = {0, 0, -1};
  return chip;
}

class ProfilePageTest : public ::testing::Test {
 protected:
  ProfilePageTest() { run_.model.name = "net"; }

  void Tick(int packets) {
    for (int i = 0; i < packets; ++i) {
      transport_.Send(kFirst, kLast, i, transport_.next_tick(), 0);
    }
    transport_.SendFromHost(kFirst, transport_.next_tick(), 0);
    const std::span<const CycleTransport::Arrival> arrivals = transport_.RunTick();
    traffic_.Look(transport_, arrivals);
    timeline_.Look(transport_, arrivals);
  }
  ProfileReport Report() const { return MakeProfileReport(traffic_, run_); }
  Json PageData() const { return ProfilePageJson(traffic_, timeline_, Report()); }

  ChipModel chip_ = ThreeCores();
  RunReport run_;
  CycleTransport transport_{kMesh, RouterParameters{.cycles_per_tick = 60}};
  SpikeTraffic traffic_{chip_};
  TrafficTimeline timeline_{kMesh};
};

std::string Text(std::initializer_list<std::int64_t> values) {
  return PackedText(std::span(values.begin(), values.size()));
}

// Rows of so many bins; an empty one is a 0.
std::string RowsText(std::initializer_list<std::vector<std::int64_t>> rows) {
  std::string bytes;
  for (const std::vector<std::int64_t>& row : rows) {
    AppendLeb128(row.size(), bytes);
    AppendPacked(row, bytes);
  }
  return Base64(bytes);
}

TEST_F(ProfilePageTest, DataHoldTheReportAndEveryCountByBin) {
  Tick(2);
  Tick(0);
  Tick(1);
  const Json data = PageData();
  Json report = ProfileReportJson(Report());
  report.erase("links");
  EXPECT_EQ(data["schema"], "spikemesh.page/1");
  EXPECT_EQ(data["report"], report);
  EXPECT_EQ(data["mesh"], Json({{"cores_x", 2}, {"cores_y", 2}, {"chips_x", 2}, {"chips_y", 1}}));
  EXPECT_EQ(data["time"],
            Json({{"ticks", 3}, {"ticks_per_bin", 1}, {"bins", 3}, {"measured_ticks_per_bin", 1}}));
  EXPECT_EQ(data["layers"], Json({"conv", "-"}));
  EXPECT_EQ(data["cores"], Json({{"count", 3},
                                 {"place", Text({0, 3, 7})},
                                 {"layer", Text({0, 0, 1})},
                                 {"sent", RowsText({{2, 0, 1}, {}, {}})},
                                 {"received", RowsText({{}, {}, {2, 0, 1}})},
                                 {"of_host", RowsText({{1, 1, 1}, {}, {}})}}));
  // East out of (0, 0), (1, 0) and (2, 0), then south out of (3, 0).
  EXPECT_EQ(data["links"],
            Json({{"count", 4},
                  {"link", Text({0, 4, 8, 14})},
                  {"peak", Text({2, 2, 2, 2})},
                  {"carried", RowsText({{2, 0, 1}, {2, 0, 1}, {2, 0, 1}, {2, 0, 1}})}}));
  EXPECT_EQ(data["late"], Json::array());
}

TEST_F(ProfilePageTest, HistogramsAreThoseOfTheTraffic) {
  Tick(1);
  const Json data = PageData();
  const auto expect = [&](const char* name, const LatencyHistogram& histogram) {
    EXPECT_EQ(data[name], Json({{"first", histogram.min()}, {"width", 1}, {"counts", {1}}}));
  };
  expect("latency", traffic_.latency());
  expect("host_latency", traffic_.host_latency());
  EXPECT_EQ(data["slack"]["first"], traffic_.slack().min());
  EXPECT_EQ(data["slack"]["counts"].size(),
            static_cast<std::size_t>(traffic_.slack().max() - traffic_.slack().min() + 1));
}

TEST_F(ProfilePageTest, LateSpikesAreExplained) {
  transport_.Send(kFirst, kLast, 59, transport_.next_tick(), 0);
  Tick(0);
  Tick(0);
  ASSERT_EQ(traffic_.late_spikes().size(), 1u);
  EXPECT_EQ(PageData()["late"], Json({Explain(traffic_.late_spikes()[0])}));
}

// Sums stay; only the bins become wider.
TEST_F(ProfilePageTest, BinsMergeWhereRowsWouldBeTooLarge) {
  for (int tick = 0; tick < 8; ++tick) {
    Tick(tick);
  }
  const std::size_t all = SIZE_MAX;
  EXPECT_EQ(ProfilePageJson(traffic_, timeline_, Report(), all)["time"]["bins"], 8);
  // 7 rows of 8 bytes behind their lengths, and 6 empty ones; 4 characters for 3 bytes.
  const std::size_t size = (7 * (8 + 1) + 6) / 3 * 4;
  EXPECT_EQ(ProfilePageJson(traffic_, timeline_, Report(), size)["time"]["bins"], 8);
  const Json data = ProfilePageJson(traffic_, timeline_, Report(), size - 1);
  EXPECT_EQ(data["time"]["bins"], 4);
  EXPECT_EQ(data["time"]["ticks_per_bin"], 2);
  EXPECT_EQ(data["time"]["measured_ticks_per_bin"], 1);
  EXPECT_EQ(data["cores"]["sent"], RowsText({{0 + 1, 2 + 3, 4 + 5, 6 + 7}, {}, {}}));
  EXPECT_EQ(ProfilePageJson(traffic_, timeline_, Report(), 0)["time"]["bins"], 1);
}

TEST_F(ProfilePageTest, PageIsTheBundleWithItsData) {
  Tick(1);
  const std::string page = FormatProfilePage(traffic_, timeline_, Report());
  const absl::StatusOr<Json> data = ParseJson(DataIn(page));
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(*data, PageData());
  EXPECT_EQ(page.size(), PageBundle().size() + DataIn(page).size() - DataIn(PageBundle()).size());
  EXPECT_THAT(page, HasSubstr("Leon Sorokin"));  // uPlot's licence
}

// It works without a network: no address of another file, nothing that fetches one.
TEST_F(ProfilePageTest, BundleAsksForNothing) {
  const std::string bundle(PageBundle());
  for (const char* const word : {"src=", "href=", "@import", "url(", "fetch(", "XMLHttpRequest",
                                 "import(", "WebSocket", "http://", "https://"}) {
    EXPECT_THAT(bundle, Not(HasSubstr(word)));
  }
}

TEST_F(ProfilePageTest, NamesCannotLeaveTheirJson) {
  const std::string hostile = "</script><script>alert(1)</script><!-- \xFF \"'&";
  run_.model.name = hostile;
  chip_.provenance.layers = {hostile};
  Tick(1);
  const std::string page = FormatProfilePage(traffic_, timeline_, Report());
  EXPECT_THAT(page, Not(HasSubstr("alert(1)</script>")));
  const absl::StatusOr<Json> data = ParseJson(DataIn(page));
  ASSERT_TRUE(data.ok()) << data.status();
  const std::string read = "</script><script>alert(1)</script><!-- \xEF\xBF\xBD \"'&";
  EXPECT_EQ((*data)["report"]["model"]["name"], read);
  EXPECT_EQ((*data)["layers"][0], read);
}

TEST_F(ProfilePageTest, ARunWithoutTicksHasAPage) {
  const Json data = PageData();
  EXPECT_EQ(data["time"]["bins"], 0);
  EXPECT_EQ(data["links"]["count"], 0);
  EXPECT_EQ(data["latency"]["counts"], Json::array());
}

}  // namespace
}  // namespace spikemesh
