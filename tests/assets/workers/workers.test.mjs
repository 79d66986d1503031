import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callLines, calls, countsOf, distanceText, lowLines, silentLines, silentRows, vacancyLines } from '../../../assets/wall/workers/concerns.mjs';
import { areaName, placeOf } from '../../../assets/wall/workers/place.mjs';
import { dutyOf, dutyRows, legs, metres, onDuty, roleOf, sketch, withMix } from '../../../assets/wall/workers/roster.mjs';
import { byRegion, byRole, coverage, spent, utilisation, utilisationByRole } from '../../../assets/wall/workers/staff.mjs';
import { MINUTE, NOW, config, name, picture, t } from '../fixtures.mjs';
import { crowd } from './crowd.mjs';

const line = (/** @type {string} */ code, /** @type {object} */ changes = {}) => ({
  code, on: 10, available: 4, dispatched: 3, en_route: 1, on_scene: 1, lost: 1, stale: 2, off: 5, total: 15, located: 9, ...changes,
});
const nobody = [0, 0, 0, 0, 0, 0];
/** @param {string} code @param {Partial<import('../../../assets/wall/workers/staff.mjs').StaffRow>} changes */
const region = (code, changes = {}) => ({
  code, name: '', grids: 4, visited: 1, gap: 2, no_head: 1, no_hand: 1, head_off: 3, hand_off: 3, bare: 2,
  roles: [nobody, [1, 2, 0, 0, 0, 0], [0, 0, 1, 0, 0, 3], nobody, nobody, nobody, nobody], ...changes,
});
const staff = {
  rows: [region('320402'), region('320404', { visited: 3, roles: [nobody, [0, 1, 0, 0, 0, 0], nobody, nobody, nobody, nobody, nobody] })], since: NOW,
  total: region('', { roles: [nobody, [1, 3, 0, 0, 0, 0], [0, 0, 1, 0, 0, 3], nobody, nobody, nobody, nobody] }),
};
const vacancy = { code: '320402001001', place: '武进区 雪堰镇 城西村', n: 2, head: 0, hand: 2, spare: 1, near: 6240, who: 'b' };
/** @type {import('../../../assets/wall/workers/staff.mjs').Posts} */
const posts = {
  gaps: [vacancy, { ...vacancy, code: 'x', head: 5, hand: 1, spare: 0 }], bare: [{ ...vacancy, n: 7 }], low: 3, low_list: [['b', 7], ['who', 9]],
  use: [[[0, 0], [30, 60]], [[0, 0], [0, 60]], [[0, 0], [30, 120]]], since: NOW, rule: { dwell_s: 60, low: 20, stand_in_m: 5000 },
};
/** @param {object} changes */
const seen = (changes = {}) => ({ config: config(), name, t, scope: '', picture: picture({ ...crowd(), staff, posts }), ...changes });

test('duty and role are read off one byte', () => {
  assert.deepEqual([dutyOf(3), roleOf(3), dutyOf(2 | (6 << 3)), roleOf(2 | (6 << 3))], ['en_route', 'unknown', 'dispatched', 'supervisor']);
  assert.deepEqual([0, 1, 4, 5, 6].map(onDuty), [false, true, true, false, false]);
});

test('districts stand in the city’s order, strangers after them, empty strangers nowhere', () => {
  const board = { districts: [line('', { total: 3 }), line('320404'), line('320402'), line('999', { total: 0 })], total: line('3204') };
  assert.deepEqual(dutyRows(board, config().districts, name, '未归属').map((row) => row.name), ['天宁区', '钟楼区', '未归属']);
});

test('the shares of those on duty make a hundred, and nobody on duty makes none', () => {
  assert.equal(withMix(line('x'), 'x').mix.reduce((a, b) => a + b), 100);
  assert.deepEqual(withMix(line('x', { on: 0 }), 'x').mix, [0, 0, 0, 0, 0]);
});

test('a board by role and one by region are of the same people', () => {
  const [regions, roles] = [byRegion(staff, null), byRole(staff, null)];
  assert.deepEqual({ ...regions.total, code: '' }, roles.total);
  assert.equal(roles.total.on, roles.total.available + roles.total.dispatched + roles.total.en_route + roles.total.on_scene + roles.total.lost);
  assert.deepEqual(roles.districts.map(({ code, total }) => [code, total]), [['1', 4], ['2', 4]]);
  assert.deepEqual(byRegion(staff, 1).districts.map(({ code, total, on }) => [code, total, on]), [['320402', 3, 2], ['320404', 1, 1]]);
  assert.equal(byRole(staff, '320404').total.total, 1);
});

test('the least visited region comes first, the busiest first, and roles nobody worked in nowhere', () => {
  assert.deepEqual(coverage(staff).map(({ code, num, den }) => [code, num, den]), [['320402', 1, 4], ['320404', 3, 4]]);
  assert.deepEqual(utilisation(staff, posts).map(({ code, num, den }) => [code, num, den]), [['320402', 30, 60], ['320404', 0, 60]]);
  const unstaffed = { ...posts, use: [[[0, 0]], ...posts.use.slice(1)] };
  assert.deepEqual(utilisation(staff, unstaffed).map(({ code }) => code), ['320404', '320402']);
  assert.deepEqual(utilisationByRole(posts).map(({ code }) => code), ['1']);
  assert.deepEqual(spent(undefined), { num: 0, den: 0 });
});

