// SPDX-License-Identifier: Apache-2.0
// Whether what the page unpacked is what the report says: one list of what differs.

const sum = (values) => values.reduce((total, value) => total + value, 0);

export function differences(model) {
  const { report, cores, links } = model;
  const found = [];
  const expect = (what, have, want) => {
    if (have !== want) {
      found.push(`${what}: found ${have}, the report says ${want}`);
    }
  };
  expect("ticks", model.time.ticks, report.ticks);
  expect("packets sent", sum(cores.sent.totals), report.latency_cycles.packets);
  expect("packets received", sum(cores.received.totals), report.latency_cycles.packets);
  expect("packets of the host", sum(cores.ofHost.totals), report.host_latency_cycles.packets);
  expect("packets by hops", sum(report.hops), report.latency_cycles.packets);
  expect("packets by layers", sum(report.layers.flat()),
         report.latency_cycles.packets + report.host_latency_cycles.packets);
  expect("links", links.count, report.link_load.links);
  expect("peak of a link", Math.max(0, ...links.peak), report.link_load.peak);
  for (const hot of report.hottest) {
    const direction = ["east", "west", "south", "north"].indexOf(hot.direction);
    const link = model.linkFrom(model.placeOf(hot), direction);
    expect(`packets a tick ${hot.direction} of (${hot.x},${hot.y})`,
           links.carried.totals[link] / report.ticks, hot.load_mean);
  }
  return found;
}
