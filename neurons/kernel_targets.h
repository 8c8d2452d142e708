// SPDX-License-Identifier: Apache-2.0
// Which of the kernels compiled for several instruction sets this processor can run. For files that
// Highway compiles once per instruction set: each of their namespaces has a function that makes its
// kernel, and SPIKEMESH_COMPILED_KERNELS(function) lists them. Include only under HWY_ONCE.
#ifndef SPIKEMESH_NEURONS_KERNEL_TARGETS_H_
#define SPIKEMESH_NEURONS_KERNEL_TARGETS_H_

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "hwy/highway.h"

#if HWY_ARCH_X86
#define SPIKEMESH_COMPILED_KERNELS(function)                                            \
  {                                                                                     \
    {HWY_AVX3_DL, HWY_CHOOSE_AVX3_DL(function)}, {HWY_AVX3, HWY_CHOOSE_AVX3(function)}, \
        {HWY_AVX2, HWY_CHOOSE_AVX2(function)}, {HWY_SSE4, HWY_CHOOSE_SSE4(function)},   \
        {HWY_STATIC_TARGET, &HWY_STATIC_DISPATCH(function)},                            \
  }
#else
#define SPIKEMESH_COMPILED_KERNELS(function) \
  { {HWY_STATIC_TARGET, &HWY_STATIC_DISPATCH(function)}, }
#endif

namespace spikemesh {

template <class Kernel>
struct CompiledKernel {
  std::int64_t target;
  Kernel (*make)();  // null: left out of this build
};

// The kernels that this processor can run, in the order of the list, which is best first.
template <class Kernel>
std::vector<Kernel> RunnableKernels(std::initializer_list<CompiledKernel<Kernel>> compiled) {
  const std::int64_t runnable = hwy::SupportedTargets() | HWY_STATIC_TARGET;
  std::vector<Kernel> kernels;
  for (const CompiledKernel<Kernel>& candidate : compiled) {
    if (candidate.make != nullptr && (candidate.target & runnable) != 0) {
      const Kernel kernel = candidate.make();
      // The static target may be one of those before it.
      if (kernels.empty() || kernels.back().name != kernel.name) {
        kernels.push_back(kernel);
      }
    }
  }
  return kernels;
}

}  // namespace spikemesh

#endif  // SPIKEMESH_NEURONS_KERNEL_TARGETS_H_
