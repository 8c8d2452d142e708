// SPDX-License-Identifier: Apache-2.0
#include "converters/mapping/plan_tiles.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <numeric>
#include <utility>

#include "core/base/limits.h"
#include "core/base/status.h"

namespace spikemesh {
namespace {

// One feature of a chunk's window at one position: the types that its filters have for it.
struct Tap {
  std::int32_t channel = 0;  // of the input
  std::int32_t y = 0;        // offset from the window's corner
  std::int32_t x = 0;
  std::uint32_t types = 0;
};

struct Chunk {
  std::int32_t filters_begin = 0;
  std::int32_t filters_end = 0;
  std::vector<std::vector<Tap>> taps;  // [input]
  std::int64_t taps_count = 0;
};

// The coarsest groups that the groups of every input refine.
std::int32_t CommonGroups(const CrossbarLayer& layer) {
  std::int32_t groups = layer.inputs.front().groups;
  for (const CrossbarInput& input : layer.inputs) {
    groups = std::gcd(groups, input.groups);
  }
  return groups;
}

// The taps begin <= tap < end of one filter beyond which its masks are 0: parts of a wide layer's
// inputs are stored as whole inputs, most of them 0.
struct TapSpan {
  std::int32_t begin = 0;
  std::int32_t end = 0;
};

std::vector<TapSpan> SpansOf(const CrossbarInput& input, std::int32_t filters) {
  const std::int32_t taps = input.weights_per_channel();
  std::vector<TapSpan> spans;
  for (std::int32_t filter = 0; filter < filters; ++filter) {
    const auto masks = std::span(input.masks).subspan(std::size_t(filter) * taps, taps);
    const auto is_used = [](AxonTypeMask mask) { return mask != 0; };
    const auto first = std::ranges::find_if(masks, is_used);
    const auto last = std::find_if(masks.rbegin(), masks.rend(), is_used);
    spans.push_back({static_cast<std::int32_t>(first - masks.begin()),
                     static_cast<std::int32_t>(masks.rend() - last)});
  }
  return spans;
}

// The taps of one of the input's groups, as far as filters of the chunk see it.
void AppendTaps(const CrossbarInput& input, const std::vector<TapSpan>& spans, std::int32_t group,
                std::int32_t filters_in_group, const Chunk& chunk, std::vector<Tap>& taps) {
  const std::int32_t begin = std::max(chunk.filters_begin, group * filters_in_group);
  const std::int32_t end = std::min(chunk.filters_end, (group + 1) * filters_in_group);
  TapSpan seen = {input.weights_per_channel(), 0};
  for (std::int32_t filter = begin; filter < end; ++filter) {
    seen = {std::min(seen.begin, spans[filter].begin), std::max(seen.end, spans[filter].end)};
  }
  for (std::int32_t tap = seen.begin; tap < seen.end; ++tap) {
    std::uint32_t types = 0;
    for (std::int32_t filter = begin; filter < end; ++filter) {
      types |= input.masks[std::int64_t{filter} * input.weights_per_channel() + tap];
    }
    if (types != 0) {
      const std::int32_t in_window = tap % input.window_size();
      taps.push_back({group * input.channels_in_group() + tap / input.window_size(),
                      in_window / input.window.kernel_x * input.window.dilation_y,
                      in_window % input.window.kernel_x * input.window.dilation_x, types});
    }
  }
}

// [input][filter].
using LayerSpans = std::vector<std::vector<TapSpan>>;

Chunk MakeChunk(const CrossbarLayer& layer, const LayerSpans& spans, std::int32_t filters_begin,
                std::int32_t filters_end) {
  Chunk chunk{filters_begin, filters_end, {}, 0};
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    const CrossbarInput& input = layer.inputs[i];
    std::vector<Tap>& taps = chunk.taps.emplace_back();
    const std::int32_t per_group = layer.output_shape.channels / input.groups;
    for (std::int32_t group = filters_begin / per_group; group * per_group < filters_end; ++group) {
      AppendTaps(input, spans[i], group, per_group, chunk, taps);
    }
    chunk.taps_count += static_cast<std::int64_t>(taps.size());
  }
  return chunk;
}

// Chunks of `filters` filters: even parts of each group, or as many whole groups as that is.
std::vector<Chunk> MakeChunks(const CrossbarLayer& layer, const LayerSpans& spans,
                              std::int32_t filters) {
  const std::int32_t groups = CommonGroups(layer);
  const std::int32_t per_group = layer.output_shape.channels / groups;
  const std::int32_t groups_each = std::max(1, filters / per_group);
  const std::int32_t parts = groups_each > 1 ? 1 : (per_group + filters - 1) / filters;
  std::vector<Chunk> chunks;
  for (std::int32_t group = 0; group < groups; group += groups_each) {
    const std::int32_t group_end = std::min(groups, group + groups_each);
    const std::int32_t count = (group_end - group) * per_group;
    for (std::int32_t part = 0; part < parts; ++part) {
      // Their product may be more than 32 bits hold.
      const auto cut = [&](std::int64_t at) {
        return group * per_group + static_cast<std::int32_t>(count * at / parts);
      };
      chunks.push_back(MakeChunk(layer, spans, cut(part), cut(part + 1)));
    }
  }
  return chunks;
}

// All positions in strips of about `rows` rows, column by column, to and fro.
std::vector<std::int32_t> StripOrder(const FeatureShape& shape, std::int32_t rows) {
  const std::int32_t strips = (shape.height + rows - 1) / rows;
  std::vector<std::int32_t> positions;
  positions.reserve(std::size_t(shape.height) * shape.width);
  for (std::int32_t strip = 0; strip < strips; ++strip) {
    for (std::int32_t column = 0; column < shape.width; ++column) {
      const std::int32_t x = strip % 2 == 0 ? column : shape.width - 1 - column;
      for (std::int32_t y = shape.height * strip / strips; y < shape.height * (strip + 1) / strips;
           ++y) {
        positions.push_back(y * shape.width + x);
      }
    }
  }
  return positions;
}

// Sizes to try for the parts of `count` things: the distinct values of ceil(count / k), descending,
// which are its even cuts. Above 16 only those that differ by a tenth: finer steps change little.
std::vector<std::int32_t> PartSizes(std::int32_t count, std::int32_t size_max) {
  std::vector<std::int32_t> sizes;
  for (std::int32_t k = (count + size_max - 1) / size_max; k <= count; ++k) {
    const std::int32_t size = (count + k - 1) / k;
    if (sizes.empty() || size <= sizes.back() - 1 - (size > 16 ? sizes.back() / 10 : 0)) {
      sizes.push_back(size);
    }
  }
  return sizes;
}

// Several whole groups, as many as can fill a core, or parts of one.
std::vector<std::int32_t> ChunkSizes(const CrossbarLayer& layer) {
  const std::int32_t common_groups = CommonGroups(layer);
  const std::int32_t per_group = layer.output_shape.channels / common_groups;
  const std::int32_t neurons_max = layer.neurons_per_core();
  std::vector<std::int32_t> sizes;
  if (2 * per_group <= neurons_max) {
    for (const std::int32_t groups : PartSizes(common_groups, neurons_max / per_group)) {
      sizes.push_back(groups * per_group);
    }
  }
  for (const std::int32_t filters : PartSizes(per_group, neurons_max)) {
    sizes.push_back(filters);
  }
  return sizes;
}

// Fills cores with units (one position by one chunk) in the order in which they come. `marks` holds
// for each input feature the core that last took it, and the types taken, so a new core costs
// nothing to begin.
class CoreFiller {
 public:
  CoreFiller(const CrossbarLayer& layer, std::span<const std::uint16_t> slots,
             std::vector<std::uint32_t>& marks, std::uint32_t& core_mark)
      : layer_(layer),
        slots_(slots),
        marks_(marks),
        core_mark_(core_mark),
        axons_max_(layer.axons_per_core()),
        neurons_max_(layer.neurons_per_core()) {}

