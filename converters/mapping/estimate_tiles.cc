// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/estimate_tiles.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/base/limits.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

struct Tile {
  std::int32_t height = 1;  // positions
  std::int32_t width = 1;
  std::int32_t filters = 1;  // of one group, or of several whole ones

  double neurons() const { return double{1} * height * width * filters; }
};

// The rows (or columns) of an input of `extent` that `outputs` neighbouring windows see.
std::int64_t Seen(std::int32_t outputs, const WindowAxis& axis, std::int32_t extent) {
  const std::int64_t reach = axis.dilation * (axis.kernel - 1) + 1;
  return std::min(
      {outputs * axis.kernel, (outputs - 1) * axis.stride + reach, std::int64_t{extent}});
}

std::int64_t InputAxons(const TiledInput& input, const FeatureShape& output, const Tile& tile) {
  const std::int32_t per_group = output.channels / input.groups;
  const std::int64_t groups = (tile.filters + per_group - 1) / per_group;
  return Seen(tile.height, AxisY(input.window), input.shape.height) *
         Seen(tile.width, AxisX(input.window), input.shape.width) * groups *
         input.channels_in_group * input.axon_types;
}

// Filters that are alike have all axons in common; at most, others have none.
std::int64_t AxonsOfRuns(const TiledLayer& layer, const Tile& tile) {
  const std::int64_t runs = (tile.filters + layer.alike - 1) / layer.alike;
  return runs * tile.height * tile.width * layer.neuron_axons;
}

std::int64_t Axons(const TiledLayer& layer, const Tile& tile) {
  std::int64_t axons = 0;
  for (const TiledInput& input : layer.inputs) {
    axons += InputAxons(input, layer.output_shape, tile);
  }
  return layer.bias_axons + std::min(axons, AxonsOfRuns(layer, tile));
}

// The most filters of a tile of these positions; 0 where not even one fits.
std::int32_t FiltersThatFit(const TiledLayer& layer, Tile tile, double columns) {
  const double room = columns / (double{1} * tile.height * tile.width);
  auto most = static_cast<std::int32_t>(
      std::min(double{1} * layer.output_shape.channels, std::floor(room)));
  std::int32_t least = 0;
  while (least < most) {
    tile.filters = least + (most - least + 1) / 2;
    if (Axons(layer, tile) <= kAxonsPerCore) {
      least = tile.filters;
    } else {
      most = tile.filters - 1;
    }
  }
  return least;
}

// The largest tile whose neurons take `columns` of a core. Where features shared by many filters do
// not fit, neurons lie alone.
Tile LargestTile(const TiledLayer& layer, double columns) {
  const FeatureShape& shape = layer.output_shape;
  Tile best;
  for (std::int32_t height = 1; height <= std::min(shape.height, kNeuronsPerCore); ++height) {
    for (std::int32_t width = 1; width <= std::min(shape.width, kNeuronsPerCore / height);
         ++width) {
      const std::int32_t filters = FiltersThatFit(layer, {height, width, 1}, columns);
      const Tile tile = {height, width, filters};
      if (tile.neurons() > best.neurons()) {
        best = tile;
      }
    }
  }
  return best;
}

double CoresOf(const TiledLayer& layer, const Tile& tile) {
  return std::ceil(layer.read_share * static_cast<double>(layer.output_shape.size()) /
                   tile.neurons());
}

}  // namespace

TileEstimate EstimateTiles(const TiledLayer& layer) {
  const double neurons = layer.read_share * static_cast<double>(layer.output_shape.size());
  const double columns = kNeuronsPerCore - layer.bias_axons;
  TileEstimate estimate;
  // Copies in the core, or each neuron once and splitters.
  Tile tile = LargestTile(layer, columns / std::min(layer.targets, columns));
  double cores = CoresOf(layer, tile);
  double splitters = 0;
  estimate.copies = neurons * (std::min(layer.targets, columns) - 1);
  const Tile single = LargestTile(layer, columns);
  const double free = CoresOf(layer, single) * columns - neurons;
  const double split_targets = neurons * layer.targets - std::max(0.0, free);
  const double splitters_then = std::ceil(std::max(0.0, split_targets) / kNeuronsPerCore);
  if (layer.targets > 1 && CoresOf(layer, single) + splitters_then < cores) {
    tile = single;
    cores = CoresOf(layer, single);
    splitters = splitters_then;
    estimate.copies = std::min(std::max(0.0, free), neurons * (layer.targets - 1));
  }
  estimate.cores = static_cast<std::int64_t>(cores);
  estimate.splitter_cores = static_cast<std::int64_t>(splitters);
  const std::int64_t at_most = AxonsOfRuns(layer, tile);
  for (const TiledInput& input : layer.inputs) {
    const std::int64_t axons = std::min(InputAxons(input, layer.output_shape, tile), at_most);
    estimate.input_axons.push_back(cores * static_cast<double>(axons));
  }
  return estimate;
}

}  // namespace spikemesh
