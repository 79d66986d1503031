/**
 * Where so many stand on one spot that their marks cannot be told apart: found on a grid of squares, shown as one plate with
 * their number. Draws and finds; who they are is asked when somebody points there.
 *
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {{x: number, y: number, count: number, cells: number[]}} Crowd  Middle of those in it, device pixels; the squares they stand in.
 */
import { onDuty } from './looks.mjs';

/** From so many on a spot their number stands for them. */
export const MANY = 7;
const FEW = 2; // on a corner of four squares one holds at least so many of MANY
const SPOT = 9; // u, side of a square
const PLATE = 10; // u, radius for two digits

export class Crowds {
  constructor() {
    /** @type {Crowd[]} */
    this.list = [];
    this.count = new Uint16Array(0);
    this.sumX = new Float64Array(0);
    this.sumY = new Float64Array(0);
    this.side = 1; // CSS pixels
    this.columns = this.lines = this.left = this.top = 0;
  }

  /** Find the crowds of a view. Squares lie fast on the world, so that panning does not shuffle them.
   * @param {import('./motion.mjs').Motion} motion @param {Uint8Array} look @param {Viewport} vp @returns {boolean} whether any changed */
  find(motion, look, vp) {
    this.#lay(vp);
    for (let row = 0; row < motion.n; row++) {
      const cell = onDuty(look[row]) ? this.#cell(motion.x[row] * vp.scale, motion.y[row] * vp.scale) : -1;
      if (cell < 0) continue;
      this.count[cell]++;
      this.sumX[cell] += motion.x[row];
      this.sumY[cell] += motion.y[row];
    }
    return this.#gather(vp);
  }

  /** Empty squares over a view. @param {Viewport} vp */
  #lay(vp) {
    this.side = SPOT * vp.u;
    this.columns = Math.ceil(vp.width / this.side) + 2;
    this.lines = Math.ceil(vp.height / this.side) + 2;
    this.left = Math.floor(vp.left / this.side);
    this.top = Math.floor(vp.top / this.side);
    const size = this.columns * this.lines;
    if (this.count.length < size) [this.count, this.sumX, this.sumY] = [new Uint16Array(size), new Float64Array(size), new Float64Array(size)];
    this.count.fill(0);
    this.sumX.fill(0);
    this.sumY.fill(0);
  }

  /** @param {number} x world pixel @param {number} y @returns {number} -1 outside, or nowhere */
  #cell(x, y) {
    const column = Math.floor(x / this.side) - this.left;
    const line = Math.floor(y / this.side) - this.top;
    return column >= 0 && line >= 0 && column < this.columns && line < this.lines ? line * this.columns + column : -1;
  }

  /** The fullest squares first, each with what stands just beyond its edges. @param {Viewport} vp @returns {boolean} */
  #gather(vp) {
    const before = this.list;
    this.list = [];
    const full = [];
    for (let cell = 0; cell < this.columns * this.lines; cell++) if (this.count[cell] >= FEW) full.push(cell);
    full.sort((a, b) => this.count[b] - this.count[a] || a - b);
    const used = new Set();
    for (const cell of full) if (!used.has(cell)) this.#join(cell, used, vp);
    return before.length !== this.list.length || this.list.some(({ x, y, count }, k) => count !== before[k].count || Math.abs(x - before[k].x) + Math.abs(y - before[k].y) > 1);
  }

  /** @param {number} cell @param {Set<number>} used @param {Viewport} vp */
  #join(cell, used, vp) {
    const [x, y] = [this.sumX[cell] / this.count[cell], this.sumY[cell] / this.count[cell]];
    const reach = this.side / vp.scale;
    const cells = [cell];
    for (const other of [-1, 0, 1].flatMap((line) => [-1, 0, 1].map((column) => cell + line * this.columns + column))) {
      const n = this.count[other];
      if (n > 0 && other !== cell && !used.has(other) && Math.hypot(this.sumX[other] / n - x, this.sumY[other] / n - y) < reach) cells.push(other);
    }
    const sum = (/** @type {Uint16Array|Float64Array} */ of) => cells.reduce((all, one) => all + of[one], 0);
    const count = sum(this.count);
    if (count < MANY) return;
    for (const one of cells) used.add(one);
    this.list.push({ x: vp.x(sum(this.sumX) / count), y: vp.y(sum(this.sumY) / count), count, cells });
  }

  /** How many of each duty stand in a crowd. @param {Crowd} crowd @param {import('./motion.mjs').Motion} motion @param {Uint8Array} look
   * @param {Viewport} vp of the last find @returns {number[]} by number of the duty */
  duties({ cells }, motion, look, vp) {
    const duties = new Array(8).fill(0);
    for (let row = 0; row < motion.n; row++)
      if (onDuty(look[row]) && cells.includes(this.#cell(motion.x[row] * vp.scale, motion.y[row] * vp.scale))) duties[look[row] & 7]++;
    return duties;
  }

  /** The crowd whose plate lies at a device pixel. @param {Viewport} vp @param {number} x @param {number} y @returns {Crowd|null} */
  at(vp, x, y) {
    return this.list.find((crowd) => Math.hypot(crowd.x - x, crowd.y - y) <= PLATE * vp.unit) ?? null;
  }

  /** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette */
  draw(c, vp, palette) {
    c.font = `700 ${12 * vp.unit}px ${palette.font}`;
    c.textAlign = 'center';
    c.textBaseline = 'middle';
    for (const { x, y, count } of this.list) {
      const text = String(count);
      const half = Math.max(PLATE * vp.unit, c.measureText(text).width / 2 + 4 * vp.unit);
      c.beginPath();
      c.roundRect(x - half, y - 8 * vp.unit, 2 * half, 16 * vp.unit, 8 * vp.unit);
      c.fillStyle = palette.panel;
      c.fill();
      c.lineWidth = vp.unit;
      c.strokeStyle = palette.dot;
      c.stroke();
      c.fillStyle = palette.ink;
      c.fillText(text, x, y + 0.5 * vp.unit);
    }
    c.textAlign = 'start';
  }
}
