/**
 * Geometry of areas: outlines in Mercator from GeoJSON and circles, whether a place lies inside, what may be an outline, and
 * files of them. Pure; draws nothing.
 *
 * @typedef {import('../../types.mjs').Shape} Shape
 * @typedef {{rings: Float64Array[], box: [number, number, number, number]}} Outline
 *   Rings as x, y, x, y, … in Mercator, filled by the even-odd rule; `box` west, north, east, south.
 * @typedef {[number, number]} LonLat degrees
 */
import { distance, latitudeOf, longitudeOf, mercatorX, mercatorY, metresPerUnit } from '../geo.mjs';

const CORNERS = 64;
/** As many points as the server takes (dashboard/areas.py). */
export const MOST_POINTS = 2000;
const DIGITS = 1e6;

/** @param {Shape} shape @returns {Outline} */
export function outlineOf(shape) {
  const rings = shape.type === 'Circle' ? [circle(shape.lat, shape.lon, shape.radius_m)] : partsOf(shape).flat().map(projected);
  /** @type {Outline['box']} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings)
    for (let k = 0; k < ring.length; k++) {
      const side = k % 2;
      box[side] = Math.min(box[side], ring[k]);
      box[side + 2] = Math.max(box[side + 2], ring[k]);
    }
  return { rings, box };
}

/** @param {Exclude<Shape, {type: 'Circle'}>} shape @returns {number[][][][]} polygons of rings */
const partsOf = (shape) => (shape.type === 'MultiPolygon' ? shape.coordinates : [shape.coordinates]);

/** @param {number[][]} ring degrees @returns {Float64Array} */
const projected = (ring) => Float64Array.from(ring.flatMap(([lon, lat]) => [mercatorX(lon), mercatorY(lat)]));

/** @param {number} lat @param {number} lon @param {number} radius metres @returns {Float64Array} */
export function circle(lat, lon, radius) {
  const [x, y] = [mercatorX(lon), mercatorY(lat)];
  const r = radius / metresPerUnit(y);
  return Float64Array.from({ length: 2 * CORNERS }, (_, k) => {
    const turn = (Math.floor(k / 2) / CORNERS) * 2 * Math.PI;
    return k % 2 ? y + r * Math.sin(turn) : x + r * Math.cos(turn);
  });
}

/** @param {Outline} outline @param {number} x @param {number} y Mercator @returns {boolean} */
export function contains({ rings, box }, x, y) {
  if (x < box[0] || x > box[2] || y < box[1] || y > box[3]) return false;
  let inside = false;
  for (const ring of rings)
    for (let at = 0, before = ring.length - 2; at < ring.length; before = at, at += 2)
      if (ring[at + 1] > y !== ring[before + 1] > y && x < ((ring[before] - ring[at]) * (y - ring[at + 1])) / (ring[before + 1] - ring[at + 1]) + ring[at]) inside = !inside;
  return inside;
}

/** South-west and north-east in degrees. @param {Outline} outline @returns {[LonLat, LonLat]} latitude first, as Leaflet wants it */
export function boundsOf({ box: [west, north, east, south] }) {
  return [[latitudeOf(south), longitudeOf(west)], [latitudeOf(north), longitudeOf(east)]];
}

/** Whether a ring (open or closed) crosses itself. @param {readonly number[][]} ring x, y in any unit @returns {boolean} */
export function crossesItself(ring) {
  const closed = ring.length > 1 && ring[0][0] === ring[ring.length - 1][0] && ring[0][1] === ring[ring.length - 1][1];
  const points = closed ? ring.slice(0, -1) : ring;
  const n = points.length;
  for (let a = 0; a < n; a++)
    for (let b = a + 2; b < n; b++) if (!(a === 0 && b === n - 1) && crosses(points[a], points[a + 1], points[b], points[(b + 1) % n])) return true;
  return false;
}

/** @param {number[]} a @param {number[]} b @param {number[]} c @param {number[]} d @returns {boolean} */
function crosses(a, b, c, d) {
  const side = (/** @type {number[]} */ p, /** @type {number[]} */ q, /** @type {number[]} */ r) => Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}

/** Mercator points as a GeoJSON polygon. @param {readonly (readonly [number, number])[]} points @returns {Shape} */
export function polygonOf(points) {
  const ring = points.map(([x, y]) => [rounded(longitudeOf(x)), rounded(latitudeOf(y))]);
  return { type: 'Polygon', coordinates: [[...ring, ring[0]]] };
}

/** The circle round one Mercator point through another. @param {readonly [number, number]} middle @param {readonly [number, number]} rim @returns {Shape} */
export function circleOf(middle, rim) {
  const [[lat, lon], [lat2, lon2]] = [middle, rim].map(([x, y]) => [latitudeOf(y), longitudeOf(x)]);
  return { type: 'Circle', lat: rounded(lat), lon: rounded(lon), radius_m: Math.round(distance(lat, lon, lat2, lon2)) };
}

/** Closed Mercator loops (x, y, x, y, …) as polygons, those inside another as its holes. @param {readonly Float64Array[]} loops @returns {Shape} */
export function shapeOfLoops(loops) {
  const outlines = loops.map((loop) => ({ loop, outline: outlineOf(polygonOf(pairs(loop))) }));
  const parent = (/** @type {Float64Array} */ loop) => outlines.find((other) => other.loop !== loop && contains(other.outline, loop[0], loop[1]));
  const outer = outlines.filter(({ loop }) => !parent(loop));
  const ring = (/** @type {Float64Array} */ loop) => /** @type {{coordinates: number[][][]}} */ (polygonOf(pairs(loop))).coordinates[0];
  return { type: 'MultiPolygon', coordinates: outer.map(({ loop }) => [ring(loop), ...outlines.filter((one) => parent(one.loop)?.loop === loop).map((one) => ring(one.loop))]) };
}

/** @param {Float64Array} loop @returns {[number, number][]} */
const pairs = (loop) => Array.from({ length: loop.length / 2 }, (_, k) => [loop[2 * k], loop[2 * k + 1]]);

/** @param {number} degrees */
const rounded = (degrees) => Math.round(degrees * DIGITS) / DIGITS;

/** A file that holds no areas; `key` says why, for the words. */
export class BadFile extends Error {}

/**
 * The polygons of a GeoJSON text with the names they bear.
 * @param {string} text @returns {{name: string, geometry: Shape}[]}
 * @throws {BadFile} its message is the key of a sentence
 */
export function readGeoJson(text) {
  let file;
  try {
    file = JSON.parse(text);
  } catch {
    throw new BadFile('area.file.json');
  }
  const features = file?.type === 'FeatureCollection' ? file.features : [file?.type === 'Feature' ? file : { geometry: file, properties: {} }];
  const found = (Array.isArray(features) ? features : []).filter((one) => ['Polygon', 'MultiPolygon'].includes(one?.geometry?.type));
  if (found.length === 0) throw new BadFile('area.file.none');
  return found.map(({ geometry: { type, coordinates }, properties }) => {
    check({ type, coordinates });
    return { name: String(properties?.name ?? properties?.NAME ?? ''), geometry: { type, coordinates } };
  });
}

/** @param {any} shape */
function check(shape) {
  const rings = partsOf(shape).flat();
  const place = (/** @type {any} */ at) => Array.isArray(at) && Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90;
  if (!rings.every((ring) => Array.isArray(ring) && ring.length >= 3 && ring.every(place))) throw new BadFile('area.file.degrees');
  if (rings.reduce((sum, ring) => sum + ring.length, 0) > MOST_POINTS) throw new BadFile('area.file.points');
  if (rings.some(crossesItself)) throw new BadFile('area.crossed');
}
