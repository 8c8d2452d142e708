// SPDX-License-Identifier: Apache-2.0
#include "core/events/event_files.h"

#include <array>
#include <limits>

#include "core/base/csv.h"
#include "core/base/limits.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

// The names of the columns, for messages.
constexpr std::array<std::string_view, 3> kPlaceColumns = {"tick", "core_x", "core_y"};

absl::Status CheckCell(std::size_t line, std::string_view column, std::int64_t found,
                       std::int64_t min, std::int64_t max) {
  if (found < min || found > max) {
    return absl::OutOfRangeError(
        Concat("line ", line, ": ", column, " ", found, ", allowed ", min, "..", max));
  }
  return absl::OkStatus();
}

// Parses rows of tick, core_x, core_y, index into events of the type that has these four.
template <typename Event, typename Index>
absl::StatusOr<std::vector<Event>> ParseEvents(std::string_view text, std::string_view header,
                                               std::string_view index_name, int index_max) {
  SPIKEMESH_ASSIGN_OR_RETURN(const IntegerTable table, ParseCsv(text, header));
  constexpr std::int64_t kTickMax = std::numeric_limits<std::int64_t>::max() / 2;
  std::vector<Event> events;
  events.reserve(table.rows());
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const std::span<const std::int64_t> row = table.row(i);
    const std::size_t line = i + 2;  // the header is line 1
    SPIKEMESH_RETURN_IF_ERROR(CheckCell(line, kPlaceColumns[0], row[0], 1, kTickMax));
    SPIKEMESH_RETURN_IF_ERROR(CheckCell(line, kPlaceColumns[1], row[1], 0, kEventCoordinateMax));
    SPIKEMESH_RETURN_IF_ERROR(CheckCell(line, kPlaceColumns[2], row[2], 0, kEventCoordinateMax));
    SPIKEMESH_RETURN_IF_ERROR(CheckCell(line, index_name, row[3], 0, index_max));
    const Event event = {Tick(row[0]),
                         {static_cast<std::int32_t>(row[1]), static_cast<std::int32_t>(row[2])},
                         Index(static_cast<typename Index::rep>(row[3]))};
    if (!events.empty() && event < events.back()) {
      return absl::InvalidArgumentError(Concat(
          "line ", line, ": out of order, rows are sorted by tick, core_y, core_x, ", index_name));
    }
    events.push_back(event);
  }
  return events;
}

// The header, then one line for each of `events`.
template <typename Event>
std::string Format(std::string_view header, std::span<const Event> events) {
  std::string text(header);
  text.push_back('\n');
  for (const Event& event : events) {
    AppendRow(text, event);
  }
  return text;
}

template <std::size_t kColumns>
using Row = std::array<std::int64_t, kColumns>;

}  // namespace

absl::StatusOr<std::vector<AxonEvent>> ParseInputEvents(std::string_view text) {
  return ParseEvents<AxonEvent, AxonIndex>(text, kInputHeader, "axon", kAxonsPerCore - 1);
}

absl::StatusOr<std::vector<SpikeEvent>> ParseSpikeEvents(std::string_view text) {
  return ParseEvents<SpikeEvent, NeuronIndex>(text, kSpikeHeader, "neuron", kNeuronsPerCore - 1);
}

void AppendRow(std::string& text, const AxonEvent& event) {
  AppendCsvRow(text, Row<4>{event.tick.value(), event.core.x, event.core.y, event.axon.value()});
}

void AppendRow(std::string& text, const SpikeEvent& event) {
  AppendCsvRow(text, Row<4>{event.tick.value(), event.core.x, event.core.y, event.neuron.value()});
}

void AppendRow(std::string& text, const PinEvent& event) {
  AppendCsvRow(text, Row<2>{event.tick.value(), event.pin.value()});
}

void AppendRow(std::string& text, const PotentialEvent& event) {
  AppendCsvRow(text, Row<5>{event.tick.value(), event.core.x, event.core.y, event.neuron.value(),
                            event.potential});
}

void AppendRow(std::string& text, const Prediction& prediction) {
  if (prediction.label) {
    AppendCsvRow(text, Row<3>{prediction.image, *prediction.label, prediction.predicted});
  } else {
    text += Concat(prediction.image, ",,", prediction.predicted, "\n");
  }
}

std::string FormatInputEvents(std::span<const AxonEvent> events) {
  return Format(kInputHeader, events);
}

std::string FormatSpikeEvents(std::span<const SpikeEvent> events) {
  return Format(kSpikeHeader, events);
}

std::string FormatPins(std::span<const PinEvent> events) { return Format(kPinHeader, events); }

std::string FormatPotentials(std::span<const PotentialEvent> events) {
  return Format(kPotentialHeader, events);
}

std::string FormatPredictions(std::span<const Prediction> predictions) {
  return Format(kPredictionHeader, predictions);
}

}  // namespace spikemesh
