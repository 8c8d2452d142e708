// SPDX-License-Identifier: Apache-2.0
#include "core/profile/spike_traffic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/json.h"
#include "core/chip/chip_routes.h"
#include "core/profile/profile_json.h"
#include "core/report/routing_json.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Cores at (0, 0) and (1, 0) of layer "a", at (3, 1) of layer "b", at (3, 0) of none; two chips of
// 2 x 2 cores side by side.
ChipModel FourCores() {
  ChipModel chip;
  chip.spec.mesh = {.cores_x = 2, .cores_y = 2, .chips_x = 2};
  for (const CoreCoordinates at : {CoreCoordinates{0, 0}, {1, 0}, {3, 0}, {3, 1}}) {
    chip.cores.emplace_back().at = at;
  }
  chip.provenance.layers = {"a", "b"};
  chip.provenance.core_layer = {0, 0, -1, 1};
  return chip;
}

class SpikeTrafficTest : public ::testing::Test {
 protected:
  // Sends `packets` at cycle 0 of the coming tick and runs it.
  void Tick(std::initializer_list<std::pair<CoreCoordinates, CoreCoordinates>> packets,
            std::initializer_list<CoreCoordinates> of_host = {}) {
    const spikemesh::Tick due = transport_.next_tick();
    for (const auto& [from, to] : packets) {
      transport_.Send(from, to, 0, due, 0);
    }
    for (const CoreCoordinates to : of_host) {
      transport_.SendFromHost(to, due, 0);
    }
    traffic_.Look(transport_, transport_.RunTick());
  }

  ChipModel chip_ = FourCores();
  CycleTransport transport_{chip_.spec.mesh, RouterParameters{.cycles_per_tick = 20}};
  SpikeTraffic traffic_{chip_};
};

constexpr CoreCoordinates kFirst = {0, 0};
constexpr CoreCoordinates kSecond = {1, 0};
constexpr CoreCoordinates kLast = {3, 1};
constexpr CoreCoordinates kNone = {3, 0};

TEST_F(SpikeTrafficTest, LatencyAndSlackAreThoseOfThePackets) {
  Tick({{kFirst, kLast}, {kSecond, kSecond}}, {kSecond});
  EXPECT_EQ(traffic_.ticks(), 1);
  EXPECT_EQ(traffic_.latency().packets(), 2);
  EXPECT_EQ(traffic_.latency().min(), 5);
  EXPECT_EQ(traffic_.latency().max(), 17);
  EXPECT_EQ(traffic_.host_latency().packets(), 1);
  EXPECT_EQ(traffic_.host_latency().max(), 8 + 1);  // a cycle behind the first core's packet
  // The last cycle of the tick is 19.
  EXPECT_EQ(traffic_.slack().packets(), 3);
  EXPECT_EQ(traffic_.slack().min(), 2);
  EXPECT_EQ(traffic_.slack().max(), 14);
  EXPECT_EQ(traffic_.late(), 0);
}

TEST_F(SpikeTrafficTest, LinksCountPacketsAndTheirBusiestTick) {
  Tick({{kFirst, kLast}});
  Tick({{kFirst, kSecond}, {kSecond, kNone}});
  Tick({});
  const std::vector<MeshLink> links = traffic_.Links();
  ASSERT_EQ(links.size(), 4u);
  EXPECT_EQ(links[0].at, kFirst);
  EXPECT_EQ(links[0].output, Port::kEast);
  EXPECT_EQ(links[0].packets, 2);
  EXPECT_EQ(links[0].peak_packets, 1);
  EXPECT_EQ(links[1].at, kSecond);
  EXPECT_EQ(links[1].packets, 2);
  EXPECT_EQ(links[3].at, kNone);
  EXPECT_EQ(links[3].output, Port::kSouth);
  EXPECT_EQ(links[3].packets, 1);
  // 4 + 1 + 2 hops and three ejections.
  EXPECT_EQ(traffic_.router_hops(), 7 + 3);
  EXPECT_THAT(traffic_.HopHistogram(), ElementsAre(0, 1, 1, 0, 1));
}

