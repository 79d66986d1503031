import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';
import { Density, nearestCell } from '../../../../assets/wall/map/people/hexfield.mjs';
import { Motion } from '../../../../assets/wall/map/people/motion.mjs';
import { crowd, view } from '../../fixtures-map.mjs';

/** What was put on the canvas last. */
let shown = new Uint8ClampedArray(0);
const canvas = { width: 800, height: 400, getContext: () => ({ putImageData: (/** @type {any} */ image) => void (shown = image.data) }) };
const page = /** @type {any} */ (globalThis);
page.document = { createElement: () => canvas };
page.ImageData = class {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    Object.assign(this, { width, height, data: new Uint8ClampedArray(4 * width * height) });
  }
};
const vp = view(100);
const colours = /** @type {any} */ ({ ramp1: '#010203', ramp2: '#020304', ramp3: '#030405', ramp4: '#040506', ramp5: '#050607' });

/** @param {number[]} looks of workers in the middle of the view */
function drawn(looks) {
  const motion = new Motion();
  motion.update(crowd(looks.map(() => ({ lat: 31.8, lon: 119.9 }))), null, 0);
  const density = new Density();
  const people = { motion, look: Uint8Array.from(looks), density: null };
  density.paint(people, vp, colours, 0);
  return { density, people };
}

test('a hexagon’s people are counted by duty; who is off duty or lost is not in it', () => {
  const { density, people } = drawn([1, 1, 2, 3, 4, 5, 1 | 16]);
  const found = density.at(people, vp, 400, 200);
  assert.equal(found?.count, 5);
  assert.deepEqual(found?.duties?.slice(1, 6), [2, 1, 1, 1, 0]);
  assert.equal(density.at(people, vp, 440, 200), null);
});

test('it is drawn again after a second, and only when somebody moved', () => {
  const { density } = drawn([1]);
  assert.equal(density.due(5000, false), false);
  density.dirty = true;
  assert.deepEqual([density.due(999, false), density.due(1000, false)], [false, true]);
  assert.equal(density.due(1, true), true, 'where nobody else shows them, at once');
});

test('a hexagon has the colour of its step, and only where somebody is', () => {
  drawn([1, 1, 1]);
  const painted = [...new Uint32Array(shown.buffer).entries()].filter(([, value]) => value);
  assert.ok(painted.length > 20 && painted.length < 100);
  for (const [at, value] of painted) {
    assert.equal(value & 0xffffff, 0x040302);
    assert.ok(Math.abs((at % 800) - 400) <= 10 && Math.abs(Math.floor(at / 800) - 200) <= 10);
  }
});

test('cells counted elsewhere tell their number and nothing else', () => {
  const cells = { x: Float64Array.of(mercatorX(119.9)), y: Float64Array.of(mercatorY(31.8)), count: Uint32Array.of(42), n: 1, radius: 10 / vp.scale };
  assert.deepEqual(nearestCell(cells, vp, 403, 202), { count: 42, duties: null });
  assert.equal(nearestCell(cells, vp, 420, 200), null);
  const { density, people } = drawn([1]);
  assert.deepEqual(density.at({ ...people, density: { cells } }, vp, 400, 200), { count: 42, duties: null });
});
