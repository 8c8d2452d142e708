// SPDX-License-Identifier: Apache-2.0
// Whatever linear layers stand between two activations, what they compose to computes the same:
// exactly where all numbers are dyadic, else but for the rounding of doubles.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "converters/spiking/compose_linear.h"
#include "converters/spiking/stage_graph.h"
#include "core/base/random.h"
#include "core/base/strings.h"
#include "networks/ir/network.h"
#include "networks/ir/run_network.h"
#include "networks/ir/window.h"
#include "tests/testing/random_network.h"

namespace spikemesh {
namespace {

enum class Numbers : std::uint8_t { kDyadic, kAny };

// A network that grows node by node behind its last value.
class ChainDrawer {
 public:
  ChainDrawer(RandomSequence& random, Numbers numbers) : random_(random), numbers_(numbers) {
    network_.name = "chain";
    network_.input_shape = {DrawBetween(random, 1, 3), DrawBetween(random, 3, 8),
                            DrawBetween(random, 3, 8)};
  }

  // Some linear nodes between activations, and a dense layer as output.
  Network Draw() {
    Convolution();
    Append("relu", ClipNode{}, shape());
    for (std::int32_t part = DrawBetween(random_, 1, 2); part > 0; --part) {
      for (std::int32_t nodes = DrawBetween(random_, 1, 5); nodes > 0; --nodes) {
        LinearNode();
      }
      Append("relu", ClipNode{}, shape());
    }
    Convolution();
    Append("flatten", ReshapeNode{}, {static_cast<std::int32_t>(shape().size()), 1, 1});
    Affine();
    Convolution({}, 3, 1);
    return std::move(network_);
  }

 private:
  bool Chance(std::int32_t of) { return DrawBetween(random_, 1, of) == 1; }
  const FeatureShape& shape() const {
    return network_.nodes.empty() ? network_.input_shape : network_.nodes.back().shape;
  }
  double Number() {
    return numbers_ == Numbers::kDyadic ? DrawBetween(random_, -4, 4) / 4.0
                                        : 2.0 * random_.NextUnit() - 1.0;
  }
  template <typename Value>
  std::vector<Value> Values(std::int64_t count) {
    std::vector<Value> values;
    for (std::int64_t i = 0; i < count; ++i) {
      values.push_back(static_cast<Value>(Number()));
    }
    return values;
  }

  void Append(const char* kind, NodeOperation operation, const FeatureShape& to,
              std::vector<std::int32_t> sources = {}) {
    if (sources.empty()) {
      sources = {network_.output()};
    }
    network_.nodes.push_back({.name = Concat(kind, network_.nodes.size()),
                              .sources = std::move(sources),
                              .operation = std::move(operation),
                              .shape = to});
  }
  FeatureShape After(const WindowGeometry& window, std::int32_t channels) const {
    return {channels, static_cast<std::int32_t>(OutputExtent(AxisY(window), shape().height)),
            static_cast<std::int32_t>(OutputExtent(AxisX(window), shape().width))};
  }
  void Convolution(const WindowGeometry& window, std::int32_t channels, std::int32_t groups) {
    const std::int64_t fan_in =
        std::int64_t{shape().channels / groups} * window.kernel_y * window.kernel_x;
    Append("conv",
           ConvolutionNode{window, groups, Values<float>(fan_in * channels),
                           Chance(3) ? std::vector<float>(channels) : Values<float>(channels)},
           After(window, channels));
  }
  void Convolution() {
    const WindowGeometry window = Chance(2) ? WindowGeometry{} : DrawWindow(random_, shape(), 2);
    const std::int32_t channels = DrawBetween(random_, 1, 2) * (Chance(2) ? shape().channels : 1);
    Convolution(window, channels, DrawGroups(random_, shape().channels, channels));
  }
  void Affine() {
    const std::int64_t channels = shape().channels;
    if (Chance(2)) {
      Append("affine", AffineNode{Values<double>(channels), Values<double>(channels)}, shape());
      return;
    }
    BatchNormNode norm{
        Values<float>(channels), Values<float>(channels), Values<float>(channels), {}, 0.0};
    norm.variance.assign(static_cast<std::size_t>(channels),
                         numbers_ == Numbers::kDyadic ? 0.25F : 0.3F);
    Append("norm", std::move(norm), shape());
  }
  void Mean() {
    PoolNode pool;
    pool.kind = PoolKind::kAverage;
    pool.window.kernel_y = shape().height % 2 == 0 ? 2 : 1;
    pool.window.kernel_x = shape().width % 2 == 0 ? 2 : 1;
    pool.window.stride_y = Chance(2) ? pool.window.kernel_y : 1;
    if (pool.window.kernel_y > 1 && Chance(3)) {
      pool.window.pad_top = 1;
      pool.count_padding = numbers_ == Numbers::kDyadic || Chance(2);
    }
    Append("mean", pool, After(pool.window, shape().channels));
  }
  void Join() {
    const std::int32_t last = network_.output();
    for (std::int32_t other = last - 1; other >= 0; --other) {
      const FeatureShape& of = network_.nodes[static_cast<std::size_t>(other)].shape;
      if (of == shape() && Chance(2)) {
        Append("add", AddNode{}, shape(), {last, other});
        return;
      }
      if (of.height == shape().height && of.width == shape().width && Chance(3)) {
        Append("concat", ConcatNode{}, {shape().channels + of.channels, of.height, of.width},
               {other, last});
        return;
      }
    }
  }
  void LinearNode() {
    switch (DrawBetween(random_, 0, 5)) {
      case 0:
        return Affine();
      case 1:
        return Mean();
      case 2:
        return Join();
      default:
        return Convolution();
    }
  }

