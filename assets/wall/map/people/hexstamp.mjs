/**
 * Hexagons written straight into pixels: thousands of them as one path take a software renderer many times as long. One
 * coverage mask for each quarter of a pixel a centre can lie at, so that the gaps between them stay even. Pure: typed
 * arrays in, typed arrays out.
 */

const PHASES = 4; // places of a centre within a pixel, each way
const FINE = 4; // samples of a pixel, each way
/** Device pixels; a view that has just jumped closer shows larger ones for a moment, of which masks would fill the memory. */
const LARGEST_MASK = 24;

/** Masks of a hexagon, pointy side up. */
export class HexStamp {
  /** @param {number} radius from the middle to a corner, device pixels */
  constructor(radius) {
    this.radius = radius;
    this.half = Math.ceil(radius) + 1;
    this.size = 2 * this.half + 1;
    /** Empty: without a mask, and with rough edges. */
    this.masks = radius > LARGEST_MASK ? [] : Array.from({ length: PHASES * PHASES }, (_, k) => this.#mask(((k % PHASES) + 0.5) / PHASES, (Math.floor(k / PHASES) + 0.5) / PHASES));
  }

  /** Whether a point lies inside, seen from the middle. @param {number} dx @param {number} dy @returns {boolean} */
  #inside(dx, dy) {
    const [ax, ay] = [Math.abs(dx), Math.abs(dy)];
    return ax <= (this.radius * Math.sqrt(3)) / 2 && ay <= this.radius - ax / Math.sqrt(3);
  }

  /** Coverage (0–255) with the middle at (x, y) of the mask's central pixel. @param {number} x @param {number} y @returns {Uint8Array} */
  #mask(x, y) {
    const { size, half } = this;
    const samples = new Uint8Array(size * size);
    for (let py = 0; py < size * FINE; py++)
      for (let px = 0; px < size * FINE; px++)
        if (this.#inside((px + 0.5) / FINE - half - x, (py + 0.5) / FINE - half - y)) samples[((py / FINE) | 0) * size + ((px / FINE) | 0)]++;
    return samples.map((n) => Math.round((n * 255) / (FINE * FINE)));
  }

  /**
   * Write one hexagon; of two that share a pixel the one that covers more of it wins.
   * @param {{pixels: Uint32Array, width: number, height: number}} image @param {number} x its middle, device pixels
   * @param {number} y @param {number} rgb packed, without opacity
   */
  write({ pixels, width, height }, x, y, rgb) {
    const { size, half } = this;
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const mask = this.masks[Math.floor((y - row) * PHASES) * PHASES + Math.floor((x - column) * PHASES)];
    const [left, top] = [column - half, row - half];
    const [from, to] = [Math.max(0, -left), Math.min(size, width - left)];
    for (let my = Math.max(0, -top), end = Math.min(size, height - top); my < end; my++)
      for (let mx = from, at = (top + my) * width + left + from; mx < to; mx++, at++) {
        const cover = mask ? mask[my * size + mx] : Number(this.#inside(left + mx + 0.5 - x, top + my + 0.5 - y)) * 255;
        const value = ((cover << 24) | rgb) >>> 0;
        if (value >>> 24 > pixels[at] >>> 24) pixels[at] = value;
      }
  }
}
