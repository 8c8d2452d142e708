// SPDX-License-Identifier: Apache-2.0
// How a model runs, by the name that reports give it.
#ifndef SPIKEMESH_CORE_REPORT_RUN_MODE_H_
#define SPIKEMESH_CORE_REPORT_RUN_MODE_H_

#include <cstdint>
#include <string_view>

#include "core/chip/presentation.h"

namespace spikemesh {

enum class RunMode : std::uint8_t {
  kPipelined,       // a chip, one image a tick
  kRate,            // a chip, each image for its ticks
  kEvents,          // a chip, input spikes or nothing
  kSpikingNetwork,  // integers, before mapping
  kFloatNetwork,    // as trained
};

constexpr std::string_view NameOf(RunMode mode) {
  switch (mode) {
    case RunMode::kPipelined:
      return "pipelined";
    case RunMode::kRate:
      return "rate";
    case RunMode::kEvents:
      return "events";
    case RunMode::kSpikingNetwork:
      return "spiking network";
    case RunMode::kFloatNetwork:
      break;
  }
  return "float network";
}

// Of a chip that is presented so.
constexpr RunMode RunModeOf(PresentationMode presentation) {
  switch (presentation) {
    case PresentationMode::kPipelined:
      return RunMode::kPipelined;
    case PresentationMode::kRate:
      return RunMode::kRate;
    case PresentationMode::kNone:
      break;
  }
  return RunMode::kEvents;
}

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_RUN_MODE_H_
