// SPDX-License-Identifier: Apache-2.0
#include "networks/inference/image_run.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "networks/inference/answer_observer.h"
#include "networks/inference/image_schedule.h"
#include "networks/inference/image_source.h"
#include "networks/inference/readout.h"
#include "networks/inference/side_by_side.h"
#include "networks/inference/verifier.h"

namespace spikemesh {
namespace {

// Ends a pipelined session, once an image is answered, where the run is to stop.
class StopObserver : public TickObserver {
 public:
  // `stop` must outlive the observer.
  StopObserver(const ChipModel& chip, const StopFlag& stop)
      : schedule_(chip.presentation), stop_(stop) {}

  absl::Status Look(const Machine& machine) override {
    answered_ = schedule_.Readout(machine.now()).image + 1;
    return answered_ > 0 && stop_.load() ? absl::CancelledError() : absl::OkStatus();
  }
  std::int64_t answered() const { return answered_; }

 private:
  ImageSchedule schedule_;
  const StopFlag& stop_;
  std::int64_t answered_ = 0;  // images
};

// Shows images to one machine, and all that looks at it. Runners side by side share no cache line.
class alignas(64) ImageRunner {
 public:
  // `chip`, `images`, `machine`, what `options` names and `predicted` must outlive the runner.
  static absl::StatusOr<std::unique_ptr<ImageRunner>> Create(
      const ChipModel& chip, const Dataset& images, const ImageRunOptions& options,
      ImageProgress progress, Machine& machine, std::vector<std::int32_t>& predicted) {
    SPIKEMESH_ASSIGN_OR_RETURN(ImageSource source,
                               ImageSource::Create(chip, images, images.size()));
    std::unique_ptr<ImageRunner> runner(new ImageRunner(
        std::move(source), AnswerObserver(chip, images, std::move(progress), predicted), machine));
    runner->observers_.assign(options.observers.begin(), options.observers.end());
    runner->observers_.push_back(&runner->answers_);
    if (options.reference != nullptr) {
      SPIKEMESH_ASSIGN_OR_RETURN(ImageVerifier verifier,
                                 ImageVerifier::Create(*options.reference, chip, images));
      runner->observers_.push_back(&runner->verifier_.emplace(std::move(verifier)));
    }
    if (options.stop != nullptr && !runner->source_.schedule().resets()) {
      runner->observers_.push_back(&runner->stop_.emplace(chip, *options.stop));
    }
    return runner;
  }

  // Image `image`, alone and later than any before it.
  absl::Status RunOne(std::int64_t image) {
    SPIKEMESH_RETURN_IF_ERROR(PresentImages(source_, image, image + 1, observers_, machine_));
    ++answered_;
    return absl::OkStatus();
  }

  // Images 0 .. end-1, pipelined, until the run is stopped.
  absl::Status RunAll(std::int64_t end) {
    const absl::Status status = PresentImages(source_, 0, end, observers_, machine_);
    const bool stopped = stop_ && absl::IsCancelled(status);
    answered_ = stopped ? std::min(end, stop_->answered()) : end;
    return stopped ? absl::OkStatus() : status;
  }

  std::int64_t answered() const { return answered_; }
  std::int64_t ticks() const { return machine_.now().value(); }

  Counters counts() const { return machine_.counters(); }
  const std::vector<std::int64_t>& correct() const { return answers_.readout().correct(); }
  std::optional<VerifySummary> verified() const {
    return verifier_ ? std::optional(verifier_->summary()) : std::nullopt;
  }

 private:
  ImageRunner(ImageSource source, AnswerObserver answers, Machine& machine)
      : source_(std::move(source)), answers_(std::move(answers)), machine_(machine) {}

  ImageSource source_;
  AnswerObserver answers_;
  std::optional<ImageVerifier> verifier_;
  std::optional<StopObserver> stop_;
  std::vector<TickObserver*> observers_;
  std::int64_t answered_ = 0;
  Machine& machine_;
};

using Runners = std::vector<std::unique_ptr<ImageRunner>>;

// What all runners counted together, and how many images they answered: the first ones, because
// images are handed out in order. `result` has the answers.
void SumRunners(const Runners& runners, const ChipModel& chip, const Dataset& images,
                ImageRunResult& result) {
  const ImageSchedule schedule(chip.presentation);
  std::int64_t answered = 0;
  std::vector<std::vector<std::int64_t>> correct;
  for (const std::unique_ptr<ImageRunner>& runner : runners) {
    answered += runner->answered();
    result.counts = result.counts + runner->counts();
    correct.push_back(runner->correct());
    if (const std::optional<VerifySummary> verified = runner->verified()) {
      result.verify = result.verify.value_or(VerifySummary()) + *verified;
    }
  }
  result.predicted.resize(static_cast<std::size_t>(answered));
  result.ticks = schedule.resets() ? schedule.End(answered).value() : runners.front()->ticks();
  if (schedule.resets() && images.labelled()) {
    result.accuracy_over_ticks = SumAccuracy(correct, schedule.ticks_per_image(), answered);
  }
}

// Each image on whichever runner is free. Errors: the first of any.
absl::Status RunOneByOne(std::int64_t images, const StopFlag* stop, const Runners& runners) {
  std::vector<absl::Status> statuses(runners.size());
  ImageQueue queue(images);
  const auto work = [&](int worker) {
    const auto at = static_cast<std::size_t>(worker);
    for (std::int64_t image = queue.Take(); image >= 0; image = queue.Take()) {
      statuses[at] = runners[at]->RunOne(image);
      if (!statuses[at].ok() || IsStopped(stop)) {
        queue.Close();
      }
    }
  };
  RunSideBySide(static_cast<int>(runners.size()), work, [&queue] { queue.Close(); });
  for (const absl::Status& status : statuses) {
    SPIKEMESH_RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImageRunResult> RunImages(const ChipModel& chip, const Dataset& images,
                                         const ImageRunOptions& options, Machine& machine) {
  SPIKEMESH_CHECK(machine.now() == Tick(0));
  const bool alone = ImageSchedule(chip.presentation).resets();
  const int workers = alone && options.observers.empty()
                          ? static_cast<int>(std::min<std::int64_t>(options.threads, images.size()))
                          : 1;
  ImageRunResult result;
  result.predicted.resize(static_cast<std::size_t>(images.size()));

  // A machine for each runner: replicas where images are alone on it.
  std::vector<Machine> replicas;
  replicas.reserve(static_cast<std::size_t>(workers));
  Runners runners;
  for (int worker = 0; worker < workers; ++worker) {
    Machine& own =
        alone ? replicas.emplace_back(machine.Replica(options.threads / workers)) : machine;
    SPIKEMESH_ASSIGN_OR_RETURN(
        std::unique_ptr<ImageRunner> runner,
        ImageRunner::Create(chip, images, options, worker == 0 ? options.progress : nullptr, own,
                            result.predicted));
    runners.push_back(std::move(runner));
  }

  SPIKEMESH_RETURN_IF_ERROR(alone ? RunOneByOne(images.size(), options.stop, runners)
                                  : runners.front()->RunAll(images.size()));
  SumRunners(runners, chip, images, result);
  return result;
}

}  // namespace spikemesh
