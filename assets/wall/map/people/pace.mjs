/**
 * How often moving marks are drawn. A new frame is drawn at once, because it is news; movement between frames may wait
 * for the next of them. A machine that draws slowly draws less of both, and stays free to take frames in. Measures time
 * only.
 */

const AT_ONCE_MS = 12;
const BETWEEN_MS = 50; // frames come every 33 to 40 ms while anything happens
const LONGEST_MS = 250;
const FASTEST_MPS = 20;
const STILL_MS = 1000; // then there is a frame anyhow
/** Drawing may take this share of the main thread. */
const SHARE = 0.35;
const CALM = 0.15; // weight of the newest measurement

/** How long it takes the fastest to cross half a pixel: moving them more often shows nothing. @param {number} metres per pixel
 * @returns {number} ms */
export function stillFor(metres) {
  return Math.min(STILL_MS, Math.max(BETWEEN_MS, (500 * metres) / FASTEST_MPS));
}

export class Pace {
  constructor() {
    this.cost = 0;
  }

  /** The least time between two drawings, ms. @param {boolean} news whether there is a frame nobody has seen yet
   * @param {number} [still] how long nobody crosses half a pixel, see stillFor */
  gap(news, still = BETWEEN_MS) {
    return Math.max(news ? AT_ONCE_MS : still, Math.min(LONGEST_MS, this.cost / SHARE));
  }

  /** One drawing kept the main thread busy for `ms`. @param {number} ms */
  took(ms) {
    this.cost += (Math.min(ms, LONGEST_MS) - this.cost) * CALM;
  }
}
