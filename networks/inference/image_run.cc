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
    return runner;
  }

  // Images first .. end-1; in rate mode one, later than any before it.
  absl::Status Run(std::int64_t first, std::int64_t end) {
    return PresentImages(source_, first, end, observers_, machine_);
  }

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
  std::vector<TickObserver*> observers_;
  Machine& machine_;
};

using Runners = std::vector<std::unique_ptr<ImageRunner>>;

// What all runners counted together; the answers are there.
void SumRunners(const Runners& runners, const ChipModel& chip, std::int64_t images,
                ImageRunResult& result) {
  const ImageSchedule schedule(chip.presentation);
  result.ticks = schedule.End(images).value();
  std::vector<std::vector<std::int64_t>> correct;
  for (const std::unique_ptr<ImageRunner>& runner : runners) {
    result.counts = result.counts + runner->counts();
    correct.push_back(runner->correct());
    if (const std::optional<VerifySummary> verified = runner->verified()) {
      result.verify = result.verify.value_or(VerifySummary()) + *verified;
    }
  }
  if (schedule.resets()) {
    result.accuracy_over_ticks = SumAccuracy(correct, schedule.ticks_per_image(), images);
  }
}

// Each image on whichever runner is free. Errors: the first of any.
absl::Status RunOneByOne(std::int64_t images, const Runners& runners) {
  std::vector<absl::Status> statuses(runners.size());
  ImageQueue queue(images);
  const auto work = [&](int worker) {
    const auto at = static_cast<std::size_t>(worker);
    for (std::int64_t image = queue.Take(); image >= 0; image = queue.Take()) {
      statuses[at] = runners[at]->Run(image, image + 1);
      if (!statuses[at].ok()) {
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

  SPIKEMESH_RETURN_IF_ERROR(alone ? RunOneByOne(images.size(), runners)
                                  : runners.front()->Run(0, images.size()));
  SumRunners(runners, chip, images.size(), result);
  return result;
}

}  // namespace spikemesh
