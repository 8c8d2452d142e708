// SPDX-License-Identifier: Apache-2.0
// Reports of `spikemesh profile` as JSON (`spikemesh.profile/1`): of a chip, of a pattern.
#ifndef SPIKEMESH_CORE_PROFILE_PROFILE_JSON_H_
#define SPIKEMESH_CORE_PROFILE_PROFILE_JSON_H_

#include <string_view>

#include "core/base/json_fwd.h"
#include "core/profile/profile_report.h"
#include "core/profile/traffic_report.h"

namespace spikemesh {

inline constexpr std::string_view kProfileSchema = "spikemesh.profile/1";

// The page has the links in another form.
enum class ProfileLinks { kAll, kLeftOut };
Json ProfileReportJson(const ProfileReport& report, ProfileLinks links = ProfileLinks::kAll);

Json TrafficReportJson(const TrafficReport& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_PROFILE_JSON_H_
