// SPDX-License-Identifier: Apache-2.0
#include "core/base/remedy.h"

#include <cstddef>

namespace spikemesh {
namespace {

// A payload is one remedy after the other: a byte of kind, the detail, a line feed.
constexpr const char* kPayloadType = "spikemesh/remedies";
constexpr char kFirstKind = 'a';

}  // namespace

absl::Status WithRemedy(absl::Status status, const Remedy& remedy) {
  SPIKEMESH_CHECK(!status.ok() && remedy.detail.find('\n') == std::string::npos);
  absl::Cord payload = status.GetPayload(kPayloadType).value_or(absl::Cord());
  payload.Append(static_cast<char>(kFirstKind + static_cast<int>(remedy.kind)) + remedy.detail +
                 "\n");
  status.SetPayload(kPayloadType, payload);
  return status;
}

std::vector<Remedy> RemediesOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayloadType);
  std::vector<Remedy> remedies;
  if (!payload) {
    return remedies;
  }
  const std::string text(*payload);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    remedies.push_back({static_cast<RemedyKind>(text[begin] - kFirstKind),
                        text.substr(begin + 1, end - begin - 1)});
    begin = end + 1;
  }
  return remedies;
}

std::string WithWords(std::string_view message, std::span<const Remedy> remedies,
                      const RemedyWords& words) {
  std::string text(message);
  for (std::size_t i = 0; i < remedies.size(); ++i) {
    text += (i == 0 ? "; " : "; or ") + words(remedies[i]);
  }
  return text;
}

}  // namespace spikemesh
