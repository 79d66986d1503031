/**
 * Which open events stand in the queue, in which group and order, and how many fit. Pure: a picture and an instant in,
 * rows out.
 *
 * @typedef {import('../types.mjs').EventRow} EventRow
 * @typedef {import('../types.mjs').Picture} Picture
 * @typedef {{event: EventRow, left: number|null, used: number, late: 'over'|'near'|'', still: boolean, chance: number, ofStep?: boolean}} Row
 *   `left` ms to the deadline (null: none, negative: over), or while the case has none, to the end of its step (`ofStep`); `used` share of the time limit, 0–1; `still`: a pause stops both, and
 *   it is `near` when that pause has run out; `chance` of missing the limit, 0.5–1, 0 where it is not to be said.
 * @typedef {{key: 'act'|'soon'|'normal', total: number, rows: Row[]}} Group  `total` counts the rows that do not fit, too.
 */

export const GROUPS = /** @type {const} */ (['act', 'soon', 'normal']);
const NEAR_SHARE = 0.75;
const NEAR_MS = 60 * 60 * 1000;
const URGENT = 4;
const MAJOR = 3;

/** @param {EventRow} event @param {number} now @param {number} [chance] of missing the limit (Picture.risk) @returns {Row} */
export function row(event, now, chance = 0) {
  if (event.due === null) return standing(event, now);
  const left = event.due - now;
  const used = share(now - event.reported, event.due - event.reported);
  if (left < 0) return { event, left, used, late: 'over', still: false, chance: 0 };
  return { event, left, used, late: used >= NEAR_SHARE || left <= NEAR_MS || chance > 0 ? 'near' : '', still: false, chance };
}

/** No limit runs: there is none, or a pause stops it. @param {EventRow} event @param {number} now @returns {Row} */
function standing(event, now) {
  const { paused, left, until, reported } = event;
  if (paused === null) return ofStep(event, now);
  const used = left === null ? 0 : share(paused - reported, paused + left - reported);
  return { event, left, used, late: until !== null && until <= now ? 'near' : '', still: true, chance: 0 };
}

/** No limit yet: before it is accepted, what runs is the time to accept it. @param {EventRow} event @param {number} now @returns {Row} */
function ofStep(event, now) {
  const { step_at, step_due } = event;
  if (step_due === null) return { event, left: null, used: 0, late: '', still: false, chance: 0 };
  const used = share(now - step_at, step_due - step_at);
  return { event, left: step_due - now, used, late: used >= NEAR_SHARE ? 'near' : '', still: false, chance: 0, ofStep: true };
}

/** @param {number} spent @param {number} whole ms */
const share = (spent, whole) => (whole > 0 ? Math.min(1, Math.max(0, spent / whole)) : 1);

/** @param {Row} row @returns {0|1|2} place in GROUPS */
function groupOf({ event, late, still }) {
  if (still) return late === 'near' ? 1 : 2; // nobody is to act on it until the pause is over
  if (late === 'over' || event.sev === URGENT) return 0;
  if (late === 'near') return event.sev === MAJOR ? 0 : 1;
  return 2;
}

/** Without a deadline: after all that have one, newest first; what a pause holds after those. @param {Row} a @param {Row} b */
export function byTimeLeft(a, b) {
  if (a.still !== b.still) return a.still ? 1 : -1;
  if (a.left !== null && b.left !== null) return a.left - b.left || byId(a, b);
  if (a.left === null && b.left === null) return b.event.reported - a.event.reported || byId(a, b);
  return a.left === null ? 1 : -1;
}

/** @param {Row} a @param {Row} b */
const byId = (a, b) => (a.event.id < b.event.id ? -1 : 1);

/** Within a severity, what nobody has accepted comes first. @param {Row} a @param {Row} b */
export const bySeverity = (a, b) => b.event.sev - a.event.sev || unaccepted(b) - unaccepted(a) || byTimeLeft(a, b);

/** @param {Row} row */
const unaccepted = ({ event }) => Number(event.step === 'reported');

/**
 * How many rows each group gets of `fit`: the first group all it needs, but never so much that the second loses its two
 * first rows and the third its first.
 * @param {number[]} totals of the three groups @param {number} fit @returns {number[]}
 */
export function allot(totals, fit) {
  const third = Math.min(1, totals[2]);
  const second = Math.min(2, totals[1]);
  const n0 = Math.max(0, Math.min(totals[0], fit - second - third));
  const n1 = Math.max(0, Math.min(totals[1], fit - n0 - third));
  return [n0, n1, Math.max(0, Math.min(totals[2], fit - n0 - n1))];
}

/**
 * The queue as groups by what must be done, not by severity.
 * @param {Pick<Picture, 'events'|'risk'>} picture @param {number} now UTC ms @param {{fit: number}} opts rows that fit on the screen
 * @returns {Group[]}
 */
export function rows(picture, now, { fit }) {
  /** @type {Row[][]} */
  const parts = [[], [], []];
  for (const event of picture.events.values()) {
    const made = row(event, now, picture.risk[event.id]);
    parts[groupOf(made)].push(made);
  }
  parts.forEach((part, place) => part.sort(place === 0 ? bySeverity : byTimeLeft));
  const given = allot(parts.map((part) => part.length), fit);
  return GROUPS.map((key, place) => ({ key, total: parts[place].length, rows: parts[place].slice(0, given[place]) }));
}

/** @param {Pick<Picture, 'events'>} picture @param {number} now @returns {number} */
export function overdue(picture, now) {
  let count = 0;
  for (const event of picture.events.values()) if (event.due !== null && event.due < now) count += 1;
  return count;
}

/** The event reported last. @param {Pick<Picture, 'events'>} picture @returns {EventRow|null} */
export function newest(picture) {
  let found = null;
  for (const event of picture.events.values()) if (!found || event.reported > found.reported) found = event;
  return found;
}
