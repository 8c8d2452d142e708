// SPDX-License-Identifier: Apache-2.0
// Answers of a classifier, tallied by class.
#ifndef SPIKEMESH_CORE_REPORT_CLASSIFICATION_H_
#define SPIKEMESH_CORE_REPORT_CLASSIFICATION_H_

#include <cstdint>
#include <string>
#include <vector>

namespace spikemesh {

// Whether a float network of `classes` is right so seldom, on enough labelled images, that it has
// hardly been given what it was trained for: less than twice chance.
inline bool IsDoubtfulAccuracy(double accuracy, std::int64_t images, std::int32_t classes) {
  constexpr std::int64_t kImagesMin = 30;
  return images >= kImagesMin && classes > 2 && accuracy < 2.0 / classes;
}

class Classification {
 public:
  // `class_names` may be shorter than the classes; those beyond are named by their number.
  explicit Classification(std::int32_t class_count, std::vector<std::string> class_names = {});

  // Both in 0..class_count-1.
  struct Answer {
    std::int32_t label = 0;
    std::int32_t predicted = 0;
  };
  void Add(Answer answer);

  std::int32_t class_count() const { return static_cast<std::int32_t>(confusion_.size()); }
  std::string class_name(std::int32_t index) const;
  std::int64_t images() const { return images_; }
  std::int64_t correct() const { return correct_; }
  double accuracy() const;  // 0 without images
  // [label][predicted]: how many images.
  const std::vector<std::vector<std::int64_t>>& confusion() const { return confusion_; }
  std::int64_t images_of(std::int32_t label) const;

 private:
  std::vector<std::vector<std::int64_t>> confusion_;
  std::vector<std::string> class_names_;
  std::int64_t images_ = 0;
  std::int64_t correct_ = 0;
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_CLASSIFICATION_H_
