/**
 * The columns of workers a browser holds, and how a frame's columns go into them. Sums digests for those who must prove
 * what they hold; decides nothing about who that is.
 *
 * @typedef {import("./types.mjs").Workers} Workers
 * @typedef {Record<string, import("./wire.mjs").Column>} Columns
 */
import { NO_FIX } from "./types.mjs";
import { workerDigest } from "./wire.mjs";

/** @returns {Workers} */
export function emptyWorkers() {
  return {
    n: 0, ids: [], names: [], regions: [], rowOf: new Map(), lon: new Int32Array(0), lat: new Int32Array(0),
    fixTime: new Float64Array(0), flag: new Uint8Array(0),
  };
}

/** A sum of digests modulo 2³². @param {number} sum @returns {number} */
export const wrapped = (sum) => ((sum % 2 ** 32) + 2 ** 32) % 2 ** 32;

/** The digest of one row as it is held. @param {Workers} workers @param {number} row @returns {number} */
export const digestOf = ({ lon, lat, flag }, row) => workerDigest(row, lon[row], lat[row], flag[row]);

/** Rows of the newest frame; the same array over and over. */
let touched = new Uint32Array(1024);

/**
 * Fold a frame's workers. @param {Workers} workers @param {Columns} columns @param {number} asOf UTC ms
 * @param {(row: number) => boolean} held whether `sum` counts this row already
 * @param {number} sum of the digests of those held before @returns {{rows: Uint32Array, sum: number}} valid until the next call
 */
export function foldWorkers(workers, columns, asOf, held, sum) {
  const close = columns["near.gap"]?.length ?? 0;
  const far = columns.row?.length ?? 0;
  if (touched.length < close + far) touched = new Uint32Array(2 * (close + far));
  const change = foldNear(workers, columns, asOf) + foldWhole(workers, columns, asOf, close, held);
  return { rows: touched.subarray(0, close + far), sum: wrapped(sum + change) };
}

/** Those who moved a little: differences to what is held. @param {Workers} workers @param {Columns} columns @param {number} asOf
 * @returns {number} what it adds to the sum of digests */
function foldNear(workers, { "near.gap": gap, "near.lon": dlon, "near.lat": dlat, "near.age": age }, asOf) {
  let [sum, row] = [0, -1];
  for (let k = 0; k < (gap?.length ?? 0); k++) {
    row += gap[k] + 1;
    sum -= digestOf(workers, row);
    workers.lon[row] += dlon[k];
    workers.lat[row] += dlat[k];
    workers.fixTime[row] = asOf - age[k];
    sum += digestOf(workers, row);
    touched[k] = row;
  }
  return sum;
}

/** Everybody else. @param {Workers} workers @param {Columns} columns @param {number} asOf @param {number} at
 * @param {(row: number) => boolean} held @returns {number} what it adds to the sum of digests */
function foldWhole(workers, { row: rows, lon, lat, age, flag }, asOf, at, held) {
  let sum = 0;
  for (let k = 0; k < (rows?.length ?? 0); k++) {
    const row = rows[k];
    touched[at + k] = row;
    if (row >= workers.lon.length) grow(workers, row);
    if (held(row)) sum -= digestOf(workers, row);
    if (row >= workers.n) workers.n = row + 1;
    workers.lon[row] = lon[k];
    workers.lat[row] = lat[k];
    workers.fixTime[row] = lon[k] === NO_FIX ? NaN : asOf - age[k];
    workers.flag[row] = flag[k];
    sum += digestOf(workers, row);
  }
  return sum;
}

/** @param {Workers} workers @param {number} row */
function grow(workers, row) {
  const size = Math.max(1024, workers.lon.length * 2, row + 1);
  for (const [name, none] of /** @type {const} */ ([["lon", NO_FIX], ["lat", NO_FIX], ["fixTime", NaN], ["flag", 0]])) {
    const bigger = new /** @type {any} */ (workers[name].constructor)(size).fill(none);
    bigger.set(workers[name]);
    Object.assign(workers, { [name]: bigger });
  }
}

/** @param {Workers} workers @param {{rows: number[], ids: string[], names: string[], regions: string[]}} roster */
export function foldRoster(workers, roster) {
  for (let row = workers.ids.length; row <= Math.max(-1, ...roster.rows.slice(-1)); row++)
    workers.ids[row] = workers.names[row] = workers.regions[row] = "";
  roster.rows.forEach((row, k) => {
    workers.ids[row] = roster.ids[k];
    workers.names[row] = roster.names[k];
    workers.regions[row] = roster.regions[k];
    workers.rowOf.set(roster.ids[k], row);
  });
}

/** This browser is no longer told where a row is. @param {Workers} workers @param {number} row */
export function forget(workers, row) {
  workers.lon[row] = workers.lat[row] = NO_FIX;
  workers.fixTime[row] = NaN;
}
