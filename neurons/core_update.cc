// SPDX-License-Identifier: Apache-2.0
#include "neurons/core_update.h"

#include <cstdint>

// This file is compiled once per instruction set: foreach_target.h includes it again for each.
// SSSE3 adds nothing between scalar and SSE4 on processors that still run.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "neurons/core_update.cc"
#include "hwy/foreach_target.h"
// Per target, so after foreach_target.h.
#include "hwy/highway.h"
#include "neurons/core_update_inl.h"
#include "neurons/list_members_inl.h"

HWY_BEFORE_NAMESPACE();
namespace spikemesh {
namespace HWY_NAMESPACE {

CoreUpdateKernel MakeCoreUpdateKernel() {
  return {hwy::TargetName(HWY_TARGET),
          &UpdateWide,
          &UpdateNarrow,
          &ListMembers,
          &ListIndices,
          &ListActive};
}

}  // namespace HWY_NAMESPACE
}  // namespace spikemesh
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "neurons/kernel_targets.h"

namespace spikemesh {

std::vector<CoreUpdateKernel> SupportedCoreUpdates() {
  return RunnableKernels<CoreUpdateKernel>(SPIKEMESH_COMPILED_KERNELS(MakeCoreUpdateKernel));
}

}  // namespace spikemesh
#endif  // HWY_ONCE
