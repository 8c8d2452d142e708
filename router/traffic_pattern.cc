// SPDX-License-Identifier: Apache-2.0
#include "router/traffic_pattern.h"

#include <array>

#include "core/base/strings.h"

namespace spikemesh {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"uniform", "transpose", "bitcomp", "tornado",
                                                    "neighbor"};

// Mean |a - b| of two independent uniform numbers in 0..side-1.
double UniformDistanceMean(std::int32_t side) {
  const double n = side;
  return (n * n - 1) / (3 * n);
}

}  // namespace

std::string_view TrafficPatternName(TrafficPattern pattern) {
  return kNames[static_cast<std::size_t>(pattern)];
}

absl::StatusOr<TrafficPattern> ParseTrafficPattern(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) {
      return static_cast<TrafficPattern>(i);
    }
  }
  return absl::InvalidArgumentError(
      Concat("traffic pattern: found \"", name,
             "\", allowed: uniform, transpose, bitcomp, tornado, neighbor"));
}

absl::Status CheckTrafficPattern(TrafficPattern pattern, const MeshShape& mesh) {
  if (pattern == TrafficPattern::kTranspose && mesh.width() != mesh.height()) {
    return absl::InvalidArgumentError(Concat("traffic pattern: transpose on a mesh of ",
                                             mesh.width(), "x", mesh.height(),
                                             ", allowed: as wide as high"));
  }
  return absl::OkStatus();
}

CoreCoordinates PatternTarget(TrafficPattern pattern, const MeshShape& mesh, CoreCoordinates from) {
  const std::int32_t width = mesh.width();
  const std::int32_t height = mesh.height();
  switch (pattern) {
    case TrafficPattern::kTranspose:
      return {from.y, from.x};
    case TrafficPattern::kBitComplement:
      return {width - 1 - from.x, height - 1 - from.y};
    case TrafficPattern::kTornado:
      return {(from.x + (width + 1) / 2 - 1) % width, (from.y + (height + 1) / 2 - 1) % height};
    case TrafficPattern::kNeighbor:
      return {(from.x + 1) % width, (from.y + 1) % height};
    case TrafficPattern::kUniform:
      break;
  }
  SPIKEMESH_CHECK(false);
  return from;
}

double PatternHopsMean(TrafficPattern pattern, const MeshShape& mesh) {
  if (pattern == TrafficPattern::kUniform) {
    return UniformDistanceMean(mesh.width()) + UniformDistanceMean(mesh.height());
  }
  std::int64_t hops = 0;
  for (std::int32_t y = 0; y < mesh.height(); ++y) {
    for (std::int32_t x = 0; x < mesh.width(); ++x) {
      hops += DimensionOrderCost(mesh, {x, y}, PatternTarget(pattern, mesh, {x, y})).hops;
    }
  }
  return static_cast<double>(hops) / (static_cast<double>(mesh.width()) * mesh.height());
}

}  // namespace spikemesh
