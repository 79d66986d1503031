import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newest, overdue, row, rows, share } from '../../../assets/wall/queue/order.mjs';
import { fitting, mayResort } from '../../../assets/wall/queue/queue.mjs';
import { dotClass, oneLine } from '../../../assets/wall/queue/row.mjs';
import { HOUR, MINUTE, NOW, event, eventsOf } from '../fixtures.mjs';

/** @param {import('../../../assets/wall/types.mjs').EventRow[]} list @param {number} fit */
const ids = (list, fit = 50) => rows(eventsOf(list), NOW, { fit }).map((group) => group.rows.map((one) => one.event.id).join(' '));

test('lateness: over, near by share or by the last hour, else neither', () => {
  assert.equal(row(event({ due: NOW - 1 }), NOW).late, 'over');
  assert.equal(row(event({ due: NOW + HOUR }), NOW).late, 'near');
  assert.equal(row(event({ reported: NOW - 30 * HOUR, due: NOW + 10 * HOUR }), NOW).late, 'near');
  assert.equal(row(event({ reported: NOW - 29 * HOUR, due: NOW + 10 * HOUR }), NOW).late, '');
  assert.deepEqual(row(event({ due: null }), NOW), { event: event({ due: null }), left: null, used: 0, late: '' });
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
  assert.deepEqual(share([40, 12, 179], 10), [7, 2, 1]);
  assert.deepEqual(share([4, 3, 207], 10), [4, 3, 3]);
  assert.deepEqual(share([0, 0, 2], 10), [0, 0, 2]);
  assert.deepEqual(share([0, 1, 0], 10), [0, 1, 0]);
  assert.deepEqual(share([0, 0, 0], 10), [0, 0, 0]);
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

test('step dots: done, current, ahead', () => assert.deepEqual([3, 4, 5].map((place) => dotClass(place, 4)), ['', 'c', 'f']));
