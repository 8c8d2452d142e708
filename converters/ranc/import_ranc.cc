// SPDX-License-Identifier: Apache-2.0
#include "converters/ranc/import_ranc.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "converters/ranc/ranc_config.h"
#include "converters/ranc/ranc_neuron.h"
#include "core/base/json.h"
#include "core/base/strings.h"
#include "core/chip/chip_builder.h"
#include "core/chip/validate.h"

namespace spikemesh {
namespace {

// RANC's send() finds slot (tick + 15 + 1) mod 16 to be the current one and drops the packet.
constexpr std::int64_t kDroppedTick = kDelaySlots - 1;

// The grid as it fills: what stands at each place, and the sentences for the user.
struct Import {
  RancConfig config;
  CoreCoordinates output_bus;
  std::int64_t num_outputs = 0;
  absl::flat_hash_map<CoreCoordinates, CoreId> core_ids;
  std::vector<std::string> warnings;
  std::int64_t warnings_unlisted = 0;

  void Warn(std::string sentence) {
    if (warnings.size() < kRancWarningsListedMax) {
      warnings.push_back(std::move(sentence));
    } else {
      ++warnings_unlisted;
    }
  }
};

// The member `key` of `object`, [x, y], as a place of the grid.
absl::StatusOr<CoreCoordinates> GetPlace(const Json& object, std::string_view where,
                                         std::string_view key, const RancConfig& config) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* pair, GetArray(object, where, key));
  const std::string field = Concat(where, ".", key);
  if (pair->size() != 2) {
    return absl::InvalidArgumentError(
        Concat(field, ": ", pair->size(), " numbers, allowed: x and y"));
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t x,
                             AsInteger((*pair)[0], field, 0, config.grid_width - 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t y,
                             AsInteger((*pair)[1], field, 0, config.grid_height - 1));
  return CoreCoordinates{static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
}

// The array `key` of `object`, of `size` elements as the config says.
absl::StatusOr<const Json*> GetSizedArray(const Json& object, std::string_view where,
                                          std::string_view key, std::int64_t size) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* array, GetArray(object, where, key));
  if (array->size() != static_cast<std::size_t>(size)) {
    return absl::InvalidArgumentError(
        Concat(where, ".", key, ": ", array->size(), " elements, the config has ", size));
  }
  return array;
}

absl::Status ParseOutputBus(const Json& json, Import& import) {
  constexpr std::string_view kWhere = "output_bus";
  const auto found = json.find(std::string(kWhere));
  if (found == json.end()) {
    return absl::InvalidArgumentError("RANC input: key \"output_bus\" is missing");
  }
  SPIKEMESH_RETURN_IF_ERROR(CheckKeys(*found, kWhere, {"coordinates", "num_outputs"}));
  SPIKEMESH_ASSIGN_OR_RETURN(import.output_bus,
                             GetPlace(*found, kWhere, "coordinates", import.config));
  SPIKEMESH_ASSIGN_OR_RETURN(import.num_outputs,
                             GetInteger(*found, kWhere, "num_outputs", 0, kPinsMax));
  return absl::OkStatus();
}

absl::Status AddAxons(const Json& json, std::string_view where, CoreId core, const Import& import,
                      ChipBuilder& builder) {
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* axons,
                             GetSizedArray(json, where, "axons", import.config.num_axons));
  for (std::size_t i = 0; i < axons->size(); ++i) {
    SPIKEMESH_ASSIGN_OR_RETURN(
        const std::int64_t type,
        AsInteger((*axons)[i], Concat(where, ".axons[", i, "]"), 0, import.config.num_weights - 1));
    builder.AddAxon(core, AxonType(static_cast<std::uint8_t>(type)));
  }
  return absl::OkStatus();
}

// Connects neuron `neuron` to the axons whose cell in `row` is 1.
absl::Status ConnectRow(const Json& row, std::string_view where, CoreId core, std::size_t neuron,
                        ChipBuilder& builder) {
  const NeuronIndex column(static_cast<std::uint16_t>(neuron));
  for (std::size_t axon = 0; axon < row.size(); ++axon) {
    const Json& cell = row[axon];
    const bool is_integer = cell.is_number_integer();
    if (!is_integer || (cell != 0 && cell != 1)) {
      return absl::InvalidArgumentError(
          Concat(where, ".connections[", neuron, "][", axon, "]: found ",
                 is_integer ? cell.dump() : cell.type_name(), ", allowed: 0 or 1"));
    }
    if (cell == 1) {
      builder.Connect(core, AxonIndex(static_cast<std::uint16_t>(axon)), column);
    }
  }
  return absl::OkStatus();
}

