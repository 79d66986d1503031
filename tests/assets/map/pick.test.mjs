import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mercatorX, mercatorY } from '../../../assets/wall/map/geo.mjs';
import { pickPin, pickWorker } from '../../../assets/wall/map/pick.mjs';
import { view } from '../fixtures-map.mjs';

const vp = view(100);
/** A pin `east` px and `south` px from the middle of the view. @param {string} id @param {number} sev @param {number} east
 * @param {number} [south] */
const pin = (id, sev, east, south = 0) => ({
  id, sev, x: mercatorX(119.9) + east / vp.scale, y: mercatorY(31.8) + south / vp.scale, label: '', waiting: false, region: '',
});

test('the nearest event within eight units, none beyond', () => {
  const pins = [pin('A', 1, 0), pin('B', 1, 10)];
  assert.equal(pickPin(pins, vp, 404, 200)?.id, 'A');
  assert.equal(pickPin(pins, vp, 407, 200)?.id, 'B');
  assert.equal(pickPin(pins, vp, 400, 209), null);
});

test('a severe glyph is hit over its whole size, before a lesser one beneath it', () => {
  const pins = [pin('small', 1, 9), pin('large', 4, 0)];
  assert.equal(pickPin(pins, vp, 409, 200)?.id, 'large');
  assert.equal(pickPin(pins, vp, 412, 200)?.id, 'large');
});

test('what is not shown cannot be picked', () => assert.equal(pickPin([pin('A', 1, 0)], vp, 400, 200, 2), null));

/** Workers `east` px of the middle of the view. @param {number[]} east */
const places = (...east) => ({
  x: Float64Array.from(east, (px) => mercatorX(119.9) + px / vp.scale), y: new Float64Array(east.length).fill(mercatorY(31.8)), n: east.length,
});

test('the nearest shown worker within reach', () => {
  const marks = places(10, 14, 13);
  const look = Uint8Array.of(1, 1, 5);
  const shown = (/** @type {number} */ value) => value === 1;
  assert.equal(pickWorker(marks, look, shown, vp, 413, 200), 1);
  assert.equal(pickWorker(marks, look, shown, vp, 410, 201), 0);
  assert.equal(pickWorker(marks, look, shown, vp, 430, 200), -1);
});

test('a crowd of 300,000 is asked only about those within reach', () => {
  const n = 300_000;
  const many = { x: new Float64Array(n), y: new Float64Array(n).fill(mercatorY(31.8)), n };
  for (let row = 0; row < n; row++) many.x[row] = mercatorX(119.9) + (row - 400) / vp.scale;
  many.x[7] = NaN;
  let asked = 0;
  const shown = () => ++asked > 0;
  assert.equal(pickWorker(many, new Uint8Array(n), shown, vp, 400, 200), 400);
  assert.ok(asked <= 9, `${asked} asked`);
});
