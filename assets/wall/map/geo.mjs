/**
 * Geometry of the ground: Web Mercator as fractions of the world square, and distances. Knows no map and no screen.
 */

const RADIUS_M = 6371008.8;
const EQUATOR_M = 40075016.69;

/** Longitude in degrees → x in 0–1, growing east. @param {number} lon @returns {number} */
export function mercatorX(lon) {
  return lon / 360 + 0.5;
}

/** Latitude in degrees → y in 0–1, growing south. @param {number} lat @returns {number} */
export function mercatorY(lat) {
  const s = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
}

/** x in 0–1 → longitude in degrees. @param {number} x @returns {number} */
export function longitudeOf(x) {
  return (x - 0.5) * 360;
}

/** y in 0–1 → latitude in degrees. @param {number} y @returns {number} */
export function latitudeOf(y) {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

/** Metres on the ground per unit of Mercator at height y. @param {number} y @returns {number} */
export function metresPerUnit(y) {
  return EQUATOR_M / Math.cosh(Math.PI * (1 - 2 * y));
}

/**
 * Great-circle distance in metres (haversine).
 * @param {number} lat1 @param {number} lon1 @param {number} lat2 @param {number} lon2 @returns {number}
 */
export function distance(lat1, lon1, lat2, lon2) {
  const rad = Math.PI / 180;
  const a = Math.sin(((lat2 - lat1) * rad) / 2);
  const b = Math.sin(((lon2 - lon1) * rad) / 2);
  const h = a * a + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * b * b;
  return 2 * RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}
