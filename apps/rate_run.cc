// SPDX-License-Identifier: Apache-2.0
#include "apps/rate_run.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "apps/pin_verifier.h"
#include "apps/rate_readout.h"
#include "networks/data/rate_encoder.h"

namespace spikemesh {
namespace {

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

// Shows images to one machine, one after the other. Runners side by side share no cache line.
class alignas(64) ImageRunner {
 public:
  // `chip`, `images` and what the pointers name must outlive the runner; null: no records, no
  // verifying.
  ImageRunner(const ChipModel& chip, const Dataset& images, RateEncoder encoder, Machine machine,
              RunRecorder* recorder, const SpikingNetwork* reference)
      : chip_(chip),
        images_(images),
        recorder_(recorder),
        encoder_(std::move(encoder)),
        machine_(std::move(machine)),
        readout_(chip.pin_classes, chip.presentation) {
    if (reference != nullptr) {
      verifier_ = std::make_unique<RateVerifier>(*reference);
    }
  }

  // The class of image `index`, later than any before it. Errors: those of the recorder.
  absl::StatusOr<std::int32_t> Run(std::int64_t index);

  Counters counts() const { return machine_.counters(); }
  const RateReadout& readout() const { return readout_; }
  // Of the images that this runner took; null without a reference.
  const VerifySummary* verified() const { return verifier_ ? &verifier_->summary() : nullptr; }

 private:
  void Begin(std::int64_t index) {
    machine_.ResetAt(Tick(TicksOfImages(chip_.presentation, index)));
    encoder_.Begin(images_.image(index));
    readout_.Begin(images_.labels[static_cast<std::size_t>(index)]);
    if (verifier_) {
      verifier_->Begin();
    }
  }

  void SendNextTick() {
    encoder_.AppendTick(lines_);
    for (const std::uint32_t line : lines_) {
      machine_.SendLine(LineIndex(chip_.input.first_line + line), machine_.now() + 1);
    }
  }

  const ChipModel& chip_;
  const Dataset& images_;
  RunRecorder* recorder_;
  RateEncoder encoder_;
  Machine machine_;
  RateReadout readout_;
  std::unique_ptr<RateVerifier> verifier_;
  std::vector<std::uint32_t> lines_;  // of the tick
};

absl::StatusOr<std::int32_t> ImageRunner::Run(std::int64_t index) {
  const std::int32_t input_ticks = chip_.presentation.ticks_per_image;
  const std::int32_t ticks = input_ticks + chip_.presentation.latency_ticks;
  Begin(index);
  for (std::int32_t tick = 1; tick <= ticks; ++tick) {
    lines_.clear();
    if (tick <= input_ticks) {
      SendNextTick();
    }
    machine_.Step();
    if (recorder_ != nullptr) {
      SPIKEMESH_RETURN_IF_ERROR(recorder_->Look(machine_));
    }
    readout_.Add(machine_.pins());
    if (verifier_) {
      verifier_->Compare(lines_, machine_.pins());
    }
  }
  if (verifier_) {
    verifier_->End();
  }
  return readout_.answer();
}

// Calls job(worker) for worker = 0..workers-1, each in a thread of its own but the first, in this
// one, and returns when all are done. What one throws (want of memory) is thrown here, after
// `on_failure` has told the others to end.
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

// Adds what all runners counted.
void SumRunners(const std::vector<ImageRunner>& runners, const ChipModel& chip, std::int64_t images,
                ImageRunResult& result) {
  std::vector<const RateReadout*> readouts;
  for (const ImageRunner& runner : runners) {
    result.counts = result.counts + runner.counts();
    readouts.push_back(&runner.readout());
    if (const VerifySummary* const verified = runner.verified()) {
      VerifySummary& sum = result.verify ? *result.verify : result.verify.emplace();
      sum.images += verified->images;
      sum.mismatched_images += verified->mismatched_images;
      sum.mismatched_spikes += verified->mismatched_spikes;
    }
  }
  result.accuracy_over_ticks = SumAccuracy(readouts, chip.presentation.ticks_per_image, images);
}

}  // namespace

absl::StatusOr<ImageRunResult> RunRateCoded(const ChipModel& chip, const Dataset& images,
                                            const RateOptions& options, const Machine& machine,
                                            RunRecorder& recorder) {
  const std::int32_t ticks = chip.presentation.ticks_per_image;
  SPIKEMESH_ASSIGN_OR_RETURN(const RateEncoder encoder, RateEncoder::Create(chip.input, ticks));
  const bool in_order = recorder.active();
  const int workers =
      in_order ? 1 : static_cast<int>(std::min<std::int64_t>(options.threads, images.size()));
  std::vector<ImageRunner> runners;
  runners.reserve(static_cast<std::size_t>(workers));
  for (int worker = 0; worker < workers; ++worker) {
    runners.emplace_back(chip, images, encoder, machine.Replica(options.threads / workers),
                         in_order ? &recorder : nullptr, options.reference);
  }

  ImageRunResult result;
  result.predicted.resize(static_cast<std::size_t>(images.size()));
  absl::Status status;  // of the one worker that records
  ImageQueue queue(images.size());
  const auto work = [&](int worker) {
    for (std::int64_t image = queue.Take(); image >= 0; image = queue.Take()) {
      const absl::StatusOr<std::int32_t> predicted = runners[worker].Run(image);
      if (!predicted.ok()) {
        status = predicted.status();
        return;
      }
      result.predicted[static_cast<std::size_t>(image)] = *predicted;
      if (worker == 0) {
        options.progress(image + 1);
      }
    }
  };
  RunSideBySide(workers, work, [&queue] { queue.Close(); });
  SPIKEMESH_RETURN_IF_ERROR(status);

  result.ticks = TicksOfImages(chip.presentation, images.size());
  SumRunners(runners, chip, images.size(), result);
  return result;
}

}  // namespace spikemesh