  RandomSequence& random_;
  const Numbers numbers_;
  Network network_;
};

std::vector<double> OutputOf(const Network& network, const std::vector<double>& image) {
  return NetworkRunner(network).Run(image).back();
}

constexpr int kChains = 400;

struct Counts {
  int same = 0;  // folded as they were
  int composed = 0;
  int foldable = 0;  // all but those whose means are padded
  int refused = 0;   // without rails
};

void ExpectSameValues(const Network& network, const Network& composed, Numbers numbers,
                      RandomSequence& random) {
  std::vector<double> image;
  for (std::int64_t i = 0; i < network.input_shape.size(); ++i) {
    image.push_back(DrawBetween(random, 0, 16) / 16.0);
  }
  const std::vector<double> expected = OutputOf(network, image);
  const std::vector<double> found = OutputOf(composed, image);
  ASSERT_EQ(expected.size(), found.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (numbers == Numbers::kDyadic) {
      EXPECT_EQ(expected[i], found[i]);
    } else {
      EXPECT_NEAR(expected[i], found[i], 1e-9 * std::max(1.0, std::abs(expected[i])));
    }
  }
}

Counts CheckChains(Numbers numbers, std::uint64_t first_seed) {
  Counts counts;
  for (std::uint64_t seed = first_seed; seed < first_seed + kChains; ++seed) {
    SCOPED_TRACE(Concat("seed ", seed));
    RandomSequence random(seed, 1);
    const Network network = ChainDrawer(random, numbers).Draw();
    const absl::StatusOr<Network> strict = ComposeLinear(network);
    const absl::StatusOr<Network> railed = ComposeLinear(network, LinearCut::kRails);
    EXPECT_TRUE(railed.ok()) << railed.status();
    if (!railed.ok()) {
      continue;
    }
    ExpectSameValues(network, *railed, numbers, random);
    const bool same = railed->nodes.size() == network.nodes.size();
    (same ? counts.same : strict.ok() ? counts.composed : counts.refused) += 1;
    if (strict.ok()) {
      ExpectSameValues(network, *strict, numbers, random);
    } else {
      EXPECT_TRUE(absl::IsUnimplemented(strict.status())) << strict.status();
    }
    // What was composed is what folding takes, and stays as it is.
    const absl::StatusOr<Network> again = ComposeLinear(*railed);
    EXPECT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again.ok() ? again->nodes.size() : 0, railed->nodes.size());
    counts.foldable += BuildStageGraph(*railed, {.average_pool_stages = true}).ok() ? 1 : 0;
  }
  return counts;
}

TEST(LinearChainTest, DyadicChainsComposeExactly) {
  const Counts counts = CheckChains(Numbers::kDyadic, 1);
  EXPECT_GT(counts.same, 0);
  EXPECT_GT(counts.composed, 100);
  EXPECT_GT(counts.refused, 20);
  EXPECT_GT(counts.foldable, kChains * 9 / 10);
}

TEST(LinearChainTest, ChainsComposeButForRoundingOfDoubles) {
  const Counts counts = CheckChains(Numbers::kAny, 1000);
  EXPECT_GT(counts.same, 0);
  EXPECT_GT(counts.composed, 100);
  EXPECT_GT(counts.refused, 20);
  EXPECT_GT(counts.foldable, kChains * 9 / 10);
}

}  // namespace
}  // namespace spikemesh
