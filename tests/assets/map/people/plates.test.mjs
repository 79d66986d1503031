import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';
import { Crowds } from '../../../../assets/wall/map/people/crowds.mjs';
import { Motion } from '../../../../assets/wall/map/people/motion.mjs';
import { apart, aside, nearTo } from '../../../../assets/wall/map/people/plates.mjs';
import { event } from '../../fixtures.mjs';
import { context, crowd, view } from '../../fixtures-map.mjs';

const vp = view(1);
const focus = { x: mercatorX(119.9), y: mercatorY(31.8), reach: 20 };
/** @param {number} east px of the event @param {number} [k] */
const plate = (east, k = 0) => aside(vp, focus.x + east / vp.scale, focus.y, focus, k);

test('a plate stands at its worker, and never on the event', () => {
  assert.ok(Math.abs(plate(100).x - 500) < 1e-6);
  const close = plate(6);
  assert.ok(Math.abs(close.x - 430) < 1e-6, 'pushed out to where the marks of the event end');
  for (let k = 0; k < 5; k++) {
    const at = plate(0, k);
    assert.ok(Math.abs(Math.hypot(at.x - 400, at.y - 200) - 30) < 1e-6);
    for (let other = 0; other < k; other++) assert.ok(Math.hypot(at.x - plate(0, other).x, at.y - plate(0, other).y) > 16, 'nor on another');
  }
});

test('the five nearest are named with their distance', () => {
  const workers = crowd(Array.from({ length: 8 }, (_, k) => ({ lat: 31.8 + k / 1000, lon: 119.9, name: `甲${k}` })));
  const motion = new Motion();
  motion.update(workers, null, 0);
  const ctx = context({ workers, events: [event({ id: 'A', lat: 31.8, lon: 119.9 })] });
  assert.deepEqual(nearTo(ctx, motion, 'A').map(({ label }) => label), ['甲0 0 m', '甲1 110 m', '甲2 220 m', '甲3 330 m', '甲4 440 m']);
  assert.deepEqual(nearTo(ctx, motion, 'gone'), []);
});

test('where the card proposes somebody, its order and numbers stand', () => {
  const workers = crowd([{ lat: 31.8, lon: 119.9, name: '甲' }, { lat: 31.801, lon: 119.9, name: '乙' }]);
  const motion = new Motion();
  motion.update(workers, null, 0);
  const ctx = context({ workers, events: [event({ id: 'A', lat: 31.8, lon: 119.9 })] });
  const row = { role: '', duty: '', eta: '', why: [], tone: /** @type {const} */ (''), mark: '', can: true };
  const near = [{ ...row, id: 'W1', name: '乙', metres: '110 m', lat: 0, lon: 0 }, { ...row, id: 'W9', name: '丙', metres: '2.1 km', lat: 31.82, lon: 119.9 }];
  const card = /** @type {any} */ ({ event: { id: 'A' }, near });
  const found = nearTo(ctx, motion, 'A', card);
  assert.deepEqual(found.map(({ row, label }) => [row, label]), [[1, '乙 110 m'], [-1, '丙 2.1 km']]);
  assert.deepEqual([found[0].x, found[1].y], [motion.x[1], mercatorY(31.82)], 'one this browser does not hold stands where the server saw it');
  assert.equal(nearTo(ctx, motion, 'A', { ...card, near: [] }).length, 2);
});

test('plates stand side by side, and above a crowd’s number', () => {
  const crowds = new Crowds();
  crowds.list = [{ x: 300, y: 100, count: 14, cells: [] }];
  const stands = apart([{ x: 301, y: 100 }, { x: 299, y: 100 }, { x: 100, y: 50 }], vp, crowds);
  assert.ok(stands[0].y < 90 && stands[1].y < 90);
  assert.ok(stands[1].x - stands[0].x >= 16);
  assert.deepEqual(stands[2], { x: 100, y: 50 });
});
