// SPDX-License-Identifier: Apache-2.0
// Compares the pins of a machine with the spiking network that its chip was made from, spike by
// spike, while images run.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_VERIFIER_H_
#define SPIKEMESH_NETWORKS_INFERENCE_VERIFIER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/report/run_report.h"
#include "core/session/session.h"
#include "networks/data/dataset.h"
#include "networks/inference/image_lines.h"
#include "networks/inference/image_schedule.h"
#include "networks/ir/run_rate.h"
#include "networks/ir/run_spiking.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// The spiking network inside the chip file, fit to verify the chip's pins. Errors:
// FailedPrecondition (there is none), DataLoss, InvalidArgument (not of this chip's pins or
// presentation), Unimplemented (of another version).
absl::StatusOr<SpikingNetwork> SpikingNetworkOf(const ChipModel& chip);

// Looks at a machine that shows images from an ImageSource. In pipelined mode the pins of the
// read-out tick are compared, in rate mode those of every tick.
class ImageVerifier : public TickObserver {
 public:
  // `network`, one of SpikingNetworkOf, `chip` and `images` must outlive the verifier. Errors:
  // those of creating the encoder.
  static absl::StatusOr<ImageVerifier> Create(const SpikingNetwork& network, const ChipModel& chip,
                                              const Dataset& images);

  absl::Status Look(const Machine& machine) override;

  const VerifySummary& summary() const { return summary_; }

 private:
  ImageVerifier(const SpikingNetwork& network, const ChipModel& chip, const Dataset& images,
                ImageLines encoder);
  void LookPipelined(const Machine& machine);
  void LookRate(const Machine& machine);
  void Compare(const Machine& machine, const std::vector<std::uint8_t>& expected);
  void EndImage();

  ImageSchedule schedule_;
  const Dataset& images_;
  ImageLines encoder_;
  // One or the other, by the presentation.
  std::unique_ptr<SpikingRunner> pipelined_;
  std::unique_ptr<RateRunner> rate_;
  std::vector<std::uint32_t> lines_;  // of a tick
  std::vector<std::int32_t> spikes_;  // [pin], 0 between ticks
  std::int64_t mismatches_ = 0;       // of the image
  VerifySummary summary_;
};

// What verifiers of different images found together.
VerifySummary operator+(const VerifySummary& a, const VerifySummary& b);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_VERIFIER_H_
