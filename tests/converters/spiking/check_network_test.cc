// SPDX-License-Identifier: Apache-2.0
// Clips, rounding, thresholds, pools and joins: what CheckNetwork accepts and how it names the
// rest. Chains of the older nodes are checked in fold_network_test.cc.
#include "converters/spiking/check_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

namespace spikemesh {
namespace {

using ::testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// One of each, over an image of 2 channels, 4 x 4.
Network Every() {
  constexpr FeatureShape kImage = {2, 4, 4};
  Network network;
  network.input_shape = kImage;
  network.nodes.push_back({"clip", {kNetworkInput}, ClipNode{-1, kInfinity}, kImage});
  network.nodes.push_back({"round", {0}, RoundNode{}, kImage});
  network.nodes.push_back({"count", {1}, MultiThresholdNode{2, {0, 1, 2, 2}}, kImage});
  network.nodes.push_back({"add", {1, 2}, AddNode{}, kImage});
  network.nodes.push_back({"pool", {3}, PoolNode{PoolKind::kMax, {2, 2, 2, 2}, false}, {2, 2, 2}});
  network.nodes.push_back(
      {"mean", {3}, PoolNode{PoolKind::kAverage, {3, 3, 2, 2, 1, 1, 0, 0}, true}, {2, 2, 2}});
  network.nodes.push_back({"concat", {4, 5, 4}, ConcatNode{}, {6, 2, 2}});
  return network;
}

TEST(CheckNetworkTest, EveryKindIsAccepted) {
  const absl::Status status = CheckNetwork(Every());
  EXPECT_TRUE(status.ok()) << status.message();
}

TEST(CheckNetworkTest, EveryKindHasAName) {
  const Network network = Every();
  const char* const names[] = {"node \"clip\" (clip)",
                               "node \"round\" (rounding)",
                               "node \"count\" (multi-threshold)",
                               "node \"add\" (addition)",
                               "node \"pool\" (max pooling)",
                               "node \"mean\" (pooling)",
                               "node \"concat\" (concatenation)"};
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    EXPECT_EQ(NodeText(network.nodes[i]), names[i]);
  }
}

using N = Network;
using Threshold = MultiThresholdNode;

template <typename Operation>
Operation& As(N& network, std::size_t node) {
  return std::get<Operation>(network.nodes[node].operation);
}

struct Malformed {
  const char* name;
  std::function<void(N&)> make;
  const char* node;
  const char* message;
};

class CheckNodesTest : public ::testing::TestWithParam<Malformed> {};

TEST_P(CheckNodesTest, IsInvalidArgumentThatNamesTheNode) {
  Network network = Every();
  GetParam().make(network);
  const absl::Status status = CheckNetwork(network);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().node));
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, CheckNodesTest,
    ::testing::Values(
        Malformed{"ClipEnds", [](N& n) { As<ClipNode>(n, 0).high = -1; }, "\"clip\"",
                  "ends -1 and -1"},
        Malformed{"ClipNan", [](N& n) { As<ClipNode>(n, 0).low = kInfinity - kInfinity; },
                  "\"clip\"", "ends"},
        Malformed{"ClipShape", [](N& n) { n.nodes[0].shape.width = 3; }, "\"clip\"",
                  "output shape {2, 4, 3}"},
        Malformed{"RoundShape", [](N& n) { n.nodes[1].shape.width = 3; }, "\"round\"",
                  "output shape {2, 4, 3}"},
        Malformed{"NoSource", [](N& n) { n.nodes[1].sources.clear(); }, "\"round\"", "0 sources"},
        Malformed{"TwoSources",
                  [](N& n) {
                    n.nodes[1].sources = {0, 0};
                  },
                  "\"round\"", "2 sources"},
        Malformed{"Levels", [](N& n) { As<Threshold>(n, 2).levels = 0; }, "\"count\"",
                  "4 thresholds"},
        Malformed{"Thresholds", [](N& n) { As<Threshold>(n, 2).thresholds.pop_back(); },
                  "\"count\"", "3 thresholds"},
        Malformed{"Descending", [](N& n) { As<Threshold>(n, 2).thresholds[3] = 1; }, "\"count\"",
                  "channel 1 do not ascend"},
        Malformed{"ThresholdInfinite", [](N& n) { As<Threshold>(n, 2).thresholds[3] = kInfinity; },
                  "\"count\"", "not finite"},
        Malformed{"ThresholdScale", [](N& n) { As<Threshold>(n, 2).scale = 0; }, "\"count\"",
                  "scale 0"},
        Malformed{"AddOfOne", [](N& n) { n.nodes[3].sources.pop_back(); }, "\"add\"", "1 sources"},
        Malformed{"AddOfItself", [](N& n) { n.nodes[3].sources[1] = 3; }, "\"add\"", "source 3"},
        Malformed{"AddShapes",
                  [](N& n) {
                    n.nodes[6] = {"sum", {3, 4}, AddNode{}, {2, 4, 4}};
                  },
                  "\"sum\"", "for input shape {2, 2, 2}"},
        Malformed{"PoolWindow", [](N& n) { As<PoolNode>(n, 4).window.stride_y = 0; }, "\"pool\"",
                  "strides 0 x 2"},
        Malformed{"PoolExtent", [](N& n) { n.nodes[4].shape.height = 3; }, "\"pool\"",
                  "gives 2 x 2"},
        Malformed{"PoolChannels", [](N& n) { n.nodes[4].shape.channels = 3; }, "\"pool\"",
                  "3 output channels for 2"},
        Malformed{"PoolOfPadding",
                  [](N& n) {
                    As<PoolNode>(n, 4).window.pad_top = 2;
                    n.nodes[4].shape.height = 3;
                  },
                  "\"pool\"", "padding alone"},
        Malformed{"ConcatChannels", [](N& n) { n.nodes[6].shape.channels = 4; }, "\"concat\"",
                  "4 output channels"},
        Malformed{"ConcatHeights", [](N& n) { n.nodes[6].sources[2] = 3; }, "\"concat\"",
                  "a source of shape {2, 4, 4}"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace spikemesh
