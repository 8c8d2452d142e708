// SPDX-License-Identifier: Apache-2.0
// Reads the data of the page, checks them against the report in them, and sets up each part. When
// all is drawn the root element says so: data-ready is "ok" or what is wrong, data-ready-ms the time
// since the page was asked for.
import { histogramChart, hopsChart } from "./charts.js";
import { differences } from "./check.js";
import { Tooltip } from "./core_details.js";
import { byId } from "./dom.js";
import { formatCount, formatNumber } from "./format.js";
import { setUpHeader } from "./header.js";
import { MeshMap } from "./map.js";
import { Model } from "./model.js";
import { setUpLegend, setUpPinned } from "./side_panel.js";
import { Store } from "./store.js";
import { setUpChipEdges, setUpEnergy, setUpHottest, setUpLate, setUpMatrix } from "./tables.js";
import { setUpTimeBar } from "./time_bar.js";
import { makeViews } from "./views.js";

function tell(problem) {
  document.documentElement.dataset.ready = problem;
  byId("problem").textContent = `This page is broken: ${problem}`;
  byId("problem").hidden = false;
}

window.addEventListener("error", (event) => tell(event.message));

function percentiles({ p50, p95, p99, p999 }) {
  return [[p50, "p50"], [p95, "p95"], [p99, "p99"], [p999, "p99.9"]]
    .map(([value, name]) => ({ value, name: `${name} ${formatCount(value)}` }));
}

function setUpHistogram(id, histogram, note, marks) {
  byId(`${id}-note`).textContent = note;
  if (histogram.counts.length === 0) {
    byId(`${id}-card`).hidden = true;
    return;
  }
  histogramChart(byId(id), byId(`${id}-note`), histogram, marks);
}

function setUpDistributions(model) {
  const { latency_cycles, host_latency_cycles, slack_cycles, hops, hops_mean } = model.report;
  const noteOf = (latency) =>
    `Mean ${formatNumber(latency.mean)} cycles, most ${formatCount(latency.max)}`;
  setUpHistogram("latency", model.histograms.latency, noteOf(latency_cycles),
                 percentiles(latency_cycles));
  setUpHistogram("host-latency", model.histograms.host, noteOf(host_latency_cycles),
                 percentiles(host_latency_cycles));
  const { min, p1, p5, p50 } = slack_cycles;
  setUpHistogram("slack", model.histograms.slack, `Least ${formatCount(min)} cycles`,
                 [[p1, "p1"], [p5, "p5"], [p50, "p50"]]
                   .map(([value, name]) => ({ value, name: `${name} ${formatCount(value)}` })));
  byId("hops-card").hidden = hops.length === 0;
  if (hops.length > 0) {
    byId("hops-note").textContent = `From core to core, at most ${hops.length - 1}`;
    hopsChart(byId("hops"), byId("hops-note"), hops, hops_mean);
  }
}

// "#view=links&bin=3" opens the page so, for links to what one saw.
function readAddress(model, views, store) {
  const wanted = new URLSearchParams(window.location.hash.slice(1));
  const change = {};
  if (wanted.get("view") in views) {
    change.view = wanted.get("view");
  }
  const bin = Number(wanted.get("bin") ?? NaN);
  if (Number.isInteger(bin) && bin >= 0 && bin < model.time.bins) {
    change.bin = bin;
  }
  const [x, y] = (wanted.get("core") ?? "").split(",").map(Number);
  if (wanted.has("core") && model.contains({ x, y })) {
    change.pinned = model.placeOf({ x, y });
  }
  Object.assign(store.state, change);
}

function main() {
  const model = new Model(JSON.parse(byId("data").textContent));
  const views = makeViews(model);
  const store = new Store();
  readAddress(model, views, store);
  setUpHeader(model);
  setUpLegend(model, views, store);
  setUpPinned(model, store);
  new MeshMap(model, views, store, new Tooltip(model, store));
  setUpTimeBar(model, store);
  setUpDistributions(model);
  setUpHottest(model, store);
  setUpMatrix(model);
  setUpChipEdges(model);
  setUpEnergy(model);
  setUpLate(model, store);
  const found = differences(model);
  if (found.length > 0) {
    tell(found.join("; "));
  } else {
    document.documentElement.dataset.ready = "ok";
  }
  document.documentElement.dataset.readyMs = String(Math.round(performance.now()));
}

main();
