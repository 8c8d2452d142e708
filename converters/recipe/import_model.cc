// SPDX-License-Identifier: Apache-2.0
#include "converters/recipe/import_model.h"

#include <array>
#include <utility>

#include "converters/ranc/import_ranc.h"
#include "core/base/atomic_file.h"
#include "core/base/remedy.h"
#include "core/base/sha256.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

absl::StatusOr<ImportedModel> ImportOnnxModel(const std::string& path,
                                              const ImportOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(ImportedOnnx onnx, ImportOnnxFile(path, options.onnx));
  return ImportedModel{std::move(onnx.network), std::move(onnx.sha256)};
}

absl::StatusOr<ImportedModel> ImportSpikingNetwork(const std::string& path, const ImportOptions&) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kSpikingFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(SpikingNetwork network, Annotate(ParseSpiking(bytes), path));
  return ImportedModel{std::move(network), Sha256Hex(bytes)};
}

absl::StatusOr<ImportedModel> ImportRancNetwork(const std::string& path,
                                                const ImportOptions& options) {
  if (options.ranc_config.empty()) {
    return WithRemedy(absl::FailedPreconditionError(
                          Concat(path,
                                 ": is a network of the RANC simulator, which has sizes in a file "
                                 "of its own")),
                      {RemedyKind::kRancConfig});
  }
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string input, ReadFile(path, kRancFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string config,
                             ReadFile(options.ranc_config, kRancFileBytesMax));
  SPIKEMESH_ASSIGN_OR_RETURN(RancModel ranc, Annotate(ImportRanc(input, config), path));
  return ImportedModel{ImportedChip{.chip = std::move(ranc.chip),
                                    .inputs = std::move(ranc.inputs),
                                    .warnings = std::move(ranc.warnings)},
                       Sha256Hex(input)};
}

constexpr std::array<Importer, 3> kImporters = {{
    {FileKind::kOnnx, "ONNX models", ImportOnnxModel},
    {FileKind::kSpikingNetwork, "spiking networks (.snn)", ImportSpikingNetwork},
    {FileKind::kRancNetwork, "networks of the RANC simulator", ImportRancNetwork},
}};

std::string ListOfReaders(std::string_view besides) {
  std::string list(besides);
  for (const Importer& importer : kImporters) {
    list += Concat(list.empty() ? "" : ", ", importer.reads);
  }
  return list;
}

}  // namespace

std::span<const Importer> Importers() { return kImporters; }

absl::StatusOr<ImportedModel> ImportModel(const std::string& path, const ImportOptions& options) {
  SPIKEMESH_ASSIGN_OR_RETURN(const std::string start, ReadFileStart(path, kRecognizedBytes));
  for (const Importer& importer : kImporters) {
    if (importer.accepts(start)) {
      return importer.import(path, options);
    }
  }
  return absl::UnimplementedError(Concat(path, ": is ", NameOf(RecognizeBytes(start)),
                                         "; read are ", ListOfReaders(options.reads_besides)));
}

}  // namespace spikemesh
