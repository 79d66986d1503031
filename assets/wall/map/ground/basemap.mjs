/**
 * What lies under the data: styles of the base map's features (drawn by Leaflet) and the grid cells, 6,257 polygons
 * drawn as one path. Knows neither workers nor events.
 *
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {{n: number, from: Int32Array, x: Float64Array, y: Float64Array, box: Float64Array}} Grids
 *   Rings in Mercator: ring k has the vertices [from[k], from[k+1]); `box` west, north, east, south per ring.
 * @typedef {{codes: string[], rings: number[][], scale: number}} GridFile
 *   `rings`: x0, y0, dx, dy, … as integers of 1/scale degrees.
 */
import { mercatorX, mercatorY } from '../geo.mjs';

/** Order from the ground up. */
const RANK = ['neighbour', 'city', 'district', 'water', 'river', 'metro'];
/** Coarser than this (metres per u) cells are left out; up to CLEAR_MPU they are a faint texture. */
const CELL_MPU = 180;
const CLEAR_MPU = 30;

/** Points are names, and names are drawn elsewhere. @param {any} feature @returns {boolean} */
export function isShape(feature) {
  return feature.geometry.type !== 'Point' && RANK.includes(feature.properties.kind);
}

/** @param {string} kind @returns {number} */
export function rankOf(kind) {
  return RANK.indexOf(kind);
}

/**
 * Leaflet's path options for a feature. @param {string} kind @param {string} type geometry type
 * @param {Palette} palette @param {number} u CSS pixels @returns {import('leaflet').PathOptions}
 */
export function styleOf(kind, type, palette, u) {
  const bare = { stroke: false, fill: false, interactive: false, lineJoin: /** @type {const} */ ('round') };
  if (kind === 'district') return { ...bare, fill: true, fillColor: palette.land, fillOpacity: 1, stroke: true, color: palette.border, weight: 0.75 * u, opacity: 1 };
  if (kind === 'city') return { ...bare, stroke: true, color: palette.city, weight: 2.5 * u, opacity: 1 };
  if (kind === 'water' || (kind === 'river' && type.endsWith('Polygon'))) return { ...bare, fill: true, fillColor: palette.water, fillOpacity: 1 };
  if (kind === 'river') return { ...bare, stroke: true, color: palette.water, weight: 3 * u, opacity: 1 };
  if (kind === 'metro') return { ...bare, stroke: true, ...lineColour(palette.metro), weight: 1.5 * u };
  return bare;
}

/** "#rrggbbaa" as Leaflet wants it. @param {string} token */
function lineColour(token) {
  const alpha = token.length === 9 ? parseInt(token.slice(7), 16) / 255 : 1;
  return { color: token.slice(0, 7), opacity: alpha };
}

/** @param {GridFile} file @returns {Grids} */
export function decodeGrids({ rings, scale }) {
  const n = rings.length;
  const from = new Int32Array(n + 1);
  rings.forEach((ring, k) => (from[k + 1] = from[k] + ring.length / 2));
  const grids = { n, from, x: new Float64Array(from[n]), y: new Float64Array(from[n]), box: new Float64Array(4 * n) };
  for (let k = 0; k < n; k++) decodeRing(rings[k], scale, grids, k);
  return grids;
}

/** @param {number[]} ring @param {number} scale @param {Grids} grids @param {number} k */
function decodeRing(ring, scale, { from, x, y, box }, k) {
  let [lon, lat] = [0, 0];
  box.set([Infinity, Infinity, -Infinity, -Infinity], 4 * k);
  for (let i = 0, at = from[k]; i < ring.length; i += 2, at++) {
    lon += ring[i];
    lat += ring[i + 1];
    x[at] = mercatorX(lon / scale);
    y[at] = mercatorY(lat / scale);
    box[4 * k] = Math.min(box[4 * k], x[at]);
    box[4 * k + 1] = Math.min(box[4 * k + 1], y[at]);
    box[4 * k + 2] = Math.max(box[4 * k + 2], x[at]);
    box[4 * k + 3] = Math.max(box[4 * k + 3], y[at]);
  }
}

/**
 * The rings that touch a view. @param {Grids} grids @param {Viewport} vp @returns {number[]} ring numbers
 */
export function ringsIn({ n, box }, vp) {
  const west = vp.left / vp.scale;
  const north = vp.top / vp.scale;
  const east = (vp.left + vp.width) / vp.scale;
  const south = (vp.top + vp.height) / vp.scale;
  const out = [];
  for (let k = 0; k < n; k++)
    if (box[4 * k] < east && box[4 * k + 2] > west && box[4 * k + 1] < south && box[4 * k + 3] > north) out.push(k);
  return out;
}

/**
 * Draw the cells of this view as hairlines; the whole as one path, so that shared edges do not add up.
 * @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Grids} grids @param {Palette} palette
 */
export function drawGrids(c, vp, grids, palette) {
  if (vp.mpu > CELL_MPU) return;
  const whole = vp.mpu <= CLEAR_MPU;
  c.beginPath();
  for (const ring of ringsIn(grids, vp)) traceRing(c, vp, grids, ring);
  c.strokeStyle = palette.cell;
  c.globalAlpha = whole ? 1 : Math.max(0.35, CLEAR_MPU / vp.mpu);
  c.lineWidth = Math.max(1, (whole ? 1 : 0.5) * vp.unit);
  c.stroke();
  c.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Grids} grids @param {number} ring */
function traceRing(c, vp, { from, x, y }, ring) {
  for (let at = from[ring]; at < from[ring + 1]; at++)
    c[at === from[ring] ? 'moveTo' : 'lineTo'](vp.x(x[at]), vp.y(y[at]));
  c.closePath();
}
