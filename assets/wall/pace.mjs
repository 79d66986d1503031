/**
 * How often moving marks are drawn: as often as the machine does it without breathlessness. A wall with a GPU gets 30
 * drawings a second; one that renders 4K in software gets fewer, and stays free to take frames in. Measures time only.
 */

const SHORTEST_MS = 33;
const LONGEST_MS = 250;
/** Drawing may take this share of the main thread. */
const SHARE = 0.35;
const CALM = 0.15; // weight of the newest measurement

export class Pace {
  constructor() {
    /** The least time between two drawings, ms. */
    this.gap = SHORTEST_MS;
    this.cost = 0;
  }

  /** One drawing kept the main thread busy for `ms`. @param {number} ms */
  took(ms) {
    this.cost += (Math.min(ms, LONGEST_MS) - this.cost) * CALM;
    this.gap = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, this.cost / SHARE));
  }
}
