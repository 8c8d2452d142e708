// SPDX-License-Identifier: Apache-2.0
// The map as a part of the page: its canvas, the pointer, the keys, and what is fitted into it.
import { onThemeChange } from "./color.js";
import { byId } from "./dom.js";
import { drawMap } from "./map_drawing.js";
import { STEPS } from "./model.js";
import { Viewport } from "./viewport.js";

const ZOOM_STEP = 1.35;
const CLICK_PIXELS = 4;  // what moves further is a drag
const ARROW_KEYS = { ArrowRight: 0, ArrowLeft: 1, ArrowDown: 2, ArrowUp: 3 };
const CLOSE_UP = 6;      // cores around a link that is shown

export class MeshMap {
  constructor(model, views, store, tooltip) {
    Object.assign(this, { model, views, store, tooltip });
    this.canvas = byId("map");
    this.viewport = new Viewport(model);
    this.drag = null;
    this.isDue = false;
    this.fitted = () => model.usedArea();
    this.whole = { x: 0, y: 0, right: model.width, bottom: model.height };
    this.listen();
    store.subscribe((state, change) => {
      if (change.link !== undefined && change.link !== null) {
        this.show(model.at(model.links.place[change.link]));
      }
      if (change.route) {
        this.showRoute(change.route);
      }
      this.redraw();
    });
    onThemeChange(() => this.redraw());
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    this.resize();
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointermove", (event) => this.onMove(event));
    canvas.addEventListener("pointerleave", () => this.leave());
    canvas.addEventListener("pointerdown", (event) => {
      this.drag = { x: event.offsetX, y: event.offsetY, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointerup", (event) => this.onUp(event));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.onKey(event));
    byId("zoom-in").onclick = () => this.zoom(ZOOM_STEP);
    byId("zoom-out").onclick = () => this.zoom(1 / ZOOM_STEP);
    byId("fit-used").onclick = () => this.fit(() => this.model.usedArea());
    byId("fit-all").onclick = () => this.fit(() => this.whole);
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    this.viewport.resize(clientWidth, clientHeight);
    if (this.fitted) {
      this.viewport.fit(this.fitted());
    }
    this.draw();
  }

  fit(area) {
    this.fitted = area;
    this.viewport.fit(area());
    this.redraw();
  }

  zoom(factor, x = this.viewport.pixelsX / 2, y = this.viewport.pixelsY / 2) {
    this.fitted = null;
    this.viewport.zoom(factor, x, y);
    this.redraw();
  }

  // Brings a place into view where it is not, or too small to see.
  show({ x, y }) {
    const [left, top] = this.viewport.toPixels(x + 0.5, y + 0.5);
    const { pixelsX, pixelsY, scale } = this.viewport;
    if (left < 0 || top < 0 || left > pixelsX || top > pixelsY || scale < 10) {
      this.fit(() => ({ x: x - CLOSE_UP, y: y - CLOSE_UP,
                        right: x + CLOSE_UP + 1, bottom: y + CLOSE_UP + 1 }));
    }
  }

  showRoute({ from, to }) {
    this.fit(() => ({ x: Math.min(from.x, to.x) - 1, y: Math.min(from.y, to.y) - 1,
                      right: Math.max(from.x, to.x) + 2, bottom: Math.max(from.y, to.y) + 2 }));
  }

  onMove(event) {
    if (this.drag) {
      const moved = [event.offsetX - this.drag.x, event.offsetY - this.drag.y];
      if (this.drag.moved || Math.hypot(...moved) > CLICK_PIXELS) {
        this.viewport.pan(...moved);
        this.fitted = null;
        this.drag = { x: event.offsetX, y: event.offsetY, moved: true };
        this.leave();
      }
      return;
    }
    const at = this.viewport.toPlace(event.offsetX, event.offsetY);
    if (at === null) {
      this.leave();
      return;
    }
    const place = this.model.placeOf(at);
    this.tooltip.show(place, event.clientX, event.clientY);
    if (place !== this.store.state.hovered) {
      this.store.set({ hovered: place });
    }
  }

  onUp(event) {
    const wasClick = this.drag && !this.drag.moved;
    this.drag = null;
    const at = this.viewport.toPlace(event.offsetX, event.offsetY);
    if (wasClick) {
      this.tooltip.hide();
      const place = at === null ? null : this.model.placeOf(at);
      this.pin(place === this.store.state.pinned ? null : place);
    }
  }

  onKey(event) {
    const direction = ARROW_KEYS[event.key];
    if (event.key === "Escape") {
      this.pin(null);
    } else if (direction !== undefined) {
      event.preventDefault();
      const at = this.model.at(this.store.state.pinned ?? this.model.cores.place[0] ?? 0);
      const next = { x: at.x + STEPS[direction][0], y: at.y + STEPS[direction][1] };
      if (this.model.contains(next)) {
        this.pin(this.model.placeOf(next));
      }
    }
  }

  pin(place) { this.store.set({ pinned: place, link: null, route: null }); }

  leave() {
    this.tooltip.hide();
    if (this.store.state.hovered !== null) {
      this.store.set({ hovered: null });
    }
  }

  // Once a frame, however often it is asked for.
  redraw() {
    if (!this.isDue) {
      this.isDue = true;
      requestAnimationFrame(() => this.draw());
    }
  }

  draw() {
    this.isDue = false;
    const ratio = window.devicePixelRatio || 1;
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawMap(context, this.viewport, this.model, this.views, this.store.state);
  }
}
