/**
 * Where every worker is shown right now: columns of Mercator positions, moving linearly from the place shown to the
 * newest fix over at most a second and never beyond it. Whoever interpolates elsewhere (a GPU) needs no `step`, only the
 * columns. Knows no screen, no zoom and no colour; allocates only when the roster grows.
 *
 * @typedef {import('../../types.mjs').Workers} Workers
 */
import { mercatorX, mercatorY, metresPerUnit } from '../geo.mjs';
import { NO_FIX } from '../../types.mjs';

/** A hop longer than this is shown at once: nobody walked it. */
export const TELEPORT_M = 2000;
/** The longest time a step between two fixes is drawn out, ms. */
export const LONGEST_MS = 1000;
/** A step from fix to fix longer than this is a walk and no jitter of the receiver. */
const WALK_M = 3;

const START = 1024;

/** @param {number} size @param {Float64Array} [from] @returns {Float64Array} */
function column(size, from) {
  const made = new Float64Array(size).fill(NaN);
  if (from) made.set(from);
  return made;
}

/** Columns by worker row; NaN where a worker has never reported. `active` lists the `moving` rows under way since a step. */
export class Motion {
  /** @param {boolean} still no interpolation at all (reduced motion) */
  constructor(still = false) {
    this.still = still;
    this.n = 0;
    this.moving = 0;
    /** Shown position. */
    this.x = column(START);
    this.y = column(START);
    this.fromX = column(START);
    this.fromY = column(START);
    /** Newest fix. */
    this.toX = column(START);
    this.toY = column(START);
    this.start = column(START);
    this.span = column(START);
    this.fix = column(START);
    /** Direction of the last step, radians clockwise from north; NaN while unknown. */
    this.heading = column(START);
    this.active = new Int32Array(START);
    /** 1 while a row is in `active`. */
    this.under = new Uint8Array(START);
    /** 1 where the last fix was a walk away from the one before. */
    this.walks = new Uint8Array(START);
    /** When the last of those under way arrives, monotonic ms. */
    this.until = 0;
  }

  /** @param {number} size */
  #grow(size) {
    for (const name of /** @type {const} */ (['x', 'y', 'fromX', 'fromY', 'toX', 'toY', 'start', 'span', 'fix', 'heading']))
      this[name] = column(size, this[name]);
    const [active, under, walks] = [new Int32Array(size), new Uint8Array(size), new Uint8Array(size)];
    active.set(this.active.subarray(0, this.moving));
    under.set(this.under);
    walks.set(this.walks);
    [this.active, this.under, this.walks] = [active, under, walks];
  }

  /**
   * Take over what a frame changed. `rows` null = everybody, without interpolation (a snapshot is not a walk).
   * @param {Workers} workers @param {Uint32Array|null} rows @param {number} t monotonic ms
   */
  update(workers, rows, t) {
    if (workers.n > this.x.length) this.#grow(Math.max(workers.n, this.x.length * 2));
    this.n = workers.n;
    if (!rows) return this.#load(workers);
    for (let i = 0; i < rows.length; i++) this.#take(workers, rows[i], t);
  }

  /** @param {Workers} workers */
  #load(workers) {
    for (let k = 0; k < this.moving; k++) this.under[this.active[k]] = 0;
    this.moving = this.until = 0;
    this.walks.fill(0);
    for (let row = 0; row < workers.n; row++) {
      this.#aim(workers, row);
      this.#arrive(row);
    }
  }

  /** @param {Workers} workers @param {number} row */
  #aim(workers, row) {
    const none = workers.lon[row] === NO_FIX || workers.lat[row] === NO_FIX;
    this.toX[row] = none ? NaN : mercatorX(workers.lon[row] / 1e6);
    this.toY[row] = none ? NaN : mercatorY(workers.lat[row] / 1e6);
    this.fix[row] = workers.fixTime[row];
  }

  /** @param {number} row */
  #arrive(row) {
    this.x[row] = this.toX[row];
    this.y[row] = this.toY[row];
  }

  /** @param {Workers} workers @param {number} row @param {number} t */
  #take(workers, row, t) {
    const before = this.fix[row];
    const { toX, toY } = this;
    const lastX = toX[row];
    const lastY = toY[row];
    this.settle(row, t);
    this.#aim(workers, row);
    const per = metresPerUnit(toY[row]);
    this.walks[row] = Math.hypot(toX[row] - lastX, toY[row] - lastY) * per > WALK_M ? 1 : 0;
    const dx = toX[row] - this.x[row];
    const dy = toY[row] - this.y[row];
    if (dx === 0 && dy === 0) return;
    const span = Math.min(LONGEST_MS, this.fix[row] - before);
    const metres = Math.hypot(dx, dy) * per;
    if (metres > 1) this.heading[row] = Math.atan2(dx, -dy);
    this.span[row] = 0;
    if (this.still || !(span > 0) || !(metres <= TELEPORT_M)) return this.#arrive(row);
    this.fromX[row] = this.x[row];
    this.fromY[row] = this.y[row];
    this.start[row] = t;
    this.span[row] = span;
    if (t + span > this.until) this.until = t + span;
    if (this.under[row]) return;
    this.under[row] = 1;
    this.active[this.moving++] = row;
  }

  /**
   * Move everybody under way to where they are at `t`; whoever arrives leaves `active` at the next step, so a caller
   * that looks at `active` after a step sees every row the step moved.
   * @param {number} t monotonic ms @returns {number} how many rows may have moved
   */
  step(t) {
    let kept = 0;
    for (let k = 0; k < this.moving; k++) {
      const row = this.active[k];
      if (this.x[row] === this.toX[row] && this.y[row] === this.toY[row]) this.under[row] = 0;
      else this.active[kept++] = row;
    }
    this.moving = kept;
    for (let k = 0; k < kept; k++) this.#advance(this.active[k], t);
    return kept;
  }

  /** Show one row where it is at `t`, whether steps are taken or not. @param {number} row @param {number} t monotonic ms */
  settle(row, t) {
    if (this.under[row]) this.#advance(row, t);
  }

  /** @param {number} row @param {number} t */
  #advance(row, t) {
    const share = (t - this.start[row]) / this.span[row];
    if (!(share < 1)) return this.#arrive(row);
    const part = Math.max(0, share);
    this.x[row] = this.fromX[row] + (this.toX[row] - this.fromX[row]) * part;
    this.y[row] = this.fromY[row] + (this.toY[row] - this.fromY[row]) * part;
  }
}
