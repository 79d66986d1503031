import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modeOf, weigh } from '../../../assets/wall/map/viewport.mjs';

const out = { hexes: 0, dots: 0, shapes: 0 };
/** @param {number} mpu @param {boolean} density @param {boolean} [still] */
const at = (mpu, density, still = false) => ({ ...weigh(mpu, density, still, out) });

test('workers are density, then dots, then shapes', () => {
  assert.deepEqual([300, 20, 5].map((mpu) => modeOf(at(mpu, true))), ['hexes', 'dots', 'shapes']);
  assert.deepEqual([300, 20, 5].map((mpu) => modeOf(at(mpu, false))), ['dots', 'dots', 'shapes']);
});

test('one way gives way to the next over a fraction of a zoom step, and the whole always adds up', () => {
  let before = at(400, true);
  for (let mpu = 400; mpu > 2; mpu /= 2 ** 0.05) {
    const now = at(mpu, true);
    assert.ok(Math.abs(now.hexes + now.dots + now.shapes - 1) < 1e-12);
    for (const mode of /** @type {const} */ (['hexes', 'dots', 'shapes'])) assert.ok(Math.abs(now[mode] - before[mode]) < 0.13);
    before = now;
  }
  assert.deepEqual(before, { hexes: 0, dots: 0, shapes: 1 });
});

test('with reduced motion there is no between', () => {
  for (let mpu = 400; mpu > 2; mpu /= 1.01) assert.ok(Object.values(at(mpu, true, true)).every((weight) => weight === 0 || weight === 1));
});