  // False if the unit is larger than a core.
  bool Add(const Chunk& chunk, std::int32_t position) {
    std::int32_t slots = 0;
    for (std::int32_t filter = chunk.filters_begin; filter < chunk.filters_end; ++filter) {
      slots += slots_[std::int64_t{filter} * layer_.positions() + position];
    }
    if (slots == 0) {
      return true;
    }
    slots_done_ += slots;
    const std::int32_t axons = TakeAxons(chunk, position);
    if (core_axons_ + axons > axons_max_ || core_slots_ + slots > neurons_max_) {
      BeginCore();
      core_axons_ = TakeAxons(chunk, position);
      core_slots_ = slots;
      axons_ += core_axons_;
      return core_axons_ <= axons_max_ && slots <= neurons_max_;
    }
    core_axons_ += axons;
    core_slots_ += slots;
    axons_ += axons;
    return true;
  }

  std::int64_t cores() const { return cores_; }
  std::int64_t axons() const { return axons_; }
  std::int64_t slots() const { return slots_done_; }
  std::int64_t taps_visited() const { return taps_visited_; }

 private:
  void BeginCore() {
    ++cores_;
    ++core_mark_;
  }

  // Marks what the unit needs and returns how many axons that adds to the core.
  std::int32_t TakeAxons(const Chunk& chunk, std::int32_t position) {
    taps_visited_ += chunk.taps_count;
    std::int32_t added = 0;
    for (std::size_t i = 0; i < chunk.taps.size(); ++i) {
      added += TakeAxonsOf(layer_.inputs[i], chunk.taps[i], position);
    }
    return added;
  }

