/**
 * Workers as a GPU wants them: 28 bytes a row in one buffer, and which stretches of it must be sent again. Positions are
 * float32 differences from an anchor, because float32 Mercator is metres off; the anchor follows the view before that shows.
 * Pure: knows no GL.
 *
 * A row: from x, y and to x, y (Mercator less the anchor), start and span (ms since `epoch`) as float32; then four bytes:
 * dot kind | pass << 2, cell of the sheet, company, heading (1/256 of a turn).
 *
 * @typedef {import('./motion.mjs').Motion} Motion
 */
import { CELLS, KINDS, PASSES, company } from './looks.mjs';

/** Bytes a row takes. */
export const STRIDE = 28;
const WORDS = STRIDE / 4;
const META = 24; // bytes before the four
/** Rows are sent in blocks of this many. */
export const BLOCK = 128;
/** Where a row without a position stands: out of every view. */
const NOWHERE = 1e4;
/** The largest error in pixels that float32 may make of a place in the middle of the view. */
const LIMIT_PX = 0.1;
const HALF_ULP = 2 ** -24;
/** Times are held as float32 ms since `epoch`; beyond this they would be coarser than half a millisecond. */
const LONGEST_MS = 2 ** 22;

export class GpuRows {
  constructor() {
    this.n = 0;
    this.capacity = 0;
    this.words = new Float32Array(0);
    this.bytes = new Uint8Array(0);
    this.anchorX = NaN;
    this.anchorY = NaN;
    this.epoch = 0;
    /** 1 where a block of rows must be sent. */
    this.dirty = new Uint8Array(0);
    /** See next(). */
    this.end = 0;
  }

  /** Whether places seen at `scale` (pixels per unit) round (x, y), or times at `t`, need another anchor or epoch.
   * @param {number} x Mercator @param {number} y @param {number} scale device pixels @param {number} t monotonic ms @returns {boolean} */
  strained(x, y, scale, t) {
    const far = Math.max(Math.abs(x - this.anchorX), Math.abs(y - this.anchorY));
    return !(far * HALF_ULP * scale < LIMIT_PX) || t - this.epoch > LONGEST_MS;
  }

  /** Write every row anew round the anchor (x, y). @param {Motion} motion @param {Uint8Array} look @param {number} x Mercator
   * @param {number} y @param {number} t monotonic ms */
  fill(motion, look, x, y, t) {
    [this.anchorX, this.anchorY, this.epoch] = [x, y, t];
    this.take(motion, look, null, motion.n);
  }

  /** Write some rows, or with `rows` null the first `count`. @param {Motion} motion @param {Uint8Array} look
   * @param {Uint32Array|Int32Array|null} rows @param {number} count */
  take(motion, look, rows, count) {
    if (motion.n > this.capacity) this.#grow(motion.x.length);
    this.n = motion.n;
    for (let k = 0; k < count; k++) this.#write(motion, look[rows ? rows[k] : k], rows ? rows[k] : k);
  }

  /** @param {number} size */
  #grow(size) {
    this.capacity = Math.ceil(size / BLOCK) * BLOCK;
    const bytes = new Uint8Array(this.capacity * STRIDE);
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.words = new Float32Array(bytes.buffer);
    this.dirty = new Uint8Array(this.capacity / BLOCK).fill(1);
  }

  /** @param {Motion} motion @param {number} look @param {number} row */
  #write(motion, look, row) {
    const { words, anchorX, anchorY } = this;
    const at = row * WORDS;
    const placed = motion.toX[row] >= 0;
    const under = motion.under[row] === 1 && motion.span[row] > 0;
    words[at] = placed ? (under ? motion.fromX[row] : motion.toX[row]) - anchorX : NOWHERE;
    words[at + 1] = placed ? (under ? motion.fromY[row] : motion.toY[row]) - anchorY : NOWHERE;
    words[at + 2] = placed ? motion.toX[row] - anchorX : NOWHERE;
    words[at + 3] = placed ? motion.toY[row] - anchorY : NOWHERE;
    words[at + 4] = under ? motion.start[row] - this.epoch : 0;
    words[at + 5] = under ? motion.span[row] : 1;
    this.relook(motion, look, row);
  }

  /** A row looks otherwise. @param {Motion} motion @param {number} look @param {number} row */
  relook(motion, look, row) {
    const { bytes } = this;
    if (row >= this.capacity) return;
    const at = row * STRIDE + META;
    const heading = motion.heading[row];
    bytes[at] = KINDS[look] | (PASSES[look] << 2);
    bytes[at + 1] = CELLS[look];
    bytes[at + 2] = company(look, motion.walks[row] === 1);
    bytes[at + 3] = heading === heading ? Math.round((heading / (2 * Math.PI)) * 256) & 255 : 0;
    this.dirty[(row / BLOCK) | 0] = 1;
  }

  /**
   * The first row at or after `from` that must be sent, -1 when there is none; `end` is then the row after the last of its
   * stretch, and the stretch counts as sent. @param {number} from @returns {number}
   */
  next(from) {
    const { dirty } = this;
    const blocks = Math.ceil(this.n / BLOCK);
    let block = Math.ceil(from / BLOCK);
    while (block < blocks && !dirty[block]) block++;
    if (block >= blocks) return -1;
    const first = block;
    while (block < blocks && dirty[block]) dirty[block++] = 0;
    this.end = block * BLOCK;
    return first * BLOCK;
  }
}
