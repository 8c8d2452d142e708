// SPDX-License-Identifier: Apache-2.0
#include "tests/testing/random_network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "networks/ir/window.h"
#include "tests/testing/test_network.h"

namespace spikemesh {
namespace {

bool DrawBool(RandomSequence& random) { return random.NextBelow(2) == 0; }

double DrawReal(RandomSequence& random, double low, double high) {
  return low + (high - low) * random.NextUnit();
}

// A float scale times -1, 0, +1; one scale a channel.
std::vector<float> DrawTernary(RandomSequence& random, std::int32_t channels, std::int32_t fan_in,
                               std::int32_t fan_in_max) {
  constexpr std::array<float, 4> kScales = {1.0F, 0.037F, 0.25F, 0.3333333F};
  std::vector<float> weights;
  for (std::int32_t channel = 0; channel < channels; ++channel) {
    const float scale = kScales[random.NextBelow(kScales.size())];
    for (std::int32_t i = 0; i < fan_in; ++i) {
      const bool zero = random.NextBelow(static_cast<std::uint32_t>(fan_in)) >=
                        static_cast<std::uint32_t>(fan_in_max);
      weights.push_back(zero ? 0.0F : scale * static_cast<float>(DrawBetween(random, -1, 1)));
    }
  }
  return weights;
}

// Whole means and variances of 1 put ties exactly on the threshold; the others are trained-like.
BatchNormNode DrawBatchNorm(RandomSequence& random, std::int32_t channels) {
  BatchNormNode node;
  const bool whole = DrawBool(random);
  node.epsilon = whole ? 0.0 : 1e-5;
  for (std::int32_t i = 0; i < channels; ++i) {
    const double gamma = whole ? DrawBetween(random, -1, 1) : DrawReal(random, -1.5, 1.5);
    node.gamma.push_back(static_cast<float>(gamma));
    node.beta.push_back(static_cast<float>(whole ? 0.0 : DrawReal(random, -0.5, 0.5)));
    node.mean.push_back(
        static_cast<float>(whole ? DrawBetween(random, -3, 3) : DrawReal(random, -2, 2)));
    node.variance.push_back(static_cast<float>(whole ? 1.0 : DrawReal(random, 0.1, 8.0)));
  }
  return node;
}

StepNode DrawStep(RandomSequence& random) {
  StepNode step;
  step.strict = DrawBool(random);
  step.low = DrawBool(random) ? -1.0 : 0.0;
  return step;
}

// A step on the image, or a thermometer of 2..3 levels a channel; some lines are inverted.
void AddEncoder(RandomSequence& random, TestNetwork& builder) {
  const std::int32_t channels = builder.shape().channels;
  if (DrawBool(random)) {
    std::vector<double> scale;
    std::vector<double> offset;
    for (std::int32_t c = 0; c < channels; ++c) {
      scale.push_back(random.NextBelow(4) == 0 ? -2.0 : 1.5);
      offset.push_back(-scale.back() * DrawReal(random, 0.1, 0.9));
    }
    builder.Affine(scale, offset);
  } else {
    const std::int32_t levels = DrawBetween(random, 2, 3);
    std::vector<float> bias;
    for (std::int32_t i = 0; i < channels * levels; ++i) {
      bias.push_back(static_cast<float>(-DrawReal(random, 0.0, 1.0)));
    }
    const auto outputs = static_cast<std::size_t>(channels * levels);
    builder.Convolution({}, channels, channels * levels, std::vector<float>(outputs, 1.0F), bias);
  }
  builder.Step(DrawStep(random));
}

void AddLayer(RandomSequence& random, const TrainedNetworkLimits& limits, TestNetwork& builder) {
  const FeatureShape input = builder.shape();
  const std::int32_t channels = DrawBetween(random, 2, limits.channels_max);
  const WindowGeometry window = DrawWindow(random, input, limits.stride_max);
  const std::int32_t groups = DrawGroups(random, input.channels, channels);
  const std::int32_t fan_in = input.channels / groups * window.kernel_y * window.kernel_x;
  std::vector<float> bias;
  for (std::int32_t i = 0; i < channels; ++i) {
    bias.push_back(DrawBool(random) ? 0.0F : static_cast<float>(DrawReal(random, -1, 1)));
  }
  builder.Convolution(window, groups, channels,
                      DrawTernary(random, channels, fan_in, limits.fan_in_max), bias);
  if (random.NextBelow(4) != 0) {
    builder.BatchNorm(DrawBatchNorm(random, channels));
  }
  builder.Step(DrawStep(random));
  const bool to_signs = std::get<StepNode>(builder.Build().nodes.back().operation).low == 0.0 &&
                        random.NextBelow(4) == 0;
  if (to_signs) {
    builder.Affine(2.0, -1.0);  // sign written as 2 (x >= 0) - 1
  }
}

// Feature i votes for class i mod classes; the rest of an uneven division is silent.
void AddVote(RandomSequence& random, TestNetwork& builder) {
  builder.Flatten();
  const std::int32_t features = builder.shape().channels;
  const std::int32_t classes = DrawBetween(random, 1, std::min(features, 4));
  std::vector<float> weights(static_cast<std::size_t>(features * classes));
  for (std::int32_t i = 0; i < features / classes * classes; ++i) {
    weights[static_cast<std::size_t>(i % classes * features + i)] = 0.125F;
  }
  builder.Dense(classes, weights);
}

}  // namespace

std::int32_t DrawBetween(RandomSequence& random, std::int32_t low, std::int32_t high) {
  return low +
         static_cast<std::int32_t>(random.NextBelow(static_cast<std::uint32_t>(high - low + 1)));
}

WindowGeometry DrawWindow(RandomSequence& random, const FeatureShape& input,
                          std::int32_t stride_max) {
  while (true) {
    WindowGeometry window;
    window.kernel_y = DrawBetween(random, 1, 4);
    window.kernel_x = DrawBetween(random, 1, 4);
    window.stride_y = DrawBetween(random, 1, stride_max);
    window.stride_x = DrawBetween(random, 1, stride_max);
    window.pad_top = DrawBetween(random, 0, 2);
    window.pad_left = DrawBetween(random, 0, 2);
    window.pad_bottom = DrawBetween(random, 0, 2);
    window.pad_right = DrawBetween(random, 0, 2);
    window.dilation_y = DrawBetween(random, 1, 2);
    window.dilation_x = DrawBetween(random, 1, 2);
    if (OutputExtent(AxisY(window), input.height) > 0 &&
        OutputExtent(AxisX(window), input.width) > 0) {
      return window;
    }
  }
}

std::int32_t DrawGroups(RandomSequence& random, std::int32_t a, std::int32_t b) {
  std::vector<std::int32_t> divisors;
  for (std::int32_t d = 1; d <= std::gcd(a, b); ++d) {
    if (std::gcd(a, b) % d == 0) {
      divisors.push_back(d);
    }
  }
  return divisors[random.NextBelow(static_cast<std::uint32_t>(divisors.size()))];
}

Network DrawTrainedNetwork(RandomSequence& random, const TrainedNetworkLimits& limits) {
  TestNetwork builder({DrawBetween(random, 1, 3), DrawBetween(random, 2, limits.input_side),
                       DrawBetween(random, 2, limits.input_side)});
  AddEncoder(random, builder);
  const std::int32_t layers = DrawBetween(random, 1, limits.layers_max);
  for (std::int32_t i = 0; i < layers; ++i) {
    if (i > 0 && i + 1 == layers && DrawBool(random)) {
      builder.Flatten();
    }
    AddLayer(random, limits, builder);
  }
  if (limits.vote) {
    AddVote(random, builder);
  }
  return builder.Build();
}

std::vector<std::uint8_t> DrawImage(RandomSequence& random, std::int64_t size) {
  std::vector<std::uint8_t> image(static_cast<std::size_t>(size));
  for (std::uint8_t& byte : image) {
    const std::uint32_t drawn = random.NextBelow(512);
    byte = static_cast<std::uint8_t>(drawn < 256 ? drawn : drawn < 384 ? 0 : 128);
  }
  return image;
}

std::vector<std::uint32_t> ActiveLines(const InputModel& input,
                                       const std::vector<std::uint8_t>& image) {
  const std::int64_t plane = std::int64_t{input.shape[1]} * input.shape[2];
  std::vector<std::uint32_t> lines;
  for (std::size_t o = 0; o < input.levels.size(); ++o) {
    for (std::int64_t pixel = 0; pixel < plane; ++pixel) {
      const std::int32_t channel = input.level_channels[o];
      const std::uint8_t byte = image[static_cast<std::size_t>(channel * plane + pixel)];
      if (PreprocessByte(input, channel, byte) >= input.levels[o]) {
        lines.push_back(static_cast<std::uint32_t>(static_cast<std::int64_t>(o) * plane + pixel));
      }
    }
  }
  return lines;
}

std::vector<double> Preprocess(const InputModel& input, const std::vector<std::uint8_t>& image) {
  const std::size_t plane = image.size() / static_cast<std::size_t>(input.shape[0]);
  std::vector<double> values;
  for (std::size_t i = 0; i < image.size(); ++i) {
    values.push_back(PreprocessByte(input, static_cast<std::int32_t>(i / plane), image[i]));
  }
  return values;
}

}  // namespace spikemesh
