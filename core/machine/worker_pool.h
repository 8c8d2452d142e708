// SPDX-License-Identifier: Apache-2.0
// A fixed team of threads that runs one job at a time, each worker its part. The caller is worker
// 0; the others watch for the next job a while and then sleep. Run() returns when all parts are
// done, and Sync() lets the workers of a job wait for each other between its phases: what one wrote
// before, all see after. Cost: two barriers a job and one a Sync; with one worker neither exists.
#ifndef SPIKEMESH_CORE_MACHINE_WORKER_POOL_H_
#define SPIKEMESH_CORE_MACHINE_WORKER_POOL_H_

#include <thread>
#include <vector>

#include "core/machine/barrier.h"

namespace spikemesh {

class WorkerPool {
 public:
  // Starts `workers` - 1 threads; workers >= 1.
  explicit WorkerPool(int workers);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  int workers() const { return static_cast<int>(threads_.size()) + 1; }

  // Calls job(worker) for worker = 0..workers-1 at the same time and waits for all. The job must
  // not throw. Does not allocate.
  template <typename Job>
  void Run(Job& job) {
    RunErased({&job, [](void* erased, int worker) { (*static_cast<Job*>(erased))(worker); }});
  }

  // Called by every worker inside a job: waits until all have called it.
  void Sync() {
    if (!threads_.empty()) {
      barrier_.ArriveAndWait();
    }
  }

 private:
  struct ErasedJob {
    void* job = nullptr;
    void (*call)(void* job, int worker) = nullptr;  // null: the threads end
  };

  // A job that throws ends the program: the others would wait for it for ever.
  void RunErased(ErasedJob job) noexcept;
  void Serve(int worker) noexcept;

  ErasedJob job_;  // written before the barrier that starts a job
  Barrier barrier_;
  std::vector<std::thread> threads_;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_MACHINE_WORKER_POOL_H_
