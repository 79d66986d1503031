/**
 * All workers on one map, drawn by a canvas: dots or shapes by zoom. Redrawn only when a mark would land on another pixel or
 * look different; decides nothing about who is selected. glplane.mjs does the same on a GPU.
 *
 * @typedef {import('./motion.mjs').Motion} Motion
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../viewport.mjs').Weights} Weights
 * @typedef {import('../palette.mjs').Palette} Palette
 */
import { dotMask, dotTable, plot } from './dots.mjs';
import { CELL, HEADINGS, workerSheet } from '../glyphs.mjs';
import { CELLS, KINDS, PASSES, WITH, company } from './looks.mjs';
import { pixel } from '../palette.mjs';

export { FRESH, KINDS, lookOf, onDuty } from './looks.mjs';

const FAR = -1 << 20; // a pixel no view contains
const SLACK_MS = 4; // frames do not come on the millisecond
/** Off-duty workers are left out of coarser views. */
export const FAINT_MPU = 60;
const OPAQUE = { duty: 0.62, lost: 0.9, off: 0.28 };

/** Packed colours of the kinds of dots, index as in KINDS. @param {Palette} palette @param {number} mpu metres per u
 * @param {number} weight 0–1 @returns {number[]} */
export function dotColours(palette, mpu, weight) {
  const off = mpu > FAINT_MPU ? 0 : pixel(palette.dot, OPAQUE.off * weight);
  return [0, pixel(palette.dot, OPAQUE.duty * weight), pixel(palette.stale, OPAQUE.lost * weight), off];
}

/** A dot's width in u. @param {number} mpu metres per u @returns {number} */
export function dotSize(mpu) {
  return mpu > FAINT_MPU ? 1.6 : 2.2;
}

export class WorkerPlane {
  /** @param {CanvasRenderingContext2D} context */
  constructor(context) {
    this.canvas = context.canvas;
    this.context = context;
    this.px = new Int32Array(0);
    this.py = new Int32Array(0);
    this.n = 0;
    /** @type {Weights} */
    this.weights = { hexes: 0, dots: 1, shapes: 0 };
    this.dirty = true;
    this.painted = -Infinity;
    this.image = new ImageData(1, 1);
    this.pixels = new Uint32Array(this.image.data.buffer);
    /** The ground's pixels where dots are plotted over them; null while the view moves. @type {Uint32Array|null} */
    this.ground = null;
    this.mask = dotMask(1);
    /** @type {Uint32Array} */
    this.table = new Uint32Array(4);
    /** @type {import('../glyphs.mjs').Sheet|null} */
    this.sheet = null;
  }

