/**
 * What is under the pointer: the nearest event or worker within reach. Pure arithmetic over what is drawn.
 *
 * @typedef {import('./viewport.mjs').Viewport} Viewport
 * @typedef {import('./overlay.mjs').Pin} Pin
 * @typedef {{px: Int32Array, py: Int32Array, n: number}} Marks  Where the workers stand, device pixels.
 */
import { RADIUS } from './glyphs.mjs';

/** How far a mark may be from the pointer, in u. */
export const REACH = 8;

/**
 * The event at (x, y): the most severe whose glyph is hit, else the nearest within reach; null if none.
 * @param {readonly Pin[]} pins least severe first @param {Viewport} vp @param {number} x device pixels @param {number} y
 * @param {number} [least] the lowest severity that is shown @returns {Pin|null}
 */
export function pickPin(pins, vp, x, y, least = 1) {
  let best = null;
  let nearest = REACH * vp.unit;
  for (let k = pins.length - 1; k >= 0 && pins[k].sev >= least; k--) {
    const far = Math.hypot(vp.x(pins[k].x) - x, vp.y(pins[k].y) - y);
    if (far <= RADIUS[pins[k].sev] * vp.unit && pins[k].sev > 1) return pins[k];
    if (far < nearest) [nearest, best] = [far, pins[k]];
  }
  return best;
}

/**
 * The row of the nearest worker within reach, -1 if none. @param {Marks} marks @param {Uint8Array} look
 * @param {(look: number) => boolean} shown @param {number} x device pixels @param {number} y @param {number} reach
 * @returns {number}
 */
export function pickWorker(marks, look, shown, x, y, reach) {
  let best = -1;
  let nearest = reach * reach;
  for (let row = 0; row < marks.n; row++) {
    const dx = marks.px[row] - x;
    const dy = marks.py[row] - y;
    const far = dx * dx + dy * dy;
    if (far >= nearest || !shown(look[row])) continue;
    nearest = far;
    best = row;
  }
  return best;
}
