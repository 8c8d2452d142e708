// SPDX-License-Identifier: Apache-2.0
// The charts, by uPlot: quiet axes, colours of the page's theme, marks at percentiles.
import uPlot from "uplot";
import { onThemeChange, themeColor } from "./color.js";
import { formatCount, formatNumber, formatShort } from "./format.js";
import { ALL_TIME } from "./model.js";

const FONT_SIZE = 11;
const HEADROOM = 1.22;  // for the names of marks, of the height of the largest bar
const SIDE_PADDING = [8, 24, 0, 0];  // half of the last number of an axis
const LEAST_OF_LOG = 0.7;  // so that a bar of one packet can be seen
const all = [];

onThemeChange(() => all.forEach((chart) => chart.redraw(false, true)));

const font = (weight = 400) => `${weight} ${FONT_SIZE}px ${themeColor("font")}`;

const grid = (options = {}) => ({ stroke: () => themeColor("line"), width: 1, ...options });

function axis(options) {
  return {
    stroke: () => themeColor("quiet"),
    font: font(),
    grid: grid(),
    ticks: { show: false },
    gap: 6,
    ...options,
  };
}

const packetsAxis = (options = {}) => axis({
  size: 52,
  space: 34,
  values: (_, values) => values.map((value) => (value === null ? "" : formatShort(value))),
  ...options,
});

const valuesAxis = (options = {}) => axis({
  size: 26,
  space: 64,
  grid: { show: false },
  values: (_, values) => values.map((value) => formatNumber(value)),
  ...options,
});

// A chart as wide as its element for as long as the page lives.
function put(element, height, options, data) {
  const width = () => Math.max(element.clientWidth, 80);
  const chart = new uPlot({
    width: width(), height, legend: { show: false }, padding: [8, 8, 0, 0],
    ...options,
  }, data, element);
  new ResizeObserver(() => {
    if (chart.width !== width()) {
      chart.setSize({ width: width(), height });
    }
  }).observe(element);
  all.push(chart);
  return chart;
}

// Says in `element` what is under the pointer.
function readout(element, textOf) {
  const rest = element.textContent;
  return (chart) => {
    const at = chart.cursor.idx;
    element.textContent = at === null || at === undefined ? rest : textOf(at);
  };
}

// Vertical lines with names, the names in rows where they would overlap.
function drawMarks(chart, marks) {
  const { ctx: context, bbox } = chart;
  const ratio = uPlot.pxRatio;
  context.save();
  context.font = font(600).replace(/\d+px/, `${FONT_SIZE * ratio}px`);
  context.textBaseline = "top";
  context.textAlign = "left";
  const ends = [];
  for (const { value, name } of marks) {
    const x = Math.round(chart.valToPos(value, "x", true));
    const width = context.measureText(name).width + 8 * ratio;
    const fitsRight = x + width < bbox.left + bbox.width;
    const left = fitsRight ? x : x - width;
    let row = ends.findIndex((end) => end <= left);
    row = row < 0 ? ends.length : row;
    ends[row] = left + width;
    context.strokeStyle = themeColor("accent");
    context.lineWidth = ratio;
    context.setLineDash([3 * ratio, 3 * ratio]);
    context.beginPath();
    context.moveTo(x, bbox.top);
    context.lineTo(x, bbox.top + bbox.height);
    context.stroke();
    context.fillStyle = themeColor("ink");
    context.fillText(name, left + 4 * ratio, bbox.top + row * (FONT_SIZE + 3) * ratio);
  }
  context.restore();
}

const bars = (align) => uPlot.paths.bars({ size: [align === 0 ? 0.8 : 1, 90], align, gap: 0 });

// Powers of ten, for a logarithmic axis.
const decades = (_, splits) =>
  splits.map((value) => (Number.isInteger(Math.log10(value)) ? value : null));

// Packets by cycles, with percentiles. Logarithmic: the tail is what one asks about.
export function histogramChart(element, note, { first, width, counts }, marks) {
  const starts = counts.map((_, i) => first + i * width);
  const last = first + counts.length * width;
  // uPlot takes the width of a bar from the distance of two.
  const xs = counts.length < 2 ? [first, first + width] : starts;
  const ys = counts.length < 2 ? [counts[0] ?? null, null] : counts.map((n) => n || null);
  const marked = marks.filter(({ value }) => value >= first && value <= last);
  const textOf = (at) => {
    const end = starts[at] + width - 1;
    const cycles = width === 1 ? formatCount(starts[at])
                               : `${formatCount(starts[at])}\u2013${formatCount(end)}`;
    return `${cycles} cycles: ${formatCount(counts[at] ?? 0)} packets`;
  };
  return put(element, 190, {
    padding: SIDE_PADDING,
    scales: { x: { time: false, range: () => [first, Math.max(last, first + 2)] },
              y: { distr: 3, range: (_, least, most) =>
                [LEAST_OF_LOG, Math.max(most, 10) ** HEADROOM] } },
    axes: [valuesAxis(), packetsAxis({ filter: decades, space: 14, grid: grid({ filter: decades }) })],
    cursor: { y: false, points: { show: false } },
    series: [{}, { fill: () => themeColor("bar"), stroke: () => themeColor("bar"), width: 0,
                   paths: bars(1), points: { show: false } }],
    hooks: { draw: [(chart) => drawMarks(chart, marked)], setCursor: [readout(note, textOf)] },
  }, [xs, ys]);
}

