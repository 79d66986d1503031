/**
 * What is under the pointer: the nearest event or worker within reach. Pure arithmetic over what is drawn.
 *
 * @typedef {import('./viewport.mjs').Viewport} Viewport
 * @typedef {import('./overlay.mjs').Pin} Pin
 * @typedef {{x: Float64Array, y: Float64Array, n: number}} Places  Where the workers are shown, Mercator; NaN where nobody knows.
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
 * The row of the nearest worker within reach, -1 if none: one pass over two columns, 0.4 ms for 300,000.
 * @param {Places} places @param {Uint8Array} look @param {(look: number) => boolean} shown @param {Viewport} vp
 * @param {number} x device pixels @param {number} y @returns {number}
 */
export function pickWorker({ x: xs, y: ys, n }, look, shown, vp, x, y) {
  const mx = (x / vp.dpr + vp.left) / vp.scale;
  const my = (y / vp.dpr + vp.top) / vp.scale;
  const reach = (REACH * vp.u) / vp.scale;
  let best = -1;
  let nearest = reach * reach;
  for (let row = 0; row < n; row++) {
    const dx = xs[row] - mx;
    if (!(dx <= reach && dx >= -reach)) continue;
    const dy = ys[row] - my;
    const far = dx * dx + dy * dy;
    if (!(far < nearest) || !shown(look[row])) continue;
    nearest = far;
    best = row;
  }
  return best;
}
