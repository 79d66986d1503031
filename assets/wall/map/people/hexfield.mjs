/**
 * Workers as density: hexagons of a fixed size on the glass, coloured by how many on duty stand in each; or cells counted
 * elsewhere, where this browser does not know everybody. One canvas, drawn at most once a second while the view rests.
 *
 * @typedef {{x: Float64Array, y: Float64Array, count: Uint32Array, n: number, radius: number}} Cells
 *   Counted elsewhere: Mercator centres and, in the same unit, the radius of a hexagon.
 * @typedef {{motion: import('./motion.mjs').Motion, look: Uint8Array, density: {cells: Cells}|null}} Crowd
 * @typedef {{count: number, duties: number[]|null}} Found  How many in a hexagon, and of each duty by its number where known.
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 */
import { HexGrid, densityStep } from './dots.mjs';
import { HexStamp } from './hexstamp.mjs';
import { KINDS } from './looks.mjs';
import { pixel } from '../palette.mjs';

/** Of a hexagon on the glass, u. */
export const RADIUS = 4.4;
const FILLED = 0.94;
const GAP_MS = 1000;
const RGB = 0xffffff;

export class Density {
  constructor() {
    this.canvas = document.createElement('canvas');
    this.hexes = new HexGrid();
    this.stamp = new HexStamp(1);
    this.image = new ImageData(1, 1);
    /** Somebody moved since it was drawn. */
    this.dirty = true;
    this.painted = -Infinity;
  }

  /** Cells counted elsewhere come no oftener than they may be drawn. @param {number} t monotonic ms @param {boolean} coarse whether
   * cells counted elsewhere are all there is @returns {boolean} */
  due(t, coarse) {
    return this.dirty && (coarse || t - this.painted >= GAP_MS);
  }

  /** Draw onto the own canvas, which has the view's size. @param {Crowd} crowd @param {Viewport} vp @param {Palette} palette
   * @param {number} t monotonic ms */
  paint(crowd, vp, palette, t) {
    this.dirty = false;
    this.painted = t;
    const { width, height } = this.canvas;
    if (this.image.width !== width || this.image.height !== height) this.image = new ImageData(Math.max(1, width), Math.max(1, height));
    const pixels = new Uint32Array(this.image.data.buffer);
    pixels.fill(0);
    const colours = ['ramp1', 'ramp1', 'ramp2', 'ramp3', 'ramp4', 'ramp5'].map((name) => pixel(palette[/** @type {'ramp1'} */ (name)], 0) & RGB);
    if (!crowd.density) this.#count(crowd, vp);
    this.#write({ pixels, width, height }, crowd, vp, colours);
    /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d')).putImageData(this.image, 0, 0);
  }

  /** @param {{pixels: Uint32Array, width: number, height: number}} image @param {Crowd} crowd @param {Viewport} vp
   * @param {number[]} colours packed, by density step */
  #write(image, { density }, vp, colours) {
    const radius = FILLED * (density ? density.cells.radius * vp.scale * vp.dpr : RADIUS * vp.unit);
    if (this.stamp.radius !== radius) this.stamp = new HexStamp(radius);
    if (density) {
      const { x, y, count, n } = density.cells;
      for (let k = 0; k < n; k++) if (count[k]) this.stamp.write(image, vp.x(x[k]), vp.y(y[k]), colours[densityStep(count[k])]);
      return;
    }
    const { hexes } = this;
    for (let cell = 0; cell < hexes.columns * hexes.rows; cell++)
      if (hexes.counts[cell]) this.stamp.write(image, (hexes.x(cell) - vp.left) * vp.dpr, (hexes.y(cell) - vp.top) * vp.dpr, colours[densityStep(hexes.counts[cell])]);
  }

  /** @param {Crowd} crowd @param {Viewport} vp */
  #count({ motion, look }, vp) {
    this.hexes.cover(RADIUS * vp.u, vp.left, vp.top, vp.width, vp.height);
    for (let row = 0; row < motion.n; row++)
      if (KINDS[look[row]] === 1 && motion.x[row] >= 0) this.hexes.add(motion.x[row] * vp.scale, motion.y[row] * vp.scale);
  }

  /** The hexagon at a device pixel of the view drawn last, null where nobody is. @param {Crowd} crowd @param {Viewport} vp
   * @param {number} x @param {number} y @returns {Found|null} */
  at(crowd, vp, x, y) {
    if (crowd.density) return nearestCell(crowd.density.cells, vp, x, y);
    const { hexes } = this;
    const cell = hexes.cell(x / vp.dpr + vp.left, y / vp.dpr + vp.top);
    if (cell < 0 || !hexes.counts[cell]) return null;
    return this.#duties(crowd, vp, cell);
  }

  /** @param {Crowd} crowd @param {Viewport} vp @param {number} cell @returns {Found|null} */
  #duties({ motion, look }, { scale, u }, cell) {
    const { hexes } = this;
    const [x, y, reach] = [hexes.x(cell) / scale, hexes.y(cell) / scale, (RADIUS * u) / scale];
    const duties = new Array(8).fill(0);
    let count = 0;
    for (let row = 0; row < motion.n; row++) {
      if (!(Math.abs(motion.x[row] - x) <= reach && Math.abs(motion.y[row] - y) <= reach) || KINDS[look[row]] !== 1) continue;
      if (hexes.cell(motion.x[row] * scale, motion.y[row] * scale) !== cell) continue;
      duties[look[row] & 7]++;
      count++;
    }
    return count ? { count, duties } : null;
  }
}

/** @param {Cells} cells @param {Viewport} vp @param {number} px @param {number} py @returns {Found|null} */
export function nearestCell({ x, y, count, n, radius }, vp, px, py) {
  let best = -1;
  let nearest = radius * vp.scale * vp.dpr;
  for (let k = 0; k < n; k++) {
    const far = Math.hypot(vp.x(x[k]) - px, vp.y(y[k]) - py);
    if (far < nearest) [nearest, best] = [far, k];
  }
  return best < 0 || !count[best] ? null : { count: count[best], duties: null };
}