// Packets by hops.
export function hopsChart(element, note, hops, mean) {
  const xs = hops.map((_, i) => i);
  const textOf = (at) => `${at} hops: ${formatCount(hops[at])} packets`;
  return put(element, 190, {
    scales: { x: { time: false, range: () => [-0.6, Math.max(hops.length - 0.4, 1)] },
              y: { range: (_, least, most) => [0, Math.max(most, 1) * HEADROOM] } },
    axes: [valuesAxis({ incrs: [1, 2, 5, 10, 20, 50, 100, 200] }), packetsAxis()],
    cursor: { y: false, points: { show: false } },
    series: [{}, { fill: () => themeColor("bar"), stroke: () => themeColor("bar"), width: 0,
                   paths: bars(0), points: { show: false } }],
    hooks: { draw: [(chart) => drawMarks(chart, [{ value: mean, name: `mean ${formatNumber(mean)}` }])],
             setCursor: [readout(note, textOf)] },
  }, [xs, hops]);
}

const stepped = uPlot.paths.stepped({ align: 1 });

// Packets a tick by bin. uPlot's steps end where the last begins: one more of the same is added.
export function byTick(model, sums) {
  const { bins, ticks } = model.time;
  const xs = Array.from({ length: bins }, (_, bin) => model.firstTickOf(bin) - 1);
  const ys = sums.map((sum) => Array.from(sum, (packets, bin) => model.perTick(packets, bin)));
  return [[...xs, ticks], ...ys.map((values) => [...values, values[values.length - 1] ?? 0])];
}

function line(color, filled) {
  return { stroke: () => themeColor(color), width: 1.5, paths: stepped, points: { show: false },
           fill: filled ? () => themeColor(`${color}-faint`) : undefined };
}

function drawBin(chart, model, bin) {
  if (bin === ALL_TIME) {
    return;
  }
  const { ctx: context, bbox } = chart;
  const from = chart.valToPos(model.firstTickOf(bin) - 1, "x", true);
  const to = chart.valToPos(model.firstTickOf(bin) - 1 + model.ticksIn(bin), "x", true);
  context.save();
  context.fillStyle = themeColor("selection");
  context.fillRect(from, bbox.top, Math.max(to - from, 2), bbox.height);
  context.restore();
}

// Of all cores, over time: the selected bin is shaded, a click selects one.
export function timeChart(element, model, store, sums) {
  const chart = put(element, 120, {
    scales: { x: { time: false, range: () => [0, Math.max(model.time.ticks, 1)] },
              y: { range: (_, least, most) => [0, Math.max(most, 1) * 1.08] } },
    axes: [valuesAxis({ space: 80 }), packetsAxis({ space: 28 })],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    series: [{}, line("bar", true), line("host", false)],
    hooks: { drawClear: [(self) => drawBin(self, model, store.state.bin)] },
  }, byTick(model, sums));
  chart.over.addEventListener("click", () => {
    const bin = Math.floor(chart.posToVal(chart.cursor.left, "x") / model.time.ticks_per_bin);
    store.set({ bin: Math.min(Math.max(bin, 0), model.time.bins - 1) });
  });
  store.subscribe((state, change) => {
    if (change.bin !== undefined) {
      chart.redraw(false);
    }
  });
  return chart;
}

// Of one core, small.
export function coreChart(element, model, store) {
  const chart = put(element, 92, {
    scales: { x: { time: false, range: () => [0, Math.max(model.time.ticks, 1)] },
              y: { range: (_, least, most) => [0, Math.max(most, 0.1) * 1.08] } },
    axes: [valuesAxis({ size: 22 }), packetsAxis({ size: 40, space: 26 })],
    cursor: { show: false },
    series: [{}, line("bar", true), line("host", false)],
    hooks: { drawClear: [(self) => drawBin(self, model, store.state.bin)] },
  }, byTick(model, [[], []]));
  return (core) => {
    const zeros = new Float64Array(model.time.bins);
    const row = (series) => (series.rows[core].length > 0 ? series.rows[core] : zeros);
    const received = row(model.cores.received).map((n, bin) => n + row(model.cores.ofHost)[bin]);
    chart.setData(byTick(model, [row(model.cores.sent), received]));
  };
}
