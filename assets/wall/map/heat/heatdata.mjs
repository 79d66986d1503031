/**
 * What the heat map is made of: the events and workers of this moment, from the picture, or counted cells of a stretch of
 * time, from the server. Pure; fetches nothing.
 *
 * @typedef {import('./kernel.mjs').Points} Points
 * @typedef {'events'|'workers'} What
 * @typedef {{cell: number, lat: number[], lon: number[], weight: number[]}} HeatAnswer
 *   `/api/heat`: middles of cells of `cell` metres, 1e-6 degrees; weight in events or worker-minutes.
 */
import { mercatorX, mercatorY } from '../geo.mjs';
import { within } from '../../taxonomy.mjs';
import { NO_FIX } from '../../types.mjs';
import { lookOf, onDuty, FRESH } from '../people/looks.mjs';

const MICRO = 1e6;
const MINUTES = 60;
const REACH = 40; // u, twice the kernel's standard deviation over a whole city
const CITY_MPU = 75; // finer, it grows on the glass and shrinks on the ground: else near views show single points
const MOST = 160; // u
const CELLS_M = [50, 100, 200, 500, 1000];

/** How far a point's warmth reaches, u. @param {number} mpu metres per u */
const reach = (mpu) => Math.min(MOST, REACH * Math.sqrt(Math.max(1, CITY_MPU / mpu)));

/** How far a point's warmth reaches. @param {{mpu: number, u: number}} vp @returns {number} CSS pixels */
export const reachOf = ({ mpu, u }) => reach(mpu) * u;

/** The cells to ask for at a view: fine enough not to be seen. @param {{mpu: number}} vp @returns {number} metres */
export function cellOf({ mpu }) {
  return CELLS_M.findLast((metres) => metres <= (reach(mpu) * mpu) / 4) ?? CELLS_M[0];
}

/** @param {number} n @returns {Points} */
const room = (n) => ({ x: new Float64Array(n), y: new Float64Array(n), weight: null, n: 0, total: 0 });

/** @param {Points} points @param {number} lat degrees @param {number} lon */
function put(points, lat, lon) {
  points.x[points.n] = mercatorX(lon);
  points.y[points.n] = mercatorY(lat);
  points.total = ++points.n;
}

/** The open events. @param {Iterable<import('../../types.mjs').EventRow>} events @param {number} size @param {string} category '' for all
 * @returns {Points} */
export function eventPoints(events, size, category) {
  const points = room(size);
  for (const { cat, lat, lon } of events) if (within(cat, category)) put(points, lat, lon);
  return points;
}

/** The workers on duty whose place is known. @param {import('../../types.mjs').Workers} workers @param {number} now UTC ms
 * @param {{stale_s: number, lost_s: number}} limits @returns {Points} */
export function workerPoints(workers, now, limits) {
  const points = room(workers.n);
  for (let row = 0; row < workers.n; row++) {
    const look = lookOf(workers.flag[row], now - workers.fixTime[row], limits);
    if (workers.lon[row] === NO_FIX || !onDuty(look) || look & FRESH.lost) continue;
    put(points, workers.lat[row] / MICRO, workers.lon[row] / MICRO);
  }
  return points;
}

/** Workers as the server's density, where this browser does not know everybody. @param {import('../people/hexfield.mjs').Cells} cells
 * @returns {Points} */
export function countedPoints({ x, y, count, n }) {
  const weight = Float32Array.from(count.subarray(0, n));
  return { x, y, weight, n, total: weight.reduce((sum, one) => sum + one, 0) };
}

/** What the server counted; workers in hours. @param {HeatAnswer} answer @param {What} what @returns {Points} */
export function cellPoints({ lat, lon, weight }, what) {
  const points = room(lat.length);
  const share = what === 'workers' ? 1 / MINUTES : 1;
  points.weight = Float32Array.from(weight, (one) => one * share);
  for (let k = 0; k < lat.length; k++) put(points, lat[k] / MICRO, lon[k] / MICRO);
  points.total = points.weight.reduce((sum, one) => sum + one, 0);
  return points;
}
