// SPDX-License-Identifier: Apache-2.0
#include "converters/spiking/rate_max_pool.h"

#include <cstddef>
#include <utility>

#include "core/base/strings.h"
#include "networks/ir/window.h"

namespace spikemesh {
namespace {

constexpr std::int32_t kThreshold = 64;  // of one spike's weight; even, for V(0) between

// One rail: which levels of the tree it stands on.
struct Rail {
  std::size_t level = 0;
  std::size_t index = 0;  // within the level
};

// What a node of the tree is: a place of the window and rails. For the least, rails count negative.
struct Value {
  std::size_t place = 0;
  std::vector<Rail> rails;
};

// A rail is the difference of two values.
struct Pair {
  Value greater;
  Value lesser;
};

struct Tree {
  std::vector<std::vector<Pair>> levels;  // [level][rail]
  Value root;
};

Tree BuildTree(std::size_t places) {
  Tree tree;
  std::vector<Value> values(places);
  for (std::size_t place = 0; place < places; ++place) {
    values[place].place = place;
  }
  while (values.size() > 1) {
    std::vector<Pair>& pairs = tree.levels.emplace_back();
    std::vector<Value> joined;
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) {
      pairs.push_back({values[i], values[i + 1]});
      joined.push_back(values[i + 1]);
      joined.back().rails.push_back({tree.levels.size() - 1, pairs.size() - 1});
    }
    if (values.size() % 2 != 0) {
      joined.push_back(std::move(values.back()));
    }
    values = std::move(joined);
  }
  tree.root = std::move(values.front());
  return tree;
}

// How often each place and each rail counts in a sum.
struct Counts {
  std::vector<std::int32_t> places;              // [place]
  std::vector<std::vector<std::int32_t>> rails;  // [level][rail]
};

class PoolBuilder {
 public:
  PoolBuilder(const Stage& stage, std::int32_t source, std::int32_t first,
              const std::vector<bool>& least)
      : stage_(stage),
        source_(source),
        first_(first),
        least_(least),
        places_(std::size_t(stage.pool.window.kernel_y) * stage.pool.window.kernel_x),
        tree_(BuildTree(places_)) {}

  std::vector<SpikingLayer> Build() {
    std::vector<SpikingLayer> layers;
    for (std::size_t level = 0; level < tree_.levels.size(); ++level) {
      std::vector<std::pair<Counts, Counts>> sums;  // of the greatest, of the least
      for (const Pair& pair : tree_.levels[level]) {
        sums.emplace_back(Difference(pair, false), Difference(pair, true));
      }
      layers.push_back(LayerOf(sums, level % 2 == 0 ? -1 : kThreshold / 2));
      layers.back().name = Concat(stage_.name, " rails ", level + 1);
    }
    layers.push_back(
        LayerOf({{SumOf(tree_.root, false), SumOf(tree_.root, true)}}, kThreshold / 2));
    layers.back().name = stage_.name;
    return layers;
  }

 private:
  Counts Nothing() const {
    Counts counts;
    counts.places.assign(places_, 0);
    for (const std::vector<Pair>& level : tree_.levels) {
      counts.rails.emplace_back(level.size(), 0);
    }
    return counts;
  }

  // `sign` times a value.
  static void Add(const Value& value, bool least, std::int32_t sign, Counts& counts) {
    counts.places[value.place] += sign;
    for (const Rail& rail : value.rails) {
      counts.rails[rail.level][rail.index] += least ? -sign : sign;
    }
  }

  Counts SumOf(const Value& value, bool least) const {
    Counts counts = Nothing();
    Add(value, least, 1, counts);
    return counts;
  }

  // a - b, or b - a where the least is wanted.
  Counts Difference(const Pair& pair, bool least) const {
    Counts counts = Nothing();
    Add(pair.greater, least, least ? -1 : 1, counts);
    Add(pair.lesser, least, least ? 1 : -1, counts);
    return counts;
  }

