/**
 * The numbers around the situation map: header counts, the legend's counts by severity, the scale bar. Paints text and
 * one length; draws nothing on the map.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./viewport.mjs').Viewport} Viewport
 */
import { byId, setText, slot } from '../dom.mjs';
import { numberText } from '../i18n.mjs';
import { eventsIn } from '../scope.mjs';

const LENGTHS_M = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];
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

/** A scale bar's painter. @param {HTMLElement|null} node with a bar `i` and words `em` @returns {(vp: Viewport) => void} */
export function scaleBar(node) {
  const [bar, text] = [node?.querySelector('i'), node?.querySelector('em')];
  return ({ mpu, u }) => {
    const metres = scaleLength(mpu);
    if (bar) bar.style.width = `${(metres / mpu) * u}px`;
    if (text) setText(text, metres < 1000 ? `${metres} m` : `${metres / 1000} km`);
  };
}

/** @param {Context} ctx @returns {{counts: () => void, scale: (vp: Viewport) => void}} */
export function legend(ctx) {
  const root = byId('screen-map');
  const [online, open] = [slot(root, 'online'), slot(root, 'open')];
  return {
    counts() {
      const { board } = ctx.picture;
      const events = eventsIn(ctx.picture, ctx.scope);
      setText(online, board ? numberText(board.total.located) : '—');
      setText(open, numberText(events.size));
      countBySeverity(events.values()).forEach((n, sev) => sev && setText(byId(`map-sev-${sev}`), numberText(n)));
    },
    scale: scaleBar(byId('map-scale')),
  };
}