  std::int32_t TakeAxonsOf(const CrossbarInput& input, const std::vector<Tap>& taps,
                           std::int32_t position) {
    const FeatureShape& shape = input.shape;
    const std::int32_t width = layer_.output_shape.width;
    const std::int32_t top = position / width * input.window.stride_y - input.window.pad_top;
    const std::int32_t left = position % width * input.window.stride_x - input.window.pad_left;
    std::uint32_t* const marks = marks_.data() + input.first_feature;
    std::int32_t added = 0;
    for (const Tap& tap : taps) {
      const std::int32_t y = top + tap.y;
      const std::int32_t x = left + tap.x;
      if (y < 0 || x < 0 || y >= shape.height || x >= shape.width) {
        continue;
      }
      std::uint32_t& mark = marks[(tap.channel * shape.height + y) * shape.width + x];
      const std::uint32_t taken = mark >> kAxonTypes == core_mark_ ? mark & kAllAxonTypes : 0u;
      added += std::popcount(tap.types & ~taken);
      mark = core_mark_ << kAxonTypes | taken | tap.types;
    }
    return added;
  }

  const CrossbarLayer& layer_;
  std::span<const std::uint16_t> slots_;
  std::vector<std::uint32_t>& marks_;  // [feature]: core_mark and the four types
  std::uint32_t& core_mark_;
  std::int32_t axons_max_;
  std::int32_t neurons_max_;
  std::int64_t cores_ = 0;
  std::int64_t axons_ = 0;
  std::int64_t slots_done_ = 0;
  std::int64_t taps_visited_ = 0;
  std::int32_t core_axons_ = 0;
  std::int32_t core_slots_ = kNeuronsPerCore;  // as if a full core lay before the first
};

// One planning of one layer: what all orders share.
struct TileSearch {
  const CrossbarLayer& layer;
  std::span<const std::uint16_t> slots;
  std::int64_t slots_total;
  std::int64_t axon_price;
  PlanEffort& effort;
  std::vector<std::uint32_t> marks;
  std::uint32_t core_mark = 0;

  std::int64_t Price(const CoreFiller& filler) const {
    return filler.cores() * kCorePrice + filler.axons() * axon_price;
  }

  // The price of one order, kNoPriceLimit if a unit is larger than a core, or if the price reaches
  // `limit` or seems bound to.
  std::int64_t PriceOf(const std::vector<Chunk>& chunks, const std::vector<std::int32_t>& positions,
                       std::int64_t limit) {
    CoreFiller filler(layer, slots, marks, core_mark);
    const bool fits = Fill(filler, chunks, positions, [&](const Chunk&, std::int32_t) {
      return Price(filler) < limit && !IsHopeless(filler, limit);
    });
    effort.taps_visited += filler.taps_visited();
    return fits ? Price(filler) : kNoPriceLimit;
  }

  Tiling TilingOf(const std::vector<Chunk>& chunks, const std::vector<std::int32_t>& positions) {
    CoreFiller filler(layer, slots, marks, core_mark);
    Tiling tiling;
    const bool fits =
        Fill(filler, chunks, positions, [&](const Chunk& chunk, std::int32_t position) {
          tiling.cores.resize(filler.cores());
          AppendNeurons(chunk, position, tiling);
          return true;
        });
    SPIKEMESH_CHECK(fits);
    tiling.axons = filler.axons();
    tiling.price = Price(filler);
    return tiling;
  }

