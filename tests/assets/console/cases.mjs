/** Small real answers for the tests of the console: a detail as `GET /api/events/<id>` gives it, an alarm, a desk. */
import { HOUR, MINUTE, NOW, event } from '../fixtures.mjs';

/** @typedef {import('../../../assets/wall/console/source.mjs').Detail} Detail */
/** @typedef {import('../../../assets/wall/console/source.mjs').Trace} Trace */
/** @typedef {import('../../../assets/wall/types.mjs').Alarm} Alarm */
/** @typedef {import('../../../assets/wall/types.mjs').Desk} Desk */

/** @param {Partial<Trace>} changes @returns {Trace} */
export const trace = (changes) => ({ at: NOW, what: 'reported', by: '', role: '', source: '', department: '', worker: '', note: '', due: null, into: '', step: '', score: null, departments: [], to: '', ...changes });

/** @param {Partial<Detail>} [changes] @returns {Detail} */
export const detail = (changes) => ({
  event: event({}), open: true, address: '', closed: null, rated: null, score: null, into: '', undo: null, uncertain: [], related: [], alarms: [],
  steps: [['reported', NOW - HOUR], ['accepted', NOW - HOUR + 5000], ['assigned', NOW - HOUR + 9000], ['handling', NOW - HOUR], ['tracked', null], ['supervised', null], ['feedback', null], ['evaluated', null]]
    .map(([step, at]) => ({ step: String(step), at: /** @type {number|null} */ (at) })),
  trail: [trace({ at: NOW - HOUR, source: 'iot' })], may: { seat: ['assigned', 'tracked', 'feedback', 'supervised', 'extended', 'merged'], chief: ['assigned', 'paused'], leader: ['paused'] },
  ...changes,
});

/** @param {Partial<Alarm>} changes @returns {Alarm} */
export const alarm = (changes) => ({
  id: 'A1', device: 'smoke-1', kind: 'smoke', sev: 2, lat: 31.8, lon: 119.9, since: NOW - MINUTE, area: '', region: '320402001001', place: '雕庄街道', ack: '',
  state: 'unacknowledged', priority: 2, calls: 1, called: NOW - MINUTE, repeats: 0, chattering: false, shelf: null, event: '', ...changes,
});

/** @param {Partial<Desk>} [changes] @returns {Desk} */
export const desk = (changes) => ({
  counts: { unacknowledged: 0, acknowledged: 0, returned_unacknowledged: 0, shelved: 0, suppressed: 0, out_of_service: 0 }, sounds: [1, 2, 3],
  flood: { going: false, began: null, first: '', count: 0 }, groups: [],
  load: { since: NOW - 24 * HOUR, rate: Array(18).fill(0), average: null, peak: 0, flood_share: null, standing: 0, top: [], shares: { high: null, medium: null, low: null }, n: 0, seats: {} }, out: [],
  ...changes,
});
