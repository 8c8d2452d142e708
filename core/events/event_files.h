// SPDX-License-Identifier: Apache-2.0
// Spikes, pins, inputs and potentials as CSV files, all sorted by tick, core_y, core_x, index.
//   input       tick,core_x,core_y,axon        (arrival tick, >= 1)
//   spikes      tick,core_x,core_y,neuron
//   pins        tick,pin
//   potentials  tick,core_x,core_y,neuron,potential   (after the tick)
//   predictions image,label,predicted
#ifndef SPIKEMESH_CORE_EVENTS_EVENT_FILES_H_
#define SPIKEMESH_CORE_EVENTS_EVENT_FILES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "router/mesh.h"

namespace spikemesh {

inline constexpr std::string_view kInputHeader = "tick,core_x,core_y,axon";
inline constexpr std::string_view kSpikeHeader = "tick,core_x,core_y,neuron";
inline constexpr std::string_view kPinHeader = "tick,pin";
inline constexpr std::string_view kPotentialHeader = "tick,core_x,core_y,neuron,potential";
inline constexpr std::string_view kPredictionHeader = "image,label,predicted";

// The largest coordinate a mesh can have is 64 chips x 1024 cores - 1.
inline constexpr std::int32_t kEventCoordinateMax = 65535;
inline constexpr std::uint64_t kEventFileBytesMax = std::uint64_t{1} << 30;

// An axon that becomes active in a tick.
struct AxonEvent {
  Tick tick;
  CoreCoordinates core;
  AxonIndex axon;
  auto operator<=>(const AxonEvent&) const = default;
};

// A neuron that fired in a tick.
struct SpikeEvent {
  Tick tick;
  CoreCoordinates core;
  NeuronIndex neuron;
  auto operator<=>(const SpikeEvent&) const = default;
};

// A pin at which some neuron fired in a tick; n neurons give n events.
struct PinEvent {
  Tick tick;
  PinIndex pin;
  auto operator<=>(const PinEvent&) const = default;
};

// V of a neuron after a tick.
struct PotentialEvent {
  Tick tick;
  CoreCoordinates core;
  NeuronIndex neuron;
  std::int32_t potential = 0;
  auto operator<=>(const PotentialEvent&) const = default;
};

// The class of an image as the data set and as the network say.
struct Prediction {
  std::int64_t image = 0;             // position in the data set's split, from 0
  std::optional<std::int32_t> label;  // absent: an empty field
  std::int32_t predicted = 0;
  auto operator<=>(const Prediction&) const = default;
};

// Parses an input file. Errors: InvalidArgument (line, found, allowed; not sorted), OutOfRange
// (tick < 1, coordinates outside 0..65535, axon beyond 255). Equal events may repeat.
absl::StatusOr<std::vector<AxonEvent>> ParseInputEvents(std::string_view text);
// The same for a spike file, with neurons 0..255.
absl::StatusOr<std::vector<SpikeEvent>> ParseSpikeEvents(std::string_view text);

// Appends the line of one event, for files that grow tick by tick.
void AppendRow(std::string& text, const AxonEvent& event);
void AppendRow(std::string& text, const SpikeEvent& event);
void AppendRow(std::string& text, const PinEvent& event);
void AppendRow(std::string& text, const PotentialEvent& event);
void AppendRow(std::string& text, const Prediction& prediction);

// Each writes the header and one line an event, in the order given: callers pass sorted events.
std::string FormatInputEvents(std::span<const AxonEvent> events);
std::string FormatSpikeEvents(std::span<const SpikeEvent> events);
std::string FormatPins(std::span<const PinEvent> events);
std::string FormatPotentials(std::span<const PotentialEvent> events);
std::string FormatPredictions(std::span<const Prediction> predictions);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_EVENTS_EVENT_FILES_H_
