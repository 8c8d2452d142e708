// SPDX-License-Identifier: Apache-2.0
// Beside the map: which view, what its colours mean, and the pinned core.
import { coreChart } from "./charts.js";
import { loadColor, onThemeChange } from "./color.js";
import { binName, detailsOf, swatch } from "./core_details.js";
import { byId, fill, make, press, segmented } from "./dom.js";
import { formatCount, formatNumber, formatPlace, plural } from "./format.js";
import { DIRECTIONS } from "./model.js";
import { rateAt } from "./views.js";

const GRADIENT_STOPS = 24;

function gradient() {
  const stops = Array.from({ length: GRADIENT_STOPS }, (_, i) => loadColor(i / (GRADIENT_STOPS - 1)));
  return make("div", { class: "gradient", style: `background:linear-gradient(90deg,${stops})` });
}

function loadLegend(view, state) {
  const rates = [0, 0.5, 1].map((fraction) => rateAt(fraction, view.most, state.logarithmic));
  return [gradient(),
          make("div", { class: "gradient-ends" },
               ...rates.map((rate) => make("span", {}, formatNumber(rate))))];
}

function layerLegend(model, store) {
  const counts = new Array(model.layers.length).fill(0);
  model.cores.layer.forEach((layer) => { ++counts[layer]; });
  const single = (layer) => store.set({ layer: store.state.layer === layer ? null : layer });
  const rows = model.layers.map((name, layer) => counts[layer] > 0 && make("button", {
    type: "button", class: "layer-row", "aria-pressed": String(store.state.layer === layer),
    title: "Single out", onclick: () => single(layer) },
    swatch(model, layer), make("span", { class: "name" }, name === "-" ? "no layer" : name),
    make("span", { class: "quiet" }, plural(counts[layer], "core"))));
  return make("div", { class: "layer-rows" }, ...rows.filter(Boolean));
}

export function setUpLegend(model, views, store) {
  const draw = () => {
    const { state } = store;
    const view = views[state.view];
    const load = state.view === "layer" ? [] : loadLegend(view, state);
    fill(byId("legend"), make("p", { class: "about" }, view.about), ...load,
         layerLegend(model, store));
  };
  const choices = Object.entries(views).map(([key, view]) => [key, view.name]);
  const viewButtons = segmented("Colour by", choices, store.state.view,
                                (view) => store.set({ view }));
  byId("view").append(viewButtons);
  byId("scale").append(segmented("Scale", [["linear", "Linear"], ["log", "Log"]], "linear",
                                 (scale) => store.set({ logarithmic: scale === "log" })));
  store.subscribe((state, change) => {
    if ("view" in change || "layer" in change || "logarithmic" in change) {
      press(viewButtons, state.view);
      draw();
    }
  });
  onThemeChange(draw);
  draw();
}

function linkDetails(model, link, bin) {
  const at = model.at(model.links.place[link]);
  const packets = model.packets(model.links.carried, link, bin);
  return [
    make("div", { class: "place" },
         make("strong", {}, `Link ${DIRECTIONS[model.links.direction[link]]} of ${formatPlace(at)}`)),
    make("p", {}, `${formatCount(packets)} packets, ` +
         `${formatNumber(model.perTick(packets, bin))} a tick; ` +
         `${formatCount(model.links.peak[link])} in its busiest tick`)];
}

export function setUpPinned(model, store) {
  const details = byId("pinned-details");
  const chartBox = byId("pinned-chart");
  let setCore = null;
  const draw = () => {
    const { pinned, link, bin } = store.state;
    const core = pinned === null ? -1 : model.cores.numberAt[pinned];
    byId("pinned-bin").textContent = pinned === null && link === null ? "" : binName(model, bin);
    if (pinned !== null) {
      fill(details, ...detailsOf(model, pinned, bin));
    } else if (link !== null) {
      fill(details, ...linkDetails(model, link, bin));
    } else {
      fill(details, make("p", { class: "quiet" },
                         "Click a core to pin it, then step with the arrow keys. Drag to move, " +
                         "scroll to zoom."));
    }
    byId("pinned-chart-box").hidden = core < 0;
    if (core >= 0) {
      setCore ??= coreChart(chartBox, model, store);
      setCore(core);
    }
  };
  store.subscribe((state, change) => {
    if ("pinned" in change || "link" in change || "bin" in change) {
      draw();
    }
  });
  onThemeChange(draw);
  draw();
}
