// SPDX-License-Identifier: Apache-2.0
// Draws round-capped strokes with soft edges into a small grey image. A pixel's ink follows from
// its distance to the nearest segment, so strokes that cross do not add up. Only + - * / and the
// square root are used, which IEEE 754 rounds the same way everywhere: the same bytes on every
// machine, as long as the compiler does not contract products and sums (see CMakeLists.txt). Cost:
// the pixels near each segment.
#ifndef SPIKEMESH_NETWORKS_DATA_STROKE_RASTER_H_
#define SPIKEMESH_NETWORKS_DATA_STROKE_RASTER_H_

#include <span>
#include <vector>

namespace spikemesh {

// In pixels; the centre of pixel (column, row) is (column, row).
struct RasterPoint {
  double x = 0.0;
  double y = 0.0;
};

struct Segment {
  RasterPoint from;
  RasterPoint to;
};

struct Pen {
  double radius = 1.0;    // half the width of a stroke at half ink, pixels
  double softness = 1.0;  // pixels from full ink to none, > 0
};

// Appends the segments of a smooth curve through `points` (uniform Catmull-Rom spline): closed
// where the last point equals the first, else with its ends extrapolated. Two points make a
// straight line.
void AppendCurve(std::span<const RasterPoint> points, std::vector<Segment>& segments);

// The ink 0..1 of a [size, size] image, row-major.
std::vector<double> DrawSegments(std::span<const Segment> segments, Pen pen, int size);

}  // namespace spikemesh

#endif  // SPIKEMESH_NETWORKS_DATA_STROKE_RASTER_H_