// Where the spikes of a neuron of core `from` go.
absl::StatusOr<NeuronTarget> TargetOf(const RancNeuron& neuron, std::string_view where,
                                      CoreCoordinates from, Import& import) {
  const CoreCoordinates to = {from.x + static_cast<std::int32_t>(neuron.core_offset[0]),
                              from.y + static_cast<std::int32_t>(neuron.core_offset[1])};
  if (!import.config.Contains(to)) {
    return absl::OutOfRangeError(Concat(where, ": its destination ", to, " is outside the grid of ",
                                        import.config.grid_width, " x ",
                                        import.config.grid_height));
  }
  const bool to_bus = to == import.output_bus;
  const std::int64_t axon_count = to_bus ? import.num_outputs : import.config.num_axons;
  if (neuron.axon >= axon_count) {
    return absl::OutOfRangeError(Concat(where, ".destination_axon: found ", neuron.axon,
                                        ", allowed: 0..", axon_count - 1, " of ",
                                        to_bus ? "the output bus" : Concat("core ", to)));
  }
  if (to_bus) {
    return NeuronTarget::Pin(PinIndex(static_cast<std::uint32_t>(neuron.axon)));
  }
  const auto destination = import.core_ids.find(to);
  if (destination == import.core_ids.end()) {
    return absl::InvalidArgumentError(Concat(where, ": its destination ", to, " has no core"));
  }
  if (neuron.tick == kDroppedTick) {
    import.Warn(Concat(where,
                       ": destination_tick 15 never arrives in RANC; the neuron has no "
                       "target"));
    return NeuronTarget::None();
  }
  return NeuronTarget::Axon(destination->second, AxonIndex(static_cast<std::uint16_t>(neuron.axon)),
                            DelayTicks(static_cast<std::uint8_t>(neuron.tick + 1)));
}

absl::Status FillCore(const Json& json, CoreCoordinates at, Import& import, ChipBuilder& builder) {
  const std::string where = Concat("core ", at);
  const CoreId core = import.core_ids.at(at);
  SPIKEMESH_RETURN_IF_ERROR(AddAxons(json, where, core, import, builder));
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* neurons,
                             GetSizedArray(json, where, "neurons", import.config.num_neurons));
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* connections,
                             GetSizedArray(json, where, "connections", import.config.num_neurons));
  for (std::size_t j = 0; j < neurons->size(); ++j) {
    const std::string neuron_name = Concat(where, " neuron ", j);
    SPIKEMESH_ASSIGN_OR_RETURN(const RancNeuron neuron,
                               ParseRancNeuron((*neurons)[j], neuron_name, import.config));
    SPIKEMESH_ASSIGN_OR_RETURN(const NeuronTarget target,
                               TargetOf(neuron, neuron_name, at, import));
    builder.SetTarget(core, builder.AddNeuron(core, neuron.parameters, neuron.initial_potential),
                      target);
    const Json& row = (*connections)[j];
    if (!row.is_array() || row.size() != static_cast<std::size_t>(import.config.num_axons)) {
      return absl::InvalidArgumentError(Concat(where, ".connections[", j,
                                               "]: allowed: an array of ", import.config.num_axons,
                                               " zeros and ones"));
    }
    SPIKEMESH_RETURN_IF_ERROR(ConnectRow(row, where, core, j, builder));
  }
  return absl::OkStatus();
}

// Names every core before any is filled, because targets point forward.
absl::StatusOr<std::vector<CoreCoordinates>> AddCores(const Json& cores, Import& import,
                                                      ChipBuilder& builder) {
  std::vector<CoreCoordinates> places;
  for (std::size_t i = 0; i < cores.size(); ++i) {
    const std::string where = Concat("cores[", i, "]");
    SPIKEMESH_RETURN_IF_ERROR(
        CheckKeys(cores[i], where, {"axons", "neurons", "connections", "coordinates"}));
    SPIKEMESH_ASSIGN_OR_RETURN(const CoreCoordinates at,
                               GetPlace(cores[i], where, "coordinates", import.config));
    if (at == import.output_bus) {
      return absl::InvalidArgumentError(
          Concat(where, ": core ", at, " stands at the place of the output bus"));
    }
    if (import.core_ids.contains(at)) {
      return absl::InvalidArgumentError(Concat(where, ": a second core at ", at));
    }
    import.core_ids[at] = builder.AddCore(at);
    places.push_back(at);
  }
  return places;
}

