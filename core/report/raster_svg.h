// SPDX-License-Identifier: Apache-2.0
// The spike raster of a run as an SVG picture: time to the right, neurons of the cores downwards.
// Spikes are tallied in a grid of at most kRasterColumnsMax x kRasterRowsMax cells, so that memory
// and the size of the picture are bounded however long the run; a cell's ink says how full it is
// against the fullest (four steps). Cost: O(1) a spike.
#ifndef SPIKEMESH_CORE_REPORT_RASTER_SVG_H_
#define SPIKEMESH_CORE_REPORT_RASTER_SVG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/ids.h"

namespace spikemesh {

inline constexpr std::int64_t kRasterColumnsMax = 400;
inline constexpr std::int64_t kRasterRowsMax = 250;

// A run of neighbouring neurons under one name: a core, or all cores of a layer.
struct RasterBand {
  std::string name;
  std::int64_t neurons = 0;
};

class RasterPicture {
 public:
  // Ticks 1..`last`; the neurons of all bands, counted through, are rows 0, 1, ... Both at
  // least 1.
  RasterPicture(Tick last, std::vector<RasterBand> bands);

  // One spike; outside the picture it is ignored. `row`: position among all neurons of the bands.
  void Add(Tick tick, std::int64_t row);

  std::int64_t spikes() const { return spikes_; }
  std::string FormatSvg(const std::string& title) const;

 private:
  std::string FormatCells() const;
  std::string FormatTimeAxis() const;
  std::string FormatBands() const;

  std::int64_t ticks_;
  std::int64_t neurons_ = 0;
  std::vector<RasterBand> bands_;
  std::int64_t columns_;
  std::int64_t rows_;
  std::int64_t spikes_ = 0;
  std::vector<std::uint32_t> cells_;  // [rows, columns]
};

}  // namespace spikemesh

#endif  // SPIKEMESH_CORE_REPORT_RASTER_SVG_H_
