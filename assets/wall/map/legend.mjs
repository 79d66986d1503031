/**
 * The numbers around the situation map: header counts, the legend's counts by severity, the scale bar. Paints text and
 * one length; draws nothing on the map.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./viewport.mjs').Viewport} Viewport
 */
import { byId, setText, slot } from '../dom.mjs';
import { numberText } from '../i18n.mjs';

const LENGTHS_M = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];
const LONGEST = 48; // u

/** The longest round distance that fits the scale bar. @param {number} mpu metres per u @returns {number} metres */
export function scaleLength(mpu) {
  return LENGTHS_M.findLast((metres) => metres <= LONGEST * mpu) ?? LENGTHS_M[0];
}

/** Events by severity, index 1–4. @param {Iterable<{sev: number}>} events @returns {number[]} */
export function countBySeverity(events) {
  const counts = [0, 0, 0, 0, 0];
  for (const { sev } of events) counts[sev]++;
  return counts;
}

/**
 * Workers with a position no older than `limit`. @param {import('../types.mjs').Workers} workers
 * @param {number} now UTC ms @param {number} limit ms @returns {number}
 */
export function located(workers, now, limit) {
  let count = 0;
  for (let row = 0; row < workers.n; row++) if (now - workers.fixTime[row] <= limit) count++;
  return count;
}

/** @param {Context} ctx @returns {{counts: (now: number) => void, scale: (vp: Viewport) => void}} */
export function legend(ctx) {
  const root = byId('screen-map');
  const [online, open] = [slot(root, 'online'), slot(root, 'open')];
  const scale = byId('map-scale');
  const [bar, text] = [scale.querySelector('i'), scale.querySelector('em')];
  return {
    counts(now) {
      const { workers, events } = ctx.picture;
      setText(online, numberText(located(workers, now, ctx.config.fix.lost_s * 1000)));
      setText(open, numberText(events.size));
      countBySeverity(events.values()).forEach((n, sev) => sev && setText(byId(`map-sev-${sev}`), numberText(n)));
    },
    scale({ mpu, u }) {
      const metres = scaleLength(mpu);
      if (bar) bar.style.width = `${(metres / mpu) * u}px`;
      if (text) setText(text, metres < 1000 ? `${metres} m` : `${metres / 1000} km`);
    },
  };
}
