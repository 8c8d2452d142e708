// SPDX-License-Identifier: Apache-2.0
// The head of the page: what ran, the numbers that one asks for first, and the small print.
import { byId, fill, make } from "./dom.js";
import { formatCount, formatNumber, formatQuantity, formatShare, formatShort, plural }
  from "./format.js";

function subtitle(model) {
  const { model: chip, dataset } = model.report;
  const parts = [];
  if (chip.cores !== null) {
    parts.push(plural(chip.cores, "core"));
  }
  parts.push(plural(model.mesh.chips_x * model.mesh.chips_y, "chip") +
             ` of ${model.mesh.cores_x} \u00d7 ${model.mesh.cores_y}`);
  if (dataset) {
    parts.push(`${plural(dataset.images, "image")} of ${dataset.name} (${dataset.split})`);
  }
  parts.push(plural(model.time.ticks, "tick"));
  return parts.join(" \u00b7 ");
}

function stat(name, value, note, mood = "") {
  return make("div", { class: `stat ${mood}` }, make("div", { class: "stat-name" }, name),
              make("div", { class: "stat-value" }, value),
              make("div", { class: "stat-note" }, note));
}

function stats(model) {
  const { report } = model;
  const latency = report.latency_cycles;
  const found = [
    stat("Packets between cores", formatShort(latency.packets),
         `and ${formatShort(report.host_latency_cycles.packets)} of the host`),
    stat("Median latency", `${formatCount(latency.p50)}`,
         `cycles; p99 ${formatCount(latency.p99)}`),
    stat("Least slack", formatCount(report.slack_cycles.min),
         `of ${formatCount(report.router.cycles_per_tick)} cycles a tick`),
    stat("Late spikes", formatShort(report.late.count),
         report.late.count === 0 ? "all in their tick" : "see below",
         report.late.count === 0 ? "good" : "bad"),
    stat("Hops a packet", formatNumber(report.hops_mean),
         `${formatShort(report.simulator.router_hops)} grants of routers`),
    stat("Busiest link", formatNumber(report.link_load.max),
         `packets a tick; mean ${formatNumber(report.link_load.mean)}`),
  ];
  if (report.energy) {
    const { hop_joules, total_joules } = report.energy;
    found.push(stat("Energy of hops", formatQuantity(hop_joules, "J"),
                    `${formatShare(hop_joules, total_joules)} of ` +
                    formatQuantity(total_joules, "J")));
  }
  return found;
}

function smallPrint(model) {
  const { model: chip, simulator, router } = model.report;
  const routerText = Object.entries(router).map(([key, value]) => `${key} ${value}`).join(", ");
  const items = [
    ["Model", chip.sha256 ? `${chip.name || "the chip"}, SHA-256 ${chip.sha256}` : chip.name],
    ["Routers", routerText],
    ["Simulator", `spikemesh ${simulator.version}, seed ${simulator.seed}, ` +
                  `${formatQuantity(simulator.cpu_seconds, "s")} processor time`],
    ["Counted", "Packets as they arrive, those of the host apart; on links as they pass. Every " +
                "count on this page is exact; colours mean the same in every bin."],
  ];
  return items.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]);
}

export function setUpHeader(model) {
  const name = model.report.model.name || "Unnamed chip";
  document.title = `${name} \u2013 Spikemesh traffic`;
  byId("model").textContent = name;
  byId("subtitle").textContent = subtitle(model);
  fill(byId("stats"), ...stats(model));
  fill(byId("small-print"), ...smallPrint(model));
}
