// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/side_by_side.h"

#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace spikemesh {

void RunSideBySide(int workers, const std::function<void(int)>& job,
                   const std::function<void()>& on_failure) {
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(workers));
  const auto guarded = [&](int worker) {
    try {
      job(worker);
    } catch (...) {
      failures[static_cast<std::size_t>(worker)] = std::current_exception();
      on_failure();
    }
  };
  {
    std::vector<std::jthread> threads;  // joined at the end of this block
    try {
      for (int worker = 1; worker < workers; ++worker) {
        threads.emplace_back(guarded, worker);
      }
    } catch (...) {
      on_failure();
      throw;
    }
    guarded(0);
  }
  for (const std::exception_ptr& failure : failures) {
    if (failure) {
      std::rethrow_exception(failure);
    }
  }
}

}  // namespace spikemesh
