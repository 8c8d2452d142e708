// SPDX-License-Identifier: Apache-2.0
// What `spikemesh profile MODEL.chip --html FILE` writes: one HTML file that opens in a browser
// without a network, server or other file.
//
// The page is a committed bundle (page/) with one JSON object put in, from which it draws all that
// it shows (`spikemesh.page/1`). "Packed" is PackedText of page_packing.h; "rows" are, for each of
// the things counted, the packed list of its counts by bin, behind a LEB128 number: how many there
// are, which is all bins, or 0 where nothing was ever counted; all in one base64 text.
//   report     ProfileReportJson, without `links`, which are below
//   mesh       {cores_x, cores_y, chips_x, chips_y}
//   time       {ticks, ticks_per_bin, bins, measured_ticks_per_bin}
//   layers     names, by number
//   cores      used ones, row-major: {count, place (packed: y * width + x), layer (packed: number),
//              sent, received, of_host (rows: packets sent, received from cores and from the host)}
//   links      those that carried anything: {count, link (packed: place * 4 + east, west, south or
//              north, 0..3), peak (packed: packets of the busiest tick), carried (rows)}
//   latency, host_latency, slack    {first, width, counts}: LatencyHistogram::Bins in cycles
//   late       Explain() of each of `report.late.packets`
// Every count is exact. Where rows would make the page larger than 3 MB, bins are merged until they
// do not (kRowsTextMax); `time` tells how many ticks a bin has and had.
#ifndef SPIKEMESH_CORE_PROFILE_PROFILE_PAGE_H_
#define SPIKEMESH_CORE_PROFILE_PROFILE_PAGE_H_

#include <cstddef>
#include <string>

#include "core/base/json_fwd.h"
#include "core/profile/profile_report.h"
#include "core/profile/spike_traffic.h"
#include "core/profile/traffic_timeline.h"

namespace spikemesh {

// Characters of all rows together.
inline constexpr std::size_t kRowsTextMax = 2'500'000;

// The object above. `traffic` and `timeline` have looked at the same ticks of one mesh, and
// `report` is that of `traffic`.
Json ProfilePageJson(const SpikeTraffic& traffic, TrafficTimeline timeline,
                     const ProfileReport& report, std::size_t rows_text_max = kRowsTextMax);

// The whole file: UTF-8. Names out of files cannot end the JSON that they stand in.
std::string FormatProfilePage(const SpikeTraffic& traffic, const TrafficTimeline& timeline,
                              const ProfileReport& report);

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_PROFILE_PROFILE_PAGE_H_
