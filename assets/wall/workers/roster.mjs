/**
 * What the workers screen counts and lists, from the columns of workers and the duty board. Pure.
 *
 * @typedef {import('../types.mjs').Board} Board
 * @typedef {import('../types.mjs').BoardRow} BoardRow
 * @typedef {import('../types.mjs').Track} Track
 * @typedef {import('../types.mjs').Config} Config
 * @typedef {BoardRow & {name: string, mix: number[]}} DutyRow  `mix`: shares of on, in percent, in the order of MIX.
 */

export const DUTIES = ['unknown', 'available', 'dispatched', 'en_route', 'on_scene', 'off_duty', 'out_of_service'];
export const ROLES = ['unknown', 'full_time', 'part_time', 'grid_head', 'volunteer', 'liaison', 'supervisor'];
export const MIX = /** @type {const} */ (['available', 'dispatched', 'en_route', 'on_scene', 'lost']);
/** A silence this long within a track is a gap: nobody knows the way in between. */
export const TRACK_GAP_MS = 3 * 60 * 1000;
const EARTH_M = 6371008.8;

/** @param {number} flag @returns {string} */
export const dutyOf = (flag) => DUTIES[flag & 7] ?? 'unknown';
/** @param {number} flag @returns {string} */
export const roleOf = (flag) => ROLES[(flag >> 3) & 7] ?? 'unknown';
/** On duty: available, dispatched, en route or on scene. @param {number} flag */
export const onDuty = (flag) => (flag & 7) >= 1 && (flag & 7) <= 4;

/**
 * The duty table: the city's districts in their order, then what belongs to none of them, if anybody does.
 * @param {Board} board @param {Config['districts']} districts
 * @param {(words: import('../types.mjs').Words|undefined, fallback: string) => string} name @param {string} elsewhere
 * @returns {DutyRow[]}
 */
export function dutyRows(board, districts, name, elsewhere) {
  const rows = new Map(board.districts.map((row) => [row.code, row]));
  const known = districts.flatMap(({ code, name: words }) => {
    const row = rows.get(code);
    rows.delete(code);
    return row ? [withMix(row, name(words, code))] : [];
  });
  const others = [...rows.values()].filter((row) => row.total > 0);
  return [...known, ...others.map((row) => withMix(row, row.code || elsewhere))];
}

/** @param {BoardRow} row @param {string} name @returns {DutyRow} */
export const withMix = (row, name) => ({ ...row, name, mix: MIX.map((key) => (row.on > 0 ? (row[key] / row.on) * 100 : 0)) });

/** The fixes of a track from `from` on, cut into legs wherever it was silent. @param {Track} track @param {number} from @returns {[number, number][]} [first, end) rows */
export function legs(track, from) {
  /** @type {[number, number][]} */
  const out = [];
  let start = track.time.findIndex((time) => time >= from);
  if (start < 0) return out;
  for (let i = start + 1; i <= track.time.length; i += 1) {
    if (i < track.time.length && track.time[i] - track.time[i - 1] <= TRACK_GAP_MS) continue;
    out.push([start, i]);
    start = i;
  }
  return out;
}

/** Metres walked over the legs; what lies in a gap is not counted. @param {Track} track @param {[number, number][]} parts */
export function metres(track, parts) {
  let sum = 0;
  for (const [first, end] of parts) for (let i = first + 1; i < end; i += 1) sum += step(track, i);
  return sum;
}

/** Metres from fix i−1 to fix i: equirectangular, exact enough over seconds of walking. @param {Track} track @param {number} i */
function step({ lon, lat }, i) {
  const rad = Math.PI / 180e6;
  const x = (lon[i] - lon[i - 1]) * rad * Math.cos(((lat[i] + lat[i - 1]) / 2) * rad);
  return Math.hypot(x, (lat[i] - lat[i - 1]) * rad) * EARTH_M;
}

/**
 * Legs as points in a box of `width` × `height`, one scale for both axes, north up.
 * @param {Track} track @param {[number, number][]} parts @param {number} width @param {number} height @returns {string[]} SVG points
 */
export function sketch(track, parts, width, height) {
  if (parts.length === 0) return [];
  const [first, end] = [parts[0][0], parts[parts.length - 1][1]];
  const squeeze = Math.cos((track.lat[first] / 180e6) * Math.PI);
  const xs = Array.from(track.lon.subarray(first, end), (lon) => (lon - track.lon[first]) * squeeze);
  const ys = Array.from(track.lat.subarray(first, end), (lat) => track.lat[first] - lat);
  const [left, top] = [xs.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.min(a, b))];
  const [wide, high] = [xs.reduce((a, b) => Math.max(a, b)) - left, ys.reduce((a, b) => Math.max(a, b)) - top];
  const scale = Math.min(width / Math.max(wide, 200), height / Math.max(high, 200)); // 200 ≈ 20 m: standing is not a scrawl
  const [dx, dy] = [(width - wide * scale) / 2, (height - high * scale) / 2];
  const point = (/** @type {number} */ i) => `${((xs[i - first] - left) * scale + dx).toFixed(1)},${((ys[i - first] - top) * scale + dy).toFixed(1)}`;
  return parts.map(([a, b]) => Array.from({ length: b - a }, (_, k) => point(a + k)).join(' '));
}
