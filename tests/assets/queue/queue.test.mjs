import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allot, newest, overdue, row, rows } from '../../../assets/wall/queue/order.mjs';
import { fitting, mayResort } from '../../../assets/wall/queue/queue.mjs';
import { oneLine } from '../../../assets/wall/queue/row.mjs';
import { HOUR, MINUTE, NOW, event, eventsOf } from '../fixtures.mjs';

/** @param {import('../../../assets/wall/types.mjs').EventRow[]} list @param {number} fit */
const ids = (list, fit = 50) => rows(eventsOf(list), NOW, { fit }).map((group) => group.rows.map((one) => one.event.id).join(' '));

test('lateness: over, near by share or by the last hour, else neither', () => {
  assert.equal(row(event({ due: NOW - 1 }), NOW).late, 'over');
  assert.equal(row(event({ due: NOW + HOUR }), NOW).late, 'near');
  assert.equal(row(event({ reported: NOW - 30 * HOUR, due: NOW + 10 * HOUR }), NOW).late, 'near');
  assert.equal(row(event({ reported: NOW - 29 * HOUR, due: NOW + 10 * HOUR }), NOW).late, '');
  assert.deepEqual(row(event({ due: null }), NOW), { event: event({ due: null }), left: null, used: 0, late: '', still: false, chance: 0 });
});

test('what will more likely than not be late is near, and says how likely; what is late says it no more', () => {
  const { late, chance } = row(event({}), NOW, 0.72);
  assert.deepEqual([late, chance], ['near', 0.72]);
  assert.equal(row(event({ due: NOW - 1 }), NOW, 0.9).chance, 0);
  const list = eventsOf([event({ id: 'calm', due: NOW + 9 * HOUR }), event({ id: 'risky' }), event({ id: 'major', sev: 3 })]);
  const grouped = rows({ ...list, risk: { risky: 0.5, major: 0.6 } }, NOW, { fit: 9 });
  assert.deepEqual(grouped.map((group) => group.rows.map((one) => one.event.id)), [['major'], ['risky'], ['calm']]);
});

test('a pause that stops the clock stops time left and bar, and takes the event out of the way', () => {
  const paused = event({ id: 'p', sev: 4, reported: NOW - 6 * HOUR, due: null, paused: NOW - 5 * HOUR, left: 3 * HOUR });
  assert.deepEqual(row(paused, NOW, 0.9), { event: paused, left: 3 * HOUR, used: 0.25, late: '', still: true, chance: 0 });
  assert.deepEqual(row(paused, NOW + HOUR), row(paused, NOW));
  assert.deepEqual(ids([paused, event({ id: 'x', due: null }), event({ id: 'y' })]), ['', '', 'y x p']);
});

test('a pause that has run out is to be seen again; one under which the limit runs is like none', () => {
  const paused = event({ due: null, paused: NOW - HOUR, until: NOW, left: HOUR });
  assert.deepEqual([row(paused, NOW - 1).late, row(paused, NOW).late], ['', 'near']);
  const running = row(event({ paused: NOW - HOUR, due: NOW - 1 }), NOW);
  assert.deepEqual([running.late, running.still], ['over', false]);
});

test('a deadline not after the report is used up, not a division by zero', () => {
  assert.equal(row(event({ reported: NOW, due: NOW }), NOW).used, 1);
  assert.equal(row(event({ reported: NOW + 5, due: NOW + 3 }), NOW).used, 1);
});

test('groups are by what must be done', () => {
  const list = [
    event({ id: 'urgent', sev: 4, due: NOW + 90 * HOUR }), event({ id: 'major', sev: 3 }), event({ id: 'major-near', sev: 3, due: NOW + MINUTE }),
    event({ id: 'normal-near', due: NOW + MINUTE }), event({ id: 'over', due: NOW - MINUTE }), event({ id: 'normal' }),
  ];
  assert.deepEqual(ids(list), ['urgent major-near over', 'normal-near', 'major normal']);
});

