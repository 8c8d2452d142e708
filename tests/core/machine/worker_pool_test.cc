// SPDX-License-Identifier: Apache-2.0
#include "core/machine/worker_pool.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "core/machine/barrier.h"

namespace spikemesh {
namespace {

// Each worker writes its own number and reads its neighbour's in the next phase.
TEST(WorkerPoolTest, WhatAWorkerWroteBeforeASyncTheOthersSeeAfterIt) {
  for (const int workers : {1, 2, 3, 8}) {
    WorkerPool pool(workers);
    std::vector<std::int64_t> written(static_cast<std::size_t>(workers), 0);
    std::vector<std::int64_t> seen(static_cast<std::size_t>(workers), 0);
    std::int64_t round = 0;
    auto job = [&](int worker) {
      written[static_cast<std::size_t>(worker)] = round;
      pool.Sync();
      seen[static_cast<std::size_t>(worker)] =
          written[static_cast<std::size_t>((worker + 1) % workers)];
    };
    for (round = 1; round <= 2000; ++round) {
      pool.Run(job);
      ASSERT_EQ(seen, std::vector<std::int64_t>(seen.size(), round)) << workers << " workers";
    }
  }
}

TEST(WorkerPoolTest, EveryWorkerRunsAJobOnce) {
  WorkerPool pool(5);
  EXPECT_EQ(pool.workers(), 5);
  std::vector<int> runs(5, 0);
  auto job = [&](int worker) { ++runs[static_cast<std::size_t>(worker)]; };
  pool.Run(job);
  pool.Run(job);
  EXPECT_EQ(runs, std::vector<int>(5, 2));
}

TEST(WorkerPoolTest, EndsWithoutHavingRunAJob) { WorkerPool pool(4); }

// The last member comes when the others have stopped watching and sleep.
TEST(BarrierTest, LateMemberWakesThoseWhoSleep) {
  constexpr int kMembers = 4;
  constexpr int kRounds = 5;
  Barrier barrier(kMembers);
  std::vector<int> passed(kMembers, 0);
  std::vector<std::thread> members;
  for (int member = 0; member < kMembers; ++member) {
    members.emplace_back([&, member] {
      for (int round = 0; round < kRounds; ++round) {
        if (member == round % kMembers) {
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        barrier.ArriveAndWait();
        ++passed[static_cast<std::size_t>(member)];
      }
    });
  }
  for (std::thread& member : members) {
    member.join();
  }
  EXPECT_EQ(passed, std::vector<int>(kMembers, kRounds));
}

TEST(BarrierTest, OneMemberWaitsForNobody) {
  Barrier barrier(1);
  barrier.ArriveAndWait();
  barrier.ArriveAndWait();
}

}  // namespace
}  // namespace spikemesh
