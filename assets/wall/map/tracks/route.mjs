/**
 * One worker's queried track as the map needs it: legs, how fast, and where the worker was at a moment. The server has
 * found stops and gaps (callbacks/history.py); nothing here guesses a way across a gap. Pure.
 *
 * @typedef {{worker: string, name: string, role: string, region: string, t: number[], lat: number[], lon: number[],
 *   thinned: number|null, stops: {from: number, to: number, lat: number, lon: number}[],
 *   gaps: {from: number, to: number}[], distance_m: number, moving_ms: number, top_mps: number, jumps: number}} TrackAnswer
 *   One worker of `/api/tracks`: `t` UTC ms rising, `lat`, `lon` 1e-6 degrees; `thinned`: fixes there were, if fewer are
 *   here; speeds m/s.
 * @typedef {{id: string, slot: number, answer: TrackAnswer, n: number, t: Float64Array, x: Float64Array, y: Float64Array,
 *   pace: Uint8Array, legs: [number, number][], stops: {from: number, to: number, x: number, y: number}[]}} Route
 *   `slot` 0–5: its colour and number; `x`, `y` Mercator; `pace[k]` class of the way from fix k-1 to k; `legs` unbroken
 *   pieces as [from, to) fixes.
 * @typedef {'moving'|'stopped'|'silent'} State
 * @typedef {{x: number, y: number, state: State, since: number, until: number}} Place
 *   `since`, `until`: of the stop or the silence, UTC ms.
 */
import { distance, mercatorX, mercatorY } from '../geo.mjs';
import { GAP_MS } from './track.mjs';

/** Upper ends of the slower classes of pace, m/s: on foot, by bicycle; above: by car. */
export const PACES = [2, 7];
const JUMP_MPS = 60; // nobody moves so: the line breaks there
const AROUND = 2; // ways to each side that count for a pace
const MICRO = 1e6;

/** @param {TrackAnswer} answer @param {number} slot @returns {Route} */
export function routeOf(answer, slot) {
  const n = answer.t.length;
  const legs = legsOf(answer);
  return {
    id: answer.worker, slot, answer, n, legs,
    t: Float64Array.from(answer.t),
    x: Float64Array.from(answer.lon, (lon) => mercatorX(lon / MICRO)),
    y: Float64Array.from(answer.lat, (lat) => mercatorY(lat / MICRO)),
    pace: paces(answer, legs),
    stops: answer.stops.map(({ from, to, lat, lon }) => ({ from, to, x: mercatorX(lon / MICRO), y: mercatorY(lat / MICRO) })),
  };
}

/** Metres a second from fix k-1 to k. @param {TrackAnswer} answer @param {number} k @returns {number} */
function speed({ t, lat, lon }, k) {
  return distance(lat[k - 1] / MICRO, lon[k - 1] / MICRO, lat[k] / MICRO, lon[k] / MICRO) / ((t[k] - t[k - 1]) / 1000);
}

/** Unbroken pieces: broken at the server's gaps and at impossible jumps. @param {TrackAnswer} answer
 * @returns {[number, number][]} */
export function legsOf(answer) {
  const { t, gaps } = answer;
  /** @type {[number, number][]} */
  const legs = [];
  let [from, gap] = [0, 0];
  for (let k = 1; k <= t.length; k++) {
    while (gap < gaps.length && gaps[gap].to <= t[k - 1]) gap++;
    const silent = k < t.length && gap < gaps.length && gaps[gap].from < t[k];
    if (k < t.length && !silent && speed(answer, k) <= JUMP_MPS) continue;
    legs.push([from, k]);
    from = k;
  }
  return legs;
}

/** The class of every way, from the speed over the ways around it: a line that changes its weight with every fix says
 * nothing. @param {TrackAnswer} answer @param {[number, number][]} legs @returns {Uint8Array} */
function paces(answer, legs) {
  const out = new Uint8Array(answer.t.length);
  const { t } = answer;
  for (const [from, to] of legs) {
    const far = [0];
    for (let k = from + 1; k < to; k++) far.push(far[k - from - 1] + (speed(answer, k) * (t[k] - t[k - 1])) / 1000);
    for (let k = from + 1; k < to; k++) {
      const [a, b] = [Math.max(from, k - 1 - AROUND), Math.min(to - 1, k + AROUND)];
      out[k] = paceOf((far[b - from] - far[a - from]) / ((t[b] - t[a]) / 1000));
    }
  }
  return out;
}

/** 0 on foot, 1 by bicycle, 2 by car. @param {number} mps @returns {number} */
export const paceOf = (mps) => PACES.filter((limit) => mps > limit).length;

/** The last fix at or before `ms`, -1 when there is none. @param {Float64Array} t rising @param {number} ms @returns {number} */
export function indexAt(t, ms) {
  let [low, high] = [0, t.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (t[middle] <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The leg fix `k` is in. @param {readonly [number, number][]} legs @param {number} k @returns {number} */
export function legAt(legs, k) {
  let [low, high] = [0, legs.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (legs[middle][0] <= k) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Where a worker was at a moment: between two fixes of a leg on the straight line, in a gap where they were last seen.
 * @param {Route} route @param {number} ms UTC ms @returns {Place|null} null before the first fix
 */
export function placeAt({ n, t, x, y, legs, stops }, ms) {
  const k = indexAt(t, ms);
  if (k < 0) return null;
  const last = k === legs[legAt(legs, k)][1] - 1;
  if (last && ms > t[k]) {
    const until = k + 1 < n ? t[k + 1] : Infinity;
    const short = until === Infinity && ms - t[k] <= GAP_MS;
    return { x: x[k], y: y[k], state: short ? 'moving' : 'silent', since: t[k], until };
  }
  const stop = stops.find(({ from, to }) => from <= ms && ms <= to);
  const share = last ? 0 : (ms - t[k]) / (t[k + 1] - t[k]);
  const at = last ? k : k + 1;
  return {
    x: x[k] + (x[at] - x[k]) * share, y: y[k] + (y[at] - y[k]) * share,
    state: stop ? 'stopped' : 'moving', since: stop?.from ?? t[k], until: stop?.to ?? t[at],
  };
}

/** South-west and north-east corners in degrees around all fixes, a little wider; null when there are none.
 * @param {readonly Route[]} routes @returns {[[number, number], [number, number]]|null} */
export function boundsOf(routes) {
  let [south, west, north, east] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { answer: { lat, lon } } of routes)
    for (let k = 0; k < lat.length; k++) {
      [south, north] = [Math.min(south, lat[k]), Math.max(north, lat[k])];
      [west, east] = [Math.min(west, lon[k]), Math.max(east, lon[k])];
    }
  if (south > north) return null;
  const pad = Math.max(5000, 0.06 * Math.max(north - south, east - west));
  return [[(south - pad) / MICRO, (west - pad) / MICRO], [(north + pad) / MICRO, (east + pad) / MICRO]];
}
