// SPDX-License-Identifier: Apache-2.0
// Which part of the mesh the canvas shows: `scale` pixels a core, `left` and `top` in units. A unit
// is the side of a core; chips lie CHIP_GAP units apart, so that their edges can be seen.

const SCALE_MAX = 84;
const MARGIN = 0.9;  // units around what is fitted
const CHIP_GAP = 1;

export class Viewport {
  constructor(model) {
    const { cores_x, cores_y } = model.mesh;
    Object.assign(this, { model, sideX: cores_x, sideY: cores_y });
    Object.assign(this, { left: 0, top: 0, scale: 1, pixelsX: 1, pixelsY: 1 });
    this.unitsX = model.width + (model.mesh.chips_x - 1) * CHIP_GAP;
    this.unitsY = model.height + (model.mesh.chips_y - 1) * CHIP_GAP;
  }

  resize(pixelsX, pixelsY) {
    this.pixelsX = pixelsX;
    this.pixelsY = pixelsY;
  }

  // Pixels a core where all of the mesh is shown.
  leastScale() {
    return Math.min(this.pixelsX / (this.unitsX + 2 * MARGIN),
                    this.pixelsY / (this.unitsY + 2 * MARGIN), SCALE_MAX);
  }

  // An area of places, `right` and `bottom` beyond its last.
  fit({ x, y, right, bottom }) {
    const [fromX, fromY] = this.toUnits(x, y);
    const [toX, toY] = this.toUnits(right - 1, bottom - 1);
    const across = toX + 1 - fromX + 2 * MARGIN;
    const down = toY + 1 - fromY + 2 * MARGIN;
    this.scale = Math.max(Math.min(this.pixelsX / across, this.pixelsY / down, SCALE_MAX),
                          this.leastScale());
    this.left = within(this.unitsX, this.pixelsX / this.scale, (fromX + toX + 1) / 2);
    this.top = within(this.unitsY, this.pixelsY / this.scale, (fromY + toY + 1) / 2);
  }

  // So that what is under the pixel stays there.
  zoom(factor, pixelX, pixelY) {
    const scale = Math.min(Math.max(this.scale * factor, this.leastScale() * 0.8), SCALE_MAX);
    this.left += pixelX / this.scale - pixelX / scale;
    this.top += pixelY / this.scale - pixelY / scale;
    this.scale = scale;
  }

  pan(pixelsX, pixelsY) {
    this.left -= pixelsX / this.scale;
    this.top -= pixelsY / this.scale;
  }

  toUnits(x, y) {
    return [x + Math.floor(x / this.sideX) * CHIP_GAP, y + Math.floor(y / this.sideY) * CHIP_GAP];
  }

  // Of a point of the mesh; its whole part is the place that it lies in.
  toPixels(x, y) {
    const [unitX, unitY] = this.toUnits(x, y);
    return [(unitX - this.left) * this.scale, (unitY - this.top) * this.scale];
  }

  // Null between chips and beyond them.
  toPlace(pixelX, pixelY) {
    const x = toCore(this.left + pixelX / this.scale, this.sideX);
    const y = toCore(this.top + pixelY / this.scale, this.sideY);
    const at = { x, y };
    return x !== null && y !== null && this.model.contains(at) ? at : null;
  }
}

function toCore(unit, side) {
  const chip = Math.floor(unit / (side + CHIP_GAP));
  const core = Math.floor(unit - chip * (side + CHIP_GAP));
  return core < side ? chip * side + core : null;
}

// Where a window of `shown` units begins that is around `middle` but not beyond the mesh; the mesh
// in its middle where the window is larger.
function within(units, shown, middle) {
  if (shown >= units + 2 * MARGIN) {
    return (units - shown) / 2;
  }
  return Math.min(Math.max(middle - shown / 2, -MARGIN), units + MARGIN - shown);
}
