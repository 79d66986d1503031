/**
 * The list of all workers: who is in it, in which order, and which part of it is to be seen. Pure.
 *
 * @typedef {import('../types.mjs').Workers} Workers
 * @typedef {'name'|'id'|'role'|'duty'|'place'|'age'} SortKey
 * @typedef {{text: string, role: number|null, duty: string|null, scope: string, sort: SortKey, down: boolean}} Wanted
 *   `text` what is searched for; `role` a role's number; `duty` one of DUTY_FILTERS; `scope` what the region's code begins with.
 */
import { initials } from './initials.mjs';
import { onDuty } from './roster.mjs';

/** What the list can be narrowed to: everybody on duty, the states of duty, nobody heard of, off duty. */
export const DUTY_FILTERS = ['on', 'available', 'dispatched', 'en_route', 'on_scene', 'lost', 'off'];
const STATES = ['available', 'dispatched', 'en_route', 'on_scene'];
const NAMES = new Intl.Collator('zh-u-co-pinyin');

/** The state a worker counts in on the duty board. @param {Workers} workers @param {number} row @param {number} now @param {number} lostMs */
export function stateOf(workers, row, now, lostMs) {
  const flag = workers.flag[row];
  if (!onDuty(flag)) return 'off';
  const time = workers.fixTime[row];
  return Number.isNaN(time) || now - time > lostMs ? 'lost' : STATES[(flag & 7) - 1];
}

/** The words of each worker that a search looks through, made when they are first needed and when the roster changes. */
export class Hay {
  /** @param {(region: string) => string} place */
  constructor(place) {
    this.place = place;
    /** @type {string[]} */
    this.words = [];
  }

  clear() {
    this.words = [];
  }

  /** Whether every part of `text` is among a worker's words. @param {Workers} workers @param {number} row @param {string[]} parts */
  has(workers, row, parts) {
    const words = (this.words[row] ??= this.make(workers, row));
    return parts.every((part) => words.includes(part));
  }

  /** @param {Workers} workers @param {number} row */
  make(workers, row) {
    const [name, region] = [workers.names[row] ?? '', workers.regions[row] ?? ''];
    return [name, workers.ids[row], region, this.place(region), initials(name)].join('\n').toLowerCase();
  }
}

/**
 * The rows wanted, in order; equal ones by name, then id.
 * @param {Workers} workers @param {Wanted} wanted @param {{now: number, lostMs: number, hay: Hay}} at @returns {Uint32Array}
 */
export function listed(workers, wanted, { now, lostMs, hay }) {
  const parts = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [];
  for (let row = 0; row < workers.n; row += 1) {
    if (wanted.scope && !(workers.regions[row] ?? '').startsWith(wanted.scope)) continue;
    if (wanted.role !== null && ((workers.flag[row] >> 3) & 7) !== wanted.role) continue;
    if (wanted.duty !== null && !fits(stateOf(workers, row, now, lostMs), wanted.duty)) continue;
    if (parts.length > 0 && !hay.has(workers, row, parts)) continue;
    rows.push(row);
  }
  return Uint32Array.from(sorted(workers, rows, wanted, now, lostMs));
}

/** @param {string} state @param {string} duty */
const fits = (state, duty) => (duty === 'on' ? state !== 'off' : state === duty);

/** @param {Workers} workers @param {number[]} rows @param {Wanted} wanted @param {number} now @param {number} lostMs */
function sorted(workers, rows, { sort, down }, now, lostMs) {
  const turn = down ? -1 : 1;
  if (sort === 'id') return rows.sort((a, b) => turn * plain(workers.ids[a], workers.ids[b]));
  if (sort === 'place') return rows.sort((a, b) => turn * plain(workers.regions[a], workers.regions[b]) || a - b);
  const key = rank(workers, sort, now, lostMs);
  const keys = Float64Array.from({ length: workers.n }, (_, row) => key(row));
  return rows.sort((a, b) => turn * (keys[a] - keys[b]) || a - b);
}

/** @param {string} a @param {string} b */
const plain = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** A number to sort by. @param {Workers} workers @param {SortKey} sort @param {number} now @param {number} lostMs @returns {(row: number) => number} */
function rank(workers, sort, now, lostMs) {
  if (sort === 'role') return (row) => (workers.flag[row] >> 3) & 7;
  if (sort === 'duty') return (row) => DUTY_FILTERS.indexOf(stateOf(workers, row, now, lostMs));
  if (sort === 'age') return (row) => (Number.isNaN(workers.fixTime[row]) ? Number.MAX_SAFE_INTEGER : now - workers.fixTime[row]);
  const order = nameOrder(workers);
  return (row) => order[row];
}

/** @type {{names: string[], n: number, order: Int32Array}} */
let nameCache = { names: [], n: -1, order: new Int32Array(0) };

/** Each worker's place in the alphabet: to compare names takes long, so it is done once a roster. @param {Workers} workers */
function nameOrder(workers) {
  if (nameCache.names === workers.names && nameCache.n === workers.n) return nameCache.order;
  const order = new Int32Array(workers.n);
  const rows = Array.from(order, (_, row) => row).sort((a, b) => NAMES.compare(workers.names[a] ?? '', workers.names[b] ?? ''));
  rows.forEach((row, place) => { order[row] = place; });
  nameCache = { names: workers.names, n: workers.n, order };
  return order;
}

/** After names have changed. */
export function forgetNames() {
  nameCache = { names: [], n: -1, order: new Int32Array(0) };
}

/**
 * The part of a list to be drawn: [first, end) of `count` lines of `high` pixels, two more on either side.
 * @param {number} top scrolled so far @param {number} room height of the window @param {number} high @param {number} count @returns {[number, number]}
 */
export function windowOf(top, room, high, count) {
  if (!(high > 0)) return [0, 0];
  const first = Math.max(0, Math.floor(top / high) - 2);
  return [Math.min(first, count), Math.min(count, Math.ceil((top + room) / high) + 2)];
}

/** Where to scroll so that a line is fully seen, moving as little as possible. @param {number} at @param {number} top @param {number} room @param {number} high */
export function revealed(at, top, room, high) {
  if (at * high < top) return at * high;
  return (at + 1) * high > top + room ? (at + 1) * high - room : top;
}

/** Where a key leads in a list of `count` with line `at` active (−1 none); null for a key that leads nowhere. @param {string} key @param {number} at @param {number} count @param {number} page */
export function stepped(key, at, count, page) {
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? count - 1 : at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: count - 1 }[key];
  return to === undefined || count === 0 ? null : Math.max(0, Math.min(count - 1, to));
}
