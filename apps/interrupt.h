// SPDX-License-Identifier: Apache-2.0
// Ctrl-C during a run over images: the first one asks the run to end with the image it is at and to
// report what is done; the second one ends the process at once, as Ctrl-C does elsewhere.
#ifndef SPIKEMESH_APPS_INTERRUPT_H_
#define SPIKEMESH_APPS_INTERRUPT_H_

#include "networks/inference/answer_observer.h"

namespace spikemesh {

// While one lives, the first Ctrl-C sets its flag. One at a time.
class InterruptCatcher {
 public:
  InterruptCatcher();
  InterruptCatcher(const InterruptCatcher&) = delete;
  InterruptCatcher& operator=(const InterruptCatcher&) = delete;
  ~InterruptCatcher();

  const StopFlag* stop() const;
};

// For the handler of SIGINT: sets the flag of the catcher that lives, and says so on standard
// error; false where there is none, or it was set before. Async-signal-safe.
bool CatchInterrupt();

}  // namespace spikemesh

#endif  // SPIKEMESH_APPS_INTERRUPT_H_
