/**
 * The queue as an officer at a seat works it: groups by what is to be done, filters, where each line stands, and what may be
 * rearranged under a reader's eyes. Pure.
 *
 * @typedef {import('../types.mjs').Config} Config
 * @typedef {import('../types.mjs').EventRow} EventRow
 * @typedef {import('../types.mjs').Picture} Picture
 * @typedef {import('./order.mjs').Row} Row
 * @typedef {{sev: number, channel: string, dept: string, step: string}} Wanted  0 and '' are everything.
 * @typedef {{rows: Row[], at: Int32Array, heads: {group: number, count: number, at: number}[], slots: number}} Layout
 *   The rows of all groups, one after the other; the slot each row and each group's head begins in; how many slots there are.
 */
import { mayAdvance } from '../process.mjs';
import { bySeverity, byTimeLeft, row } from './order.mjs';

export const DESK_GROUPS = /** @type {const} */ (['overdue', 'urgent', 'new', 'mine', 'rest']);
/** A head takes one slot of the list, a row two. */
export const ROW_SLOTS = 2;
const URGENT = 4;
const REST = 4;
const KEY_MS = 10_000; // who has just used the keyboard in the list is reading it

/** Whether it waits for a seat: nobody has it in hand and a seat may pass it on, or it is to be verified and closed.
 * @param {Config} config @param {EventRow} event */
export function waitsForSeat(config, event) {
  if (event.step === 'feedback') return true;
  return event.worker === '' && event.dept === '' && mayAdvance(config, event, 'seat');
}

/** @param {Config} config @param {Row} row @returns {number} place in DESK_GROUPS */
export function deskGroup(config, { event, late, still }) {
  if (still) return REST;
  if (late === 'over') return 0;
  if (event.sev === URGENT) return 1;
  if (event.step === 'reported') return 2;
  return waitsForSeat(config, event) ? 3 : REST;
}

/** What is about to be late first. @param {Row} a @param {Row} b */
const byPress = (a, b) => Number(b.late === 'near') - Number(a.late === 'near') || byTimeLeft(a, b);

/**
 * The events that `keep` keeps, in the order of DESK_GROUPS.
 * @param {Pick<Picture, 'events'|'risk'>} picture @param {number} now UTC ms @param {Config} config
 * @param {(event: EventRow) => boolean} keep @returns {Row[][]}
 */
export function deskRows({ events, risk }, now, config, keep) {
  /** @type {Row[][]} */
  const groups = DESK_GROUPS.map(() => []);
  for (const event of events.values()) {
    if (!keep(event)) continue;
    const made = row(event, now, risk[event.id]);
    groups[deskGroup(config, made)].push(made);
  }
  groups.forEach((rows, group) => rows.sort(group === REST ? byPress : bySeverity));
  return groups;
}

/** Whether an event passes the filters. @param {EventRow} event @param {Wanted} wanted */
export function fits(event, { sev, channel, dept, step }) {
  if (sev !== 0 && event.sev !== sev) return false;
  return (!channel || event.channel === channel) && (!dept || event.dept === dept) && (!step || event.step === step);
}

/** Groups as lines one below the other; empty ones have no head. @param {Row[][]} groups @returns {Layout} */
export function laidOut(groups) {
  const rows = groups.flat();
  const at = new Int32Array(rows.length);
  const heads = [];
  let [slot, line] = [0, 0];
  for (const [group, { length: count }] of groups.entries()) {
    if (count === 0) continue;
    heads.push({ group, count, at: slot++ });
    for (const end = line + count; line < end; line += 1, slot += ROW_SLOTS) at[line] = slot;
  }
  return { rows, at, heads, slots: slot };
}

/** The rows that reach into the slots [first, end). @param {Int32Array} at @param {number} first @param {number} end @returns {[number, number]} [from, to) */
export const rowsWithin = (at, first, end) => [lowest(at, first - ROW_SLOTS + 1), lowest(at, end)];

/** How many slots lie before `slot`: the first index whose value is not less. @param {Int32Array} at @param {number} slot */
function lowest(at, slot) {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle] < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Whether the list may be rearranged unasked: it stands at its top, and nobody has the pointer or the keyboard in it.
 * @param {{top: number, inside: boolean, keyed: number}} reader px scrolled; pointer in the list; last key pressed in it, ms
 * @param {number} now
 */
export const mayRearrange = ({ top, inside, keyed }, now) => top <= 0 && !inside && now - keyed >= KEY_MS;

/**
 * What rearranging would bring.
 * @param {Row[][]} shown @param {Row[][]} wanted @returns {{arrived: string[], moved: boolean}} ids that are not shown yet; whether
 *   those shown would stand otherwise
 */
export function difference(shown, wanted) {
  const idsOf = (/** @type {Row[]} */ rows) => rows.map((one) => one.event.id);
  const [before, after] = [shown.map(idsOf), wanted.map(idsOf)];
  const [known, kept] = [new Set(before.flat()), new Set(after.flat())];
  const arrived = after.flat().filter((id) => !known.has(id));
  const moved = before.some((ids, group) => {
    const stay = ids.filter((id) => kept.has(id));
    const come = after[group].filter((id) => known.has(id));
    return stay.length !== come.length || stay.some((id, at) => id !== come[at]);
  });
  return { arrived, moved };
}
