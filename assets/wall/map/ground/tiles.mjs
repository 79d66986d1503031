/**
 * Which tiles a view needs, where each belongs, how it is addressed, and when a server is to be asked: the arithmetic of
 * raster tiles. Loads and draws nothing.
 *
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {{urls: string[], subdomains: string, shifted: boolean, min: number, max: number,
 *   bounds: [[number, number], [number, number]]|null, tone: 'map'|'imagery'|'off', own: boolean, note: string}} TileSpec
 *   `Tiles.for_browser` in dashboard/tiles.py. `shifted`: drawn in GCJ-02; `bounds` south-west, north-east in the tiles'
 *   datum; `own`: served by the wall from a file; `note`: said while no tiles come.
 * @typedef {{x: number, y: number, z: number}} Coords
 */
import { boxInGcj, tileEdges } from './datum.mjs';
import { mercatorX, mercatorY } from '../geo.mjs';

const SIZE = 256;
/** A bent edge may bulge between the corners of a view: this share of a tile is looked at beyond them. */
const MARGIN = 0.06;
/** This many tiles in a row that do not come are no holes any more. */
const ENOUGH = 8;
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 600_000;

/** Whether a tile server is to be asked. It has to show that it answers before it is asked for a whole view. */
export class Gate {
  constructor() {
    this.open = false;
    this.misses = 0;
    /** How long to wait before the next try, ms. */
    this.wait = FIRST_WAIT_MS;
  }

  /** A tile came. */
  came() {
    this.open = true;
    this.misses = 0;
    this.wait = FIRST_WAIT_MS;
  }

  /** A tile did not come. @returns {boolean} whether the gate is shut now, and the next try is due after `wait` */
  missed() {
    this.misses++;
    if (this.open && this.misses < ENOUGH) return false;
    if (!this.open) this.wait = Math.min(2 * this.wait, LONGEST_WAIT_MS);
    this.open = false;
    return true;
  }
}

/** The address of a tile. @param {string} template @param {Coords} coords @param {string} subdomains @returns {string} */
export function tileUrl(template, { x, y, z }, subdomains) {
  /** @type {Record<string, string|number>} */
  const values = { x, y, z, '-y': 2 ** z - 1 - y, s: subdomains[(x + y) % subdomains.length] ?? '' };
  return template.replace(/\{(-?\w)\}/g, (whole, key) => String(values[key] ?? whole));
}

/** The zoom whose tiles fit a view: about one pixel of a tile to a pixel of the screen. @param {Viewport} vp
 * @param {TileSpec} spec @returns {number} */
export function depthOf(vp, { min, max }) {
  const even = Math.round(Math.log2((vp.scale * vp.dpr) / SIZE));
  return Math.min(Math.max(even, min), max);
}

/**
 * The tiles of zoom `z` that a view shows, those nearest its middle first. @param {Viewport} vp @param {TileSpec} spec
 * @param {number} z @returns {Coords[]}
 */
export function tilesIn(vp, spec, z) {
  /** @type {[number, number, number, number]} */
  const view = [vp.left / vp.scale, vp.top / vp.scale, (vp.left + vp.width) / vp.scale, (vp.top + vp.height) / vp.scale];
  const box = spec.shifted ? boxInGcj(view) : view;
  const [left, top, right, bottom] = within(box, spec.bounds).map((side) => side * 2 ** z);
  const bulge = spec.shifted ? MARGIN : 0;
  const last = 2 ** z - 1;
  /** @type {Coords[]} */
  const out = [];
  for (let y = Math.max(0, Math.floor(top - bulge)); y <= Math.min(last, Math.ceil(bottom + bulge) - 1); y++)
    for (let x = Math.max(0, Math.floor(left - bulge)); x <= Math.min(last, Math.ceil(right + bulge) - 1); x++) out.push({ x, y, z });
  const far = (/** @type {Coords} */ { x, y }) => Math.hypot(x + 0.5 - (left + right) / 2, y + 0.5 - (top + bottom) / 2);
  return out.sort((a, b) => far(a) - far(b));
}

/** @param {[number, number, number, number]} box @param {TileSpec['bounds']} bounds @returns {number[]} */
function within([west, north, east, south], bounds) {
  if (!bounds) return [west, north, east, south];
  const [[s, w], [n, e]] = bounds;
  return [Math.max(west, mercatorX(w)), Math.max(north, mercatorY(n)), Math.min(east, mercatorX(e)), Math.min(south, mercatorY(s))];
}

/**
 * Where a tile lies in a view. Edges are rounded as such, so that neighbours meet. @param {Viewport} vp @param {Coords} coords
 * @param {boolean} shifted @returns {[number, number, number, number]} left, top, width, height in device pixels
 */
export function spotOf(vp, { x, y, z }, shifted) {
  const side = 1 / 2 ** z;
  const [left, top, right, bottom] = shifted ? tileEdges(z, x, y) : [x * side, y * side, (x + 1) * side, (y + 1) * side];
  const [l, t] = [Math.round(vp.x(left)), Math.round(vp.y(top))];
  return [l, t, Math.round(vp.x(right)) - l, Math.round(vp.y(bottom)) - t];
}

/**
 * What of the tile `up` zooms above covers this one. @param {Coords} coords @param {number} up
 * @returns {{coords: Coords, part: [number, number, number]}} `part`: left, top and side as shares of that tile
 */
export function above({ x, y, z }, up) {
  const n = 2 ** up;
  return { coords: { x: Math.floor(x / n), y: Math.floor(y / n), z: z - up }, part: [(x % n) / n, (y % n) / n, 1 / n] };
}
