// SPDX-License-Identifier: Apache-2.0
#include "apps/pipelined_run.h"

#include "apps/pin_verifier.h"
#include "networks/data/encoder.h"

namespace spikemesh {

absl::StatusOr<ImageRunResult> RunPipelined(const ChipModel& chip, const Dataset& images,
                                            const PipelinedOptions& options, Machine& machine,
                                            RunRecorder& recorder) {
  SPIKEMESH_CHECK(machine.now() == Tick(0));
  SPIKEMESH_ASSIGN_OR_RETURN(const ImageEncoder encoder, ImageEncoder::Create(chip.input));
  std::optional<PinVerifier> verifier;
  if (options.reference != nullptr) {
    verifier.emplace(*options.reference, encoder);
  }
  ImageRunResult result;
  std::vector<std::uint32_t> lines;
  PinVotes votes(chip.pin_classes);
  const std::int64_t latency = chip.presentation.latency_ticks;
  for (std::int64_t sent = 0; sent < images.size() + latency; ++sent) {
    if (sent < images.size()) {
      lines.clear();
      encoder.Encode(images.image(sent), lines);
      for (const std::uint32_t line : lines) {
        machine.SendLine(LineIndex(chip.input.first_line + line), Tick(sent + 1));
      }
    }
    machine.Step();
    SPIKEMESH_RETURN_IF_ERROR(recorder.Look(machine));
    if (sent < latency) {
      continue;
    }
    votes.Clear();
    votes.Add(machine.pins());
    result.predicted.push_back(votes.Leader());
    if (verifier) {
      verifier->Compare(images.image(sent - latency), machine.pins());
    }
    options.progress(sent - latency + 1);
  }
  result.ticks = machine.now().value();
  result.counts = machine.counters();
  if (verifier) {
    result.verify = verifier->summary();
  }
  return result;
}

}  // namespace spikemesh
