import assert from 'node:assert/strict';
import { test } from 'node:test';
import { content, mostUrgent, nearest } from '../../../../assets/wall/map/dispatch/card.mjs';
import { Adviser } from '../../../../assets/wall/map/dispatch/advice.mjs';
import { NO_FIX } from '../../../../assets/wall/types.mjs';
import { HOUR, MINUTE, NOW, event } from '../../fixtures.mjs';
import { context, crowd } from '../../fixtures-map.mjs';

const LIMITS = { stale_s: 60, lost_s: 600 };

test('most urgent: severity, then not accepted, then due, then oldest', () => {
  const order = [
    event({ id: 'A', sev: 4, step: 'reported', due: NOW + HOUR }),
    event({ id: 'B', sev: 4, step: 'handling', due: NOW }),
    event({ id: 'C', sev: 3, due: NOW - HOUR }),
    event({ id: 'D', sev: 3, due: null, reported: NOW - 2 * HOUR }),
    event({ id: 'E', sev: 3, due: null }),
  ];
  for (let k = 0; k < order.length; k++) assert.equal(mostUrgent([...order.slice(k)].reverse())?.id, order[k].id);
  assert.equal(mostUrgent([]), null);
});

test('nearest: the closest on duty, nearest first', () => {
  const workers = crowd([0.004, 0.001, 0.003, 0.005, 0.002].map((off) => ({ lat: 31.8 + off, lon: 119.9 })));
  const found = nearest(workers, 31.8, 119.9, NOW, LIMITS, 4);
  assert.deepEqual(found.map(({ row }) => row), [1, 4, 2, 0]);
  assert.ok(Math.abs(found[0].metres - 111.2) < 0.1);
});

test('nearest leaves out who is off duty, out of service, lost or never reported', () => {
  const workers = crowd([
    { lat: 31.8, lon: 119.9, duty: 5 }, { lat: 31.8, lon: 119.9, duty: 6 }, { lat: 31.8, lon: 119.9, duty: 0 },
    { lat: 31.8, lon: 119.9, fixTime: NOW - 601_000 }, { lat: 31.8, lon: 119.9, fixTime: NaN }, { lat: 31.8, lon: 119.9 },
    { lat: 31.8, lon: 119.9, fixTime: NOW - 599_000, duty: 4 },
  ]);
  workers.lon[5] = NO_FIX;
  assert.deepEqual(nearest(workers, 31.8, 119.9, NOW, LIMITS).map(({ row }) => row), [6]);
});

test('the card presses when the queue does', () => {
  const pace = (/** @type {number|null} */ due) => content(context({ events: [event({ due, reported: NOW - HOUR })] }), NOW)?.pace;
  assert.deepEqual([null, NOW + 10 * HOUR, NOW + HOUR / 2, NOW - 1].map(pace), ['', '', 'near', 'over']);
});

test('without a selection the card shows the most urgent event and who is near', () => {
  const workers = crowd([{ lat: 31.803, lon: 119.9, duty: 3, role: 3, name: '周建平' }]);
  const events = [event({}), event({ id: 'E2', sev: 4, step: 'reported', title: '电动车棚\n起火', reported: NOW - 141_000, due: NOW + 7 * MINUTE })];
  const card = content(context({ workers, events }), NOW);
  assert.deepEqual([card?.id, card?.sev, card?.mark, card?.title], ['E2', 4, '未受理', '电动车棚 起火']);
  assert.deepEqual(card?.lines, ['天宁区', '物联感知 14:29:47 上报，已 2 分 21 秒', '剩 7 分']);
  assert.deepEqual(card?.near.map(({ name, role, duty, metres, eta, mark }) => [name, role, duty, metres, eta, mark]), [['周建平', '网格长', '途中', '330 m', '', '派遣']]);
  assert.deepEqual([card?.head, card?.note], ['最近网格员', '直线距离']);
});

test('with the server\'s advice the card shows whom to send', () => {
  const adviser = new Adviser(() => {});
  const one = { worker: 'W7', name: '阿卜杜热西提·买买提', role: 'full_time', duty: 'available', lat: 31.8, lon: 119.9, fix_age_ms: 1, distance_m: 320, eta_s: 161, load: 0, score_min: 2.7, reasons: [] };
  adviser.kept = { advice: { event: 'E1', as_of: NOW, candidates: [one], considered: 1, on_duty: 1, nearest_m: 320 }, got: NOW };
  const card = content(context({ events: [event({})] }), NOW, adviser);
  assert.deepEqual(card?.near.map(({ id, eta }) => [id, eta]), [['W7', '3 分']]);
  assert.deepEqual([card?.head, card?.note], ['建议派遣', '到达时间为估算']);
});

test('the selected event is shown; once it is closed the most urgent comes back', () => {
  const events = [event({ id: 'E1', sev: 1 }), event({ id: 'E2', sev: 4 })];
  const selection = /** @type {const} */ ({ kind: 'event', id: 'E1' });
  assert.equal(content(context({ events, selection }), NOW)?.id, 'E1');
  assert.equal(content(context({ events: events.slice(1), selection }), NOW)?.id, 'E2');
});

test('a selected worker has a card; one who is lost is said to be', () => {
  const workers = crowd([{ lat: 31.8, lon: 119.9, fixTime: NOW - HOUR, name: '许文娟', duty: 1 }]);
  const card = content(context({ workers, selection: { kind: 'worker', id: 'W0' } }), NOW);
  assert.deepEqual([card?.sev, card?.title, card?.mark], [0, '许文娟', '失联']);
  assert.equal(card?.lines[1], '13:32:08 定位，1 时前');
});

test('nobody near is said in words, and no events is no card', () => {
  assert.equal(content(context({ events: [event({})] }), NOW)?.note, '没有在岗的网格员');
  assert.equal(content(context(), NOW), null);
});
