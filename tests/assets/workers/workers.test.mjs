import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dutyOf, dutyRows, legs, metres, onDuty, roleOf, silent, sketch, withMix } from '../../../assets/wall/workers/roster.mjs';
import { placeOf } from '../../../assets/wall/workers/workers.mjs';
import { MINUTE, NOW, config, name, picture } from '../fixtures.mjs';

const line = (/** @type {string} */ code, /** @type {object} */ changes = {}) => ({
  code, on: 10, available: 4, dispatched: 3, en_route: 1, on_scene: 1, lost: 1, stale: 2, off: 5, total: 15, ...changes,
});

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

test('silent: on duty only, the latest first, never located last', () => {
  const workers = {
    ...picture({}).workers, n: 5, ids: ['a', 'b', 'c', 'd', 'e'], names: ['', '', '', '', ''], regions: ['', '', '', '', ''],
    fixTime: Float64Array.of(NOW - 20 * MINUTE, NOW - 11 * MINUTE, NaN, NOW - 99 * MINUTE, NOW - MINUTE), flag: Uint8Array.of(1, 2, 1, 5, 1),
  };
  assert.deepEqual(silent(workers, NOW, 10 * MINUTE, 9).map((one) => [one.id, one.age]), [['b', 11 * MINUTE], ['a', 20 * MINUTE], ['c', null]]);
  assert.equal(silent(workers, NOW, 10 * MINUTE, 1).length, 1);
});

test('a place in words, as far as it is known', () => {
  assert.equal(placeOf({ config: config(), name }, '320402001206004'), '天宁区 雕庄街道 206-004');
  assert.equal(placeOf({ config: config(), name }, '320402'), '天宁区');
  assert.equal(placeOf({ config: config(), name }, '110101'), '110101');
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