// One packet of row `row` as an event: RANC hands row k to the cores in tick k (row 0 before tick
// 1), so it arrives in tick k + destination_tick + 1.
absl::Status AddPacket(const Json& packet, std::string_view where, std::size_t row, Import& import,
                       std::vector<AxonEvent>& events) {
  SPIKEMESH_RETURN_IF_ERROR(
      CheckKeys(packet, where, {"destination_core", "destination_axon", "destination_tick"}));
  SPIKEMESH_ASSIGN_OR_RETURN(const CoreCoordinates at,
                             GetPlace(packet, where, "destination_core", import.config));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t axon, GetInteger(packet, where, "destination_axon",
                                                                 0, import.config.num_axons - 1));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::int64_t tick,
                             GetInteger(packet, where, "destination_tick", 0, kDelaySlots - 1));
  if (at == import.output_bus) {
    return absl::UnimplementedError(Concat(where, ": an input packet to the output bus"));
  }
  if (!import.core_ids.contains(at)) {
    return absl::InvalidArgumentError(Concat(where, ": its destination ", at, " has no core"));
  }
  if (tick == kDroppedTick) {
    import.Warn(
        Concat(where, ": destination_tick 15 never arrives in RANC; the packet is left out"));
    return absl::OkStatus();
  }
  events.push_back({Tick(static_cast<std::int64_t>(row) + tick + 1), at,
                    AxonIndex(static_cast<std::uint16_t>(axon))});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<AxonEvent>> ParsePackets(const Json& rows, Import& import) {
  std::vector<AxonEvent> events;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (!rows[k].is_array()) {
      return absl::InvalidArgumentError(Concat("packets[", k, "]: found ", rows[k].type_name(),
                                               ", allowed: an array of packets"));
    }
    for (std::size_t i = 0; i < rows[k].size(); ++i) {
      SPIKEMESH_RETURN_IF_ERROR(
          AddPacket(rows[k][i], Concat("packets[", k, "][", i, "]"), k, import, events));
    }
  }
  std::ranges::sort(events);
  return events;
}

}  // namespace

absl::StatusOr<RancModel> ImportRanc(std::string_view input_json, std::string_view config_json) {
  Import import;
  SPIKEMESH_ASSIGN_OR_RETURN(import.config, ParseRancConfig(config_json));
  SPIKEMESH_ASSIGN_OR_RETURN(const Json json, Annotate(ParseJson(input_json), "RANC input"));
  SPIKEMESH_RETURN_IF_ERROR(CheckKeys(json, "RANC input", {"packets", "output_bus", "cores"}));
  SPIKEMESH_RETURN_IF_ERROR(ParseOutputBus(json, import));
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* cores, GetArray(json, "RANC input", "cores"));
  SPIKEMESH_ASSIGN_OR_RETURN(const Json* packets, GetArray(json, "RANC input", "packets"));

  ChipBuilder builder({.mesh = MeshOf(import.config)});
  builder.model().pin_count = static_cast<std::uint32_t>(import.num_outputs);
  SPIKEMESH_ASSIGN_OR_RETURN(const std::vector<CoreCoordinates> places,
                             AddCores(*cores, import, builder));
  for (std::size_t i = 0; i < places.size(); ++i) {
    SPIKEMESH_RETURN_IF_ERROR(FillCore((*cores)[i], places[i], import, builder));
  }
  RancModel model;
  SPIKEMESH_ASSIGN_OR_RETURN(model.inputs, ParsePackets(*packets, import));
  SPIKEMESH_ASSIGN_OR_RETURN(model.chip, std::move(builder).Build());
  model.warnings = std::move(import.warnings);
  if (import.warnings_unlisted > 0) {
    model.warnings.push_back(Concat(import.warnings_unlisted, " more warnings of this kind."));
  }
  return model;
}

}  // namespace spikemesh
