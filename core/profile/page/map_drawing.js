// SPDX-License-Identifier: Apache-2.0
// The mesh on a canvas. One unit is the side of a place; a core is a square in the middle of its
// place, the links between neighbours are two lanes in the gap, each to the right of its direction.
import { layerColor, loadColor, themeColor } from "./color.js";
import { STEPS } from "./model.js";
import { fractionOf } from "./views.js";

const CORE_SIDE = 0.84;
const CORE_SIDE_AMONG_LINKS = 0.42;
const LANE_OFFSET = 0.115;
const LANE_WIDTH = 0.2;
const LANE_WIDTH_LEAST = 0.06;
const DIM = 0.16;            // what is not singled out
const ARROWS_FROM = 26;      // pixels a place
const CHIP_NAMES_FROM = 13;  // pixels a core: the gap between chips then holds a line of text

export function drawMap(context, viewport, model, views, state) {
  const drawing = { context, viewport, model, view: views[state.view], state };
  context.clearRect(0, 0, viewport.pixelsX, viewport.pixelsY);
  drawUnused(drawing);
  drawChips(drawing);
  if (state.view === "links") {
    drawCoresOfLayers(drawing, CORE_SIDE_AMONG_LINKS);
    drawLinks(drawing);
  } else if (state.view === "layer") {
    drawCoresOfLayers(drawing, CORE_SIDE);
    drawFilledParts(drawing);
  } else {
    drawLoads(drawing);
  }
  drawMarks(drawing);
}

function square({ context, viewport }, { x, y }, side) {
  const [left, top] = viewport.toPixels(x + (1 - side) / 2, y + (1 - side) / 2);
  const pixels = Math.max(side * viewport.scale, 0.75);
  if (pixels > 9) {
    context.beginPath();
    context.roundRect(left, top, pixels, pixels, Math.min(pixels * 0.12, 5));
    context.fill();
  } else {
    context.fillRect(left, top, pixels, pixels);
  }
}

function drawUnused(drawing) {
  const { context, viewport, model } = drawing;
  const side = drawing.state.view === "links" ? CORE_SIDE_AMONG_LINKS : CORE_SIDE;
  context.fillStyle = themeColor("unused");
  for (let place = 0; place < model.width * model.height; ++place) {
    const at = model.at(place);
    const [left, top] = viewport.toPixels(at.x, at.y);
    const inside = left > -viewport.scale && top > -viewport.scale &&
                   left < viewport.pixelsX && top < viewport.pixelsY;
    if (inside && model.cores.numberAt[place] < 0) {
      square(drawing, at, side);
    }
  }
}

function drawChips({ context, viewport, model }) {
  const { cores_x, cores_y, chips_x, chips_y } = model.mesh;
  context.strokeStyle = themeColor("chip-edge");
  context.fillStyle = themeColor("quiet");
  context.lineWidth = 1.25;
  for (let y = 0; y < chips_y; ++y) {
    for (let x = 0; x < chips_x; ++x) {
      const [left, top] = viewport.toPixels(x * cores_x, y * cores_y);
      context.strokeRect(left, top, cores_x * viewport.scale, cores_y * viewport.scale);
      if (model.hasChips() && viewport.scale >= CHIP_NAMES_FROM) {
        context.font = `500 11px ${themeColor("font")}`;
        context.fillText(`Chip (${x}, ${y})`, left + 1, top - 5);
      }
    }
  }
}

const isDimmed = ({ model, state }, core) =>
  state.layer !== null && model.cores.layer[core] !== state.layer;

// Each core in the colour of its layer: pale where the load is drawn into it.
function drawCoresOfLayers(drawing, side) {
  const { context, model, state } = drawing;
  const alpha = state.view === "layer" ? 0.3 : 0.4;
  model.cores.place.forEach((place, core) => {
    context.globalAlpha = isDimmed(drawing, core) ? DIM * alpha : alpha;
    context.fillStyle = layerColor(model.cores.layer[core], model.layers.length);
    square(drawing, model.at(place), side);
  });
  context.globalAlpha = 1;
}

const loadOf = ({ model, view, state }, number) =>
  fractionOf(model.perTick(view.packets(number, state.bin), state.bin), view.most,
             state.logarithmic);

// The area is the load.
function drawFilledParts(drawing) {
  const { context, model } = drawing;
  model.cores.place.forEach((place, core) => {
    const load = loadOf(drawing, core);
    if (load > 0) {
      context.globalAlpha = isDimmed(drawing, core) ? DIM : 1;
      context.fillStyle = layerColor(model.cores.layer[core], model.layers.length);
      square(drawing, model.at(place), CORE_SIDE * Math.sqrt(load));
    }
  });
  context.globalAlpha = 1;
}

