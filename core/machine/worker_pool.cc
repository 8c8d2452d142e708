// SPDX-License-Identifier: Apache-2.0
#include "core/machine/worker_pool.h"

#include "core/base/status.h"

namespace spikemesh {

WorkerPool::WorkerPool(int workers) : barrier_(workers) {
  SPIKEMESH_CHECK(workers >= 1);
  threads_.reserve(static_cast<std::size_t>(workers - 1));
  for (int worker = 1; worker < workers; ++worker) {
    threads_.emplace_back([this, worker] { Serve(worker); });
  }
}

WorkerPool::~WorkerPool() {
  job_ = {};
  Sync();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void WorkerPool::RunErased(ErasedJob job) noexcept {
  job_ = job;
  Sync();
  job.call(job.job, 0);
  Sync();
}

void WorkerPool::Serve(int worker) noexcept {
  while (true) {
    barrier_.ArriveAndWait();
    if (job_.call == nullptr) {
      return;
    }
    job_.call(job_.job, worker);
    barrier_.ArriveAndWait();
  }
}

}  // namespace spikemesh
