// SPDX-License-Identifier: Apache-2.0
// Holds a chip against the spiking network that it was made from: every image also goes through the
// network, and the pins are compared one by one; in rate mode in every tick of the image.
#ifndef SPIKEMESH_APPS_PIN_VERIFIER_H_
#define SPIKEMESH_APPS_PIN_VERIFIER_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/chip/chip_model.h"
#include "core/report/run_report.h"
#include "networks/data/encoder.h"
#include "networks/ir/run_rate.h"
#include "networks/ir/run_spiking.h"
#include "networks/ir/spiking_network.h"

namespace spikemesh {

// The spiking network inside the chip file, fit to verify the chip's pins. `flag` asks for it, and
// messages begin with it. Errors: FailedPrecondition (there is none), DataLoss, InvalidArgument
// (not of this chip's pins or presentation), Unimplemented (of another version).
absl::StatusOr<SpikingNetwork> SpikingNetworkOf(const ChipModel& chip, std::string_view flag);

class PinVerifier {
 public:
  // Both must outlive the verifier; the network is one of SpikingNetworkOf.
  PinVerifier(const SpikingNetwork& network, const ImageEncoder& encoder);

  // `pins`: the spikes of the image's read-out tick.
  void Compare(std::span<const std::uint8_t> image, std::span<const PinIndex> pins);

  const VerifySummary& summary() const { return summary_; }

 private:
  SpikingRunner runner_;
  const ImageEncoder& encoder_;
  std::vector<std::uint32_t> lines_;
  std::vector<std::int32_t> spikes_;  // [pin]
  VerifySummary summary_;
};

// The same for chips in rate mode. One image is Begin, Compare for each of its ticks, End.
class RateVerifier {
 public:
  // The network, one of SpikingNetworkOf, must outlive the verifier.
  explicit RateVerifier(const SpikingNetwork& network);

  void Begin();
  // `lines`: of the encoder in this tick, without first_line; `pins`: the spikes of this tick.
  void Compare(std::span<const std::uint32_t> lines, std::span<const PinIndex> pins);
  void End();

  const VerifySummary& summary() const { return summary_; }

 private:
  RateRunner runner_;
  std::vector<std::int32_t> spikes_;  // [pin], 0 between ticks
  std::int64_t mismatches_ = 0;       // of the image
  VerifySummary summary_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_PIN_VERIFIER_H_