function drawLoads(drawing) {
  const { context, model } = drawing;
  const idle = themeColor("idle");
  model.cores.place.forEach((place, core) => {
    const load = loadOf(drawing, core);
    context.globalAlpha = isDimmed(drawing, core) ? DIM : 1;
    context.fillStyle = load > 0 ? loadColor(load) : idle;
    square(drawing, model.at(place), CORE_SIDE);
  });
  context.globalAlpha = 1;
}

// From the edge of one core to that of the next, in units: the two ends on the middle of the lane.
function laneOf(model, place, direction) {
  const { x, y } = model.at(place);
  const [stepX, stepY] = STEPS[direction];
  const edge = CORE_SIDE_AMONG_LINKS / 2 + 0.02;
  const middle = { x: x + 0.5 - stepY * LANE_OFFSET, y: y + 0.5 + stepX * LANE_OFFSET };
  return {
    from: { x: middle.x + stepX * edge, y: middle.y + stepY * edge },
    to: { x: middle.x + stepX * (1 - edge), y: middle.y + stepY * (1 - edge) },
    stepX, stepY,
  };
}

function lanePath({ context, viewport }, lane, width) {
  const half = width / 2;
  const { from, to, stepX, stepY } = lane;
  const tip = viewport.scale >= ARROWS_FROM ? half : 0;
  const corner = (end, along, aside) => viewport.toPixels(
    end.x + stepX * along - stepY * aside, end.y + stepY * along + stepX * aside);
  context.beginPath();
  context.moveTo(...corner(from, 0, -half));
  context.lineTo(...corner(to, -tip, -half));
  context.lineTo(...corner(to, 0, 0));
  context.lineTo(...corner(to, -tip, half));
  context.lineTo(...corner(from, 0, half));
  context.closePath();
}

function drawLinks(drawing) {
  const { context, model, state } = drawing;
  const { links } = model;
  const order = Array.from({ length: links.count }, (_, link) => [loadOf(drawing, link), link]);
  order.sort((a, b) => a[0] - b[0]);  // the hottest on top
  for (const [load, link] of order) {
    if (load > 0) {
      const around = state.pinned === null || links.place[link] === state.pinned ||
                     isInto(model, link, state.pinned);
      context.globalAlpha = around ? 1 : 0.55;
      context.fillStyle = loadColor(load);
      lanePath(drawing, laneOf(model, links.place[link], links.direction[link]),
               LANE_WIDTH_LEAST + (LANE_WIDTH - LANE_WIDTH_LEAST) * Math.sqrt(load));
      context.fill();
    }
  }
  context.globalAlpha = 1;
}

function isInto(model, link, place) {
  const { x, y } = model.at(model.links.place[link]);
  const [stepX, stepY] = STEPS[model.links.direction[link]];
  return model.placeOf({ x: x + stepX, y: y + stepY }) === place;
}

function drawMarks(drawing) {
  const { context, model, state } = drawing;
  context.lineJoin = "round";
  if (state.route !== null) {
    drawRoute(drawing, state.route);
  }
  if (state.hovered !== null) {
    outline(drawing, model.at(state.hovered), themeColor("quiet"), 1.5);
  }
  if (state.pinned !== null) {
    outline(drawing, model.at(state.pinned), themeColor("accent"), 2.5);
  }
  if (state.link !== null) {
    drawLinkMark(drawing, state.link);
  }
}

function outline({ context, viewport }, { x, y }, color, width) {
  const [left, top] = viewport.toPixels(x, y);
  const grow = Math.max(0, 7 - viewport.scale) / 2;  // a place of few pixels stays visible
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  context.roundRect(left - grow, top - grow, viewport.scale + 2 * grow, viewport.scale + 2 * grow,
                    Math.min(viewport.scale * 0.14, 6));
  context.stroke();
}

function drawLinkMark(drawing, link) {
  const { context, viewport, model } = drawing;
  const lane = laneOf(model, model.links.place[link], model.links.direction[link]);
  context.strokeStyle = themeColor("accent");
  context.lineWidth = 2.5;
  lanePath(drawing, lane, LANE_WIDTH * 1.5);
  context.stroke();
  const [x, y] = viewport.toPixels((lane.from.x + lane.to.x) / 2, (lane.from.y + lane.to.y) / 2);
  context.beginPath();
  context.arc(x, y, Math.max(viewport.scale * 0.62, 11), 0, 2 * Math.PI);
  context.stroke();
}

// X first, then Y, as packets go.
function drawRoute({ context, viewport }, { from, to }) {
  context.strokeStyle = themeColor("accent");
  context.lineWidth = 2.5;
  context.beginPath();
  context.moveTo(...viewport.toPixels(from.x + 0.5, from.y + 0.5));
  context.lineTo(...viewport.toPixels(to.x + 0.5, from.y + 0.5));
  context.lineTo(...viewport.toPixels(to.x + 0.5, to.y + 0.5));
  context.stroke();
  context.fillStyle = themeColor("accent");
  context.beginPath();
  context.arc(...viewport.toPixels(to.x + 0.5, to.y + 0.5), 5, 0, 2 * Math.PI);
  context.fill();
}
