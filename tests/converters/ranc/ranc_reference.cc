// SPDX-License-Identifier: Apache-2.0
#include "tests/converters/ranc/ranc_reference.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace spikemesh {
namespace {

using Place = std::pair<int, int>;  // y, x: RANC visits cores in this order

class RancReference {
 public:
  RancReference(const Json& input, const Json& config)
      : input_(input), reset_at_equal_(config["neuron_reset_type"] == 1) {
    bus_ = PlaceOf(input["output_bus"]["coordinates"]);
    latch_.resize(input["output_bus"]["num_outputs"].get<std::size_t>());
    for (const Json& core : input["cores"]) {
      cores_[PlaceOf(core["coordinates"])].json = &core;
      for (const Json& neuron : core["neurons"]) {
        cores_[PlaceOf(core["coordinates"])].potentials.push_back(neuron["current_potential"]);
      }
    }
  }

  RancTrace Run(std::int64_t ticks) {
    RancTrace trace;
    Inject(0);
    for (std::int64_t tick = 1; tick <= ticks; ++tick) {
      current_ = (current_ + 1) % 16;
      trace.outputs.push_back(latch_);
      std::ranges::fill(latch_, 0);
      if (tick < ticks) {
        Inject(static_cast<std::size_t>(tick));
      }
      trace.spikes.emplace_back();
      trace.potentials.emplace_back();
      for (auto& [place, core] : cores_) {
        TickCore(place, core, trace);
      }
    }
    return trace;
  }

 private:
  struct Core {
    const Json* json = nullptr;
    std::vector<std::int64_t> potentials;
    std::array<std::set<int>, 16> slots;
  };

  static Place PlaceOf(const Json& pair) { return {pair[1], pair[0]}; }

  void Inject(std::size_t row) {
    if (row < input_["packets"].size()) {
      for (const Json& packet : input_["packets"][row]) {
        Send(PlaceOf(packet["destination_core"]), packet["destination_axon"],
             packet["destination_tick"]);
      }
    }
  }

  void Send(Place place, int axon, int destination_tick) {
    if (place == bus_) {
      latch_[static_cast<std::size_t>(axon)] = 1;
      return;
    }
    const int slot = (current_ + destination_tick + 1) % 16;
    if (slot != current_) {
      cores_.at(place).slots[static_cast<std::size_t>(slot)].insert(axon);
    }
  }

  void TickCore(Place place, Core& core, RancTrace& trace) {
    std::set<int>& active = core.slots[static_cast<std::size_t>(current_)];
    for (std::size_t j = 0; j < core.potentials.size(); ++j) {
      const Json& neuron = (*core.json)["neurons"][j];
      std::int64_t v = core.potentials[j] + neuron["leak"].get<int>();
      for (const int axon : active) {
        if ((*core.json)["connections"][j][static_cast<std::size_t>(axon)] == 1) {
          const std::size_t type = (*core.json)["axons"][static_cast<std::size_t>(axon)];
          v += neuron["weights"][type].get<int>();
        }
      }
      const bool linear = neuron["reset_mode"] == 1;
      const std::int64_t positive = neuron["positive_threshold"];
      const std::int64_t negative = neuron["negative_threshold"];
      const std::int64_t reset = neuron["reset_potential"];
      if (v >= positive) {
        const Json& offset = neuron["destination_core_offset"];
        Send({place.first + offset[1].get<int>(), place.second + offset[0].get<int>()},
             neuron["destination_axon"], neuron["destination_tick"]);
        trace.spikes.back().insert(trace.spikes.back().end(),
                                   {place.second, place.first, static_cast<std::int64_t>(j)});
        v = linear ? v - positive : reset;
      } else if (reset_at_equal_ ? v <= negative : v < negative) {
        v = linear ? v - negative : -reset;
      }
      core.potentials[j] = v;
      trace.potentials.back().push_back(v);
    }
    active.clear();
  }

  const Json& input_;
  const bool reset_at_equal_;
  Place bus_;
  std::vector<int> latch_;
  std::map<Place, Core> cores_;
  int current_ = 15;
};

}  // namespace

RancTrace RunRancReference(const Json& input, const Json& config, std::int64_t ticks) {
  return RancReference(input, config).Run(ticks);
}

}  // namespace spikemesh