TEST_F(SpikeTrafficTest, LayersSumWhatTheirCoresSend) {
  Tick({{kFirst, kLast}, {kSecond, kLast}, {kFirst, kSecond}, {kNone, kLast}}, {kLast, kFirst});
  Tick({});  // the last arrivals
  const std::vector<LayerTraffic> layers = traffic_.Layers();
  ASSERT_EQ(layers.size(), 5u);
  const auto expect = [&](std::size_t i, std::int32_t from, std::int32_t to, std::int64_t packets,
                          std::int64_t hops) {
    EXPECT_EQ(layers[i].from, from) << i;
    EXPECT_EQ(layers[i].to, to) << i;
    EXPECT_EQ(layers[i].packets, packets) << i;
    EXPECT_EQ(layers[i].hops, hops) << i;
  };
  expect(0, kHostLayer, 0, 1, 0);
  expect(1, kHostLayer, 1, 1, 0);
  expect(2, 0, 0, 1, 1);
  expect(3, 0, 1, 2, 4 + 3);
  expect(4, 2, 1, 1, 1);
  EXPECT_EQ(traffic_.LayerName(kHostLayer), "host");
  EXPECT_EQ(traffic_.LayerName(1), "b");
  EXPECT_EQ(traffic_.LayerName(2), "-");
}

// All that a link carried is told by pair of layers, in every direction.
TEST_F(SpikeTrafficTest, LayersOnALinkAddUpToItsPackets) {
  Tick({{kFirst, kLast}, {kFirst, kLast}, {kLast, kFirst}, {kSecond, kNone}, {kNone, kLast}},
       {kLast, kNone});
  for (int i = 0; i < 3; ++i) {
    Tick({});
  }
  ASSERT_TRUE(transport_.idle());
  for (const MeshLink& link : traffic_.Links()) {
    std::int64_t packets = 0;
    for (const LayerTraffic& pair : traffic_.LayersOn(link)) {
      packets += pair.packets;
    }
    EXPECT_EQ(packets, link.packets) << link.at << static_cast<int>(link.output);
  }
  const MeshLink east = {.at = kSecond, .output = Port::kEast};
  ASSERT_EQ(traffic_.LayersOn(east).size(), 3u);
  EXPECT_EQ(traffic_.LayersOn(east)[0].packets, 2);  // a to b
}

TEST_F(SpikeTrafficTest, ALateSpikeIsExplained) {
  // Four packets of one core: the last leaves in cycle 3 and arrives in cycle 20.
  Tick({{kFirst, kLast}, {kFirst, kLast}, {kFirst, kLast}, {kFirst, kLast}});
  EXPECT_EQ(traffic_.late(), 1);  // overdue already
  EXPECT_TRUE(traffic_.late_spikes().empty());
  Tick({});
  EXPECT_EQ(traffic_.late(), 1);
  ASSERT_EQ(traffic_.late_spikes().size(), 1u);
  const LateSpike& late = traffic_.late_spikes()[0];
  EXPECT_EQ(late.sent_tick, 0);
  EXPECT_EQ(late.due_tick, 0);
  EXPECT_EQ(late.arrived_tick, 1);
  EXPECT_EQ(late.latency_cycles, 20);
  EXPECT_EQ(late.zero_load_cycles, 17);
  EXPECT_EQ(late.source_wait_cycles, 3);
  EXPECT_EQ(late.mesh_wait_cycles, 0);
  EXPECT_THAT(Explain(late), HasSubstr("core (0,0) to (3,1), sent in tick 0, due in tick 0, "
                                       "arrived in tick 1: 20 cycles"));
  EXPECT_EQ(LateJson(traffic_.Summarize())["count"], 1);
  EXPECT_EQ(LateJson(traffic_.Summarize())["packets"].size(), 1u);
  EXPECT_THAT(late.path,
              ElementsAre(kFirst, kSecond, CoreCoordinates{2, 0}, kNone, kLast));  // X, then Y
}

