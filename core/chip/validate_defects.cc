// SPDX-License-Identifier: Apache-2.0
#include "core/chip/validate_defects.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/chip/chip_routes.h"

namespace spikemesh {
namespace {

void CheckDeadCores(const ChipModel& chip, Violations& out) {
  const std::vector<CoreCoordinates>& dead = chip.spec.dead_cores;
  for (std::size_t i = 0; i < dead.size(); ++i) {
    if (!chip.spec.mesh.Contains(dead[i])) {
      out.OutOfRange("dead core ", dead[i], ": outside the mesh of ", chip.spec.mesh.width(), " x ",
                     chip.spec.mesh.height(), " cores");
    }
    if (i > 0 && dead[i - 1] >= dead[i]) {
      out.Malformed("dead core ", dead[i], ": after dead core ", dead[i - 1],
                    ", they are sorted by y, then x, each once");
      return;
    }
  }
  for (const CoreModel& core : chip.cores) {
    if (std::ranges::binary_search(dead, core.at)) {
      out.OutOfRange("core ", core.at, ": used, but dead");
    }
  }
}

void CheckDeadLinks(const ChipSpec& spec, Violations& out) {
  for (std::size_t i = 0; i < spec.dead_links.size(); ++i) {
    const DeadLink& link = spec.dead_links[i];
    if (const absl::Status status = CheckDeadLink(spec.mesh, link); !status.ok()) {
      out.OutOfRange(std::string(status.message()));
    } else if (Normalized(link) != link || (i > 0 && spec.dead_links[i - 1] >= link)) {
      out.Malformed("dead link ", NameOf(link.side), " of core ", link.at,
                    ": they are sorted by y, x and side, each once, east or south");
    }
  }
}

void CheckWay(const RouteTable& table, CoreCoordinates from, CoreCoordinates to,
              std::string_view who, Violations& out) {
  if (!table.Reaches(from, to)) {
    out.OutOfRange(who, from, ": no living link leads to core ", to);
  } else if (const std::int32_t hops = table.Cost(from, to).hops; hops > kWayHopsMax) {
    out.OutOfRange(who, from, ": ", hops, " links around dead ones to core ", to, ", allowed ",
                   kWayHopsMax);
  }
}

}  // namespace

void ValidateDefects(const ChipModel& chip, Violations& out) {
  CheckDeadCores(chip, out);
  CheckDeadLinks(chip.spec, out);
  if (const absl::Status status = CheckRouterParameters(chip.spec.router); !status.ok()) {
    out.OutOfRange("chip spec: ", std::string(status.message()));
  }
}

void ValidateWays(const ChipModel& chip, Violations& out) {
  const absl::StatusOr<std::optional<RouteTable>> routes = MakeRoutes(chip);
  if (!routes.ok()) {
    out.OutOfRange(std::string(routes.status().message()));
    return;
  }
  if (!*routes) {
    return;
  }
  for (const CoreModel& core : chip.cores) {
    std::vector<std::uint32_t> targets;
    for (const NeuronModel& neuron : core.neurons) {
      if (neuron.target.kind == TargetKind::kAxon) {
        targets.push_back(neuron.target.index);
      }
    }
    std::ranges::sort(targets);
    targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
    for (const std::uint32_t target : targets) {
      CheckWay(**routes, core.at, chip.cores[target].at, "core ", out);
    }
  }
  std::vector<bool> reached(chip.cores.size());
  for (const std::vector<AxonAddress>& line : chip.input_lines) {
    for (const AxonAddress& address : line) {
      reached[address.core.value()] = true;
    }
  }
  for (std::size_t core = 0; core < chip.cores.size(); ++core) {
    if (reached[core]) {
      const CoreCoordinates at = chip.cores[core].at;
      CheckWay(**routes, HostEntry(at), at, "host at ", out);
    }
  }
}

}  // namespace spikemesh