 private:
  // Adds every unit, calling go_on(chunk, position) after each. False if a unit is larger than a
  // core or go_on said so.
  template <typename GoOn>
  static bool Fill(CoreFiller& filler, const std::vector<Chunk>& chunks,
                   const std::vector<std::int32_t>& positions, GoOn go_on) {
    const std::size_t count = positions.size();
    for (std::size_t c = 0; c < chunks.size(); ++c) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t position = positions[c % 2 == 0 ? i : count - 1 - i];
        if (!filler.Add(chunks[c], position) || !go_on(chunks[c], position)) {
          return false;
        }
      }
    }
    return true;
  }

  // Tiles are much alike: an order that after an eighth of the layer (and apart from the core just
  // begun) is a sixth dearer than the limit allows for that part will not catch up.
  bool IsHopeless(const CoreFiller& filler, std::int64_t limit) const {
    if (limit == kNoPriceLimit || filler.slots() * 8 < slots_total) {
      return false;
    }
    const double done = static_cast<double>(filler.slots()) / static_cast<double>(slots_total);
    return static_cast<double>(Price(filler) - kCorePrice) >
           7.0 / 6.0 * done * static_cast<double>(limit);
  }

  void AppendNeurons(const Chunk& chunk, std::int32_t position, Tiling& tiling) const {
    for (std::int32_t filter = chunk.filters_begin; filter < chunk.filters_end; ++filter) {
      const std::int32_t neuron = filter * layer.positions() + position;
      if (slots[neuron] > 0) {
        tiling.cores.back().push_back(neuron);
      }
    }
  }
};

// The orders of positions to try.
std::vector<std::vector<std::int32_t>> StripOrders(const FeatureShape& shape) {
  std::vector<std::vector<std::int32_t>> orders;
  for (const std::int32_t rows : PartSizes(shape.height, shape.height)) {
    orders.push_back(StripOrder(shape, rows));
  }
  std::reverse(orders.begin(), orders.end());  // low strips are the likely best: they come first
  return orders;
}

}  // namespace

Tiling PlanTiling(const CrossbarLayer& layer, std::span<const std::uint16_t> slots,
                  std::int64_t axon_price, std::int64_t price_limit, PlanEffort& effort) {
  SPIKEMESH_CHECK(static_cast<std::int64_t>(slots.size()) == layer.output_shape.size());
  TileSearch search{
      layer,      slots,  std::accumulate(slots.begin(), slots.end(), std::int64_t{0}),
      axon_price, effort, std::vector<std::uint32_t>(layer.features(), 0)};
  const std::vector<std::vector<std::int32_t>> orders = StripOrders(layer.output_shape);
  LayerSpans spans;
  for (const CrossbarInput& input : layer.inputs) {
    spans.push_back(SpansOf(input, layer.output_shape.channels));
  }
  const std::int64_t taps_max = effort.taps_visited + kTilingTapsMax;
  std::int64_t best_price = price_limit;
  const std::vector<std::int32_t>* best_order = nullptr;
  std::vector<Chunk> best_chunks;
  for (const std::int32_t filters : ChunkSizes(layer)) {
    if (effort.taps_visited >= taps_max && best_price != kNoPriceLimit) {
      break;  // chunks of a very wide layer alone take longer than that
    }
    std::vector<Chunk> chunks = MakeChunks(layer, spans, filters);
    for (const CrossbarInput& input : layer.inputs) {
      effort.taps_visited += static_cast<std::int64_t>(input.masks.size());
    }
    bool best = false;
    for (const std::vector<std::int32_t>& order : orders) {
      if (effort.taps_visited >= taps_max && best_price != kNoPriceLimit) {
        break;
      }
      const std::int64_t price = search.PriceOf(chunks, order, best_price);
      if (price < best_price) {
        best_price = price;
        best_order = &order;
        best = true;
      }
    }
    if (best) {
      best_chunks = std::move(chunks);
    }
  }
  return best_order == nullptr ? Tiling{} : search.TilingOf(best_chunks, *best_order);
}

}  // namespace spikemesh