  /** The view or the colours changed: everything anew. @param {Viewport} vp @param {Palette} palette @param {boolean} restyle
   * @param {Weights} weights how far dots and shapes show; the same object from now on */
  look(vp, palette, restyle, weights) {
    this.weights = weights;
    this.mask = dotMask(dotSize(vp.mpu) * vp.unit);
    this.table = dotTable(this.mask, dotColours(palette, vp.mpu, weights.dots));
    if (restyle || !this.sheet) this.sheet = workerSheet(palette, vp.unit);
    if (weights.dots && (this.image.width !== this.canvas.width || this.image.height !== this.canvas.height)) {
      this.image = new ImageData(Math.max(1, this.canvas.width), Math.max(1, this.canvas.height));
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    this.ground = null;
    this.dirty = true;
    this.painted = -Infinity;
  }

  /** The view came to rest: cells and names go into the pixels the dots are plotted on, where the more opaque wins, so that
   * names stay above dots and cells below. @param {CanvasRenderingContext2D} ground as large as this canvas */
  settle(ground) {
    if (this.weights.dots)
      this.ground = new Uint32Array(ground.getImageData(0, 0, this.image.width, this.image.height).data.buffer);
  }

  /** Whether what was painted last holds the ground already. */
  get grounded() {
    return this.weights.dots > 0 && this.ground !== null;
  }

  /** News of some rows, or with `rows` null of the first `count`. @param {Motion} motion @param {Uint8Array} look
   * @param {Viewport} vp @param {Uint32Array|null} rows @param {number} count */
  take(motion, look, vp, rows, count) {
    void look;
    this.project(motion, vp, rows, count);
  }

  /** A row looks otherwise. @param {Motion} motion @param {number} look @param {number} row */
  relook(motion, look, row) {
    void [motion, look, row];
    this.dirty = true;
  }

  /**
   * Find the pixels of some rows (or all, with `rows` null); sets `dirty` when a mark in sight moves to another pixel.
   * @param {Motion} motion @param {Viewport} vp @param {Int32Array|Uint32Array|null} rows @param {number} count
   */
  project(motion, vp, rows, count) {
    if (this.px.length < motion.n) this.#grow(motion.x.length);
    this.n = motion.n;
    for (let k = 0; k < count; k++) {
      const row = rows ? rows[k] : k;
      const x = Math.round(vp.x(motion.x[row]));
      const y = Math.round(vp.y(motion.y[row]));
      const far = !(x > -64 && y > -64 && x < this.canvas.width + 64 && y < this.canvas.height + 64);
      const px = far ? FAR : x;
      const py = far ? FAR : y;
      if (px === this.px[row] && py === this.py[row]) continue;
      this.px[row] = px;
      this.py[row] = py;
      this.dirty = true;
    }
  }

  /** @param {number} size */
  #grow(size) {
    const px = new Int32Array(size).fill(FAR);
    const py = new Int32Array(size).fill(FAR);
    px.set(this.px);
    py.set(this.py);
    this.px = px;
    this.py = py;
  }

  /** Whether single marks show at all; density is drawn elsewhere. */
  get shown() {
    return this.weights.hexes < 1;
  }

  /** Whether there is reason to draw and the last drawing is old enough. @param {number} t monotonic ms @param {number} gap ms
   * @returns {boolean} */
  due(t, gap) {
    return this.waiting && t - this.painted >= gap - SLACK_MS;
  }

  /** Whether marks of single workers wait to be drawn. */
  get waiting() {
    return this.dirty && this.shown;
  }

  /** Draw all workers onto the canvas, emptied first. @param {Motion} motion @param {Uint8Array} look @param {number} t monotonic ms */
  paint(motion, look, t) {
    this.dirty = false;
    this.painted = t;
    if (this.weights.dots) this.#dots(look);
    else this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.weights.shapes) this.#shapes(motion, look);
  }

  /** @param {Uint8Array} look */
  #dots(look) {
    if (this.ground) this.pixels.set(this.ground);
    else this.pixels.fill(0);
    plot({ pixels: this.pixels, width: this.image.width, height: this.image.height }, this, look, KINDS, this.mask, this.table);
    this.context.putImageData(this.image, 0, 0);
  }

  /** @param {Motion} motion @param {Uint8Array} look */
  #shapes(motion, look) {
    this.context.globalAlpha = this.weights.shapes;
    for (let pass = 0; pass < 3; pass++)
      for (let row = 0; row < this.n; row++)
        if (this.px[row] !== FAR && PASSES[look[row]] === pass) this.#mark(row, look[row], motion);
    this.context.globalAlpha = 1;
  }

  /** @param {number} row @param {number} look @param {Motion} motion */
  #mark(row, look, { heading, walks }) {
    const beside = company(look, walks[row] === 1);
    const turn = heading[row] === heading[row] ? Math.round((heading[row] / (2 * Math.PI)) * HEADINGS) : 0;
    const at = (turn + HEADINGS) % HEADINGS;
    if (beside === WITH.ring) this.#stamp(row, CELL.ring);
    else if (beside === WITH.nose) this.#stamp(row, CELL.arrow + HEADINGS + at);
    const cell = CELLS[look];
    this.#stamp(row, cell === CELL.arrow ? cell + at : cell);
  }

  /** @param {number} row @param {number} cell of the sheet */
  #stamp(row, cell) {
    if (!this.sheet) return;
    const size = this.sheet.cell;
    const half = size >> 1;
    this.context.drawImage(this.sheet.canvas, cell * size, 0, size, size, this.px[row] - half, this.py[row] - half, size, size);
  }
}
