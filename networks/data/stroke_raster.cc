// SPDX-License-Identifier: Apache-2.0
#include "networks/data/stroke_raster.h"

#include <algorithm>
#include <cmath>

#include "core/base/status.h"

namespace spikemesh {
namespace {

constexpr int kSegmentsPerSpan = 6;

double CatmullRom(double p0, double p1, double p2, double p3, double t) {
  const double linear = p2 - p0;
  const double square = 2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3;
  const double cube = 3.0 * (p1 - p2) + p3 - p0;
  return p1 + 0.5 * t * (linear + t * (square + t * cube));
}

// The point before index 0 or after the last one: round the closed curve, or mirrored at the end.
RasterPoint Neighbour(std::span<const RasterPoint> points, std::ptrdiff_t index, bool closed) {
  const auto count = static_cast<std::ptrdiff_t>(points.size());
  if (index >= 0 && index < count) {
    return points[index];
  }
  if (closed) {
    return index < 0 ? points[count - 2] : points[1];
  }
  const RasterPoint& end = index < 0 ? points[0] : points[count - 1];
  const RasterPoint& inner = index < 0 ? points[1] : points[count - 2];
  return {2.0 * end.x - inner.x, 2.0 * end.y - inner.y};
}

double SquaredDistance(const Segment& segment, double x, double y) {
  const double dx = segment.to.x - segment.from.x;
  const double dy = segment.to.y - segment.from.y;
  const double length_squared = dx * dx + dy * dy;
  const double along = (x - segment.from.x) * dx + (y - segment.from.y) * dy;
  const double t = length_squared > 0.0 ? std::clamp(along / length_squared, 0.0, 1.0) : 0.0;
  const double off_x = x - (segment.from.x + t * dx);
  const double off_y = y - (segment.from.y + t * dy);
  return off_x * off_x + off_y * off_y;
}

}  // namespace

void AppendCurve(std::span<const RasterPoint> points, std::vector<Segment>& segments) {
  SPIKEMESH_CHECK(points.size() >= 2);
  const bool closed = points.size() > 2 && points.front().x == points.back().x &&
                      points.front().y == points.back().y;
  RasterPoint from = points[0];
  for (std::ptrdiff_t span = 0; span + 1 < static_cast<std::ptrdiff_t>(points.size()); ++span) {
    const RasterPoint p0 = Neighbour(points, span - 1, closed);
    const RasterPoint p1 = points[span];
    const RasterPoint p2 = points[span + 1];
    const RasterPoint p3 = Neighbour(points, span + 2, closed);
    for (int step = 1; step <= kSegmentsPerSpan; ++step) {
      const double t = static_cast<double>(step) / kSegmentsPerSpan;
      const RasterPoint to = {CatmullRom(p0.x, p1.x, p2.x, p3.x, t),
                              CatmullRom(p0.y, p1.y, p2.y, p3.y, t)};
      segments.push_back({from, to});
      from = to;
    }
  }
}

std::vector<double> DrawSegments(std::span<const Segment> segments, Pen pen, int size) {
  const double reach = pen.radius + 0.5 * pen.softness;
  const auto clamp_index = [size](double value) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(size)));
  };
  std::vector<double> squared(static_cast<std::size_t>(size) * size, reach * reach);
  for (const Segment& segment : segments) {
    const auto [x_low, x_high] = std::minmax(segment.from.x, segment.to.x);
    const auto [y_low, y_high] = std::minmax(segment.from.y, segment.to.y);
    const int column_end = clamp_index(x_high + reach + 1.0);
    const int row_end = clamp_index(y_high + reach + 1.0);
    for (int row = clamp_index(y_low - reach); row < row_end; ++row) {
      for (int column = clamp_index(x_low - reach); column < column_end; ++column) {
        double& nearest = squared[static_cast<std::size_t>(row) * size + column];
        nearest = std::min(nearest, SquaredDistance(segment, column, row));
      }
    }
  }
  for (double& value : squared) {
    value = std::clamp((reach - std::sqrt(value)) / pen.softness, 0.0, 1.0);
  }
  return squared;
}

}  // namespace spikemesh
