/**
 * All workers on one map: density hexagons, dots or shapes by zoom. Redrawn only when a mark would land on
 * another pixel or look different; decides nothing about who is selected.
 *
 * @typedef {import('./motion.mjs').Motion} Motion
 * @typedef {import('./viewport.mjs').Viewport} Viewport
 * @typedef {import('./palette.mjs').Palette} Palette
 */
import { HexGrid, densityStep, dotMask, dotTable, plot } from './dots.mjs';
import { CELL, DUTY, HEADINGS, workerSheet } from './glyphs.mjs';
import { pixel } from './palette.mjs';
import { modeOf } from './viewport.mjs';

/** A worker's look: duty in bits 0–2, freshness in bits 3–4. */
export const FRESH = { live: 0, stale: 8, lost: 16 };
const HEX_RADIUS = 4.4; // u
const FAR = -1 << 20; // a pixel no view contains
const HEX_GAP_MS = 1000;
const SLACK_MS = 4; // frames do not come on the millisecond
const FAINT_MPU = 60; // off-duty workers are left out of coarser views

/**
 * @param {number} flag as in Workers.flag @param {number} age of the newest fix, ms
 * @param {{stale_s: number, lost_s: number}} limits @returns {number} a look
 */
export function lookOf(flag, age, limits) {
  const fresh = age > limits.lost_s * 1000 ? FRESH.lost : age > limits.stale_s * 1000 ? FRESH.stale : FRESH.live;
  return (flag & 7) | fresh;
}

/** Whether a look's duty is one on which a worker can be sent. @param {number} look @returns {boolean} */
export function onDuty(look) {
  const duty = look & 7;
  return duty >= DUTY.available && duty <= DUTY.onScene;
}

/** Look → dot kind: 0 none, 1 on duty, 2 on duty and lost, 3 off duty. */
export const KINDS = Uint8Array.from({ length: 256 }, (_, look) => (onDuty(look) ? (look & FRESH.lost ? 2 : 1) : 3));

export class WorkerPlane {
  /** @param {CanvasRenderingContext2D} context @param {boolean} density whether coarse views show density */
  constructor(context, density) {
    this.canvas = context.canvas;
    this.density = density;
    this.context = context;
    this.px = new Int32Array(0);
    this.py = new Int32Array(0);
    this.n = 0;
    /** @type {import('./viewport.mjs').Mode} */
    this.mode = 'dots';
    this.dirty = true;
    this.painted = -Infinity;
    this.hexes = new HexGrid();
    this.image = new ImageData(1, 1);
    this.pixels = new Uint32Array(this.image.data.buffer);
    /** The ground's pixels where dots are plotted over them; null while the view moves. @type {Uint32Array|null} */
    this.ground = null;
    this.mask = dotMask(1);
    /** @type {Uint32Array} */
    this.table = new Uint32Array(4);
    /** @type {import('./glyphs.mjs').Sheet|null} */
    this.sheet = null;
  }

