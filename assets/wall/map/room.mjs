/**
 * Room on the situation map: the places along its lower edge where features stand, and bringing something into the part
 * that they and the drawer leave free. Moves the view only when called, for a person's asking.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {[[number, number], [number, number]]} Bounds  South-west and north-east corners, degrees.
 */
import { el } from '../dom.mjs';

const CARD = 0.3; // share of the width the card may take; the map's own fit allows for it
const AIR = 1.2;

/** @param {Context} ctx @returns {HTMLElement} */
const bodyOf = (ctx) => /** @type {HTMLElement} */ (ctx.map.tools.bar.parentElement);

/** What stands above the map's legend: whatever is put in, one below the other; the drawer makes room for it.
 * @param {Context} ctx @returns {HTMLElement} */
export function footOf(ctx) {
  const body = bodyOf(ctx);
  const there = body.querySelector(':scope > .mfoot');
  if (there instanceof HTMLElement) return there;
  const foot = el('div', 'mfoot');
  body.append(foot);
  new ResizeObserver(() => body.style.setProperty('--foot', `${foot.offsetHeight}px`)).observe(foot);
  return foot;
}

/** Bounds made wider to the west and south, by shares of the view that are covered there. @param {Bounds} bounds
 * @param {number} left 0–1 @param {number} foot 0–1 @returns {Bounds} */
export function widened([[south, west], [north, east]], left, foot) {
  const free = Math.max(0.2, 1 - CARD - left);
  return [[south - ((north - south) * foot) / (1 - foot), west - ((east - west) * left) / free], [north, east]];
}

/** @param {Context} ctx @param {Bounds|null} bounds */
export function reveal(ctx, bounds) {
  const [body, { drawer }] = [bodyOf(ctx), ctx.map.tools];
  if (!bounds || !body.offsetWidth) return;
  const left = drawer.hidden ? 0 : (drawer.offsetLeft + drawer.offsetWidth) / body.offsetWidth;
  const foot = Math.min(0.5, (footOf(ctx).offsetHeight * AIR) / body.offsetHeight);
  ctx.map.fit(widened(bounds, left, foot));
}
