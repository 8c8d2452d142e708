// SPDX-License-Identifier: Apache-2.0
// Work that several threads share.
#ifndef SPIKEMESH_NETWORKS_INFERENCE_SIDE_BY_SIDE_H_
#define SPIKEMESH_NETWORKS_INFERENCE_SIDE_BY_SIDE_H_

#include <atomic>
#include <cstdint>
#include <functional>

namespace spikemesh {

// Hands out images in order. Any number of threads may use it at a time.
class ImageQueue {
 public:
  explicit ImageQueue(std::int64_t images) : images_(images) {}

  // The next image; -1 when there is none left.
  std::int64_t Take() {
    const std::int64_t image = next_.fetch_add(1, std::memory_order_relaxed);
    return image < images_ ? image : -1;
  }
  // Hands out no more.
  void Close() { next_.store(images_, std::memory_order_relaxed); }

 private:
  const std::int64_t images_;
  std::atomic<std::int64_t> next_ = 0;
};

// Calls job(worker) for worker = 0..workers-1, each in a thread of its own but the first, in this
// one, and returns when all are done. What one throws (want of memory) is thrown here, after
// `on_failure` has told the others to end.
void RunSideBySide(int workers, const std::function<void(int)>& job,
                   const std::function<void()>& on_failure);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_INFERENCE_SIDE_BY_SIDE_H_