  /** The view or the colours changed: everything anew. @param {Viewport} vp @param {Palette} palette @param {boolean} restyle */
  look(vp, palette, restyle) {
    this.mode = modeOf(vp.mpu, this.density);
    const faint = vp.mpu > FAINT_MPU ? 0 : pixel(palette.dot, 0.28);
    this.mask = dotMask((vp.mpu > FAINT_MPU ? 1.6 : 2.2) * vp.unit);
    this.table = dotTable(this.mask, [0, pixel(palette.dot, 0.62), pixel(palette.stale, 0.9), faint]);
    if (restyle || !this.sheet) this.sheet = workerSheet(palette, vp.unit);
    if (this.mode === 'dots' && (this.image.width !== this.canvas.width || this.image.height !== this.canvas.height)) {
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
    if (this.mode === 'dots')
      this.ground = new Uint32Array(ground.getImageData(0, 0, this.image.width, this.image.height).data.buffer);
  }

  /** Whether what was painted last holds the ground already. */
  get grounded() {
    return this.mode === 'dots' && this.ground !== null;
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

  /** Whether there is reason to draw and the last drawing is old enough. @param {number} t monotonic ms @param {number} gap ms */
  due(t, gap) {
    return this.dirty && t - this.painted >= (this.mode === 'hexes' ? HEX_GAP_MS : gap) - SLACK_MS;
  }

  /** Whether marks of single workers wait to be drawn; density may lag behind. */
  get waiting() {
    return this.dirty && this.mode !== 'hexes';
  }

  /** Draw all workers onto an empty canvas. @param {Motion} motion @param {Uint8Array} look @param {Viewport} vp
   * @param {Palette} palette @param {number} t monotonic ms */
  paint(motion, look, vp, palette, t) {
    this.dirty = false;
    this.painted = t;
    if (this.mode === 'dots') return this.#dots(look);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.mode === 'hexes') this.#density(motion, look, vp, palette);
    else this.#shapes(motion, look);
  }

  /** @param {Uint8Array} look */
  #dots(look) {
    if (this.ground) this.pixels.set(this.ground);
    else this.pixels.fill(0);
    plot({ pixels: this.pixels, width: this.image.width, height: this.image.height }, this, look, KINDS, this.mask, this.table);
    this.context.putImageData(this.image, 0, 0);
  }

  /** @param {Motion} motion @param {Uint8Array} look @param {Viewport} vp @param {Palette} palette */
  #density(motion, look, vp, palette) {
    const radius = HEX_RADIUS * vp.u;
    this.hexes.cover(radius, vp.left, vp.top, vp.width, vp.height);
    for (let row = 0; row < motion.n; row++)
      if (KINDS[look[row]] === 1 && this.px[row] !== FAR) this.hexes.add(motion.x[row] * vp.scale, motion.y[row] * vp.scale);
    const colours = ['', palette.ramp1, palette.ramp2, palette.ramp3, palette.ramp4, palette.ramp5];
    for (let step = 1; step < colours.length; step++) {
      this.context.fillStyle = colours[step];
      this.context.beginPath();
      for (let cell = 0; cell < this.hexes.columns * this.hexes.rows; cell++)
        if (densityStep(this.hexes.counts[cell]) === step) this.#hexagon(cell, vp, radius * 0.94 * vp.dpr);
      this.context.fill();
    }
  }

  /** @param {number} cell @param {Viewport} vp @param {number} radius device pixels */
  #hexagon(cell, vp, radius) {
    const x = (this.hexes.x(cell) - vp.left) * vp.dpr;
    const y = (this.hexes.y(cell) - vp.top) * vp.dpr;
    for (let k = 0; k < 6; k++) {
      const turn = (Math.PI / 3) * k;
      this.context[k ? 'lineTo' : 'moveTo'](x + radius * Math.sin(turn), y - radius * Math.cos(turn));
    }
    this.context.closePath();
  }

  /** Off duty below, then the idle, then whoever is under way. @param {Motion} motion @param {Uint8Array} look */
  #shapes(motion, look) {
    for (let pass = 0; pass < 3; pass++)
      for (let row = 0; row < this.n; row++)
        if (this.px[row] !== FAR && passOf(look[row]) === pass) this.#mark(row, look[row], motion.heading[row]);
  }

  /** @param {number} row @param {number} look @param {number} heading */
  #mark(row, look, heading) {
    if (!onDuty(look)) return this.#stamp(row, CELL.faint);
    if (look & FRESH.lost) return this.#stamp(row, CELL.lost);
    if (look & FRESH.stale) this.#stamp(row, CELL.ring);
    const duty = look & 7;
    if (duty !== DUTY.enRoute) return this.#stamp(row, duty);
    const turn = heading === heading ? Math.round((heading / (2 * Math.PI)) * HEADINGS) : 0;
    this.#stamp(row, CELL.arrow + ((turn + HEADINGS) % HEADINGS));
  }

  /** @param {number} row @param {number} cell of the sheet */
  #stamp(row, cell) {
    if (!this.sheet) return;
    const size = this.sheet.cell;
    const half = size >> 1;
    this.context.drawImage(this.sheet.canvas, cell * size, 0, size, size, this.px[row] - half, this.py[row] - half, size, size);
  }
}

/** @param {number} look @returns {number} */
function passOf(look) {
  if (!onDuty(look)) return 0;
  return (look & 7) === DUTY.available ? 1 : 2;
}
