/**
 * Cells as runs of pixels: which pixels of a view belong to which ring, found once a view, filled with any colours in a few
 * milliseconds. Knows neither regions nor what the colours mean.
 *
 * @typedef {import('../ground/basemap.mjs').Grids} Grids
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {{width: number, height: number, step: number, n: number, runs: Int32Array}} Runs
 *   `runs`: ring, first pixel, end pixel of each run; a pixel of these is `step` × `step` device pixels.
 * @typedef {{colour: number, stripe: number, period: number, lean: 1|-1}} Ink
 *   `colour`, `stripe` packed pixels (palette.mjs); `period` pixels from stripe to stripe, 0 for none; a third of it is stripe.
 */
import { ringsIn } from '../ground/basemap.mjs';

/** More pixels than this are found at half the size: cells need no finer edges where a pixel is half a unit. */
const MANY = 3_000_000;

/** @param {Grids} grids @param {Viewport} vp @returns {Runs} */
export function runsOf(grids, vp) {
  const step = vp.width * vp.height * vp.dpr * vp.dpr > MANY ? 2 : 1;
  const [width, height] = [vp.width, vp.height].map((side) => Math.max(1, Math.ceil((side * vp.dpr) / step)));
  const found = { width, height, step, n: 0, runs: new Int32Array(3 * 65_536) };
  for (const ring of ringsIn(grids, vp)) scan(grids, ring, vp, found);
  return found;
}

/** One ring, row by row through the middles of the pixels. @param {Grids} grids @param {number} ring @param {Viewport} vp @param {Runs} found */
function scan({ from, x, y, box }, ring, vp, found) {
  const [first, end] = [from[ring], from[ring + 1]];
  const density = vp.dpr / found.step;
  const rowOf = (/** @type {number} */ side) => (box[4 * ring + side] * vp.scale - vp.top) * density - 0.5;
  const [top, foot] = [Math.max(0, Math.ceil(rowOf(1))), Math.min(found.height - 1, Math.floor(rowOf(3)))];
  /** @type {number[]} */
  const crossings = [];
  for (let row = top; row <= foot; row++) {
    const level = (row + 0.5) / density + vp.top;
    crossings.length = 0;
    for (let at = first, before = end - 1; at < end; before = at++) {
      const [y0, y1] = [y[before] * vp.scale, y[at] * vp.scale];
      if (y0 > level === y1 > level) continue;
      crossings.push((x[before] + ((x[at] - x[before]) * (level - y0)) / (y1 - y0)) * vp.scale);
    }
    if (crossings.length > 2) crossings.sort((a, b) => a - b);
    else if (crossings[0] > crossings[1]) crossings.reverse();
    for (let k = 0; k + 1 < crossings.length; k += 2) put(found, ring, row, (crossings[k] - vp.left) * density, (crossings[k + 1] - vp.left) * density);
  }
}

/** @param {Runs} found @param {number} ring @param {number} row @param {number} west @param {number} east */
function put(found, ring, row, west, east) {
  const left = Math.max(0, Math.ceil(west - 0.5));
  const right = Math.min(found.width, Math.ceil(east - 0.5));
  if (right <= left) return;
  if (3 * found.n === found.runs.length) {
    const more = new Int32Array(2 * found.runs.length);
    more.set(found.runs);
    found.runs = more;
  }
  found.runs.set([ring, row * found.width + left, row * found.width + right], 3 * found.n++);
}

/**
 * Fill every run with its ring's ink, nothing for a ring without; pixels of no ring stay as they are.
 * @param {Uint32Array} pixels `width` × `height` @param {Runs} runs @param {Uint8Array} classes by ring @param {(Ink|null)[]} inks by class
 * @param {Uint8Array|null} [before] the classes the pixels have already: only what differs is filled
 */
export function fill(pixels, { n, runs, width }, classes, inks, before = null) {
  for (let k = 0; k < 3 * n; k += 3) {
    const ring = runs[k];
    if (before && before[ring] === classes[ring]) continue;
    const ink = inks[classes[ring]];
    pixels.fill(ink ? ink.colour : 0, runs[k + 1], runs[k + 2]);
    if (ink?.period) hatch(pixels, runs[k + 1], runs[k + 2], width, ink);
  }
}

/** Diagonal stripes that run on from cell to cell. @param {Uint32Array} pixels @param {number} start @param {number} end
 * @param {number} width @param {Ink} ink */
function hatch(pixels, start, end, width, { stripe, period, lean }) {
  const row = Math.floor(start / width);
  const thick = Math.max(1, Math.round(period / 3));
  const offset = (((start - row * width + lean * row) % period) + period) % period;
  for (let at = start - offset; at < end; at += period)
    pixels.fill(stripe, Math.max(start, at), Math.max(start, Math.min(end, at + thick)));
}
