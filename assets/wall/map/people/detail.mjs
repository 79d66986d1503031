/**
 * How closely the maps look when workers are too many to be sent whole: density in hexagons, or the people of the map
 * tiles in view once few enough are in sight. Asks the server through the context; draws nothing.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../../closeups.mjs').DensityCells} DensityCells
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 */
import { RADIUS } from './hexfield.mjs';

/** Up to so many people in sight are sent one by one; with more than FEW_ENOUGH · SLACK the map returns to density. */
export const FEW_ENOUGH = 15_000;
const SLACK = 1.4;
/** Radius of the server's hexagons in pixels of their level; as in dashboard/people.py. */
const HEX_PX = 10;
const [LEAST, MOST] = [4, 18];
const TILE = 256;
/** Tiles this many zooms coarser than the view: a screen is a handful of them. */
const COARSER = 2;

/** @param {number} level @returns {number} */
const served = (level) => Math.min(MOST, Math.max(LEAST, level));

/** The zoom a view is at. @param {Viewport} vp @returns {number} */
const zoomOf = (vp) => Math.log2(vp.scale / TILE);

/** The level whose hexagons are nearest to the design's size. @param {Viewport} vp @returns {number} */
export function densityLevel(vp) {
  return served(Math.round(zoomOf(vp) + Math.log2(HEX_PX / (RADIUS * vp.u))));
}

/** The map tiles a view touches, as "zoom/x/y". @param {Viewport} vp @returns {string[]} */
export function tilesIn(vp) {
  const zoom = served(Math.floor(zoomOf(vp)) - COARSER);
  const [side, last] = [vp.scale / 2 ** zoom, 2 ** zoom - 1];
  const within = (/** @type {number} */ n) => Math.min(last, Math.max(0, Math.floor(n)));
  const names = [];
  for (let x = within(vp.left / side); x <= within((vp.left + vp.width) / side); x++)
    for (let y = within(vp.top / side); y <= within((vp.top + vp.height) / side); y++) names.push(`${zoom}/${x}/${y}`);
  return names;
}

/** How many workers on duty the density counts within the tiles of a view. @param {DensityCells} cells @param {Viewport} vp @returns {number} */
export function countIn({ x, y, count, n }, vp) {
  const side = 2 ** served(Math.floor(zoomOf(vp)) - COARSER);
  const low = (/** @type {number} */ at) => Math.floor((at / vp.scale) * side) / side;
  const [west, north, east, south] = [low(vp.left), low(vp.top), low(vp.left + vp.width) + 1 / side, low(vp.top + vp.height) + 1 / side];
  let sum = 0;
  for (let k = 0; k < n; k++) if (x[k] >= west && x[k] < east && y[k] >= north && y[k] < south) sum += count[k];
  return sum;
}

/** What is asked for at a view. @param {Viewport} vp @param {DensityCells|null} cells newest density @param {boolean} close whether people are shown now
 * @returns {{density: number, tiles: string[], close: boolean}} */
export function detailOf(vp, cells, close) {
  const people = cells ? countIn(cells, vp) : Infinity;
  const now = people <= FEW_ENOUGH * (close ? SLACK : 1);
  return { density: densityLevel(vp), tiles: now ? tilesIn(vp) : [], close: now };
}

/** The feature. @param {Context} ctx @returns {import('../../types.mjs').Screen} */
export function mount(ctx) {
  const { stage } = ctx.map;
  let asked = '';
  let close = false;
  const look = () => {
    stage.partial = ctx.picture.partial;
    const cells = stage.partial ? ctx.density : null;
    if (cells !== (stage.density?.cells ?? null)) stage.density = cells && { cells };
    const view = [...stage.views].find((one) => one.visible && one.kind.events) ?? [...stage.views].find((one) => one.visible);
    if (!ctx.picture.partial || !view) return;
    const wanted = detailOf(view.vp, ctx.density, close);
    close = wanted.close;
    stage.near = close ? view : null;
    const key = `${wanted.density} ${wanted.tiles}`;
    if (key === asked) return;
    asked = key;
    ctx.view({ density: wanted.density, tiles: wanted.tiles });
  };
  return { frame: look, tick: look };
}
