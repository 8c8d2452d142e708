// SPDX-License-Identifier: Apache-2.0
// The potentials of all cores: 16 bits a neuron while those of a core fit, 32 bits else. A core
// whose parameters need more is always wide. Threads: different cores may be written at the same
// time. Memory: 512 bytes a core, and 1 KB for each that was ever wide.
#ifndef SPIKEMESH_CORE_MACHINE_POTENTIAL_STORE_H_
#define SPIKEMESH_CORE_MACHINE_POTENTIAL_STORE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "core/base/large_vector.h"
#include "neurons/core_update.h"

namespace spikemesh {

// Whether 16 bits serve for a core with these potentials, if its parameters allow it.
inline bool FitNarrow(const Potentials& potentials) {
  return std::all_of(potentials.begin(), potentials.end(), [](std::int32_t potential) {
    return std::abs(potential) <= kNarrowPotentialMax;
  });
}

// Copies potentials that FitNarrow.
inline void CopyNarrow(const Potentials& from, NarrowPotentials& to) {
  std::transform(from.begin(), from.end(), to.begin(),
                 [](std::int32_t potential) { return static_cast<std::int16_t>(potential); });
}

// V(0) of all cores.
struct InitialPotentials {
  struct WideCore {
    std::uint32_t core;
    Potentials potentials;
  };
  LargeVector<NarrowPotentials> narrow;  // [core]
  std::vector<WideCore> wide;            // the cores that do not fit, ascending
};

class PotentialStore {
 public:
  explicit PotentialStore(const InitialPotentials& initial)
      : wide_(initial.narrow.size()), is_wide_(initial.narrow.size(), 0) {
    Reset(initial);
  }

  // V = V(0), of the same chip.
  void Reset(const InitialPotentials& initial) {
    narrow_ = initial.narrow;
    std::fill(is_wide_.begin(), is_wide_.end(), std::uint8_t{0});
    for (const InitialPotentials::WideCore& core : initial.wide) {
      Widen(core.core);
      *wide_[core.core] = core.potentials;
    }
  }

  bool IsWide(std::size_t core) const { return is_wide_[core] != 0; }
  // Of a core that is not wide.
  NarrowPotentials& Narrow(std::size_t core) { return narrow_[core]; }
  // Of a core that is.
  Potentials& Wide(std::size_t core) { return *wide_[core]; }

  std::int32_t Get(std::size_t core, std::size_t neuron) const {
    return IsWide(core) ? (*wide_[core])[neuron] : narrow_[core][neuron];
  }

  // Makes a core wide, with the same values.
  void Widen(std::size_t core) {
    if (wide_[core] == nullptr) {
      wide_[core] = std::make_unique<Potentials>();
    }
    if (!IsWide(core)) {
      std::copy(narrow_[core].begin(), narrow_[core].end(), wide_[core]->begin());
      is_wide_[core] = 1;
    }
  }

  // Makes a wide core narrow if all its values fit.
  void NarrowWherePossible(std::size_t core) {
    if (FitNarrow(*wide_[core])) {
      CopyNarrow(*wide_[core], narrow_[core]);
      is_wide_[core] = 0;
    }
  }

 private:
  LargeVector<NarrowPotentials> narrow_;           // [core]
  std::vector<std::unique_ptr<Potentials>> wide_;  // [core], null until it is needed
  std::vector<std::uint8_t> is_wide_;              // [core]
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_POTENTIAL_STORE_H_