test('the first group goes by severity, then time; the others by time; without a deadline last, newest first', () => {
  const act = [event({ id: 'a', due: NOW - 1 }), event({ id: 'b', due: NOW - HOUR }), event({ id: 'c', sev: 2, due: NOW - 1 })];
  assert.equal(ids(act)[0], 'c b a');
  const calm = [event({ id: 'old', due: null, reported: NOW - 9 * HOUR }), event({ id: 'new', due: null }), event({ id: 'x', sev: 3 }), event({ id: 'y', due: NOW + 5 * HOUR })];
  assert.equal(ids(calm)[2], 'y x new old');
});

test('of equally severe ones, what nobody has accepted comes first', () => {
  const handled = event({ id: 'handled', sev: 4, due: NOW + HOUR });
  const fresh = event({ id: 'fresh', sev: 4, step: 'reported', n: 1, due: null });
  assert.equal(ids([handled, fresh])[0], 'fresh handled');
});

test('equal rows keep one order whatever order they came in', () => {
  const list = ['c', 'a', 'b'].map((id) => event({ id }));
  assert.equal(ids(list)[2], ids([...list].reverse())[2]);
});

test('a flood of overdue leaves room for what is about to be', () => {
  assert.deepEqual(allot([40, 12, 179], 10), [7, 2, 1]);
  assert.deepEqual(allot([4, 3, 207], 10), [4, 3, 3]);
  assert.deepEqual(allot([0, 0, 2], 10), [0, 0, 2]);
  assert.deepEqual(allot([0, 1, 0], 10), [0, 1, 0]);
  assert.deepEqual(allot([0, 0, 0], 10), [0, 0, 0]);
});

test('totals count the rows that do not fit', () => {
  const list = Array.from({ length: 30 }, (_, n) => event({ id: `e${n}` }));
  const [, , calm] = rows(eventsOf(list), NOW, { fit: 8 });
  assert.deepEqual([calm.total, calm.rows.length], [30, 8]);
});

test('about ten rows fit a quarter of a full-HD wall, more a whole one', () => {
  assert.equal(fitting(410, 1), 10);
  assert.equal(fitting(820, 2), 10);
  assert.ok(fitting(920, 1) >= 24);
  assert.equal(fitting(0, 1), 3);
});

test('re-sorting waits five seconds and for a resting pointer, but not for ever', () => {
  const base = { dirty: true, urgent: false, sorted: NOW, moved: NOW, inside: false };
  assert.equal(mayResort(base, NOW + 4999), false);
  assert.equal(mayResort(base, NOW + 5000), true);
  assert.equal(mayResort({ ...base, urgent: true }, NOW + 999), false);
  assert.equal(mayResort({ ...base, urgent: true }, NOW + 1000), true);
  assert.equal(mayResort({ ...base, inside: true }, NOW + 9000), false);
  assert.equal(mayResort({ ...base, inside: true }, NOW + 10_000), true);
  assert.equal(mayResort({ ...base, dirty: false }, NOW + 60_000), false);
});

test('counts and the newest', () => {
  const list = [event({ id: 'a', due: NOW - 1 }), event({ id: 'b', due: null, reported: NOW }), event({ id: 'c', due: NOW })];
  assert.equal(overdue(eventsOf(list), NOW), 1);
  assert.equal(newest(eventsOf(list))?.id, 'b');
  assert.equal(newest(eventsOf([])), null);
});

test('a dirty title becomes one line', () => assert.equal(oneLine('\n\t\t关于 路灯\r\n 不亮\u3000的问题 '), '关于 路灯 不亮 的问题'));

test('before a case has a limit, the time to accept it is shown, and presses, but is no overrun of the case', () => {
  const at = (/** @type {number} */ minutes) => row({ ...event({}), due: null, step_at: NOW, step_due: NOW + 20 * MINUTE }, NOW + minutes * MINUTE);
  assert.deepEqual([at(5).left, at(5).late, at(5).ofStep], [15 * MINUTE, '', true]);
  assert.equal(at(15).late, 'near');
  assert.deepEqual([at(21).late, at(21).left], ['near', -MINUTE]);
});
