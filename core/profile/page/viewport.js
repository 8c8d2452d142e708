// SPDX-License-Identifier: Apache-2.0
// Which part of the mesh the canvas shows: `scale` pixels a core, `left` and `top` in cores.

const SCALE_MAX = 120;
const MARGIN = 0.75;  // cores around what is fitted

export class Viewport {
  constructor() {
    Object.assign(this, { left: 0, top: 0, scale: 1, pixelsX: 1, pixelsY: 1, least: 1 });
  }

  resize(pixelsX, pixelsY) {
    this.pixelsX = pixelsX;
    this.pixelsY = pixelsY;
  }

  fit({ x, y, right, bottom }) {
    const across = right - x + 2 * MARGIN;
    const down = bottom - y + 2 * MARGIN;
    this.scale = Math.min(this.pixelsX / across, this.pixelsY / down, SCALE_MAX);
    this.left = (x + right) / 2 - this.pixelsX / this.scale / 2;
    this.top = (y + bottom) / 2 - this.pixelsY / this.scale / 2;
  }

  // So that the place under the pixel stays there.
  zoom(factor, pixelX, pixelY, least) {
    const scale = Math.min(Math.max(this.scale * factor, least), SCALE_MAX);
    this.left += pixelX / this.scale - pixelX / scale;
    this.top += pixelY / this.scale - pixelY / scale;
    this.scale = scale;
  }

  pan(pixelsX, pixelsY) {
    this.left -= pixelsX / this.scale;
    this.top -= pixelsY / this.scale;
  }

  toPixels(x, y) { return [(x - this.left) * this.scale, (y - this.top) * this.scale]; }

  toPlace(pixelX, pixelY) {
    return { x: Math.floor(this.left + pixelX / this.scale),
             y: Math.floor(this.top + pixelY / this.scale) };
  }
}
