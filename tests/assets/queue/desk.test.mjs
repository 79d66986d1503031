import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESK_GROUPS, deskRows, difference, fits, laidOut, mayRearrange, rowsWithin } from '../../../assets/wall/queue/desk.mjs';
import { HOUR, MINUTE, NOW, config, event, eventsOf } from '../fixtures.mjs';

/** @param {import('../../../assets/wall/types.mjs').EventRow[]} list @param {Record<string, number>} [risk] */
const grouped = (list, risk = {}) => deskRows({ ...eventsOf(list), risk }, NOW, config(), () => true);
/** @param {import('../../../assets/wall/types.mjs').EventRow[]} list @param {Record<string, number>} [risk] */
const ids = (list, risk) => grouped(list, risk).map((rows) => rows.map((one) => one.event.id).join(' '));

test('every event is in one group: the first that fits', () => {
  const list = [
    event({ id: 'over', sev: 4, due: NOW - 1 }), event({ id: 'urgent', sev: 4, step: 'reported', n: 1 }), event({ id: 'new', step: 'reported', n: 1 }),
    event({ id: 'mine', step: 'accepted', n: 2 }), event({ id: 'taken', step: 'accepted', n: 2, dept: 'fire' }), event({ id: 'sent', step: 'accepted', n: 2, worker: 'W1' }),
    event({ id: 'theirs', step: 'assigned', n: 3 }), event({ id: 'verify', step: 'feedback', n: 7, dept: 'fire', worker: 'W1' }),
    event({ id: 'paused', sev: 4, paused: NOW, due: null, left: -1 }),
  ];
  assert.deepEqual(ids(list), ['over', 'urgent', 'new', 'mine verify', 'sent taken theirs paused']);
});

test('groups that press go by severity, then time; the rest by what is about to be late, paused ones last', () => {
  assert.equal(ids([event({ id: 'a', due: NOW - HOUR }), event({ id: 'b', due: NOW - 1, sev: 3 }), event({ id: 'c', due: NOW - 2 * HOUR })])[0], 'b c a');
  const rest = [{ id: 'p', paused: NOW, due: null, left: 1 }, { id: 'late', due: NOW + 9 * HOUR }, { id: 'soon', due: NOW + 8 * HOUR }, { id: 'risky', due: NOW + 90 * HOUR }].map((one) => event({ dept: 'x', ...one }));
  assert.equal(ids(rest, { risky: 0.6 })[4], 'risky soon late p');
});

test('filters all have to fit', () => {
  const all = { sev: 0, channel: '', dept: '', step: '' };
  const one = event({ sev: 3, channel: 'iot', dept: 'fire' });
  assert.ok(fits(one, all));
  assert.ok(fits(one, { sev: 3, channel: 'iot', dept: 'fire', step: 'handling' }));
  for (const wrong of [{ sev: 4 }, { channel: 'hotline' }, { dept: 'power' }, { step: 'reported' }]) assert.equal(fits(one, { ...all, ...wrong }), false);
});

test('lines: a head takes one slot, a row two, an empty group nothing', () => {
  const { rows, at, heads, slots } = laidOut(grouped([event({ id: 'a', due: NOW - 1 }), event({ id: 'b', due: NOW - 2 }), event({ id: 'c', dept: 'x' })]));
  assert.deepEqual(rows.map((one) => one.event.id), ['b', 'a', 'c']);
  assert.deepEqual([...at], [1, 3, 6]);
  assert.deepEqual(heads, [{ group: 0, count: 2, at: 0 }, { group: 4, count: 1, at: 5 }]);
  assert.equal(slots, 8);
  assert.deepEqual(laidOut(DESK_GROUPS.map(() => [])), { rows: [], at: new Int32Array(0), heads: [], slots: 0 });
});

test('a row is within a window as soon as one of its slots is', () => {
  const at = Int32Array.from([1, 3, 6, 8]);
  assert.deepEqual(rowsWithin(at, 0, 3), [0, 1]);
  assert.deepEqual(rowsWithin(at, 2, 4), [0, 2]);
  assert.deepEqual(rowsWithin(at, 5, 6), [2, 2]);
  assert.deepEqual(rowsWithin(at, 9, 99), [3, 4]);
});

test('nothing is rearranged under a reader: scrolled, pointed at, or just moved through by keys', () => {
  const away = { top: 0, inside: false, keyed: -Infinity };
  assert.equal(mayRearrange(away, NOW), true);
  assert.equal(mayRearrange({ ...away, top: 1 }, NOW), false);
  assert.equal(mayRearrange({ ...away, inside: true }, NOW), false);
  assert.equal(mayRearrange({ ...away, keyed: NOW - 9999 }, NOW), false);
  assert.equal(mayRearrange({ ...away, keyed: NOW - 10_000 }, NOW), true);
});

test('what is announced: who has come, and whether those there would stand otherwise; who has gone moves nobody', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id, at) => event({ id, due: NOW + (at + 2) * HOUR, dept: 'x' }));
  const before = grouped([a, b]);
  assert.deepEqual(difference(before, grouped([a, b])), { arrived: [], moved: false });
  assert.deepEqual(difference(before, grouped([c, a, b])), { arrived: ['c'], moved: false });
  assert.deepEqual(difference(before, grouped([b])), { arrived: [], moved: false });
  assert.deepEqual(difference(before, grouped([a, { ...b, due: NOW + MINUTE }])), { arrived: [], moved: true });
  assert.deepEqual(difference(before, grouped([a, { ...b, due: NOW - 1 }])), { arrived: [], moved: true });
});

test('ten thousand events are grouped, laid out and compared, none of them lost', () => {
  const list = Array.from({ length: 10_000 }, (_, n) => event({ id: `E${n}`, sev: /** @type {1|2|3|4} */ (1 + (n % 4)), due: NOW + ((n * 7919) % 10_000 - 2000) * MINUTE }));
  const rows = grouped(list);
  assert.equal(laidOut(rows).rows.length, 10_000);
  assert.deepEqual(difference(rows, grouped(list)), { arrived: [], moved: false });
});
