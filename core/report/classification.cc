// SPDX-License-Identifier: Apache-2.0
#include "core/report/classification.h"

#include <numeric>
#include <utility>

#include "core/base/status.h"

namespace spikemesh {

Classification::Classification(std::int32_t class_count, std::vector<std::string> class_names)
    : confusion_(static_cast<std::size_t>(class_count),
                 std::vector<std::int64_t>(static_cast<std::size_t>(class_count))),
      class_names_(std::move(class_names)) {}

void Classification::Add(Answer answer) {
  SPIKEMESH_CHECK(answer.label >= 0 && answer.label < class_count());
  SPIKEMESH_CHECK(answer.predicted >= 0 && answer.predicted < class_count());
  const auto label = static_cast<std::size_t>(answer.label);
  ++confusion_[label][static_cast<std::size_t>(answer.predicted)];
  ++images_;
  correct_ += answer.label == answer.predicted ? 1 : 0;
}

std::string Classification::class_name(std::int32_t index) const {
  const auto at = static_cast<std::size_t>(index);
  return at < class_names_.size() ? class_names_[at] : std::to_string(index);
}

double Classification::accuracy() const {
  return images_ == 0 ? 0.0 : static_cast<double>(correct_) / static_cast<double>(images_);
}

std::int64_t Classification::images_of(std::int32_t label) const {
  const std::vector<std::int64_t>& row = confusion_[static_cast<std::size_t>(label)];
  return std::accumulate(row.begin(), row.end(), std::int64_t{0});
}

}  // namespace spikemesh
