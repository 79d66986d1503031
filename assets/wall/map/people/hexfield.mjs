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
import { KINDS } from './looks.mjs';

/** Of a hexagon on the glass, u. */
export const RADIUS = 4.4;
const FILLED = 0.94;
const GAP_MS = 1000;
const STEPS = 5;
const EDGE = Array.from({ length: 6 }, (_, k) => [Math.sin((Math.PI / 3) * k), -Math.cos((Math.PI / 3) * k)]);

export class Density {
  constructor() {
    this.canvas = document.createElement('canvas');
    this.hexes = new HexGrid();
    /** Somebody moved since it was drawn. */
    this.dirty = true;
    this.painted = -Infinity;
  }

  /** @param {number} t monotonic ms @returns {boolean} */
  due(t) {
    return this.dirty && t - this.painted >= GAP_MS;
  }

  /** Draw onto the own canvas, which has the view's size. @param {Crowd} crowd @param {Viewport} vp @param {Palette} palette
   * @param {number} t monotonic ms */
  paint(crowd, vp, palette, t) {
    this.dirty = false;
    this.painted = t;
    const c = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    c.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!crowd.density) this.#count(crowd, vp);
    const colours = ['', palette.ramp1, palette.ramp2, palette.ramp3, palette.ramp4, palette.ramp5];
    for (let step = 1; step <= STEPS; step++) {
      c.fillStyle = colours[step];
      c.beginPath();
      if (crowd.density) traceCells(c, vp, crowd.density.cells, step);
      else this.#traceHexes(c, vp, step);
      c.fill();
    }
  }

  /** @param {Crowd} crowd @param {Viewport} vp */
  #count({ motion, look }, vp) {
    this.hexes.cover(RADIUS * vp.u, vp.left, vp.top, vp.width, vp.height);
    for (let row = 0; row < motion.n; row++)
      if (KINDS[look[row]] === 1 && motion.x[row] >= 0) this.hexes.add(motion.x[row] * vp.scale, motion.y[row] * vp.scale);
  }

  /** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {number} step */
  #traceHexes(c, vp, step) {
    const { hexes } = this;
    for (let cell = 0; cell < hexes.columns * hexes.rows; cell++)
      if (densityStep(hexes.counts[cell]) === step)
        hexagon(c, (hexes.x(cell) - vp.left) * vp.dpr, (hexes.y(cell) - vp.top) * vp.dpr, RADIUS * FILLED * vp.unit);
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

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Cells} cells @param {number} step */
function traceCells(c, vp, { x, y, count, n, radius }, step) {
  const r = radius * vp.scale * vp.dpr;
  for (let k = 0; k < n; k++) {
    const [px, py] = [vp.x(x[k]), vp.y(y[k])];
    if (densityStep(count[k]) !== step || px < -r || py < -r || px > vp.width * vp.dpr + r || py > vp.height * vp.dpr + r) continue;
    hexagon(c, px, py, r * FILLED);
  }
}

/** @param {CanvasRenderingContext2D} c @param {number} x @param {number} y @param {number} radius device pixels */
function hexagon(c, x, y, radius) {
  for (let k = 0; k < EDGE.length; k++) c[k ? 'lineTo' : 'moveTo'](x + radius * EDGE[k][0], y + radius * EDGE[k][1]);
  c.closePath();
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
