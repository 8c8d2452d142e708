// SPDX-License-Identifier: Apache-2.0
// The remedies that libraries suggest (core/base/remedy.h), worded as flags of this command.
#ifndef SPIKEMESH_APPS_REMEDIES_H_
#define SPIKEMESH_APPS_REMEDIES_H_

#include <cstdint>
#include <string>

#include "core/base/remedy.h"
#include "core/base/status.h"

namespace spikemesh {

// "give --calibrate DATASET (its training split is read)".
std::string WordRemedy(const Remedy& remedy);

// The message of a status that is not OK, with its remedies.
std::string MessageWithRemedies(const absl::Status& status);

// What is said of a float network that is hardly better than chance (IsDoubtfulAccuracy).
std::string DoubtfulAccuracyText(double accuracy, std::int64_t images);

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_REMEDIES_H_
