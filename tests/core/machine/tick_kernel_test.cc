// SPDX-License-Identifier: Apache-2.0
// Which width a core has when: what Machine does not show, since it changes no result.
#include "core/machine/tick_kernel.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/machine/compiled_chip.h"
#include "tests/core/machine/test_chips.h"

namespace spikemesh {
namespace {

// One worker who owns all cores of a chip, stepped without a Machine.
class LoneWorker {
 public:
  LoneWorker(const ChipModel& chip, const TickKernel& kernel)
      : compiled_(CompileChip(chip)),
        plan_{compiled_, CoreOwners(compiled_.core_count(), 1), chip.seed},
        kernel_(kernel),
        state_(compiled_),
        worker_(compiled_.core_count(), plan_.owners, 0) {}

  // Runs a tick in which these axons of core 0 are active.
  void Step(const std::vector<std::uint32_t>& axons) {
    ++now_;
    std::vector<CompiledTarget> packets;
    for (const std::uint32_t axon : axons) {
      packets.push_back(CompiledTarget::Axon({.core = 0, .axon = axon}));
    }
    kernel_.deliver(packets, now_, state_, worker_);
    kernel_.update_due_cores(plan_, now_, state_, worker_);
  }

  bool IsWide() const { return state_.potentials.IsWide(0); }
  std::int32_t potential() const { return state_.potentials.Get(0, 0); }

 private:
  CompiledChip compiled_;
  TickPlan plan_;
  TickKernel kernel_;
  MachineState state_;
  WorkerState worker_;
  Tick now_{0};
};

// A neuron that adds what comes: +255 for axon 0, -255 for axon 1, -1 for axon 2.
ChipModel Adder(std::int32_t initial_potential, std::int32_t threshold = kNarrowMax) {
  NeuronParameters p;
  p.weights = {kWeightMax, -kWeightMax, -1, 0};
  p.threshold = threshold;
  p.negative_threshold = kNarrowMax;
  ChipBuilder builder;
  const CoreId core = builder.AddCore({0, 0});
  const NeuronIndex neuron = builder.AddNeuron(core, p, initial_potential);
  for (std::uint8_t type = 0; type < 3; ++type) {
    builder.Connect(core, builder.AddAxon(core, AxonType(type)), neuron);
  }
  return BuildOrDie(std::move(builder));
}

TEST(TickKernelTest, ThereIsAKernelAndNoTwoHaveOneName) {
  const std::vector<TickKernel> kernels = SupportedTickKernels();
  ASSERT_FALSE(kernels.empty());
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NE(kernels[i].name, kernels[j].name);
    }
  }
}

TEST(TickKernelTest, CoreIsNarrowFromTheStartUpToTheLimit) {
  for (const TickKernel& kernel : SupportedTickKernels()) {
    for (const std::int32_t sign : {1, -1}) {
      EXPECT_FALSE(LoneWorker(Adder(sign * kNarrowPotentialMax), kernel).IsWide());
      EXPECT_TRUE(LoneWorker(Adder(sign * (kNarrowPotentialMax + 1)), kernel).IsWide());
    }
  }
}

TEST(TickKernelTest, CoreWidensOneBeyondTheLimitAndNarrowsAtIt) {
  for (const TickKernel& kernel : SupportedTickKernels()) {
    SCOPED_TRACE(std::string(kernel.name));
    LoneWorker worker(Adder(kNarrowPotentialMax - kWeightMax), kernel);
    for (int round = 0; round < 3; ++round) {
      worker.Step({0});
      EXPECT_EQ(worker.potential(), kNarrowPotentialMax);
      EXPECT_FALSE(worker.IsWide());
      worker.Step({0, 2});
      EXPECT_EQ(worker.potential(), kNarrowPotentialMax + 254);
      EXPECT_TRUE(worker.IsWide());
      worker.Step({});  // not due
      EXPECT_TRUE(worker.IsWide());
      for (std::int32_t above = 253; above > 0; --above) {
        worker.Step({2});
        EXPECT_EQ(worker.potential(), kNarrowPotentialMax + above);
        EXPECT_TRUE(worker.IsWide());
      }
      worker.Step({2});
      EXPECT_EQ(worker.potential(), kNarrowPotentialMax);
      EXPECT_FALSE(worker.IsWide());
      worker.Step({1});
      EXPECT_EQ(worker.potential(), kNarrowPotentialMax - kWeightMax);
    }
  }
}

// The threshold of the block, not the potential, is what does not fit.
TEST(TickKernelTest, CoreWithAWideThresholdIsWideForGood) {
  for (const TickKernel& kernel : SupportedTickKernels()) {
    LoneWorker worker(Adder(0, kNarrowMax + 1), kernel);
    EXPECT_TRUE(worker.IsWide());
    worker.Step({0});
    EXPECT_EQ(worker.potential(), kWeightMax);
    EXPECT_TRUE(worker.IsWide());
  }
}

}  // namespace
}  // namespace spikemesh