test('silent: on duty only, the latest first; never located is another matter', () => {
  const ctx = seen();
  const ids = (/** @type {{row: number}[]} */ rows) => rows.map(({ row }) => ctx.picture.workers.ids[row]);
  assert.deepEqual(ids(silentRows(ctx, NOW, 10 * MINUTE, false)), ['b', 'a']);
  assert.deepEqual(ids(silentRows(ctx, NOW, 15 * MINUTE, false)), ['a']);
  assert.deepEqual(ids(silentRows(ctx, NOW, 0, true)), ['c']);
  assert.deepEqual(ids(silentRows({ ...ctx, scope: '320404' }, NOW, 10 * MINUTE, false)), ['b']);
  assert.deepEqual(silentLines(ctx, silentRows(ctx, NOW, 15 * MINUTE, false)).map(({ words }) => words), [['许文娟', '专职', '天宁区 雕庄街道 001-001', '20 分']]);
});

test('a call for help names the worker until somebody has taken note', () => {
  const alarm = { id: 's', device: 'a', kind: 'sos', sev: /** @type {const} */ (4), lat: 0, lon: 0, since: NOW - 2 * MINUTE, area: '', region: '', place: '', ack: '', state: /** @type {const} */ ('unacknowledged'), priority: /** @type {const} */ (1), calls: 1, called: NOW - 2 * MINUTE, repeats: 0, chattering: false, shelf: null, event: '' };
  const alarms = [alarm, { ...alarm, id: 't', ack: 'seat', state: /** @type {const} */ ('acknowledged') }, { ...alarm, id: 'u', kind: 'smoke' }, { ...alarm, id: 'r', state: /** @type {const} */ ('returned_unacknowledged') }, { ...alarm, id: 'v', device: 'stranger' }];
  const ctx = seen({ picture: picture({ ...crowd(), staff, posts, alarms }) });
  assert.deepEqual(calls(ctx).map(({ id }) => id), ['s', 'v']);
  assert.deepEqual(callLines(ctx, NOW).map(({ words, kind, worker }) => [worker, words[0], words[3], kind]), [['a', '许文娟', '已 2 分', 'urgent'], ['stranger', 'stranger', '已 2 分', 'urgent']]);
  assert.deepEqual(countsOf(ctx, NOW, 10, false), { sos: 2, gaps: 2, lost: 2, low: 3, never: 1 });
  assert.equal(countsOf({ ...ctx, scope: '320404' }, NOW, 10, true).sos, 0);
});

test('vacancies in words, with who could stand in', () => {
  assert.deepEqual(vacancyLines(seen(), false).map(({ words, kind, worker }) => [words[0], words[2], words[3], kind, worker]), [
    ['武进 雪堰镇 城西村', '2 网格无专兼职', '替补 1 人 6.2 km', '', 'b'], ['武进 雪堰镇 城西村', '1 网格无专兼职，5 无网格长', '无替补', 'warn', 'b'],
  ]);
  assert.deepEqual(vacancyLines(seen(), true).map(({ words }) => words[2]), ['7 网格无人在岗']);
  assert.deepEqual(lowLines(seen()).map(({ words }) => words[3]), ['7%']);
  assert.deepEqual([80, 999, 1000, 12_345].map(distanceText), ['80 m', '999 m', '1.0 km', '12.3 km']);
});

test('a place in words, as far as it is known', () => {
  assert.equal(placeOf({ config: config(), name }, '320402001206004'), '天宁区 雕庄街道 206-004');
  assert.equal(placeOf({ config: config(), name }, '320402'), '天宁区');
  assert.equal(placeOf({ config: config(), name }, '110101'), '110101');
  assert.deepEqual(['320402', '320402001', '32'].map((code) => areaName({ config: config(), name }, code, null)), ['天宁区', '雕庄街道', '32']);
});

/** @param {number[]} minutes */
const track = (minutes) => ({
  worker: 'a', since: 0, time: Float64Array.from(minutes, (at) => NOW + at * MINUTE),
  lon: Int32Array.from(minutes, (at) => 119_900_000 + at * 1000), lat: Int32Array.from(minutes, () => 31_800_000),
});

test('a track is cut where it was silent for more than three minutes', () => {
  const way = track([-90, -10, -9, -6, -2, -1]);
  assert.deepEqual(legs(way, NOW - 60 * MINUTE), [[1, 4], [4, 6]]);
  assert.deepEqual(legs(way, NOW), []);
});

test('metres are summed over the legs and not over the gaps', () => {
  const way = track([0, 1, 9, 10]);
  const one = metres(way, [[0, 2]]);
  assert.ok(Math.abs(one - 94.5) < 0.2, String(one)); // 0.001° of longitude at 31.8° N
  assert.ok(Math.abs(metres(way, legs(way, NOW)) - 2 * one) < 1e-6);
});

test('the sketch stays in its box, one line a leg', () => {
  const way = track([0, 1, 9, 10]);
  const lines = sketch(way, legs(way, NOW), 190, 48);
  const numbers = lines.join(' ').split(/[ ,]/).map(Number);
  assert.equal(lines.length, 2);
  assert.ok(numbers.every((value, at) => value >= 0 && value <= (at % 2 ? 48 : 190)));
  assert.deepEqual(sketch(way, [], 190, 48), []);
});
