// SPDX-License-Identifier: Apache-2.0
// The tables: hottest links, traffic layer by layer, chip edges, energy, late spikes.
import { loadColor, onThemeChange, wantsDarkText } from "./color.js";
import { byId, fill, make, segmented, table } from "./dom.js";
import { formatCount, formatNumber, formatPlace, formatQuantity, formatShare, formatShort }
  from "./format.js";
import { DIRECTIONS } from "./model.js";

const ARROWS = { east: "\u2192", west: "\u2190", south: "\u2193", north: "\u2191" };
const LAYERS_SHOWN = 3;

// A button in a table that shows something on the map, and the map with it.
function showButton(text, onclick) {
  return make("button", { type: "button", class: "show", onclick: () => {
    onclick();
    byId("map").scrollIntoView({ behavior: "smooth", block: "center" });
  } }, text);
}

function bar(share) {
  return make("span", { class: "share", style: `width:${Math.max(share * 100, 1)}%` });
}

function loadedBy(layers, packets) {
  const shown = layers.slice(0, LAYERS_SHOWN).map(({ from, to, packets: part }) =>
    make("div", { class: "loaded-by" }, bar(part / packets),
         make("span", {}, `${from} \u2192 ${to}`),
         make("span", { class: "quiet" }, formatShare(part, packets))));
  if (layers.length > LAYERS_SHOWN) {
    shown.push(make("div", { class: "quiet" }, `and ${layers.length - LAYERS_SHOWN} more`));
  }
  return make("div", {}, ...shown);
}

export function setUpHottest(model, store) {
  const rows = model.report.hottest.map((hot) => {
    const link = model.linkFrom(model.placeOf(hot), DIRECTIONS.indexOf(hot.direction));
    const name = `${formatPlace(hot)} ${ARROWS[hot.direction]} ${hot.direction}`;
    return [showButton(name, () => store.set({ view: "links", link, pinned: null, route: null })),
            formatNumber(hot.load_mean), formatCount(hot.load_peak),
            loadedBy(hot.layers, model.links.carried.totals[link])];
  });
  fill(byId("hottest"), table(["link", "a tick", "peak", "loaded by"], rows));
  byId("hottest").querySelectorAll("tr > :last-child")
    .forEach((cell) => cell.classList.remove("number"));
  const load = model.report.link_load;
  byId("link-note").textContent =
    `${formatCount(load.links)} links carried packets. A tick: mean ${formatNumber(load.mean)}, ` +
    `p95 ${formatNumber(load.p95)}, p99 ${formatNumber(load.p99)}, most ` +
    `${formatNumber(load.max)}; in one tick at most ${formatCount(load.peak)}.`;
}

// From rows to columns. What is 0 stays white.
function matrixTable(names, valueAt, most) {
  const cell = (from, to) => {
    const value = valueAt(from, to);
    if (value === null) {
      return make("td", { class: "none" }, "\u00b7");
    }
    const fraction = most > 0 ? value / most : 0;
    const ink = wantsDarkText(fraction) ? "#16181b" : "#ffffff";
    return make("td", { style: `background:${loadColor(fraction)};color:${ink}`,
                        title: `${names[from]} to ${names[to]}: ${formatNumber(value)}` },
                formatShort(value));
  };
  const numbers = names.map((_, i) => i);
  const used = numbers.filter((i) => numbers.some((j) => valueAt(j, i) !== null));
  const senders = numbers.filter((i) => numbers.some((j) => valueAt(i, j) !== null));
  const head = used.map((to) => make("th", { scope: "col" }, make("span", {}, names[to])));
  return make("table", { class: "matrix" },
    make("thead", {}, make("tr", {}, make("th", { class: "corner" }, "from \\ to"), ...head)),
    make("tbody", {}, ...senders.map((from) => make("tr", {},
      make("th", { scope: "row" }, names[from]), ...used.map((to) => cell(from, to))))));
}

export function setUpMatrix(model) {
  const { layer_names, layers, layer_hops } = model.report;
  const HOST = 0;
  const packets = (from, to) => layers[from][to] || null;
  const kinds = {
    packets,
    hops: (from, to) => from === HOST || !layers[from][to] ? null
      : layer_hops[from][to] / layers[from][to],
  };
  let kind = "packets";
  const draw = () => {
    const valueAt = kinds[kind];
    const values = layers.flatMap((row, from) => row.map((_, to) => valueAt(from, to) ?? 0));
    fill(byId("matrix"), matrixTable(layer_names, valueAt, Math.max(...values)));
  };
  byId("matrix-kind").append(segmented("Show", [["packets", "Packets"], ["hops", "Hops each"]],
    kind, (chosen) => { kind = chosen; draw(); }));
  onThemeChange(draw);
  draw();
}

export function setUpChipEdges(model) {
  const { chip_edges } = model.report;
  const most = Math.max(0, ...chip_edges.map((edge) => edge.load_mean));
  const rows = chip_edges.map((edge) => [
    `chip (${edge.chip_x}, ${edge.chip_y}) ${ARROWS[edge.direction]} ${edge.direction}`,
    formatNumber(edge.load_mean),
    make("div", { class: "loaded-by" }, bar(edge.load_mean / most))]);
  byId("edges-card").hidden = !model.hasChips();
  fill(byId("edges"), rows.length > 0
    ? table(["leaves", "a tick", ""], rows)
    : make("p", { class: "quiet" }, "No packet left its chip."));
}

const ENERGIES = [["static", "static_joules"], ["tick", "tick_joules"],
                  ["synaptic", "synaptic_joules"], ["hop", "hop_joules"],
                  ["chip crossing", "crossing_joules"]];

export function setUpEnergy(model) {
  const { energy } = model.report;
  byId("energy-card").hidden = !energy;
  if (!energy) {
    return;
  }
  const rows = ENERGIES.map(([name, key]) => [
    name, formatQuantity(energy[key], "J"), formatShare(energy[key], energy.total_joules),
    make("div", { class: "loaded-by" }, bar(energy[key] / energy.total_joules))]);
  rows[3][0] = make("strong", {}, "hop");
  fill(byId("energy"), table(["energy", "joules", "share", ""], rows));
  const each = energy.joules_per_image === null || energy.joules_per_image === undefined
    ? "" : `, ${formatQuantity(energy.joules_per_image, "J")} an image`;
  byId("energy-note").textContent =
    `${formatQuantity(energy.total_joules, "J")} of the used cores at ` +
    `${formatNumber(energy.volts)} V${each}.`;
}

export function setUpLate(model, store) {
  const { late } = model.report;
  const host = late.of_host > 0 ? `, ${formatCount(late.of_host)} of the host` : "";
  const dropped = late.dropped > 0 ? ` ${formatCount(late.dropped)} were dropped by a reset.` : "";
  byId("late-note").textContent = late.count === 0
    ? `Every spike arrived within its tick.${dropped}`
    : `${formatCount(late.count)} spikes missed their tick${host}.${dropped} ` +
      (late.packets.length > 0 ? `The first ${late.packets.length} that arrived:`
                               : "None of them arrived.");
  fill(byId("late"), ...late.packets.map((spike, i) => make("li", {},
    showButton(`${spike.host ? "host" : formatPlace(spike.from)} \u2192 ${formatPlace(spike.to)}`,
      () => store.set({ route: { from: spike.from, to: spike.to }, link: null })),
    make("span", {}, model.late[i]))));
}
