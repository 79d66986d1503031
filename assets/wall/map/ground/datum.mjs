/**
 * Between WGS-84, in which the wall keeps every place, and GCJ-02, in which Chinese map services draw. The formulas are
 * npm's gcoord; this is the one module that calls it. CGCS2000 differs from WGS-84 by centimetres and is taken as the same.
 */
import gcoord from '../../../vendor/gcoord.min.js';
import { latitudeOf, longitudeOf, mercatorX, mercatorY } from '../geo.mjs';

/** @typedef {{lat: number, lon: number}} Place  degrees */

/** WGS-84 → GCJ-02; the same outside China. @param {Place} place @returns {Place} */
export function toGcj({ lat, lon }) {
  const [x, y] = gcoord.transform([lon, lat], gcoord.WGS84, gcoord.GCJ02);
  return { lat: y, lon: x };
}

/** GCJ-02 → WGS-84. @param {Place} place @returns {Place} */
export function toWgs({ lat, lon }) {
  const [x, y] = gcoord.transform([lon, lat], gcoord.GCJ02, gcoord.WGS84);
  return { lat: y, lon: x };
}

/**
 * A point of the Mercator square (0–1 to the east and to the south) in the other datum.
 * @param {(place: Place) => Place} convert @param {number} x @param {number} y @returns {{x: number, y: number}}
 */
export function moved(convert, x, y) {
  const { lat, lon } = convert({ lat: latitudeOf(y), lon: longitudeOf(x) });
  return { x: mercatorX(lon), y: mercatorY(lat) };
}

/**
 * Where a tile drawn in GCJ-02 belongs on a WGS-84 map, as edges in the Mercator square. Each edge is taken at its own
 * middle, so that neighbours share their edge exactly and no seam can open.
 * @param {number} z @param {number} x @param {number} y tile @returns {[number, number, number, number]} left, top, right, bottom
 */
export function tileEdges(z, x, y) {
  const side = 1 / 2 ** z;
  const at = (/** @type {number} */ across, /** @type {number} */ down) => moved(toWgs, (x + across) * side, (y + down) * side);
  return [at(0, 0.5).x, at(0.5, 0).y, at(1, 0.5).x, at(0.5, 1).y];
}

/**
 * The part of a GCJ-02 tile pyramid that a WGS-84 view needs. @param {[number, number, number, number]} box west, north,
 * east, south in the Mercator square @returns {[number, number, number, number]} the same in GCJ-02, around all four corners
 */
export function boxInGcj([west, north, east, south]) {
  const corners = [[west, north], [east, north], [east, south], [west, south]].map(([x, y]) => moved(toGcj, x, y));
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
