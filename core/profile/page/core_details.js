// SPDX-License-Identifier: Apache-2.0
// What the page tells of one place of the mesh: under the pointer, and pinned beside the map.
import { layerColor } from "./color.js";
import { byId, fill, make, table } from "./dom.js";
import { formatCount, formatNumber, formatPlace } from "./format.js";
import { ALL_TIME, DIRECTIONS, OPPOSITE, STEPS } from "./model.js";

export function binName(model, bin) {
  if (bin === ALL_TIME) {
    return "all time";
  }
  const first = model.firstTickOf(bin);
  const ticks = model.ticksIn(bin);
  return ticks === 1 ? `tick ${formatCount(first)}`
                     : `ticks ${formatCount(first)}\u2013${formatCount(first + ticks - 1)}`;
}

export function swatch(model, layer) {
  const color = layerColor(layer, model.layers.length);
  return make("span", { class: "swatch", style: `background:${color}` });
}

function heading(model, place) {
  const at = model.at(place);
  const chip = model.hasChips() ? ` \u00b7 chip ${formatPlace(model.chipOf(at))}` : "";
  return [make("strong", {}, `Core ${formatPlace(at)}`), make("span", { class: "quiet" }, chip)];
}

function layerLine(model, core) {
  const layer = model.cores.layer[core];
  const name = model.layers[layer];
  return make("div", { class: "layer-line" }, swatch(model, layer),
              name === "-" ? "of no layer" : name);
}

function packetsTable(model, core, bin) {
  const { sent, received, ofHost } = model.cores;
  const row = (name, series) => {
    const packets = model.packets(series, core, bin);
    return [name, formatCount(packets), formatNumber(model.perTick(packets, bin))];
  };
  return table(["", "packets", "a tick"], [
    row("sent to cores", sent), row("from cores", received), row("from the host", ofHost)]);
}

// What leaves by each side, and what comes in by it.
function linksTable(model, place, bin) {
  const { x, y } = model.at(place);
  const load = (link) => {
    const packets = link < 0 ? 0 : model.packets(model.links.carried, link, bin);
    return packets === 0 ? "\u00b7" : formatNumber(model.perTick(packets, bin));
  };
  const rows = DIRECTIONS.map((name, direction) => {
    const next = { x: x + STEPS[direction][0], y: y + STEPS[direction][1] };
    const back = model.contains(next)
      ? model.linkFrom(model.placeOf(next), OPPOSITE[direction]) : -1;
    return [name, load(model.linkFrom(place, direction)), load(back)];
  });
  return table(["link, packets a tick", "out", "in"], rows);
}

export function detailsOf(model, place, bin) {
  const core = model.cores.numberAt[place];
  const parts = [make("div", { class: "place" }, ...heading(model, place))];
  if (core >= 0) {
    parts.push(layerLine(model, core), packetsTable(model, core, bin));
  } else {
    parts.push(make("div", { class: "layer-line quiet" }, "not used; its router forwards"));
  }
  parts.push(linksTable(model, place, bin));
  return parts;
}

export class Tooltip {
  constructor(model, store) {
    Object.assign(this, { model, store, element: byId("tooltip") });
  }

  show(place, x, y) {
    const { element } = this;
    const { bin } = this.store.state;
    fill(element, ...detailsOf(this.model, place, bin),
         make("div", { class: "hint" }, `${binName(this.model, bin)} \u00b7 click to pin`));
    element.hidden = false;
    const { offsetWidth, offsetHeight } = element;
    const left = x + 18 + offsetWidth > window.innerWidth ? x - 18 - offsetWidth : x + 18;
    const top = Math.min(y + 12, window.innerHeight - offsetHeight - 8);
    element.style.transform = `translate(${Math.max(left, 8)}px, ${Math.max(top, 8)}px)`;
  }

  hide() { this.element.hidden = true; }
}
