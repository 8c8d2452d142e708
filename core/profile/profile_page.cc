// SPDX-License-Identifier: Apache-2.0
#include "core/profile/profile_page.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/status.h"
#include "core/profile/page/page_bundle.h"
#include "core/profile/page_packing.h"
#include "core/profile/profile_json.h"

namespace spikemesh {
namespace {

// Columns of a chart of 4 pixels a column on a wide page.
constexpr std::size_t kHistogramBins = 240;
// Where the bundle wants its data; page/page.html has it once.
constexpr std::string_view kDataMark = "\"spikemesh data\"";

struct Rows {
  std::string bytes;

  void Add(std::span<const std::int64_t> row) {
    AppendLeb128(row.size(), bytes);
    AppendPacked(row, bytes);
  }
};

struct CoreRows {
  Rows sent;
  Rows received;
  Rows of_host;
};

CoreRows RowsOfCores(const ChipModel& chip, const TrafficTimeline& timeline) {
  CoreRows rows;
  for (const CoreModel& core : chip.cores) {
    rows.sent.Add(timeline.Sent(core.at));
    rows.received.Add(timeline.ReceivedFromCores(core.at));
    rows.of_host.Add(timeline.ReceivedFromHost(core.at));
  }
  return rows;
}

Rows RowsOfLinks(const std::vector<MeshLink>& links, const TrafficTimeline& timeline) {
  Rows rows;
  for (const MeshLink& link : links) {
    rows.Add(timeline.Carried(link.at, link.output));
  }
  return rows;
}

std::int64_t PlaceOf(const MeshShape& mesh, CoreCoordinates at) {
  return std::int64_t{at.y} * mesh.width() + at.x;
}

Json CoresJson(const SpikeTraffic& traffic, const CoreRows& rows) {
  std::vector<std::int64_t> places;
  std::vector<std::int64_t> layers;
  const std::vector<CoreModel>& cores = traffic.chip().cores;
  for (std::size_t core = 0; core < cores.size(); ++core) {
    places.push_back(PlaceOf(traffic.mesh(), cores[core].at));
    layers.push_back(traffic.LayerOf(CoreId(static_cast<std::uint32_t>(core))));
  }
  return {{"count", cores.size()},
          {"place", PackedText(places)},
          {"layer", PackedText(layers)},
          {"sent", Base64(rows.sent.bytes)},
          {"received", Base64(rows.received.bytes)},
          {"of_host", Base64(rows.of_host.bytes)}};
}

Json LinksJson(const SpikeTraffic& traffic, const std::vector<MeshLink>& links, const Rows& rows) {
  constexpr std::int64_t kDirections = kPorts - 1;  // without kLocal, the first
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> peaks;
  for (const MeshLink& link : links) {
    numbers.push_back(PlaceOf(traffic.mesh(), link.at) * kDirections +
                      static_cast<std::int64_t>(link.output) - 1);
    peaks.push_back(link.peak_packets);
  }
  return {{"count", links.size()},
          {"link", PackedText(numbers)},
          {"peak", PackedText(peaks)},
          {"carried", Base64(rows.bytes)}};
}

Json LayersJson(const SpikeTraffic& traffic) {
  // One more for cores that belong to none.
  const auto count = static_cast<std::int32_t>(traffic.chip().provenance.layers.size()) + 1;
  Json names = Json::array();
  for (std::int32_t layer = 0; layer < count; ++layer) {
    names.push_back(traffic.LayerName(layer));
  }
  return names;
}

Json HistogramJson(const LatencyHistogram& histogram) {
  const LatencyHistogram::Binned binned = histogram.Bins(kHistogramBins);
  return {{"first", binned.first}, {"width", binned.width}, {"counts", binned.counts}};
}

// JSON that may stand in a script element: no "<" that could end it.
std::string ScriptText(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (c == '<') {  // only ever within a string
      escaped += "\\u003c";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

Json ProfilePageJson(const SpikeTraffic& traffic, TrafficTimeline timeline,
                     const ProfileReport& report, std::size_t rows_text_max) {
  SPIKEMESH_CHECK(traffic.ticks() == timeline.ticks());
  const std::int64_t measured_ticks_per_bin = timeline.ticks_per_bin();
  const std::vector<MeshLink>& links = report.links;
  CoreRows cores = RowsOfCores(traffic.chip(), timeline);
  Rows carried = RowsOfLinks(links, timeline);
  const auto text_size = [&] {
    const std::size_t bytes = cores.sent.bytes.size() + cores.received.bytes.size() +
                              cores.of_host.bytes.size() + carried.bytes.size();
    return bytes / 3 * 4;
  };
  while (text_size() > rows_text_max && timeline.bins() > 1) {
    timeline.MergeNeighbours();
    cores = RowsOfCores(traffic.chip(), timeline);
    carried = RowsOfLinks(links, timeline);
  }

  Json json;
  json["schema"] = "spikemesh.page/1";
  json["report"] = ProfileReportJson(report, ProfileLinks::kLeftOut);
  const MeshShape& mesh = traffic.mesh();
  json["mesh"] = {{"cores_x", mesh.cores_x},
                  {"cores_y", mesh.cores_y},
                  {"chips_x", mesh.chips_x},
                  {"chips_y", mesh.chips_y}};
  json["time"] = {{"ticks", timeline.ticks()},
                  {"ticks_per_bin", timeline.ticks_per_bin()},
                  {"bins", timeline.bins()},
                  {"measured_ticks_per_bin", measured_ticks_per_bin}};
  json["layers"] = LayersJson(traffic);
  json["cores"] = CoresJson(traffic, cores);
  json["links"] = LinksJson(traffic, links, carried);
  json["latency"] = HistogramJson(traffic.latency());
  json["host_latency"] = HistogramJson(traffic.host_latency());
  json["slack"] = HistogramJson(traffic.slack());
  json["late"] = Json::array();
  for (const LateSpike& spike : traffic.late_spikes()) {
    json["late"].push_back(Explain(spike));
  }
  return json;
}

std::string FormatProfilePage(const SpikeTraffic& traffic, const TrafficTimeline& timeline,
                              const ProfileReport& report) {
  const std::string_view bundle = PageBundle();
  const std::size_t mark = bundle.find(kDataMark);
  SPIKEMESH_CHECK(mark != std::string_view::npos);
  std::string page(bundle.substr(0, mark));
  page += ScriptText(ProfilePageJson(traffic, timeline, report));
  page += bundle.substr(mark + kDataMark.size());
  return page;
}

}  // namespace spikemesh
