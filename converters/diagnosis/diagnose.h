// SPDX-License-Identifier: Apache-2.0
// A diagnosis: the float network, the spiking network and the chip of one model on the same
// images, layer by layer, and the layer from which on accuracy is lost.
// Method: first all three run side by side and are compared. Then, for every layer that makes an
// activation of the float network, the float network goes on from what the spiking network says
// that this activation is, and those before it; its accuracy shows what the layers so far have
// lost, and what the rest would make of it without conversion. Values of rates are estimated by
// least squares, a factor a channel, so few images flatter layers that have no height and width.
// Cost: two runs of float and spiking network an image, one of the chip, and one of the rest of the
// float network a layer and image.
#ifndef SPIKEMESH_CONVERTERS_DIAGNOSIS_DIAGNOSE_H_
#define SPIKEMESH_CONVERTERS_DIAGNOSIS_DIAGNOSE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "converters/diagnosis/diagnose_layers.h"
#include "converters/onnx/import_onnx.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/machine/machine.h"
#include "core/report/diagnose_report.h"
#include "networks/data/dataset.h"
#include "networks/ir/network.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// The forms of one model that a chip is held against.
struct DiagnosisModels {
  SpikingNetwork spiking;  // of the chip
  Network trained;         // of the file, whose answers count
  Network network;         // as it is folded: linear layers composed
  std::vector<DiagnosedLayer> layers;
};

// Reads the ONNX file at `path`, which must be the one that the chip was converted from. Errors:
// those of SpikingNetworkOf, ImportOnnxFile and MatchLayers; FailedPrecondition (another file, both
// digests named; a chip that does not name its file, or the sources of its neurons).
absl::StatusOr<DiagnosisModels> LoadDiagnosis(const ChipModel& chip, const std::string& path,
                                              const OnnxOptions& options = {});

// Diagnoses on the first `image_count` of `images`, 1 or more. `machine`: a fresh machine of
// `chip`; both must pass CheckImageRun. `progress` is told steps of 3 an image. Errors: those of
// CompareChip.
absl::StatusOr<DiagnoseReport> Diagnose(const DiagnosisModels& models, const ChipModel& chip,
                                        const Dataset& images, std::int64_t image_count,
                                        const std::function<void(std::int64_t)>& progress,
                                        Machine& machine);

// The same of float and spiking network alone, on the first `image_count` of `images`: nothing is
// said of a chip. Errors: those of MatchLayers and of creating the encoder.
absl::StatusOr<DiagnoseReport> DiagnoseConversion(const Network& network,
                                                  const SpikingNetwork& spiking,
                                                  const Dataset& images, std::int64_t image_count);

}  // namespace spikemesh

#endif  // SPIKEMESH_CONVERTERS_DIAGNOSIS_DIAGNOSE_H_
