/**
 * One worker's track: where it is whole, where it breaks, and drawing it. A break is a gap in time; nothing is drawn
 * across one, because nobody knows where the worker went. Fetches nothing.
 *
 * @typedef {import('../../types.mjs').Track} Track
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {{x: number[], y: number[], time: number[]}} Path  A track in Mercator; grows while the worker is watched.
 */
import { mercatorX, mercatorY } from '../geo.mjs';
import { rimmed } from '../glyphs.mjs';

/** The longest silence a line may be drawn across, ms. */
export const GAP_MS = 180_000;

/** @param {Track} track @param {number} since UTC ms; older fixes are left out @returns {Path} */
export function pathOf(track, since) {
  /** @type {Path} */
  const path = { x: [], y: [], time: [] };
  for (let i = 0; i < track.time.length; i++)
    if (track.time[i] >= since) extend(path, track.lon[i], track.lat[i], track.time[i]);
  return path;
}

/**
 * Add a fix at the end; one that is not newer than the last is left out.
 * @param {Path} path @param {number} lon 1e-6 degrees @param {number} lat 1e-6 degrees @param {number} time UTC ms
 * @returns {boolean} whether the path grew
 */
export function extend(path, lon, lat, time) {
  const last = path.time.length - 1;
  if (!(time > (last < 0 ? -Infinity : path.time[last]))) return false;
  path.x.push(mercatorX(lon / 1e6));
  path.y.push(mercatorY(lat / 1e6));
  path.time.push(time);
  return true;
}

/**
 * The unbroken pieces of a path as [from, to) indices; a lone fix is a piece of one.
 * @param {readonly number[]} time UTC ms, rising @param {number} [gap] ms @returns {[number, number][]}
 */
export function pieces(time, gap = GAP_MS) {
  /** @type {[number, number][]} */
  const out = [];
  let from = 0;
  for (let i = 1; i <= time.length; i++)
    if (i === time.length || time[i] - time[i - 1] > gap) {
      out.push([from, i]);
      from = i;
    }
  return out;
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Path} path @param {Palette} palette */
export function drawTrack(c, vp, path, palette) {
  if (!path.time.length) return;
  const unit = vp.u * vp.dpr;
  const whole = pieces(path.time);
  c.lineJoin = c.lineCap = 'round';
  for (const [colour, width] of /** @type {[string, number][]} */ ([[palette.ground, 5], [palette.track, 2.2]])) {
    c.strokeStyle = colour;
    c.lineWidth = width * unit;
    c.beginPath();
    for (const [from, to] of whole) trace(c, vp, path, from, to);
    c.stroke();
  }
  const last = path.time.length - 1;
  rimmed(c, vp.x(path.x[0]), vp.y(path.y[0]), 3 * unit, palette.land, palette.track, 1.5 * unit);
  rimmed(c, vp.x(path.x[last]), vp.y(path.y[last]), 3.5 * unit, palette.track, palette.ground, 1.2 * unit);
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Path} path @param {number} from @param {number} to */
function trace(c, vp, path, from, to) {
  c.moveTo(vp.x(path.x[from]), vp.y(path.y[from]));
  if (to - from === 1) c.lineTo(vp.x(path.x[from]), vp.y(path.y[from]));
  for (let i = from + 1; i < to; i++) c.lineTo(vp.x(path.x[i]), vp.y(path.y[i]));
}
