// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <queue>

#include "core/base/status.h"
#include "networks/ir/run_network.h"

namespace spikemesh {
namespace {

// Keeps the greatest `keep` values.
class GreatestValues {
 public:
  explicit GreatestValues(std::size_t keep) : keep_(keep) {}
  void Add(double value) {
    if (heap_.size() < keep_) {
      heap_.push(value);
    } else if (value > heap_.top()) {
      heap_.pop();
      heap_.push(value);
    }
  }
  double least() const { return heap_.top(); }

 private:
  std::size_t keep_;
  std::priority_queue<double, std::vector<double>, std::greater<>> heap_;
};

// Calls visit(position among nodes, channel, value) for every output of `nodes` and every image.
template <typename Visit>
void VisitOutputs(const Network& network, const CalibrationImages& images,
                  const std::vector<std::int32_t>& nodes, Visit visit) {
  NetworkRunner runner(network);
  for (const std::vector<double>& image : images.images) {
    const std::vector<std::vector<double>>& outputs = runner.Run(image);
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      const FeatureShape& shape = network.nodes[static_cast<std::size_t>(nodes[n])].shape;
      const std::size_t plane = std::size_t(shape.height) * shape.width;
      const std::vector<double>& values = outputs[static_cast<std::size_t>(nodes[n])];
      for (std::size_t i = 0; i < values.size(); ++i) {
        visit(n, i / plane, values[i]);
      }
    }
  }
}

}  // namespace

std::vector<ChannelStatistics> MeasureChannels(const Network& network,
                                               const CalibrationImages& images,
                                               const std::vector<std::int32_t>& nodes,
                                               double quantile) {
  SPIKEMESH_CHECK(!images.images.empty());
  std::vector<std::vector<GreatestValues>> greatest;
  std::vector<double> samples;  // [nodes]: values a channel
  for (const std::int32_t node : nodes) {
    const FeatureShape& shape = network.nodes[static_cast<std::size_t>(node)].shape;
    samples.push_back(static_cast<double>(images.images.size()) * shape.height * shape.width);
    const double above = std::floor((1.0 - quantile) * samples.back());
    greatest.emplace_back(shape.channels, GreatestValues(static_cast<std::size_t>(above) + 1));
  }
  VisitOutputs(network, images, nodes, [&](std::size_t n, std::size_t channel, double value) {
    greatest[n][channel].Add(value);
  });
  std::vector<ChannelStatistics> statistics(nodes.size());
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    std::vector<double>& quantiles = statistics[n].quantile;
    for (const GreatestValues& values : greatest[n]) {
      quantiles.push_back(std::max(0.0, values.least()));
    }
    statistics[n].mean_clipped.assign(quantiles.size(), 0.0);
  }
  VisitOutputs(network, images, nodes, [&](std::size_t n, std::size_t channel, double value) {
    ChannelStatistics& of_node = statistics[n];
    of_node.mean_clipped[channel] += std::clamp(value, 0.0, of_node.quantile[channel]) / samples[n];
  });
  return statistics;
}

std::vector<std::vector<std::vector<float>>> SampleOutputs(const Network& network,
                                                           const CalibrationImages& images,
                                                           const std::vector<std::int32_t>& nodes,
                                                           std::int64_t values_max) {
  std::int64_t values = 0;
  for (const std::int32_t node : nodes) {
    values += network.nodes[static_cast<std::size_t>(node)].shape.size();
  }
  std::vector<std::vector<std::vector<float>>> samples(nodes.size());
  NetworkRunner runner(network);
  const auto fitting = static_cast<std::size_t>(values_max / std::max<std::int64_t>(values, 1));
  for (std::size_t i = 0; i < std::min(fitting, images.images.size()); ++i) {
    const std::vector<std::vector<double>>& outputs = runner.Run(images.images[i]);
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      const std::vector<double>& output = outputs[static_cast<std::size_t>(nodes[n])];
      samples[n].emplace_back(output.begin(), output.end());
    }
  }
  return samples;
}

std::vector<std::vector<double>> RunOutputs(const Network& network, const CalibrationImages& images,
                                            std::int32_t node) {
  NetworkRunner runner(network);
  std::vector<std::vector<double>> outputs;
  for (const std::vector<double>& image : images.images) {
    outputs.push_back(runner.Run(image)[static_cast<std::size_t>(node)]);
  }
  return outputs;
}

}  // namespace spikemesh
