// SPDX-License-Identifier: Apache-2.0
// A whole conversion: from an imported model to a chip or to a spiking network, with the report of
// it.
#ifndef SPIKEMESH_CONVERTERS_RECIPE_CONVERT_H_
#define SPIKEMESH_CONVERTERS_RECIPE_CONVERT_H_

#include <string>
#include <variant>
#include <vector>

#include "converters/recipe/convert_options.h"
#include "converters/recipe/import_model.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/events/event_files.h"
#include "core/report/convert_report.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

struct Conversion {
  std::variant<ChipModel, SpikingNetwork> output;
  std::vector<AxonEvent> inputs;  // of an imported chip
  ConvertReport report;           // without source, output and version
};

// `name` is the model's in reports and files. Errors: those of ConvertToSpikes and MapNetwork;
// InvalidArgument (a chip that is to become a spiking network).
absl::StatusOr<Conversion> Convert(ImportedModel imported, const std::string& name,
                                   const ConvertOptions& options);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_RECIPE_CONVERT_H_