TEST(SpikeTrafficDefectsTest, WaysAroundADeadLinkAreTold) {
  ChipModel chip = FourCores();
  chip.spec.dead_links = {{{1, 0}, Port::kEast}};
  const auto routes = MakeRoutes(chip).value();
  CycleTransport transport(chip.spec.mesh, RouterParameters{.cycles_per_tick = 50}, &*routes);
  SpikeTraffic traffic(chip);
  transport.Send(kSecond, kNone, 0, Tick(0), 0);
  transport.Send(kFirst, kSecond, 0, Tick(0), 0);
  transport.SendFromHost(kNone, Tick(0), 0);
  traffic.Look(transport, transport.RunTick());
  // (1, 0) to (3, 0) goes by row 1: four links in place of two.
  EXPECT_THAT(traffic.HopHistogram(), ElementsAre(0, 1, 0, 0, 1));
  std::int64_t packets = 0;
  for (const MeshLink& link : traffic.Links()) {
    std::int64_t of_layers = 0;
    for (const LayerTraffic& pair : traffic.LayersOn(link)) {
      of_layers += pair.packets;
    }
    EXPECT_EQ(of_layers, link.packets);
    packets += link.packets;
  }
  EXPECT_EQ(packets, 4 + 1 + 5);  // the host enters at (0, 0)
  EXPECT_EQ(traffic.late(), 0);
}

TEST_F(SpikeTrafficTest, AResetDropsWhatIsUnderWay) {
  transport_.Send(kFirst, kLast, 19, spikemesh::Tick(0), 0);
  traffic_.Look(transport_, transport_.RunTick());
  transport_.Clear(spikemesh::Tick(5));
  Tick({});
  EXPECT_EQ(traffic_.dropped(), 1);
  EXPECT_EQ(traffic_.late(), 1);  // it had missed its tick
}

TEST_F(SpikeTrafficTest, ReportSumsChipEdgesAndLayers) {
  Tick({{kFirst, kLast}, {kSecond, kLast}, {kLast, kSecond}}, {kFirst});
  Tick({});
  const Json json = ProfileReportJson(MakeProfileReport(traffic_, RunReport()));
  EXPECT_EQ(json["ticks"], 2);
  EXPECT_EQ(json["latency_cycles"]["packets"], 3);
  EXPECT_DOUBLE_EQ(json["hops_mean"].get<double>(), (4 + 3 + 3) / 3.0);
  ASSERT_EQ(json["chip_edges"].size(), 2u);
  EXPECT_EQ(json["chip_edges"][0]["chip_x"], 0);
  EXPECT_EQ(json["chip_edges"][0]["direction"], "east");
  EXPECT_EQ(json["chip_edges"][0]["load_mean"], 1.0);
  EXPECT_EQ(json["chip_edges"][1]["direction"], "west");
  EXPECT_EQ(json["layer_names"], Json({"host", "a", "b"}));
  EXPECT_EQ(json["layers"], Json({{0, 1, 0}, {0, 0, 2}, {0, 1, 0}}));
  EXPECT_EQ(json["layer_hops"], Json({{0, 0, 0}, {0, 0, 7}, {0, 3, 0}}));
  EXPECT_EQ(json["slack_cycles"]["min"], 20 - 1 - 17);
  EXPECT_EQ(json["link_load"]["max"], 1.0);
  const std::string text = FormatProfileReport(MakeProfileReport(traffic_, RunReport()));
  EXPECT_THAT(text, HasSubstr("3 spikes between cores"));
  EXPECT_THAT(text, HasSubstr("a to b 100.00 %"));
}

}  // namespace
}  // namespace spikemesh
