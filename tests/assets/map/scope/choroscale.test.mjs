import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEW, LAYERS, NONE, SAMPLE, classOf, countFloors, levelFor, overflows, roundBelow, scaleOf, stepWords } from '../../../../assets/wall/map/scope/choroscale.mjs';

const upTo = (/** @type {number} */ n) => Array.from({ length: n }, (_, k) => k + 1);

test('round numbers are 1, 2 or 5 with zeros', () => {
  assert.deepEqual([0, 0.4, 1, 1.9, 2, 4.9, 5, 9, 10, 19, 20, 70, 431].map(roundBelow), [1, 1, 1, 1, 2, 2, 5, 5, 10, 10, 20, 50, 200]);
});

test('steps of counts: at quantiles, rounded, the first at one', () => {
  assert.deepEqual(countFloors(upTo(100)), [1, 20, 40, 60, 80]);
  assert.deepEqual(countFloors([0, 0, 0]), [1]);
  assert.deepEqual(countFloors([1, 1, 1, 2]), [1, 2]);
  assert.deepEqual(countFloors([3, 3, 3]), [1, 3]);
  assert.deepEqual(countFloors([23, 31, 38, 47, 52, 260, 311, 402, 480, 900]), [1, 50, 300, 500]);
});

test('steps rise, and there are at most five', () => {
  for (let seed = 1; seed < 200; seed++) {
    const values = upTo(60).map((k) => (k * k * seed * 7919) % (seed * 13 + 2));
    const floors = countFloors(values);
    assert.ok(floors.length <= 5 && floors[0] === 1 && floors.every((floor, k) => k === 0 || floor > floors[k - 1]), String(floors));
  }
});

test('a count falls into the last step it reaches; none is no colour', () => {
  const scale = scaleOf('open', upTo(100), undefined);
  assert.deepEqual([0, 1, 19, 20, 79, 80, 5000].map((n) => classOf(scale, n, -1)), [NONE, 1, 1, 2, 4, 5, 5]);
});

test('a rate is neutral at its target, and a warning only below the action line, five points under it', () => {
  const scale = scaleOf('ontime', [], 95);
  assert.deepEqual(scale.floors, [0, 85, 90, 95]);
  assert.deepEqual([[95, 100], [9499, 10000], [90, 100], [8999, 10000], [85, 100], [84, 100], [0, 100]].map(([num, den]) => classOf(scale, num, den)), [4, 3, 3, 2, 2, 1, 1]);
});

test('fewer than thirty cases are no rate to colour, and nothing of nothing is nothing', () => {
  const scale = scaleOf('closure', [], 98);
  assert.deepEqual([classOf(scale, FEW - 1, FEW - 1), classOf(scale, FEW, FEW), classOf(scale, 0, 0)], [SAMPLE, 4, NONE]);
});

test('a share has no sample: seven grids of seven are all of them', () => {
  const scale = scaleOf('patrol', [], undefined);
  assert.deepEqual([classOf(scale, 7, 7), classOf(scale, 0, 7), classOf(scale, 2, 5), classOf(scale, 0, 0)], [5, 1, 3, NONE]);
});

test('steps are found anew only when the top one holds too many, far above its floor', () => {
  const scale = scaleOf('open', upTo(100), undefined);
  assert.equal(overflows(scale, upTo(100)), false);
  assert.equal(overflows(scale, upTo(100).map((n) => n + 30)), false);
  assert.equal(overflows(scale, upTo(100).map((n) => n * 3)), true);
  assert.equal(overflows(scaleOf('ontime', [], 95), upTo(100)), false);
});

test('the legend names every step', () => {
  assert.deepEqual(stepWords(scaleOf('open', upTo(100), undefined)), ['1–19', '20–39', '40–59', '60–79', '80+']);
  assert.deepEqual(stepWords({ kind: 'count', floors: [1, 2], target: null }), ['1', '2+']);
  assert.deepEqual(stepWords(scaleOf('ontime', [], 95)), ['< 85', '85–90', '90–95', '≥ 95']);
});

test('the division follows the zoom, but always lies below the scope', () => {
  assert.deepEqual([400, 200, 40, 2].map((mpu) => levelFor(mpu, 0)), [1, 2, 3, 4]);
  assert.deepEqual([levelFor(400, 2), levelFor(400, 3), levelFor(400, 4)], [3, 4, 4]);
});

test('the keys are those the server counts', () => {
  assert.deepEqual(Object.keys(LAYERS).sort(), ['closure', 'on_duty', 'ontime', 'open', 'overdue', 'patrol', 'reported', 'satisfaction']);
});
