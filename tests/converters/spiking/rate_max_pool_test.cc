// SPDX-License-Identifier: Apache-2.0
// The layers of a max pool of rates, as the ReLU network that they are and as spikes.
#include "converters/spiking/rate_max_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "networks/ir/run_pool.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

// What a neuron of the layer sums up for each spike's worth 1, over `values`: [source][flat],
// source 0 what is pooled, then the layers before.
std::vector<double> RunAsRelu(const SpikingLayer& layer,
                              const std::vector<std::vector<double>>& values) {
  const FeatureShape& shape = layer.output_shape;
  std::vector<double> output;
  for (std::int32_t c = 0; c < shape.channels; ++c) {
    for (std::int32_t y = 0; y < shape.height; ++y) {
      for (std::int32_t x = 0; x < shape.width; ++x) {
        const std::size_t flat = output.size();
        double sum = layer.leaks[flat];
        for (const LayerInput& edge : layer.inputs) {
          const std::vector<double>& from = values[static_cast<std::size_t>(edge.source)];
          const std::int32_t in_group = edge.shape.channels / edge.groups;
          const std::int32_t group = c / (shape.channels / edge.groups);
          const WindowGeometry& window = edge.window;
          std::size_t weight = std::size_t(c) * in_group * window.kernel_y * window.kernel_x;
          for (std::int32_t i = 0; i < in_group; ++i) {
            for (std::int32_t ky = 0; ky < window.kernel_y; ++ky) {
              for (std::int32_t kx = 0; kx < window.kernel_x; ++kx, ++weight) {
                const std::int32_t v =
                    y * window.stride_y - window.pad_top + ky * window.dilation_y;
                const std::int32_t u =
                    x * window.stride_x - window.pad_left + kx * window.dilation_x;
                if (v >= 0 && v < edge.shape.height && u >= 0 && u < edge.shape.width) {
                  const std::int32_t at =
                      ((group * in_group + i) * edge.shape.height + v) * edge.shape.width + u;
                  sum += edge.weights[weight] * from[static_cast<std::size_t>(at)];
                }
              }
            }
          }
        }
        output.push_back(std::max(0.0, sum / layer.thresholds[flat]));
      }
    }
  }
  return output;
}

struct PoolCase {
  const char* name;
  FeatureShape input;
  WindowGeometry window;
};

class RateMaxPoolTest : public ::testing::TestWithParam<PoolCase> {};

Stage StageOf(const PoolCase& pool) {
  Stage stage;
  stage.kind = StageKind::kMaxPool;
  stage.name = "pool";
  stage.input = pool.input;
  stage.pool = {.kind = PoolKind::kMax, .window = pool.window, .count_padding = false};
  stage.shape = {pool.input.channels,
                 static_cast<std::int32_t>(OutputExtent(AxisY(pool.window), pool.input.height)),
                 static_cast<std::int32_t>(OutputExtent(AxisX(pool.window), pool.input.width))};
  return stage;
}

// Multiples of 1/64 from 0 to 1, whose sums are exact.
std::vector<double> DrawRates(RandomSequence& random, std::int64_t size) {
  std::vector<double> rates;
  for (std::int64_t i = 0; i < size; ++i) {
    rates.push_back(random.NextBelow(65) / 64.0);
  }
  return rates;
}

TEST_P(RateMaxPoolTest, IsTheGreatestExactlyAndTheLeastWhereWanted) {
  const Stage stage = StageOf(GetParam());
  std::vector<bool> least;
  for (std::int32_t c = 0; c < stage.shape.channels; ++c) {
    least.push_back(c % 2 == 1);
  }
  const std::vector<SpikingLayer> layers = FoldRateMaxPool(stage, 0, 1, least);
  RandomSequence random(11, 0);
  for (int image = 0; image < 20; ++image) {
    std::vector<std::vector<double>> values = {DrawRates(random, stage.input.size())};
    for (const SpikingLayer& layer : layers) {
      values.push_back(RunAsRelu(layer, values));
    }
    // The least is the greatest of the negated values.
    const std::int64_t plane = stage.input.size() / stage.input.channels;
    std::vector<double> signed_values = values.front();
    for (std::size_t i = 0; i < signed_values.size(); ++i) {
      signed_values[i] *= least[i / static_cast<std::size_t>(plane)] ? -1 : 1;
    }
    std::vector<double> expected(static_cast<std::size_t>(stage.shape.size()));
    RunPool(stage.pool, stage.input, signed_values, stage.shape, expected);
    const std::size_t plane_out = expected.size() / least.size();
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(values.back()[i], least[i / plane_out] ? -expected[i] : expected[i])
          << "output " << i;
    }
  }
}

TEST_P(RateMaxPoolTest, TakesANeuronForEveryPlaceOfTheWindow) {
  const Stage stage = StageOf(GetParam());
  const std::vector<bool> least(static_cast<std::size_t>(stage.shape.channels), false);
  std::int64_t neurons = 0;
  for (const SpikingLayer& layer : FoldRateMaxPool(stage, 0, 1, least)) {
    neurons += layer.output_shape.size();
  }
  EXPECT_EQ(neurons, stage.shape.size() * GetParam().window.kernel_y * GetParam().window.kernel_x);
}

INSTANTIATE_TEST_SUITE_P(
    Windows, RateMaxPoolTest,
    ::testing::Values(
        PoolCase{
            "TwoByTwo", {3, 6, 4}, {.kernel_y = 2, .kernel_x = 2, .stride_y = 2, .stride_x = 2}},
        PoolCase{
            "OneByTwo", {2, 3, 6}, {.kernel_y = 1, .kernel_x = 2, .stride_y = 1, .stride_x = 2}},
        PoolCase{
            "Overlapping", {2, 7, 7}, {.kernel_y = 3, .kernel_x = 3, .stride_y = 2, .stride_x = 2}},
        PoolCase{"Padded",
                 {2, 8, 8},
                 {.kernel_y = 3,
                  .kernel_x = 3,
                  .stride_y = 2,
                  .stride_x = 2,
                  .pad_top = 1,
                  .pad_left = 1,
                  .pad_bottom = 1,
                  .pad_right = 1}},
        PoolCase{
            "Dilated", {2, 6, 6}, {.kernel_y = 2, .kernel_x = 2, .dilation_y = 2, .dilation_x = 3}},
        PoolCase{"Global", {4, 5, 5}, {.kernel_y = 5, .kernel_x = 5}},
        PoolCase{"OnePlace", {2, 4, 4}, {.stride_y = 2, .stride_x = 2}}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace spikemesh