  // A layer of sums.size() neurons a channel and output position, with V(0) `initial`.
  SpikingLayer LayerOf(const std::vector<std::pair<Counts, Counts>>& sums,
                       std::int32_t initial) const {
    SpikingLayer layer;
    layer.output_shape = stage_.shape;
    layer.output_shape.channels *= static_cast<std::int32_t>(sums.size());
    LayerInput edge = EdgeFrom(source_, stage_.input, stage_.pool.window);
    AppendWeights(
        sums, [](const Counts& counts) { return counts.places; }, edge);
    layer.inputs.push_back(std::move(edge));
    for (std::size_t level = 0; level < tree_.levels.size(); ++level) {
      FeatureShape shape = stage_.shape;
      shape.channels *= static_cast<std::int32_t>(tree_.levels[level].size());
      edge = EdgeFrom(first_ + static_cast<std::int32_t>(level), shape, WindowGeometry());
      if (AppendWeights(
              sums, [level](const Counts& counts) { return counts.rails[level]; }, edge)) {
        layer.inputs.push_back(std::move(edge));
      }
    }
    const auto size = static_cast<std::size_t>(layer.output_shape.size());
    layer.thresholds.assign(size, kThreshold);
    layer.initial_potentials.assign(size, initial);
    AppendLeaks(sums, layer);
    return layer;
  }

  LayerInput EdgeFrom(std::int32_t source, const FeatureShape& shape,
                      const WindowGeometry& window) const {
    LayerInput edge;
    edge.source = source;
    edge.shape = shape;
    edge.window = window;
    edge.groups = stage_.shape.channels;
    return edge;
  }

  // Whether any weight is not 0.
  template <typename Of>
  bool AppendWeights(const std::vector<std::pair<Counts, Counts>>& sums, const Of& of,
                     LayerInput& edge) const {
    bool any = false;
    for (const bool least : least_) {
      for (const auto& [greatest_sum, least_sum] : sums) {
        for (const std::int32_t count : of(least ? least_sum : greatest_sum)) {
          edge.weights.push_back(static_cast<std::int16_t>(count * kThreshold));
          any = any || count != 0;
        }
      }
    }
    return any;
  }

  // Places outside of the input send nothing, which is right for the greatest; for the least they
  // must be as great as can be.
  void AppendLeaks(const std::vector<std::pair<Counts, Counts>>& sums, SpikingLayer& layer) const {
    const WindowGeometry& window = stage_.pool.window;
    for (const bool least : least_) {
      for (const auto& [unused, sum] : sums) {
        for (std::int32_t y = 0; y < stage_.shape.height; ++y) {
          const TapRange rows = TapsInside(AxisY(window), y, stage_.input.height);
          for (std::int32_t x = 0; x < stage_.shape.width; ++x) {
            const TapRange columns = TapsInside(AxisX(window), x, stage_.input.width);
            std::int32_t outside = 0;
            for (std::size_t place = 0; least && place < places_; ++place) {
              const auto ky = static_cast<std::int32_t>(place) / window.kernel_x;
              const auto kx = static_cast<std::int32_t>(place) % window.kernel_x;
              const bool inside =
                  ky >= rows.begin && ky < rows.end && kx >= columns.begin && kx < columns.end;
              outside += inside ? 0 : sum.places[place];
            }
            layer.leaks.push_back(outside * kThreshold);
          }
        }
      }
    }
  }

  const Stage& stage_;
  std::int32_t source_;
  std::int32_t first_;
  const std::vector<bool>& least_;
  std::size_t places_;
  Tree tree_;
};

}  // namespace

std::vector<SpikingLayer> FoldRateMaxPool(const Stage& stage, std::int32_t source,
                                          std::int32_t first, const std::vector<bool>& least) {
  return PoolBuilder(stage, source, first, least).Build();
}

}  // namespace spikemesh
